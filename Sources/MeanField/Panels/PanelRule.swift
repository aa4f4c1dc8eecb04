internal import Foundation
internal import Transforms

/// p Gauss–Legendre nodes on [−1, 1] and polynomials of degree p − 1 through values there.
///
/// Sums over the nodes integrate polynomials to degree 2p − 1; what is known at the nodes is known in
/// between as long as its last Legendre coefficients are small.
final class PanelRule: Sendable {
  /// p.
  static let count = 16
  static let standard = PanelRule()

  /// A number for every node.
  typealias Row = SIMD16<Double>

  /// ξ_i, ascending.
  let nodes: [Double]
  /// w_i, sum 2.
  let weights: Row
  /// ξ_i.
  let places: Row
  private let barycentric: Row
  /// What the last two Legendre coefficients make of values.
  private let last: (Row, Row)
  /// The same of those of degree 1, 2, 7 and 8.
  private let early: (Row, Row, Row, Row)
  /// Columns: what a value adds to the first derivative at the nodes.
  private let slopes: [Row]
  /// Columns: what a value adds to the powers of ξ.
  private let powers: [Row]
  /// To the values at the nodes of the left and the right half.
  private let halves: [[Row]]
  /// What values make of those at −1 and 1.
  private let ends: (Row, Row)

