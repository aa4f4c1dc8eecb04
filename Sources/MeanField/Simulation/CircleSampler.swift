internal import Transforms

/// Angles drawn from an initial law through its quantile function.
public struct CircleSampler: Sendable {
  private let cumulative: CumulativeLaw
  /// The cell in which F takes the level g/G, g = 0…G: the level of a draw is in one of few cells.
  private let guide: [Int]

  /// - Parameter law: one that has a density.
  public init(law: InitialLaw) {
    precondition(law.hasDensity, "tokens are where they are: there is nothing to draw")
    cumulative = .density(law.circularMoments(modes: max(1, law.circularModes)))
    guide = Self.guide(cumulative.levels)
  }

  /// The angle below which (counted from 0) the law has mass `level`, in (0, 1).
  public func angle(at level: Double) -> Double {
    let count = guide.count - 1
    let g = min(Int(level * Double(count)), count - 1)
    return cumulative.angle(at: level, between: guide[g], and: guide[g + 1] + 1)
  }

  /// N independent draws: number i of member m of seed s is the same whatever else runs.
  public func draws(count: Int, seed: UInt64, member: Int) -> [Double] {
    let stream = RandomStream(seed: seed, member: member, purpose: .initialDraw)
    return (0..<count).map { angle(at: stream.uniform(index: $0, draw: 0)) }
  }

  /// Draws of some members.
  public func members(
    _ members: Range<Int>, count: Int, seed: UInt64, threads: Int
  ) -> [[Double]] {
    parallelMap(count: members.count, threads: threads) {
      draws(count: count, seed: seed, member: members.lowerBound + $0)
    }
  }

  private static func guide(_ levels: [Double]) -> [Int] {
    let count = levels.count
    var cell = 0
    return (0...count).map { g in
      let level = Double(g) / Double(count)
      while cell + 1 < count && levels[cell + 1] <= level { cell += 1 }
      return cell
    }
  }
}
