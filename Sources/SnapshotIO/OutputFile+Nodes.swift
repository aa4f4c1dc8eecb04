internal import MeanField

/// One thing said of every node of a law that is carried along its flow.
struct NodeVariable: Sendable {
  var name: String
  var longName: String
  var units: String
  var values: @Sendable (LawNodes) -> [Double]

  /// Snapshots, and nodes, that are stored together.
  ///
  /// A run may end as two atoms, and begin with thousands of nodes. Compressing them would save half of
  /// their room and take longer than the run. Every chunk has an entry in the file's tables and a write of
  /// its own: few large ones take less time.
  static let chunk = (snapshots: 16, nodes: 128)

  /// Chunks of every variable that so many nodes take at most, each with an entry in the file's own tables.
  static func chunks(_ count: Int) -> Int { count / chunk.nodes + 1 }

  /// Bytes that one chunk of every variable takes.
  static var chunkBytes: Int { (all.count + 1) * (8 * chunk.snapshots * chunk.nodes + 128) }

  static let all = [
    NodeVariable(name: "angle", longName: "position of a node", units: "radian") { $0.angles },
    NodeVariable(
      name: "log_density", longName: "log of the density at a node; none at an atom", units: "1"
    ) { $0.logDensities },
    NodeVariable(
      name: "mass", longName: "mass of a node: quadrature weight times density", units: "1"
    ) { $0.masses },
    NodeVariable(
      name: "label", longName: "position of a node at time 0, of an atom the mean of its mass",
      units: "radian"
    ) { $0.labels },
  ]
}

/// The group `nodes`: the law itself, as many nodes at every snapshot as it takes.
///
/// Snapshots with fewer nodes than the most are filled up with NaN.
extension OutputFile {
  func defineNodes(_ group: NetCDFFile.Group) throws(NetCDFError) {
    try group.defineDimension("node", length: nil)
    let dimensions = ["time", "node"]
    let chunks = [NodeVariable.chunk.snapshots, NodeVariable.chunk.nodes]
    for variable in NodeVariable.all {
      try group.defineVariable(
        variable.name, .double, dimensions: dimensions, chunks: chunks,
        attributes: [
          "long_name": .text(variable.longName), "units": .text(variable.units),
        ])
    }
    try group.defineVariable(
      "atom", .int32, dimensions: dimensions, integerFill: -1, chunks: chunks,
      attributes: [
        "long_name": "1 for an atom: mass on a point; 0 for a node of a panel", "units": "1",
      ])
    try group.defineVariable(
      "node_count", .int64, dimensions: ["time"], integerFill: -1,
      attributes: ["long_name": "nodes of this snapshot; those after them are fill", "units": "1"])
  }

  /// Bytes of the chunks that are new with the nodes of a snapshot.
  func newNodeBytes(_ nodes: LawNodes?, at index: Int) -> Int {
    guard let nodes else { return 0 }
    let row = index / NodeVariable.chunk.snapshots
    let chunks = NodeVariable.chunks(nodes.count)
    let known = row == nodeChunks.row ? nodeChunks.count : 0
    nodeChunks = (row, max(known, chunks))
    return max(0, chunks - known) * NodeVariable.chunkBytes
  }

  func write(_ nodes: LawNodes, at index: Int, in group: NetCDFFile.Group) throws(NetCDFError) {
    let chunk = (records: NodeVariable.chunk.snapshots, values: NodeVariable.chunk.nodes)
    for variable in NodeVariable.all {
      try pending.add(
        .doubles(variable.values(nodes)), to: variable.name, of: group, at: index,
        shape: [nodes.count], chunk: chunk)
    }
    try pending.add(
      .integers(nodes.isAtom.map { $0 ? 1 : 0 }, fill: -1), to: "atom", of: group, at: index,
      shape: [nodes.count], chunk: chunk)
    try pending.add(
      .integers([nodes.count], fill: -1), to: "node_count", of: group, at: index, shape: [])
  }
}
