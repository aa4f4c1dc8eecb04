import Foundation
import SnapshotIO
import Testing

/// What an output file of a run on a sphere has, in the layout of such files.
struct SphereFile: Sendable, CustomTestStringConvertible {
  enum Manifold { case sphere, zonal, tokens }

  var testDescription: String
  var manifold = Manifold.sphere
  var dimension = 3
  var snapshots = 8
  var hasDensity = true
  var tokens = 0
  var hasComparison = false
  /// Snapshots that are missing altogether.
  var missing: Range<Int> = 0..<0

  init(
    _ description: String, manifold: Manifold = .sphere, dimension: Int = 3, snapshots: Int = 8,
    hasDensity: Bool = true, tokens: Int = 0, hasComparison: Bool = false,
    missing: Range<Int> = 0..<0
  ) {
    testDescription = description
    self.manifold = manifold
    self.dimension = dimension
    self.snapshots = snapshots
    self.hasDensity = hasDensity && manifold != .tokens
    self.tokens = tokens
    self.hasComparison = hasComparison
    self.missing = missing
  }

  private static let members = 2

  private var runFile: String {
    switch manifold {
    case .sphere: "manifold: sphere\n"
    case .zonal: "manifold:\n  zonal:\n    dimension: \(dimension)\n"
    case .tokens: "manifold: {sphere: {dimension: \(dimension)}}\n"
    }
  }

  func write(to path: String) throws {
    let file = try NetCDFFile(creating: path)
    let root = file.root
    try root.setAttribute("title", to: "A sphere")
    try root.setAttribute("run_file", to: .text(runFile))
    try root.defineDimension("time", length: nil)
    try put(root, "time", []) { [Double($0)] }
    if hasDensity { try writeDensity(root) }
    if tokens > 0 { try writeTokens(try root.group(named: "particles")) }
    if hasComparison {
      let group = try root.group(named: "comparison")
      try group.defineDimension("member", length: Self.members)
      for suffix in ["", "_expected", "_spread"] {
        try put(group, "sliced_wasserstein1\(suffix)", [("member", Self.members)]) {
          [0.1 / Double($0 + 1), 0.2]
        }
      }
    }
    try file.close()
  }

  /// A variable of time, and its values at every snapshot.
  private func put(
    _ group: NetCDFFile.Group, _ name: String, _ dimensions: [(name: String, length: Int)],
    _ values: (Int) -> [Double]
  ) throws {
    try group.defineVariable(name, .double, dimensions: ["time"] + dimensions.map(\.name))
    for n in 0..<snapshots {
      let now = values(n)
      let isMissing = name != "time" && missing.contains(n)
      try group.put(
        isMissing ? now.map { _ in .nan } : now, into: name,
        start: [n] + dimensions.map { _ in 0 }, count: [1] + dimensions.map(\.length))
    }
  }

  private func writeDensity(_ root: NetCDFFile.Group) throws {
    let (rows, columns) = (12, manifold == .sphere ? 24 : 1)
    // Nodes of the reference dimension 2; every picture must do with nodes it does not know.
    let θ = (0..<rows).map { .pi * (Double($0) + 0.5) / Double(rows) }
    let φ = (0..<columns).map { 2 * .pi * Double($0) / Double(columns) }
    let unscaled = θ.map { pow(sin($0), Double(dimension - 2)) }
    let total = unscaled.reduce(0, +) * Double(columns)
    var grid = [("theta", rows)]
    try root.defineDimension("theta", length: rows)
    try root.defineVariable("theta", .double, dimensions: ["theta"])
    try root.put(θ, into: "theta")
    if manifold == .sphere {
      grid.append(("phi", columns))
      try root.defineDimension("phi", length: columns)
      try root.defineVariable("phi", .double, dimensions: ["phi"])
      try root.put(φ, into: "phi")
    }
    try root.defineVariable("weight", .double, dimensions: grid.map(\.0))
    try root.put(
      unscaled.flatMap { weight in φ.map { _ in weight / total } }, into: "weight")
    // Two clusters that sharpen.
    func logarithms(_ n: Int) -> [Double] {
      θ.flatMap { θ in φ.map { Double(n) * (cos(θ) + sin(θ) * cos($0)) } }
    }
    try put(root, "log_density", grid, logarithms)
    try put(root, "density", grid) { logarithms($0).map(exp) }
    try root.defineDimension("cluster", length: 2)
    if manifold == .sphere {
      try root.defineDimension("component", length: 3)
      try put(root, "cluster_position", [("cluster", 2), ("component", 3)]) { _ in
        [0, 0, 1, .nan, .nan, .nan]
      }
    } else {
      try put(root, "cluster_position", [("cluster", 2)]) { _ in [0, .pi] }
    }
    for name in ["normalized_energy", "cluster_count"] {
      try put(root, name, []) { [1 - 1 / Double($0 + 2)] }
    }
  }

  private func writeTokens(_ group: NetCDFFile.Group) throws {
    let members = Self.members
    try group.defineDimension("member", length: members)
    try group.defineDimension("particle", length: tokens)
    if !hasDensity || manifold != .sphere {
      try group.defineDimension("component", length: dimension)
    }
    let lengths = [("member", members), ("particle", tokens), ("component", dimension)]
    try put(group, "position", lengths) { n in
      (0..<members * tokens).flatMap { token in
        // Unit vectors in two coordinates, all of them on the way to one point.
        let angle = 6 * Double(token + 1) / Double(members * tokens) / Double(n + 1)
        var point = Array(repeating: 0.0, count: dimension)
        point[0] = sin(angle)
        point[dimension - 1] = cos(angle)
        return point
      }
    }
    for name in ["normalized_energy", "cluster_count"] {
      try put(group, name, [("member", members)]) { [1 - 1 / Double($0 + 2), 0.5] }
    }
  }
}
