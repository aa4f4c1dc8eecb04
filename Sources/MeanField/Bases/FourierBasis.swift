internal import Foundation
internal import Transforms

/// Fourier series on the circle: ∫ e^{−ikθ} dμ, k = 0…K, as (Re m₀, Im m₀, …, Im m_K).
///
/// K = (M − 1)/3 on M points, so that the product of density and velocity is free of aliasing
/// where the velocity is band-limited. Masses on the grid are dμ/dσ, worth 1/M each.
public final class FourierBasis: SpectralBasis {
  /// K.
  public let modes: Int
  private let density: RealFourierTransform
  private let flow: RealFourierTransform
  // Only softmax asks for it.
  private lazy var partitionTransform = RealFourierTransform(count: pointCount)

  public init(points: Int) {
    modes = max(1, (points - 1) / 3)
    density = RealFourierTransform(count: points)
    flow = RealFourierTransform(count: points)
  }

  public var pointCount: Int { density.count }
  public var coefficientCount: Int { 2 * (modes + 1) }
  public var resolution: Resolution { .points(pointCount) }
  public var massUnit: Double { 1 / Double(pointCount) }
  public var masses: UnsafeMutablePointer<Double> { density.samples }
  public var tangentCount: Int { 1 }
  public var partition: UnsafeMutablePointer<Double> { partitionTransform.samples }
  public var eigenvalues: [Double] {
    (0..<coefficientCount).map { i in
      let k = Double(i / 2)
      return k * k
    }
  }

  public func slope(_ component: Int) -> UnsafeMutablePointer<Double> { flow.samples }

  // MARK: Between state and grid

  public func loadMasses(_ state: UnsafePointer<Double>) {
    let used = coefficientCount
    density.coefficients.update(from: state, count: used)
    (density.coefficients + used).update(repeating: 0, count: density.coefficientCount - used)
    density.synthesize()
  }

  public func loadSlopes(_ state: UnsafePointer<Double>, _ kernel: KernelSpectrum) {
    flow.clearCoefficients()
    kernel.potential.withUnsafeBufferPointer { potential in
      for k in 0...min(modes, kernel.modes) {
        let factor = Double(k) * potential[k]
        flow.coefficients[2 * k] = -factor * state[2 * k + 1]
        flow.coefficients[2 * k + 1] = factor * state[2 * k]
      }
    }
    flow.synthesize()
  }

  public func loadPartition(_ state: UnsafePointer<Double>, _ kernel: KernelSpectrum) {
    let transform = partitionTransform
    transform.clearCoefficients()
    kernel.partition.withUnsafeBufferPointer { factors in
      for k in 0...min(modes, kernel.modes) {
        transform.coefficients[2 * k] = factors[k] * state[2 * k]
        transform.coefficients[2 * k + 1] = factors[k] * state[2 * k + 1]
      }
    }
    transform.synthesize()
  }

  private var voids: CircleVoids?
  private lazy var gridAngles = (0..<pointCount).map {
    2 * Double.pi * Double($0) / Double(pointCount)
  }
  private lazy var gridMasses = [Double](repeating: 0, count: pointCount)

  /// Of the density only what is positive: in a void the rest is rounding.
  public func fillVoids(_ kernel: KernelSpectrum, tolerance: Double) {
    let z = partition
    let (lowest, highest) = extremes(z, count: pointCount)
    guard kernel.beta > 0, highest > 0, lowest < Self.voidShare * highest else { return }
    let voids = voids ?? CircleVoids(beta: kernel.beta)
    self.voids = voids
    for j in 0..<pointCount { gridMasses[j] = max(0, massUnit * masses[j]) }
    let x = flow.samples
    gridAngles.withUnsafeBufferPointer { angles in
      _ = voids.find(among: angles, values: z, floor: Self.voidShare * highest)
      gridMasses.withUnsafeBufferPointer { masses in
        voids.evaluate(of: angles, masses: masses) { points, partition, velocity in
          for (k, j) in points.enumerated() {
            z[j] = partition[k]
            x[j] = velocity[k] * partition[k]
          }
        }
      }
    }
  }

  public func writeDivergence(into rate: UnsafeMutablePointer<Double>) {
    flow.analyze()
    let scale = massUnit
    for k in 0...modes {
      let factor = Double(k) * scale
      rate[2 * k] = factor * flow.coefficients[2 * k + 1]
      rate[2 * k + 1] = -factor * flow.coefficients[2 * k]
    }
    // d/dt m₀ is zero by structure; say so without rounding.
    rate[0] = 0
    rate[1] = 0
  }

  // MARK: Sums over the spectrum

  public func kernelSum(
    _ state: UnsafePointer<Double>, _ kernel: KernelSpectrum, _ part: KernelSpectrum.Part,
    weight: (Int) -> Double
  ) -> Double {
    Moments.kernelSum(state, count: modes + 1, kernel.factors(part), weight: weight)
  }

  public func tail(of state: UnsafePointer<Double>) -> Double {
    var best = 0.0
    for k in (modes - modes / 4)...modes {
      let square = state[2 * k] * state[2 * k] + state[2 * k + 1] * state[2 * k + 1]
      if !(square <= best) { best = square }
    }
    return best.squareRoot()
  }

  // MARK: Refinement and starts

  public var finerCount: Int { 2 * pointCount }

  public func refined() -> FourierBasis { FourierBasis(points: finerCount) }

  public func adopt(_ state: [Double], from coarser: FourierBasis) -> [Double] {
    state + [Double](repeating: 0, count: coefficientCount - state.count)
  }

  public func coefficients(of law: InitialLaw) -> (state: [Double], tail: Double) {
    // Symmetric starts leave gaps in the spectrum: one of period 2π/L must show its multiples of L in
    // the tail. A mixture of bumps has at most their number as its symmetry.
    let needed: Int
    switch law {
    case .harmonics, .perturbedUniform: needed = 12 * law.circularModes
    case .vonMises(let bumps): needed = bumps.count > 1 ? 12 * bumps.count : 0
    case .uniform, .tokens, .orthogonal: needed = 0
    }
    let moments = law.circularMoments(modes: max(modes, law.circularModes))
    // Modes that the grid does not carry are lost outright.
    let tail =
      ((modes - modes / 4)..<moments.count)
      .map { moments.squaredMagnitude($0) }.max().map { $0.squareRoot() } ?? 0
    let state = moments.resized(to: modes + 1).values
    return (state, pointCount >= needed ? tail : .infinity)
  }

  // MARK: What observers see

  private func angle(_ point: Int) -> Double {
    2 * Double.pi * Double(point) / Double(pointCount)
  }

  public func law(of state: [Double]) -> any Law {
    let moments = Moments(values: state)
    let densities = (0..<pointCount).map { masses[$0] }
    let unit = massUnit
    return CircleLaw(
      angles: (0..<pointCount).map(angle), masses: densities.map { $0 * unit },
      densities: densities, moments: moments,
      floor: state.withUnsafeBufferPointer { $0.baseAddress.map { tail(of: $0) } ?? 0 })
  }

  public func entropyAndMinimum() -> (entropy: Double, minimum: Double) {
    let unit = massUnit
    var entropy = 0.0
    var minimum = Double.infinity
    for j in 0..<pointCount {
      let density = masses[j]
      minimum = min(minimum, density)
      if density > 0 { entropy -= unit * density * log(density) }
    }
    return (entropy, minimum)
  }
}
