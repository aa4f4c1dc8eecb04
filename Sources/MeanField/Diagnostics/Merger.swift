internal import Foundation

/// Two clusters of a density that have become one.
public struct Merger: Sendable, Equatable {
  /// When two maxima of Z became one.
  public var time: Double
  /// Where the one that is left stands, right after.
  public var position: [Double]
  /// Its mass, right after.
  public var mass: Double
  /// The masses of the two, right before, the larger first.
  public var parentMasses: [Double]

  /// The mergers that turn one list of clusters into another.
  ///
  /// Masses tell: a cluster that is left holds what two held. A mode that only falls below
  /// the least mass that counts leaves no such cluster.
  ///
  /// - Parameters:
  ///   - time: when, to rounding.
  ///   - before, after: clusters on either side of that time.
  static func mergers(at time: Double, before: [Cluster], after: [Cluster]) -> [Merger] {
    after.compactMap { heir -> Merger? in
      // One that was there before may hold what two others held, by chance.
      let nearest = before.min { heir.distance(to: $0) < heir.distance(to: $1) }
      if let nearest, abs(nearest.mass - heir.mass) < 1e-6 { return nil }
      let pairs = before.indices.flatMap { i in
        before.indices.dropFirst(i + 1).map { (before[i], before[$0]) }
      }
      // Basins' masses change smoothly up to the event; equal ones are told by place.
      let candidates = pairs.filter { abs(heir.mass - $0.0.mass - $0.1.mass) < 1e-6 }
      let pair = candidates.min { first, second in
        heir.distance(to: first.0) + heir.distance(to: first.1)
          < heir.distance(to: second.0) + heir.distance(to: second.1)
      }
      guard let pair else { return nil }
      return Merger(
        time: time, position: heir.position, mass: heir.mass,
        parentMasses: [pair.0.mass, pair.1.mass].sorted(by: >))
    }
  }
}

/// Looks for mergers between two snapshots by going over the way again.
///
/// The run itself is not touched: a copy starts where the earlier snapshot was, and halves the
/// interval in which clusters disappear.
struct MergerSearch {
  typealias Run = any LawEvolution

  /// Width at which halving stops, as a part of the interval between the two snapshots.
  private static let resolution = 1e-9

  /// Mergers after `start`, where the clusters are `before`, and up to `end`, where they are `after`.
  static func mergers(
    from start: Run, before: [Cluster], to end: Double, after: [Cluster]
  ) throws(SimulationFailure) -> [Merger] {
    let width = max(64 * end.ulp, resolution * (end - start.memory.time))
    return try mergers(from: start, before: before, to: end, after: after, width: width)
  }

  private static func mergers(
    from start: Run, before: [Cluster], to end: Double, after: [Cluster], width: Double
  ) throws(SimulationFailure) -> [Merger] {
    guard after.count < before.count else { return [] }
    let begin = start.memory.time
    if end - begin <= width {
      // As they were found: another way to the same time may end on the other side of the event.
      return Merger.mergers(at: end, before: before, after: after)
    }
    let middle = start.replica()
    try middle.advance(to: begin + 0.5 * (end - begin), shouldStop: { false })
    let between = middle.snapshot().clusters()
    let first = try mergers(
      from: start, before: before, to: middle.memory.time, after: between, width: width)
    return first
      + (try mergers(from: middle, before: between, to: end, after: after, width: width))
  }
}
