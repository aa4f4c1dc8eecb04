internal import Transforms

/// The second derivative of the labels' flow on the circle, for sixteen samples of extra masses at once.
///
/// Points at θ_j + ε ξ_j + ε² Ω_j carry w_j + ε x_j. With h(Δ) the kernel κ or κ sin Δ and Δ = θ_j − θ_i the
/// sums Σ_i m_i h change at second order by those with Ω, which are linear, and by
///
///     Σ_i x_i h′ (ξ_j − ξ_i) + ½ Σ_i w_i h″ (ξ_j − ξ_i)².
///
/// Between points that are torn apart the flux past them counts as in the linear response; what is quadratic in
/// it is left out.
struct CircleSecondOrder {
  let beta: Double
  private let shifts: [SIMD16<Double>]
  private let extras: [SIMD16<Double>]
  private let points: [ResponsePoint]
  /// w_i ξ_i, w_i ξ_i², x_i ξ_i with what counts of each where points are torn (`TornPoints`).
  private let moved: [SIMD16<Double>]
  private let squares: [SIMD16<Double>]
  private let carried: [SIMD16<Double>]
  private let torn: TornPoints
  /// Points with a flux past them, and flux times ξ.
  private let fluxes: [(point: Int, flux: SIMD16<Double>)]

  init(
    beta: Double, points: [ResponsePoint], shifts: [SIMD16<Double>], torn: TornPoints
  ) {
    self.beta = beta
    self.points = points
    self.shifts = shifts
    extras = points.map(\.extra)
    let carriers = torn.carried(shifts)
    moved = zip(points.masses, carriers).map { $0 * $1.first }
    squares = zip(points.masses, carriers).map { $0 * $1.second }
    carried = zip(extras, carriers).map { $0 * $1.first }
    self.torn = torn
    fluxes = torn.fluxes.indices.filter { torn.fluxes[$0] > 0 }.map {
      ($0, torn.fluxes[$0] * (shifts[$0] - torn.shares[$0] * shifts[torn.references[$0]]))
    }
  }

  /// Σ_b row_b x_b.
  static func shift(
    _ row: UnsafePointer<Double>, _ extras: [SIMD16<Double>]
  ) -> SIMD16<Double> {
    var sum = SIMD16<Double>.zero
    for b in extras.indices { sum.addProduct(extras[b], SIMD16(repeating: row[b])) }
    return sum
  }

  /// The same for every row of a matrix.
  static func shifts(
    _ rows: UnsafePointer<Double>, count: Int, _ extras: [SIMD16<Double>]
  ) -> [SIMD16<Double>] {
    precondition(!extras.isEmpty, "samples have extra masses")
    return [SIMD16<Double>](unsafeUninitializedCapacity: count) { result, initialized in
      extras.withUnsafeBytes { columns in
        guard let b = columns.baseAddress?.assumingMemoryBound(to: Double.self),
          let c = UnsafeMutableRawPointer(result.baseAddress)
        else { return }
        multiply(
          rows, b, into: c.assumingMemoryBound(to: Double.self), rows: count, inner: extras.count,
          columns: 16)
      }
      initialized = count
    }
  }

  static func load(_ values: some Collection<Double>, _ start: Int) -> SIMD16<Double> {
    SIMD16(values.dropFirst(start).prefix(16))
  }

  /// Ω_j′ in units of `SecondOrder.scale`.
  func writeRate(
    at j: Int, _ kernels: [Double], _ sines: [Double], _ rises: [Double], _ bends: [Double],
    masses: [Double], velocity: Double, factor: Double, divides: Bool, jacobian: [Double],
    pulls: [Double], row: Int, state: UnsafePointer<Double>, into rate: UnsafeMutablePointer<Double>
  ) {
    let zero = SIMD16<Double>.zero
    // Sums of κ, κ sin Δ, its derivative and its second one, over extra, moved and carried masses.
    var (kernelExtra, sineExtra, riseExtra) = (zero, zero, zero)
    var (sineMoved, riseMoved, bendMoved) = (zero, zero, zero)
    var (sineCarried, riseCarried) = (zero, zero)
    var (riseSquare, bendSquare) = (zero, zero)
    var (sine, rise, bend) = (0.0, 0.0, 0.0)
    var linear = zero
    for i in masses.indices {
      let kernel = SIMD16(repeating: kernels[i])
      let sineHere = SIMD16(repeating: sines[i])
      let riseHere = SIMD16(repeating: rises[i])
      let bendHere = SIMD16(repeating: bends[i])
      kernelExtra.addProduct(kernel, extras[i])
      sineExtra.addProduct(sineHere, extras[i])
      riseExtra.addProduct(riseHere, extras[i])
      sineMoved.addProduct(sineHere, moved[i])
      riseMoved.addProduct(riseHere, moved[i])
      bendMoved.addProduct(bendHere, moved[i])
      sineCarried.addProduct(sineHere, carried[i])
      riseCarried.addProduct(riseHere, carried[i])
      riseSquare.addProduct(riseHere, squares[i])
      bendSquare.addProduct(bendHere, squares[i])
      sine += masses[i] * sines[i]
      rise += masses[i] * rises[i]
      bend += masses[i] * bends[i]
    }
    var (kernelFlux, sineFlux, riseFlux) = (zero, zero, zero)
    for (i, flux) in fluxes {
      kernelFlux += flux * torn.rise(of: kernels, past: i)
      sineFlux += flux * torn.rise(of: sines, past: i)
      riseFlux += flux * torn.rise(of: rises, past: i)
    }
    for i in masses.indices {
      let here = UnsafeRawPointer(state + 16 * i).loadUnaligned(as: SIMD16<Double>.self)
      linear.addProduct(here, SIMD16(repeating: jacobian[row + i]))
    }
    for p in masses.indices where !points[p].transfers.isEmpty {
      linear.addProduct(points[p].secondTransfer, SIMD16(repeating: pulls[row + p]))
    }
    let shift = shifts[j]
    let half = 0.5 * shift * shift
    let slopeSecond =
      shift * (riseExtra - bendMoved + riseFlux) - riseCarried + bend * half + 0.5 * bendSquare
    var second = slopeSecond
    if divides {
      let partition = kernelExtra + beta * (sineMoved - sine * shift) + kernelFlux
      let slope = sineExtra + rise * shift - riseMoved + sineFlux
      let first = -factor * (slope + velocity * partition)
      let bracket =
        shift * (sineExtra - riseMoved + sineFlux) - sineCarried + rise * half
        + 0.5 * riseSquare
      second += first * partition - velocity * beta * bracket
    }
    let result = linear - (SecondOrder.scale * factor) * second
    UnsafeMutableRawPointer(rate + 16 * j).storeBytes(of: result, as: SIMD16<Double>.self)
  }
}
