internal import MeanField

/// The clusters of members beside those of the density, in the group `comparison`.
///
/// `cluster` counts those of the density, in the order of the root's variables.
extension OutputFile {
  func defineClusterComparison(_ group: NetCDFFile.Group) throws(NetCDFError) {
    let lead = ["time", "member", "cluster"]
    let chunks = [NetCDFFile.Group.recordsTogether([layout.members, 16]), layout.members, 16]
    try group.defineVariable(
      "cluster_match", .int64, dimensions: lead, integerFill: -1, chunks: chunks,
      attributes: [
        "long_name": "index of the member's cluster matched with the density's; -1: none",
        "units": "1",
      ])
    for (name, meaning, units) in [
      (
        "cluster_position_difference",
        "geodesic distance of the member's cluster from the density's", "radian"
      ),
      (
        "cluster_mass_difference", "mass of the member's cluster minus that of the density's", "1"
      ),
    ] {
      try group.defineVariable(
        name, .double, dimensions: lead, chunks: chunks,
        attributes: ["long_name": .text(meaning), "units": .text(units)])
    }
    for (name, meaning, units) in [
      (
        "cluster_position_spread",
        "root mean square of cluster_position_difference over independent draws", "radian"
      ),
      (
        "cluster_mass_spread",
        "standard deviation of cluster_mass_difference over independent draws", "1"
      ),
    ] {
      try group.defineVariable(
        name, .double, dimensions: ["time", "cluster"], chunks: [chunks[0], 16],
        attributes: ["long_name": .text(meaning), "units": .text(units)])
    }
  }

  func write(
    _ clusters: ClusterComparison, at index: Int, in group: NetCDFFile.Group
  ) throws(NetCDFError) {
    let width = clusterCount([clusters.spreads.count])
    guard width > 0 else { return }
    let missing = [Double](repeating: .nan, count: width - clusters.spreads.count)
    let (start, count) = ([index, 0, 0], [1, clusters.matches.count, width])
    try group.put(
      clusters.matches.flatMap { $0.map { $0 ?? -1 } + missing.map { _ in -1 } },
      into: "cluster_match", start: start, count: count)
    try group.put(
      clusters.positionDifferences.flatMap { $0 + missing }, into: "cluster_position_difference",
      start: start, count: count)
    try group.put(
      clusters.massDifferences.flatMap { $0 + missing }, into: "cluster_mass_difference",
      start: start, count: count)
    for (name, values) in [
      ("cluster_position_spread", clusters.spreads.map(\.position)),
      ("cluster_mass_spread", clusters.spreads.map(\.mass)),
    ] {
      try group.put(values + missing, into: name, start: [index, 0], count: [1, width])
    }
  }
}
