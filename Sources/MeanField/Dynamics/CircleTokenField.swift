internal import Transforms

/// Z̄ and X̄ of weighted tokens at the tokens themselves.
///
/// The O(N²) sum is the definition; above a few hundred tokens the road is points → K(β) moments →
/// kernel → field at the points, O(N) for any N and K. At a token Z̄ is at least its own mass, so
/// the road never divides by a void unless masses are very unequal; then pairs are summed.
final class CircleTokenField {
  enum Road: Sendable { case direct, moments }

  let kernel: KernelSpectrum
  let road: Road
  private let masses: [Double]?
  private let pairs: CirclePairSums?
  private let transform: PointTransform?
  private var moments: [Double]
  private var coefficients: [Double]

  /// - Parameters:
  ///   - masses: nil for 1/N each.
  ///   - road: nil takes the faster one.
  init(kernel: KernelSpectrum, count: Int, masses: [Double]?, road: Road? = nil) {
    self.kernel = kernel
    self.masses = masses
    // Moments know Z̄ to 10⁻¹⁵ of its largest value: too little for a token lighter than that.
    let isLight = (masses?.min() ?? 1) < 1e-9
    let chosen = road ?? (isLight ? .direct : Self.fasterRoad(count: count, modes: kernel.modes))
    self.road = chosen
    pairs = chosen == .direct ? CirclePairSums(count: count) : nil
    transform =
      chosen == .moments ? PointTransform(modes: kernel.modes, fieldCount: 2) : nil
    moments = [Double](repeating: 0, count: 2 * (kernel.modes + 1))
    coefficients = moments
  }

  /// Pairs cost about a nanosecond; tables 48 lines of length G, moved and transformed.
  static func fasterRoad(count: Int, modes: Int) -> Road {
    let cells = Double(PointTransform.cellCount(modes: modes))
    return Double(count) * Double(count) < 60 * cells + 8 * Double(count) ? .direct : .moments
  }

  /// Writes X̄ at every token, and Z̄ too if asked.
  func evaluate(
    at angles: UnsafeBufferPointer<Double>, partition: UnsafeMutablePointer<Double>,
    slope: UnsafeMutablePointer<Double>, needsPartition: Bool
  ) {
    guard let transform else {
      pairs?.evaluate(
        at: angles, masses: masses, beta: kernel.beta, partition: partition, slope: slope)
      return
    }
    prepare(transform, angles, needsPartition)
    transform.evaluate(field: 0, at: angles, into: slope)
    if needsPartition { transform.evaluate(field: 1, at: angles, into: partition) }
  }

  /// Writes X = factor · X̄, divided by Z̄ if asked, at equal tokens in one pass over memory.
  ///
  /// - Returns: Σ X · X̄; nil where the road is that of pairs, or tokens have masses of their own.
  func evaluateFlow(
    factor: Double, divides: Bool, at angles: UnsafeBufferPointer<Double>,
    into velocities: UnsafeMutablePointer<Double>
  ) -> Double? {
    guard let transform, masses == nil else { return nil }
    prepare(transform, angles, divides)
    return transform.evaluateFlow(factor: factor, divides: divides, at: angles, into: velocities)
  }

  /// Moments of the tokens, and from them the fields: 0 is X̄, 1 is Z̄.
  private func prepare(
    _ transform: PointTransform, _ angles: UnsafeBufferPointer<Double>, _ needsPartition: Bool
  ) {
    moments.withUnsafeMutableBufferPointer { moments in
      if let base = moments.baseAddress {
        transform.moments(of: angles, masses: masses, into: base)
      }
    }
    for k in 0...kernel.modes {
      let factor = Double(k) * kernel.potential[k]
      coefficients[2 * k] = -factor * moments[2 * k + 1]
      coefficients[2 * k + 1] = factor * moments[2 * k]
    }
    transform.prepare(field: 0, coefficients: coefficients)
    guard needsPartition else { return }
    for k in 0...kernel.modes {
      coefficients[2 * k] = kernel.partition[k] * moments[2 * k]
      coefficients[2 * k + 1] = kernel.partition[k] * moments[2 * k + 1]
    }
    transform.prepare(field: 1, coefficients: coefficients)
  }
}
