import Foundation
import SnapshotIO

/// What a picture shows of a comparison beside distances: how they fall with N, and how the clusters
/// of members match those of the continuum.
struct DrawnComparison {
  /// Distances of members of several sizes at one time.
  struct Ladder {
    /// One kind of distance: distances[i] are those of the members of counts[i] tokens.
    struct Rung {
      var name: String
      var distances: [[Double]]
      /// The fitted exponent and its standard error.
      var rate: Double
      var error: Double
    }

    var time: Double
    var counts: [Double]
    var rungs: [Rung]
  }

  /// One cluster of the continuum, and how far from it the clusters matched with it are.
  struct Match {
    /// Geodesic distances, one for every member that has such a cluster.
    var positions: [Double]
    /// Differences of mass.
    var masses: [Double]
    /// Root mean square of both for independent draws; NaN where nothing is expected.
    var positionSpread: Double
    var massSpread: Double
  }

  /// Such as "within 4 sigmas"; nil where none was written.
  var verdict: String?
  var ladder: Ladder?
  /// The heaviest clusters at `matchTime`, heaviest first.
  var matches: [Match] = []
  var matchTime = Double.nan

  /// Whether there is nothing to draw of it but distances.
  var isEmpty: Bool { ladder == nil && matches.isEmpty }

  private static let clusterLimit = 12
  private static let memberLimit = 64
  static let distances = ["wasserstein1", "wasserstein2", "sliced_wasserstein1"]

  init(
    reading group: NetCDFFile.Group, snapshotCount: Int, times: [Double]
  ) throws(NetCDFError) {
    verdict = try Self.verdict(group)
    let every = SnapshotReader(snapshots: Array(0..<snapshotCount), snapshotCount: snapshotCount)
    try readLadder(group, every, times)
    try readMatches(group, every, times)
  }

  private static func verdict(_ group: NetCDFFile.Group) throws(NetCDFError) -> String? {
    guard let word = try group.attribute("verdict")?.text else { return nil }
    guard word != "none", let sigmas = try group.attribute("sigmas")?.doubles?.first else {
      return word
    }
    return "\(word) \(Script.number(sigmas)) sigmas"
  }

  /// The last snapshot with an exponent.
  private mutating func readLadder(
    _ group: NetCDFFile.Group, _ every: SnapshotReader, _ times: [Double]
  ) throws(NetCDFError) {
    guard try group.hasVariable("count") else { return }
    let counts = try group.doubles("count")
    var last: Int?
    for kind in Self.distances {
      let found = try every.series(group, "rate_\(kind)")?.lastIndex(where: \.isFinite)
      last = [last, found].compactMap(\.self).max()
    }
    guard let last else { return }
    let reader = SnapshotReader(snapshots: [last], snapshotCount: every.snapshotCount)
    var rungs: [Ladder.Rung] = []
    for name in Self.distances + ["moment"] {
      guard
        let values = try reader.rows(group, "ladder_\(name)", rank: 3)?.first,
        let rate = try reader.series(group, "rate_\(name)")?.first,
        let error = try reader.series(group, "rate_\(name)_error")?.first, rate.isFinite
      else { continue }
      let members = values.count / max(1, counts.count)
      let distances = counts.indices.map { rung in
        Array(values[(rung * members)..<((rung + 1) * members)])
      }
      rungs.append(Ladder.Rung(name: name, distances: distances, rate: rate, error: error))
    }
    if !rungs.isEmpty { ladder = Ladder(time: times[last], counts: counts, rungs: rungs) }
  }

  /// The last snapshot at which anything was matched; one where a spread is known goes before.
  private mutating func readMatches(
    _ group: NetCDFFile.Group, _ every: SnapshotReader, _ times: [Double]
  ) throws(NetCDFError) {
    let limits = [Self.memberLimit, Self.clusterLimit]
    guard
      let positions = try every.rows(group, "cluster_position_difference", rank: 3, limits),
      let masses = try every.rows(group, "cluster_mass_difference", rank: 3, limits),
      let positionSpreads = try every.rows(
        group, "cluster_position_spread", rank: 2, [Self.clusterLimit]),
      let massSpreads = try every.rows(group, "cluster_mass_spread", rank: 2, [Self.clusterLimit])
    else { return }
    func isMatched(_ i: Int) -> Bool { positions[i].contains(where: \.isFinite) }
    func isExpected(_ i: Int) -> Bool { positionSpreads[i].contains(where: \.isFinite) }
    let indices = positions.indices
    guard
      let last = indices.last(where: { isMatched($0) && isExpected($0) })
        ?? indices.last(where: isMatched)
    else { return }
    matchTime = times[last]
    let clusters = positionSpreads[last].count
    func members(_ values: [Double], _ cluster: Int) -> [Double] {
      stride(from: cluster, to: values.count, by: clusters).map { values[$0] }.filter(\.isFinite)
    }
    matches = (0..<clusters).map { cluster in
      Match(
        positions: members(positions[last], cluster), masses: members(masses[last], cluster),
        positionSpread: positionSpreads[last][cluster], massSpread: massSpreads[last][cluster])
    }
    while let match = matches.last, match.positions.isEmpty, match.positionSpread.isNaN {
      matches.removeLast()
    }
  }
}
