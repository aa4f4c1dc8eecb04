internal import Foundation
internal import Transforms

/// Densities at many places: panel after panel, eight places at a time.
extension PanelMesh {
  /// log dμ/dσ at positions between the first and the last; NaN where there are no panels.
  ///
  /// - Parameter densities: those of this mesh.
  func logDensities(at positions: [Double], _ densities: PanelDensities) -> [Double] {
    let order = Self.ascending(positions)
    let places = order.map { positions[$0] }
    var values = [Double](repeating: .nan, count: places.count)
    var next = 0
    var node = 0
    for piece in pieces {
      defer { node += piece.count }
      guard case .panel(let panel) = piece else { continue }
      // Two neighbours meet but for rounding and what their polynomials miss.
      var (start, end) = panel.ends
      let slack = 1e-8 * (end - start)
      start -= slack
      end += slack
      while next < places.count, places[next] < start { next += 1 }
      let first = next
      while next < places.count, places[next] <= end { next += 1 }
      guard first < next else { continue }
      densities.logs.withUnsafeBufferPointer { logs in
        guard let logs = logs.baseAddress else { return }
        PanelCurve(panel, logDensities: logs + node).write(
          at: places, first..<next, into: &values)
      }
    }
    var result = values
    for (k, i) in order.enumerated() { result[i] = values[k] }
    return result
  }

  /// Indices by ascending position; a row that begins in the middle need not be sorted.
  private static func ascending(_ positions: [Double]) -> [Int] {
    let count = positions.count
    let seam = (1..<max(1, count)).first { positions[$0] < positions[$0 - 1] } ?? 0
    let order = Array(seam..<count) + Array(0..<seam)
    for k in order.indices.dropFirst() where positions[order[k]] < positions[order[k - 1]] {
      return positions.indices.sorted { positions[$0] < positions[$1] }
    }
    return order
  }
}

/// The flow and the density of one panel as powers of ξ.
private struct PanelCurve {
  private let panel: Panel
  private let flow: PanelRule.Row
  private let logs: PanelRule.Row
  private let origin: Double
  private let level: Double
  private let start: Double
  private let scale: Double

  init(_ panel: Panel, logDensities: UnsafePointer<Double>) {
    self.panel = panel
    let rule = PanelRule.standard
    // From the middle of both: powers lose digits of what all nodes have in common.
    origin = panel.positions[PanelRule.count / 2]
    level = logDensities[PanelRule.count / 2]
    flow = rule.powers(of: panel.positions, above: origin)
    logs = rule.powers(of: PanelRule.Row(at: logDensities), above: level)
    let ends = panel.ends
    start = ends.start - origin
    scale = 2 / (ends.end - ends.start)
  }

  /// Writes log dμ/dσ at some of many places.
  func write(at places: [Double], _ range: Range<Int>, into values: inout [Double]) {
    for first in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
      let count = min(8, range.upperBound - first)
      var offsets = Vector(repeating: places[first])
      for lane in 0..<count { offsets[lane] = places[first + lane] }
      let (nodes, isFound) = coordinates(of: offsets - origin)
      var found = level + Self.value(logs, nodes)
      if !isFound {
        for lane in 0..<count {
          let node = panel.coordinate(of: offsets[lane])
          found[lane] = level + Self.value(logs, Vector(repeating: node))[0]
        }
      }
      for lane in 0..<count { values[first + lane] = found[lane] }
    }
  }

  /// The ξ with Φ(ξ) = origin + offset, by Newton's method from the chord, and whether all are found.
  ///
  /// Φ rises, and a panel bends little: what leaves it on the way is held at its ends.
  @inline(__always)
  private func coordinates(of offsets: Vector) -> (Vector, Bool) {
    let one = Vector(repeating: 1)
    var node = scale * (offsets - start) - 1
    for _ in 0..<12 {
      node.replace(with: one, where: node .> one)
      node.replace(with: -one, where: node .< -one)
      var value = Vector(repeating: flow[PanelRule.count - 1])
      var slope = Vector.zero
      for l in stride(from: PanelRule.count - 2, through: 0, by: -1) {
        slope = value.addingProduct(slope, node)
        value = Vector(repeating: flow[l]).addingProduct(value, node)
      }
      let step = (offsets - value) / slope
      var next = node + step
      next.replace(with: one, where: next .> one)
      next.replace(with: -one, where: next .< -one)
      let change = next - node
      node = next
      // Newton's method squares what is left.
      if all(change * change .< Vector(repeating: 1e-18)) { return (node, true) }
    }
    return (node, false)
  }

  @inline(__always)
  private static func value(_ powers: PanelRule.Row, _ node: Vector) -> Vector {
    var even = Vector(repeating: powers[PanelRule.count - 2])
    var odd = Vector(repeating: powers[PanelRule.count - 1])
    let square = node * node
    for l in stride(from: PanelRule.count - 4, through: 0, by: -2) {
      even = Vector(repeating: powers[l]).addingProduct(even, square)
      odd = Vector(repeating: powers[l + 1]).addingProduct(odd, square)
    }
    return even.addingProduct(odd, node)
  }
}
