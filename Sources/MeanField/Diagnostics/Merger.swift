/// Two clusters of a density that have become one.
public struct Merger: Sendable, Equatable {
  /// When two maxima of Z became one.
  public var time: Double
  /// Where the one that is left stands, right after.
  public var position: Double
  /// Its mass, right after.
  public var mass: Double
  /// The masses of the two, right before, the larger first.
  public var parentMasses: [Double]

  /// The merger that turns one list of clusters into another, if it is one.
  ///
  /// Masses tell: the cluster that is left holds what two neighbours held. A mode that only falls
  /// below the least mass that counts leaves no such cluster.
  ///
  /// - Parameters:
  ///   - time: when, to rounding.
  ///   - before, after: clusters on either side of that time.
  init?(at time: Double, before: [Cluster], after: [Cluster]) {
    let ring = before.sorted { $0.position < $1.position }
    var best: (mismatch: Double, first: Cluster, second: Cluster, heir: Cluster)?
    for i in ring.indices {
      let pair = (ring[i], ring[(i + 1) % ring.count])
      for heir in after {
        let mismatch = abs(heir.mass - pair.0.mass - pair.1.mass)
        if mismatch < best?.mismatch ?? .infinity { best = (mismatch, pair.0, pair.1, heir) }
      }
    }
    // Basins' masses change smoothly up to the event, which is known to 1e-9.
    guard ring.count > 1, let best, best.mismatch < 1e-6 else { return nil }
    self.time = time
    position = best.heir.position
    mass = best.heir.mass
    parentMasses = [best.first.mass, best.second.mass].sorted(by: >)
  }
}

/// Looks for mergers between two snapshots by going over the way again.
///
/// The run itself is not touched: a copy starts where the earlier snapshot was, and halves the
/// interval in which clusters disappear.
struct MergerSearch {
  typealias Run = Evolution<SpectralDynamics>

  /// Relative width of the interval at which halving stops.
  private static let resolution = 1e-9

  /// Mergers after `start` and up to `end`, where there are `count` clusters.
  static func mergers(
    from start: Run, to end: Double, after count: Int
  ) throws(SimulationFailure) -> [Merger] {
    let clusters = start.snapshot().clusters()
    guard count < clusters.count else { return [] }
    let before = start.memory.time
    if end - before <= resolution * max(1, end) {
      let later = start.replica()
      try later.advance(to: end)
      let merger = Merger(at: end, before: clusters, after: later.snapshot().clusters())
      return merger.map { [$0] } ?? []
    }
    let middle = start.replica()
    try middle.advance(to: before + 0.5 * (end - before))
    let between = middle.snapshot().clusters().count
    let first = try mergers(from: start, to: middle.memory.time, after: between)
    return first + (try mergers(from: middle, to: end, after: count))
  }
}
