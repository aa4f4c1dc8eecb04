import Foundation
import MeanField

/// The density's clusters and what members have of them.
extension Report {
  /// A cluster of the density and those of the members that are matched with it.
  struct ClusterMatch: Encodable {
    /// Index of the member's cluster, −1 where it has none.
    var members: [Int]
    /// Null where it has none.
    var positionDifferences: [Double?]
    var massDifferences: [Double?]
    /// Absent where nothing can be said.
    var positionSpread: Double?
    var massSpread: Double?
  }

  static func clusterMatches(_ comparison: ClusterComparison) -> [ClusterMatch] {
    func known(_ value: Double) -> Double? { value.isNaN ? nil : value }
    return comparison.spreads.enumerated().map { k, spread in
      ClusterMatch(
        members: comparison.matches.map { $0[k] ?? -1 },
        positionDifferences: comparison.positionDifferences.map { known($0[k]) },
        massDifferences: comparison.massDifferences.map { known($0[k]) },
        positionSpread: known(spread.position), massSpread: known(spread.mass))
    }
  }

  /// How many members have so many clusters, the most frequent number first.
  static func clusterCounts(_ members: [[Cluster]]) -> [(clusters: Int, members: Int)] {
    Dictionary(grouping: members, by: \.count)
      .map { (clusters: $0.key, members: $0.value.count) }
      .sorted { ($1.members, $0.clusters) < ($0.members, $1.clusters) }
  }

  /// A table with a line for every cluster of the density, and the counts in words.
  static func matchLines(
    _ comparison: ClusterComparison, _ members: [[Cluster]], time: String, shown: Int
  ) -> [String] {
    var lines = ["", "clusters of members beside the density's at t = \(time)"]
    if !comparison.spreads.isEmpty {
      lines.append(
        "             found in  rms distance  expected     mean mass difference  expected of a mean"
      )
    }
    for (k, spread) in comparison.spreads.prefix(shown).enumerated() {
      let distances = comparison.positionDifferences.map { $0[k] }.filter { !$0.isNaN }
      let masses = comparison.massDifferences.map { $0[k] }.filter { !$0.isNaN }
      let number = Double(distances.count)
      let size = (distances.reduce(0) { $0 + $1 * $1 } / number).squareRoot()
      let error = spread.mass / number.squareRoot()
      let found = "\(distances.count) of \(members.count)"
      let cells = [
        "  cluster \(k + 1)".padded(to: 13), found.padded(to: 10), cell(size).padded(to: 14),
        cell(spread.position).padded(to: 13), cell(masses.reduce(0, +) / number).padded(to: 22),
        distances.isEmpty || error.isNaN ? "-" : "± " + cell(error),
      ]
      lines.append(cells.joined())
    }
    if comparison.spreads.count > shown { lines.append("  …") }
    let counts = clusterCounts(members)
    var words = counts.prefix(6).enumerated().map { i, entry in
      i == 0
        ? "\(entry.clusters) cluster\(entry.clusters == 1 ? "" : "s") in \(entry.members) of "
          + "\(members.count) member\(members.count == 1 ? "" : "s")"
        : "\(entry.clusters) in \(entry.members)"
    }
    let others = counts.dropFirst(6).reduce(0) { $0 + $1.members }
    if others > 0 { words.append("other numbers in \(others)") }
    return lines + ["  " + words.joined(separator: ", ")]
  }

  private static func cell(_ value: Double) -> String {
    value.isNaN ? "-" : String(format: "%.3g", value)
  }
}

extension String {
  fileprivate func padded(to length: Int) -> String {
    padding(toLength: max(length, count), withPad: " ", startingAt: 0)
  }
}
