internal import Foundation
internal import Transforms

/// p Gauss–Legendre nodes on [−1, 1] and polynomials of degree p − 1 through values there.
///
/// Sums over the nodes integrate polynomials to degree 2p − 1; what is known at the nodes is known in
/// between as long as its last Legendre coefficients are small.
struct PanelRule: Sendable {
  /// p.
  static let count = 16
  static let standard = PanelRule()

  /// ξ_i, ascending.
  let nodes: [Double]
  /// w_i, sum 2.
  let weights: [Double]
  private let barycentric: [Double]
  /// Row l: Legendre coefficient l of the polynomial through the values.
  private let legendre: [Double]
  /// Rows of the first derivative at the nodes.
  private let slopes: [Double]
  /// Values at the nodes of the left and the right half.
  private let halves: [[Double]]
  /// Values at −1 and 1.
  private let ends: [[Double]]

  private init() {
    let p = Self.count
    let rule = GaussLegendre(count: p)
    nodes = rule.cosines.reversed()
    weights = rule.weights.reversed()
    let nodes = nodes
    let weights = weights
    // Wang & Xiang, Math. Comp. 81 (2012): (−1)^i √((1 − ξ²) w).
    let barycentric: [Double] = (0..<p).map { i in
      let size = ((1 - nodes[i] * nodes[i]) * weights[i]).squareRoot()
      return i % 2 == 0 ? size : -size
    }
    self.barycentric = barycentric
    var legendre = [Double](repeating: 0, count: p * p)
    for l in 0..<p {
      for i in 0..<p {
        legendre[l * p + i] = (Double(l) + 0.5) * weights[i] * Self.legendre(l, at: nodes[i])
      }
    }
    self.legendre = legendre
    var slopes = [Double](repeating: 0, count: p * p)
    for i in 0..<p {
      for j in 0..<p where j != i {
        slopes[i * p + j] = barycentric[j] / barycentric[i] / (nodes[i] - nodes[j])
        slopes[i * p + i] -= slopes[i * p + j]
      }
    }
    self.slopes = slopes
    func rows(_ places: [Double]) -> [Double] {
      places.flatMap { Self.basis(at: $0, nodes, barycentric) }
    }
    halves = [rows(nodes.map { 0.5 * ($0 - 1) }), rows(nodes.map { 0.5 * ($0 + 1) })]
    ends = [rows([-1]), rows([1])]
  }

  private static func legendre(_ degree: Int, at x: Double) -> Double {
    var before = 1.0
    var value = degree == 0 ? 1 : x
    for k in stride(from: 1, to: degree, by: 1) {
      let k = Double(k)
      (before, value) = (value, ((2 * k + 1) * x * value - k * before) / (k + 1))
    }
    return value
  }

  /// Lagrange's polynomials at a place.
  private static func basis(
    at place: Double, _ nodes: [Double], _ barycentric: [Double]
  ) -> [Double] {
    if let i = nodes.firstIndex(of: place) {
      return nodes.indices.map { $0 == i ? 1 : 0 }
    }
    let terms = zip(nodes, barycentric).map { $1 / (place - $0) }
    let sum = terms.reduce(0, +)
    return terms.map { $0 / sum }
  }

  /// The polynomial through values at the nodes, at a place.
  func value(_ values: [Double], at place: Double) -> Double {
    var sum = 0.0
    var norm = 0.0
    for i in nodes.indices {
      let distance = place - nodes[i]
      if distance == 0 { return values[i] }
      let term = barycentric[i] / distance
      sum += term * values[i]
      norm += term
    }
    return sum / norm
  }

  /// Values of the polynomial's derivative at the nodes.
  func derivative(_ values: [Double]) -> [Double] {
    nodes.indices.map { Self.row($0, of: slopes, times: values) }
  }

  /// Values at the nodes of the left (0) or right (1) half.
  func half(_ side: Int, of values: [Double]) -> [Double] {
    nodes.indices.map { Self.row($0, of: halves[side], times: values) }
  }

  /// Values at −1 and 1.
  func ends(of values: [Double]) -> (start: Double, end: Double) {
    (Self.row(0, of: ends[0], times: values), Self.row(0, of: ends[1], times: values))
  }

  /// What a polynomial of degree p − 1 is about to miss: its last two Legendre coefficients.
  func tail(_ values: [Double]) -> Double {
    abs(Self.row(Self.count - 1, of: legendre, times: values))
      + abs(Self.row(Self.count - 2, of: legendre, times: values))
  }

  private static func row(_ i: Int, of matrix: [Double], times values: [Double]) -> Double {
    var sum = 0.0
    for j in 0..<count { sum += matrix[i * count + j] * values[j] }
    return sum
  }
}
