import Foundation
import SnapshotIO

/// A small file in the layout of an output, every value of which a test can foretell.
struct SampleFile {
  enum Manifold: CaseIterable { case circle, sphere, zonal, tokens }

  var manifold: Manifold
  var times = [0, 0.1, 2]
  var rows = 5
  var columns = 8
  var members = 2
  var tokens = 3
  /// Components of a token.
  var dimension = 3

  var grid: [String] {
    switch manifold {
    case .circle, .zonal: ["theta"]
    case .sphere: ["theta", "phi"]
    case .tokens: []
    }
  }
  var theta: [Double] {
    manifold == .circle
      ? (0..<columns).map { 2 * .pi * Double($0) / Double(columns) }
      : (0..<rows).map { .pi * (Double($0) + 0.5) / Double(rows) }
  }
  var phi: [Double] { (0..<columns).map { 2 * .pi * Double($0) / Double(columns) } }
  var pointCount: Int { manifold == .sphere ? rows * columns : theta.count }

  /// A density of thirds, whose last value is missing.
  func density(_ snapshot: Int) -> [Double] {
    (0..<pointCount).map { $0 == pointCount - 1 ? .nan : Double($0 + snapshot) / 3 }
  }

  /// A unit vector of irrational components, or an angle.
  func token(_ snapshot: Int, _ member: Int, _ particle: Int) -> [Double] {
    let number = Double(snapshot + 3 * member + 6 * particle + 1)
    guard manifold != .circle else { return [number / 7] }
    let components = (1...dimension).map { sin(number * Double($0)) }
    let length = components.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return components.map { $0 / length }
  }

  func write(to path: String) throws {
    let file = try NetCDFFile(creating: path)
    let root = file.root
    try root.setAttribute("run_file", to: "manifold: any\n")
    try root.setAttribute("source", to: "meanfield 0")
    try root.defineDimension("time", length: nil)
    try put(times, "time", ["time"], in: root)
    try root.defineDimension("member", length: members)
    try root.defineDimension("component", length: dimension)
    if manifold != .tokens { try writeDensity(root) }
    try writeTokens(try root.group(named: "particles"))
    let comparison = try root.group(named: "comparison")
    try put([0.5, .nan], "p_value", ["member"], in: comparison)
    try comparison.defineVariable("verdict", .string, dimensions: ["member"])
    try comparison.put(["within", "a \"word\", quoted"], into: "verdict")
    try file.close()
  }

  private func put(
    _ values: [Double], _ name: String, _ dimensions: [String], in group: NetCDFFile.Group
  ) throws {
    try group.defineVariable(name, .double, dimensions: dimensions)
    var count: [Int] = []
    for (i, dimension) in dimensions.enumerated() {
      count.append(
        i == 0 && dimension == "time" ? times.count : try group.dimensionLength(dimension))
    }
    try group.put(values, into: name, start: count.map { _ in 0 }, count: count)
  }

  private func writeDensity(_ root: NetCDFFile.Group) throws {
    try root.defineDimension("theta", length: theta.count)
    try put(theta, "theta", ["theta"], in: root)
    if manifold == .sphere {
      try root.defineDimension("phi", length: columns)
      try put(phi, "phi", ["phi"], in: root)
    }
    try put(
      Array(repeating: 1 / Double(pointCount), count: pointCount), "weight", grid, in: root)
    let values = times.indices.flatMap(density)
    try put(values, "density", ["time"] + grid, in: root)
    try put(values.map { -$0 }, "log_density", ["time"] + grid, in: root)
    try put(times.map { $0 == 0 ? .nan : 1 / $0 }, "energy", ["time"], in: root)
    try root.defineVariable("step", .int64, dimensions: ["time"], integerFill: -1)
    try root.put(times.indices.map { $0 - 1 }, into: "step", start: [0], count: [times.count])
    try root.defineDimension("mode", length: 2)
    try root.defineVariable("mode", .int64, dimensions: ["mode"])
    try root.put([0, 1], into: "mode")
    let pairs: [[Double]] = times.map { [1, $0 + 1e-17] }
    let moments = pairs.flatMap { $0 }
    try put(moments, "moment_re", ["time", "mode"], in: root)
    try put(moments.map { -$0 }, "moment_im", ["time", "mode"], in: root)
    try root.defineDimension("cluster", length: 2)
    let masses: [[Double]] = times.map { _ in [0.25, .nan] }
    try put(masses.flatMap { $0 }, "cluster_mass", ["time", "cluster"], in: root)
    let mergers = try root.group(named: "mergers")
    try mergers.defineDimension("merger", length: 1)
    try mergers.defineDimension("parent", length: 2)
    try put([1.5], "time", ["merger"], in: mergers)
    try put([0.5, 0.125], "parent_mass", ["merger", "parent"], in: mergers)
  }

  private func writeTokens(_ group: NetCDFFile.Group) throws {
    try group.defineDimension("particle", length: tokens)
    try group.defineDimension("cluster", length: 1)
    let lead = ["time", "member", "particle"]
    var values: [Double] = []
    for n in times.indices {
      for m in 0..<members { values += (0..<tokens).flatMap { token(n, m, $0) } }
    }
    if manifold == .circle {
      try put(values, "angle", lead, in: group)
    } else {
      try put(values, "position", lead + ["component"], in: group)
    }
    let isVector = manifold == .sphere || manifold == .tokens
    let cluster = ["time", "member", "cluster"] + (isVector ? ["component"] : [])
    let width = isVector ? dimension : 1
    try put(
      Array(repeating: 0.5, count: times.count * members * width), "cluster_position", cluster,
      in: group)
    var means: [Double] = []
    for n in times.indices {
      for m in 0..<members { means += (0..<dimension).map { Double(n + m + $0) } }
    }
    try put(means, "mean", ["time", "member", "component"], in: group)
  }
}
