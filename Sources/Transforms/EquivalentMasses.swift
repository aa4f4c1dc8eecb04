internal import Foundation

/// Few masses at Chebyshev nodes in place of many masses on an interval.
///
/// Σ_j m_j f(t_j), −1 ≤ t_j ≤ 1, of an f that n nodes x_i interpolate is Σ_i w_i f(x_i) with
/// w_i = (1/n) Σ_{k<n} (2 − δ_k0) T_k(x_i) Σ_j m_j T_k(t_j). The w_i sum to Σ m_j; some may be negative.
///
/// Along a radian log k of the attention kernel changes by at most β. Where βh is half a width h at most
/// 0.27, 2 or 4, 8, 16 or 24 nodes keep some 10⁻¹¹ of its least value there.
final class EquivalentMasses {
  /// The largest βh.
  static let reach = 4.0

  static func nodeCount(reach: Double) -> Int { reach <= 0.27 ? 8 : reach <= 2 ? 16 : 24 }

  /// (2 − δ_k0) T_k(x_i)/n for 8, 16 and 24 nodes, eight i to a vector, row after row of k.
  private static let tables = [8, 16, 24].map { n in
    (0..<n).flatMap { k in
      (0..<(n / 8)).map { block in
        var row = Vector.zero
        for lane in 0..<8 {
          let weight = (k == 0 ? 1 : 2) / Double(n)
          row[lane] = weight * cos(Double(k) * angle(8 * block + lane, of: n))
        }
        return row
      }
    }
  }
  private static let places = [8, 16, 24].map { n in (0..<n).map { cos(angle($0, of: n)) } }

  private static func angle(_ i: Int, of n: Int) -> Double { .pi * (Double(i) + 0.5) / Double(n) }

  private let tables = EquivalentMasses.tables
  private let places = EquivalentMasses.places
  private let moments = VectorBuffer(count: 24)
  private let masses = VectorBuffer(count: 3)
  private var nodeCount = 8
  private var waiting = 0
  private var place = Vector.zero
  private var mass = Vector.zero

  /// - Parameter nodeCount: 8, 16 or 24.
  func begin(_ nodeCount: Int) {
    self.nodeCount = nodeCount
    for k in 0..<nodeCount { moments.base[k] = .zero }
    waiting = 0
    mass = .zero
  }

  /// - Parameter t: in −1…1.
  func add(_ mass: Double, at t: Double) {
    place[waiting] = t
    self.mass[waiting] = mass
    waiting += 1
    if waiting == 8 { flush() }
  }

  func finish() {
    flush()
    let blocks = nodeCount / 8
    for block in 0..<blocks { masses.base[block] = .zero }
    let table = tables[blocks - 1]
    for k in 0..<nodeCount {
      let moment = Vector(repeating: moments.base[k].sum())
      for block in 0..<blocks {
        masses.base[block] = masses.base[block].addingProduct(moment, table[k * blocks + block])
      }
    }
  }

  func node(_ i: Int) -> (place: Double, mass: Double) {
    (places[nodeCount / 8 - 1][i], masses.numbers[i])
  }

  /// Adds m T_k(t) of the waiting eight.
  private func flush() {
    var previous = mass
    var current = mass * place
    for k in 0..<nodeCount {
      moments.base[k] += previous
      (previous, current) = (current, (2 * place * current) - previous)
    }
    waiting = 0
    mass = .zero
  }
}
