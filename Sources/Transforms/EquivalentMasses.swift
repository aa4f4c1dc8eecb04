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
  /// What is replaced, in −1…1, with places of no mass at the end.
  private let scaled: VectorBuffer
  private let weights: VectorBuffer
  private var nodeCount = 8

  /// - Parameter capacity: how many masses there are at most.
  init(capacity: Int) {
    scaled = VectorBuffer(count: capacity / 8 + 1)
    weights = VectorBuffer(count: capacity / 8 + 1)
  }

  /// - Parameters:
  ///   - places: within `halfWidth` of `middle`.
  ///   - nodeCount: 8, 16 or 24.
  func replace(
    _ places: UnsafeBufferPointer<Double>, _ masses: UnsafeBufferPointer<Double>, middle: Double,
    halfWidth: Double, nodeCount: Int
  ) {
    self.nodeCount = nodeCount
    let scale = halfWidth > 0 ? 1 / halfWidth : 0
    let vectors = (places.count + 7) / 8
    for i in places.indices {
      scaled.numbers[i] = scale * (places[i] - middle)
      weights.numbers[i] = masses[i]
    }
    for i in places.count..<(8 * vectors) {
      scaled.numbers[i] = 0
      weights.numbers[i] = 0
    }
    let moments = moments.base
    for k in 0..<nodeCount { moments[k] = .zero }
    for v in 0..<vectors {
      let t = scaled.base[v]
      let twice = 2 * t
      // m T_k(t).
      var previous = weights.base[v]
      var current = previous * t
      for k in 0..<nodeCount {
        moments[k] += previous
        (previous, current) = (current, (-previous).addingProduct(twice, current))
      }
    }
    finish()
  }

  func node(_ i: Int) -> (place: Double, mass: Double) {
    (places[nodeCount / 8 - 1][i], masses.numbers[i])
  }

  /// From Chebyshev moments to masses at the nodes.
  private func finish() {
    let blocks = nodeCount / 8
    let table = tables[blocks - 1]
    for block in 0..<blocks { masses.base[block] = .zero }
    for k in 0..<nodeCount {
      let moment = Vector(repeating: moments.base[k].sum())
      for block in 0..<blocks {
        masses.base[block] = masses.base[block].addingProduct(moment, table[k * blocks + block])
      }
    }
  }
}
