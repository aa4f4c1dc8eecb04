internal import Transforms

/// Angles drawn from an initial law through its quantile function.
public struct Sampler: Sendable {
  private let cumulative: CumulativeLaw

  /// - Parameter law: one that has a density.
  public init(law: InitialLaw) {
    precondition(law.hasDensity, "tokens are where they are: there is nothing to draw")
    cumulative = .density(law.moments(modes: max(1, law.significantModes)))
  }

  /// The angle below which (counted from 0) the law has mass `level`, in (0, 1).
  public func angle(at level: Double) -> Double { cumulative.angle(at: level) }

  /// N independent draws: number i of member m of seed s is the same whatever else runs.
  public func draws(count: Int, seed: UInt64, member: Int) -> [Double] {
    let stream = RandomStream(seed: seed, member: member, purpose: .initialDraw)
    return (0..<count).map { angle(at: stream.uniform(index: $0, draw: 0)) }
  }

  /// Draws of members 0…members−1.
  public func members(_ members: Int, count: Int, seed: UInt64, threads: Int) -> [[Double]] {
    parallelMap(count: members, threads: threads) { draws(count: count, seed: seed, member: $0) }
  }
}
