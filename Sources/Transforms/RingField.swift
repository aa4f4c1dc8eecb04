internal import Foundation

/// Attention's field of weighted rings of S^{d−1} at the rings themselves, also in voids.
///
/// `RingSums` is the definition. For many rings moments are faster, O(N L), but know Z̄ only up to the
/// rounding of their terms. Where that is more than a tolerance of Z̄, a void, the sums take over, and
/// crowds of rings are replaced with equivalent masses.
///
/// - Note: The field holds work arrays: it is not for several threads to call at once.
public final class RingField {
  /// How the field is found.
  public enum Road: Sendable {
    /// All pairs.
    case pairs
    /// Moments, and sums in voids.
    case moments
  }

  /// The road taken.
  public let road: Road
  /// How many rings were in a void at the last evaluation.
  public private(set) var voidCount = 0
  private let sums: RingSums
  private let series: RingSeries?
  private let tolerance: Double
  private var voids: [Int]

  /// - Parameters:
  ///   - kernel: the averaged kernel.
  ///   - weights: b_0…b_L of e^{β(cos γ − 1)} = Σ_l b_l P_l(cos γ), L ≥ 1.
  ///   - potentialWeights: b_l/β, with 0 at l = 0; at β = 0 the limit, 1 at l = 1.
  ///   - count: how many rings there are at most.
  ///   - road: nil takes the faster one.
  ///   - tolerance: the bound of the error of log Z̄ and X up to which moments serve; the error itself
  ///     is mostly ten times less.
  public init(
    kernel: RingKernel, weights: [Double], potentialWeights: [Double], count: Int,
    road: Road? = nil, tolerance: Double = 1e-9
  ) {
    // A pair takes 4 ns, a degree of the series 1 ns for every ring.
    self.road = road ?? (4 * count < weights.count ? .pairs : .moments)
    self.tolerance = tolerance
    sums = RingSums(kernel: kernel, count: count)
    series =
      self.road == .pairs
      ? nil
      : RingSeries(
        dimension: kernel.dimension, weights: weights, potentialWeights: potentialWeights,
        capacity: count)
    voids = [Int](repeating: 0, count: count)
  }

  /// Writes log Z̄ and X at every ring.
  ///
  /// - Parameters:
  ///   - angles: θ, in any order; beyond a pole, where a step may end, −θ and 2π − θ are the ring θ.
  ///   - masses: m_j, or nil for 1/N each; those below 2⁻¹⁰⁰⁰ count as zero.
  ///   - logPartition: N values, overwritten; −∞ without any mass. No numbers if an
  ///     angle is none.
  ///   - velocity: X under softmax, N values in −1…1, overwritten; X̄ = X e^{log Z̄}.
  public func evaluate(
    at angles: UnsafeBufferPointer<Double>, masses: [Double]?,
    logPartition: UnsafeMutablePointer<Double>, velocity: UnsafeMutablePointer<Double>
  ) {
    precondition(masses == nil || masses?.count == angles.count, "one mass for every ring")
    guard let series else {
      sums.place(angles, masses: masses)
      for i in angles.indices { write(i, angles, logPartition, velocity) }
      return
    }
    series.evaluate(angles, masses: masses)
    voidCount = 0
    for i in angles.indices {
      let found = series.value(i)
      if found.error <= tolerance * found.partition && found.partition > 1e-280 {
        logPartition[i] = log(found.partition)
        velocity[i] = max(-1, min(1, found.slope / found.partition))
      } else {
        voids[voidCount] = i
        voidCount += 1
      }
    }
    if voidCount == 0 { return }
    sums.place(angles, masses: masses, isCompressed: true)
    for void in 0..<voidCount { write(voids[void], angles, logPartition, velocity) }
  }

  private func write(
    _ i: Int, _ angles: UnsafeBufferPointer<Double>, _ logPartition: UnsafeMutablePointer<Double>,
    _ velocity: UnsafeMutablePointer<Double>
  ) {
    let value = sums(at: angles[i])
    logPartition[i] = value.logPartition
    velocity[i] = value.velocity
  }
}