  private init() {
    let p = Self.count
    let rule = GaussLegendre(count: p)
    let nodes: [Double] = rule.cosines.reversed()
    let weights: [Double] = rule.weights.reversed()
    // Wang & Xiang, Math. Comp. 81 (2012): (−1)^i √((1 − ξ²) w).
    let barycentric: [Double] = (0..<p).map { i in
      let size = ((1 - nodes[i] * nodes[i]) * weights[i]).squareRoot()
      return i % 2 == 0 ? size : -size
    }
    func coefficient(_ l: Int) -> Row {
      Row((0..<p).map { (Double(l) + 0.5) * weights[$0] * Self.legendre(l, at: nodes[$0]) })
    }
    var slopes = [Row](repeating: .zero, count: p)
    for i in 0..<p {
      for j in 0..<p where j != i {
        slopes[j][i] = barycentric[j] / barycentric[i] / (nodes[i] - nodes[j])
        slopes[i][i] -= slopes[j][i]
      }
    }
    func columns(_ places: [Double]) -> [Row] {
      let rows = places.map { Self.basis(at: $0, nodes, barycentric) }
      return (0..<p).map { j in Row(rows.map { $0[j] }) }
    }
    // Powers of every Legendre polynomial, and what a value adds to its coefficient.
    var legendre = [[Double]](repeating: [Double](repeating: 0, count: p), count: p)
    legendre[0][0] = 1
    legendre[1][1] = 1
    for l in 2..<p {
      for j in 0..<p {
        let higher = j > 0 ? Double(2 * l - 1) * legendre[l - 1][j - 1] : 0
        legendre[l][j] = (higher - Double(l - 1) * legendre[l - 2][j]) / Double(l)
      }
    }
    let coefficients = (0..<p).map(coefficient)
    powers = (0..<p).map { i in
      Row((0..<p).map { j in (0..<p).reduce(0) { $0 + legendre[$1][j] * coefficients[$1][i] } })
    }
    self.nodes = nodes
    self.weights = Row(weights)
    places = Row(nodes)
    self.barycentric = Row(barycentric)
    last = (coefficient(p - 2), coefficient(p - 1))
    early = (coefficient(1), coefficient(2), coefficient(p / 2 - 1), coefficient(p / 2))
    self.slopes = slopes
    halves = [columns(nodes.map { 0.5 * ($0 - 1) }), columns(nodes.map { 0.5 * ($0 + 1) })]
    ends = (
      Row(Self.basis(at: -1, nodes, barycentric)), Row(Self.basis(at: 1, nodes, barycentric))
    )
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

  /// Lagrange's polynomials at a place that is no node, or exactly one.
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
  func value(_ values: Row, at place: Double) -> Double {
    self.values(values, values, at: place).first
  }

  /// Two polynomials at one place, by the barycentric formula.
  @inline(__always)
  func values(
    _ first: Row, _ second: Row, at place: Double
  ) -> (first: Double, second: Double) {
    let terms = barycentric / (Row(repeating: place) - places)
    let sum = terms.total
    // At a node its own term is infinite.
    guard sum.isFinite else {
      let i = nodes.firstIndex(of: place) ?? 0
      return (first[i], second[i])
    }
    let factor = 1 / sum
    return (factor * (terms * first).total, factor * (terms * second).total)
  }

  /// Values of the polynomial's derivative at the nodes.
  func derivative(_ values: Row) -> Row { Self.sum(slopes, values) }

  /// Powers of ξ of the polynomial through p values less a number.
  func powers(of values: Row, above level: Double) -> Row { Self.sum(powers, values - level) }

  /// Values at the nodes of the left (0) or right (1) half.
  func half(_ side: Int, of values: Row) -> Row { Self.sum(halves[side], values) }

  /// Values at −1 and 1.
  @inline(__always)
  func ends(of values: Row) -> (start: Double, end: Double) {
    ((values * ends.0).total, (values * ends.1).total)
  }

  /// The same of p values in a row of numbers.
  func ends(at values: UnsafePointer<Double>) -> (start: Double, end: Double) {
    ends(of: Row(at: values))
  }

  /// What a polynomial of degree p − 1 is about to miss: its last two Legendre coefficients.
  @inline(__always)
  func tail(_ values: Row) -> Double {
    abs((values * last.0).total) + abs((values * last.1).total)
  }

  /// Magnitudes of the Legendre coefficient of degree 1, of those of degree 1 and 2, and of 7 and 8.
  @inline(__always)
  func bends(_ values: Row) -> (first: Double, low: Double, middle: Double) {
    let first = abs((values * early.0).total)
    return (
      first, first + abs((values * early.1).total),
      abs((values * early.2).total) + abs((values * early.3).total)
    )
  }

  /// The same of p values in a row of numbers.
  func tail(at values: UnsafePointer<Double>) -> Double { tail(Row(at: values)) }

  @inline(__always)
  private static func sum(_ columns: [Row], _ values: Row) -> Row {
    // Two sums: one would wait for itself.
    var even = Row.zero
    var odd = Row.zero
    for j in stride(from: 0, to: count, by: 2) {
      even = even.addingProduct(columns[j], Row(repeating: values[j]))
      odd = odd.addingProduct(columns[j + 1], Row(repeating: values[j + 1]))
    }
    return even + odd
  }
}

/// Numbers at the nodes.
extension SIMD16<Double> {
  /// From a row of numbers.
  @inline(__always)
  init(at values: UnsafePointer<Double>) {
    self = UnsafeRawPointer(values).loadUnaligned(as: Self.self)
  }

  /// The sum of all lanes, halves by halves: one after another each would wait for the last.
  @inline(__always)
  var total: Double {
    let eight = lowHalf + highHalf
    let four = eight.lowHalf + eight.highHalf
    let two = four.lowHalf + four.highHalf
    return two[0] + two[1]
  }

  /// e^x.
  var exponentials: Self {
    let log2e = 1.4426950408889634
    return Self(
      lowHalf: exponential2(log2e * lowHalf), highHalf: exponential2(log2e * highHalf))
  }

  /// log x, NaN for x ≤ 0.
  var logarithms: Self {
    Self(lowHalf: logarithm(lowHalf), highHalf: logarithm(highHalf))
      .replacing(with: .nan, where: .!(self .> 0))
  }

  /// Writes all lanes to a row of numbers.
  @inline(__always)
  func write(to target: UnsafeMutablePointer<Double>) {
    UnsafeMutableRawPointer(target).storeBytes(of: self, as: Self.self)
  }

  /// Appends all lanes to a row of numbers.
  func append(to row: inout [Double]) {
    withUnsafeBytes(of: self) { row.append(contentsOf: $0.bindMemory(to: Double.self)) }
  }
}
