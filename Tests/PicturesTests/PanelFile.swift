import Foundation
import SnapshotIO

/// An output file of a run whose density is carried by panels, as far as pictures read it.
struct PanelFile: Sendable {
  typealias Cluster = (position: Double, mass: Double)
  struct Merger {
    var time, position, mass: Double
    var parents: [Double]
  }

  var runFile = "manifold: circle\nattention: {beta: 9, normalization: softmax}\n"
  var times: [Double]
  var clusters: @Sendable (Double) -> [Cluster]
  var mergers: [Merger] = []
  /// Whether the clusters are atoms, and the nodes are those.
  var isAtoms = true
  var hasDensity = false

  func write(to path: String) throws {
    let file = try NetCDFFile(creating: path)
    let root = file.root
    try root.setAttribute("title", to: "A tree")
    try root.setAttribute("run_file", to: .text(runFile))
    try root.defineDimension("time", length: nil)
    try root.defineVariable("time", .double, dimensions: ["time"])
    try root.put(times, into: "time", start: [0], count: [times.count])
    let width = times.map { clusters($0).count }.max() ?? 0
    try root.defineDimension("cluster", length: width)
    func put(_ name: String, _ value: (Cluster) -> Double) throws {
      try self.put(root, name, ["cluster"], width) { clusters($0).map(value) }
    }
    try put("cluster_position") { $0.position }
    try put("cluster_mass") { $0.mass }
    try self.put(root, "cluster_count", [], 1) { [Double(clusters($0).count)] }
    try self.put(root, "normalized_energy", [], 1) { time in
      [clusters(time).reduce(0) { $0 + $1.mass * $1.mass }]
    }
    try root.defineDimension("theta", length: 64)
    try root.defineVariable("theta", .double, dimensions: ["theta"])
    try root.put((0..<64).map { 2 * .pi * Double($0) / 64 }, into: "theta")
    try self.put(root, "density", ["theta"], 64) { _ in
      Array(repeating: hasDensity ? 1 : 0, count: 64)
    }
    try self.put(root, "log_density", ["theta"], 64) { _ in
      Array(repeating: hasDensity ? 0 : .nan, count: 64)
    }
    try writeMergers(try root.group(named: "mergers"))
    try writeNodes(try root.group(named: "nodes"), width: width)
    try file.close()
  }

  private func put(
    _ group: NetCDFFile.Group, _ name: String, _ dimensions: [String], _ width: Int,
    _ values: (Double) -> [Double]
  ) throws {
    try group.defineVariable(name, .double, dimensions: ["time"] + dimensions)
    for (n, time) in times.enumerated() {
      let now = values(time)
      let filled = now + Array(repeating: .nan, count: width - now.count)
      try group.put(
        filled, into: name, start: [n] + dimensions.map { _ in 0 },
        count: [1] + dimensions.map { _ in width })
    }
  }

  private func writeMergers(_ group: NetCDFFile.Group) throws {
    try group.defineDimension("merger", length: nil)
    try group.defineDimension("parent", length: 2)
    for (name, values) in [
      ("time", mergers.map(\.time)), ("position", mergers.map(\.position)),
      ("mass", mergers.map(\.mass)),
    ] {
      try group.defineVariable(name, .double, dimensions: ["merger"])
      try group.put(values, into: name, start: [0], count: [mergers.count])
    }
    try group.defineVariable("parent_mass", .double, dimensions: ["merger", "parent"])
    try group.put(
      mergers.flatMap(\.parents), into: "parent_mass", start: [0, 0], count: [mergers.count, 2])
  }

  private func writeNodes(_ group: NetCDFFile.Group, width: Int) throws {
    try group.defineDimension("node", length: width)
    try put(group, "angle", ["node"], width) { clusters($0).map(\.position) }
    try put(group, "mass", ["node"], width) { clusters($0).map(\.mass) }
    try put(group, "atom", ["node"], width) { clusters($0).map { _ in isAtoms ? 1 : 0 } }
    try put(group, "node_count", [], 1) { [Double(clusters($0).count)] }
  }
}
