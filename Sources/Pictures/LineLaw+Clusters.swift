import SnapshotIO

// Who became whom: clusters, and atoms where a law starts as a few of them.

extension LineLaw {
  /// More atoms than this are not followed one by one.
  private static let atomLimit = 256

  mutating func readClusters(
    _ root: NetCDFFile.Group, _ reader: SnapshotReader, _ times: [Double]
  ) throws(NetCDFError) {
    clusters = try reader.rows(root, "cluster_position", rank: 2) ?? []
    var masses = try reader.rows(root, "cluster_mass", rank: 2) ?? []
    if clusters.isEmpty, density == nil, try root.hasGroup(named: "particles") {
      let particles = try root.group(named: "particles")
      clusters = try reader.rows(particles, "cluster_position", rank: 3, [1, .max]) ?? []
      masses = try reader.rows(particles, "cluster_mass", rank: 3, [1, .max]) ?? []
    }
    guard !clusters.isEmpty else { return }
    tree = Self.tree(times, clusters, masses, try Self.mergers(root), on: coordinate)
  }

  mutating func readAtoms(
    _ root: NetCDFFile.Group, _ reader: SnapshotReader, _ times: [Double]
  ) throws(NetCDFError) {
    guard try root.hasGroup(named: "nodes") else { return }
    let nodes = try root.group(named: "nodes")
    guard try nodes.hasVariable("angle"), let most = try nodes.variable("angle").lengths.last,
      most <= Self.atomLimit, let angles = try reader.rows(nodes, "angle", rank: 2),
      let masses = try reader.rows(nodes, "mass", rank: 2),
      let isAtom = try reader.rows(nodes, "atom", rank: 2)
    else { return }
    let places = zip(angles, isAtom).map { zip($0, $1).map { $1 == 1 ? $0 : .nan } }
    let tree = Self.tree(times, places, masses, [], on: coordinate)
    if !tree.lines.isEmpty { atoms = tree }
  }

  private static func tree(
    _ times: [Double], _ values: [[Double]], _ masses: [[Double]],
    _ mergers: [ClusterTree.Merger], on coordinate: Coordinate
  ) -> ClusterTree {
    let snapshots = times.indices.map { i in
      let present = values[i].indices.filter {
        values[i][$0].isFinite && (masses.isEmpty || masses[i][$0] > 0)
      }
      // Clusters whose masses are not known share alike.
      let clusters = present.map { j in
        ClusterTree.Cluster(
          value: values[i][j],
          mass: masses.isEmpty ? 1 / Double(present.count) : masses[i][j])
      }
      return (time: times[i], clusters: clusters)
    }
    return ClusterTree(snapshots, mergers: mergers, on: coordinate)
  }

  private static func mergers(
    _ root: NetCDFFile.Group
  ) throws(NetCDFError) -> [ClusterTree.Merger] {
    guard try root.hasGroup(named: "mergers") else { return [] }
    let group = try root.group(named: "mergers")
    guard try group.variable("position").lengths.count == 1 else { return [] }
    let times = try group.doubles("time")
    let values = try group.doubles("position")
    let masses = try group.doubles("mass")
    let parents = try group.doubles("parent_mass")
    return times.indices.map { i in
      ClusterTree.Merger(
        point: .init(time: times[i], value: values[i], mass: masses[i]),
        parentMasses: Array(parents[2 * i..<2 * i + 2]))
    }
  }
}
