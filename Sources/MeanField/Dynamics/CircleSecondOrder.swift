/// The second derivative of the labels' flow on the circle, for sixteen samples of extra masses at once.
///
/// Labels at θ_j + ε ξ_j + ε² Ω_j carry w_j + ε x_j. With h(Δ) the kernel κ or κ sin Δ and Δ = θ_j − θ_i the
/// sums Σ_i m_i h change at second order by those with Ω, which are linear, and by
///
///     Σ_i x_i h′ (ξ_j − ξ_i) + ½ Σ_i w_i h″ (ξ_j − ξ_i)².
///
/// Between labels that are torn apart the flux past them counts as in the linear response; what is quadratic in
/// it is left out.
struct CircleSecondOrder {
  let beta: Double
  private let shifts: [SIMD16<Double>]
  private let extras: [SIMD16<Double>]
  /// p_i ξ_i, p_i ξ_i², x_i ξ_i with p what is left of the mass where flux does not count.
  private let moved: [SIMD16<Double>]
  private let squares: [SIMD16<Double>]
  private let carried: [SIMD16<Double>]
  /// Labels with a flux past them, and flux times ξ.
  private let torn: [(label: Int, flux: SIMD16<Double>)]

  init(
    beta: Double, extras: [SIMD16<Double>], shifts: [SIMD16<Double>], pointMasses: [Double],
    stretches: [Double], fluxes: [Double]
  ) {
    self.beta = beta
    self.extras = extras
    self.shifts = shifts
    moved = zip(pointMasses, shifts).map { $0 * $1 }
    squares = zip(moved, shifts).map { $0 * $1 }
    carried = shifts.indices.map { (1 - stretches[$0]) * extras[$0] * shifts[$0] }
    torn = fluxes.indices.filter { fluxes[$0] > 0 }.map { ($0, fluxes[$0] * shifts[$0]) }
  }

  /// Σ_b row_b x_b.
  static func shift(
    _ row: UnsafePointer<Double>, _ extras: [SIMD16<Double>]
  ) -> SIMD16<Double> {
    var sum = SIMD16<Double>.zero
    for b in extras.indices { sum.addProduct(extras[b], SIMD16(repeating: row[b])) }
    return sum
  }

  static func load(_ values: some Collection<Double>, _ start: Int) -> SIMD16<Double> {
    SIMD16(values.dropFirst(start).prefix(16))
  }

  /// Ω_j′ in units of `SecondOrder.scale`.
  func writeRate(
    at j: Int, _ kernels: [Double], _ sines: [Double], _ rises: [Double], _ bends: [Double],
    masses: [Double], velocity: Double, factor: Double, divides: Bool, jacobian: [Double],
    row: Int, state: UnsafePointer<Double>, into rate: UnsafeMutablePointer<Double>
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
    let count = masses.count
    for (i, flux) in torn {
      let next = i + 1 == count ? 0 : i + 1
      let last = i == 0 ? count - 1 : i - 1
      kernelFlux += flux * (kernels[next] - kernels[last])
      sineFlux += flux * (sines[next] - sines[last])
      riseFlux += flux * (rises[next] - rises[last])
    }
    for i in masses.indices {
      let here = UnsafeRawPointer(state + 16 * i).loadUnaligned(as: SIMD16<Double>.self)
      linear.addProduct(here, SIMD16(repeating: jacobian[row + i]))
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
