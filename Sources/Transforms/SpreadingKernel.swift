internal import Foundation

/// Weights with which a point between grid points takes part in its thirteen neighbours.
///
/// ψ(t) = e^{b(√(1 − (2t/13)²) − 1)}, |t| ≤ 13/2 in cells, the "exponential of semicircle" of
/// Barnett, Magland, af Klinteberg 2019: a function f(x) = Σ_{|k| ≤ K} f_k e^{2πikx/G} is
/// Σ_j ψ(j − x) F_j with F_j = Σ_k (f_k/ψ̂_k) e^{2πikj/G}. Modes of six cells a wave
/// are wrong by 1.5·10⁻¹³ of themselves, those of eight by 4·10⁻¹⁴, of twelve by 2·10⁻¹⁴.
///
/// Between the neighbour i = 0…12 nearest in order and the point lie i − 6 − u cells, |u| ≤ 1/2.
/// Its weight is a polynomial p_i(2u) of degree 13, and p_{12−i}(s) = p_i(−s), so even and odd
/// parts of eight polynomials, one in a lane, are all there is to evaluate.
struct SpreadingKernel {
  /// Neighbours of a point in one direction.
  static let width = 13
  /// Neighbours on one side.
  static let reach = 6
  private static let shape = 33.75
  private static let halfDegree = 7

  /// Coefficients of s^{2j}, then of s^{2j+1}, j = 0…6; neighbour i in lane i.
  private let coefficients: InlineArray<14, Vector>

  init() {
    let nodes = 2 * Self.halfDegree
    var table = InlineArray<14, Vector>(repeating: .zero)
    for i in 0..<Vector.scalarCount {
      let values = (0..<nodes).map { n in
        let s = cos(Double.pi * (Double(n) + 0.5) / Double(nodes))
        return Self.value(Double(i - Self.reach) - s / 2)
      }
      for (j, coefficient) in Self.monomials(atChebyshevNodes: values).enumerated() {
        table[j / 2 + (j & 1) * Self.halfDegree][i] = coefficient
      }
    }
    coefficients = table
  }

  /// Writes the thirteen weights for s = 2u in order.
  @inline(__always)
  func write(at s: Double, to weights: UnsafeMutablePointer<Double>) {
    let square = Vector(repeating: s * s)
    var even = coefficients[6]
    var odd = coefficients[13]
    for j in 1..<7 {
      even = coefficients[6 - j].addingProduct(even, square)
      odd = coefficients[13 - j].addingProduct(odd, square)
    }
    let turned = odd * s
    let last = even - turned
    let target = UnsafeMutableRawPointer(weights)
    target.storeBytes(of: even + turned, as: Vector.self)
    // Neighbours 12…5; both have 5, 6 and 7.
    target.storeBytes(
      of: Vector(last[7], last[6], last[5], last[4], last[3], last[2], last[1], last[0]),
      toByteOffset: 40, as: Vector.self)
  }

  /// ψ̂_k = ∫ ψ(t) e^{−2πikt/G} dt, k = 0…K.
  ///
  /// With t = 13/2 sin α the integrand is smooth, and at the ends as small as e^{−b}: the
  /// midpoint rule is exact to rounding.
  static func transform(modes: Int, cells: Int) -> [Double] {
    let count = 160
    let step = Double.pi / Double(count)
    let halfWidth = 0.5 * Double(width)
    var places = [Double](repeating: 0, count: count / 2)
    var weights = places
    for i in 0..<(count / 2) {
      let α = (Double(i) + 0.5) * step
      places[i] = 2 * Double.pi * halfWidth * sin(α) / Double(cells)
      weights[i] = 2 * step * halfWidth * cos(α) * exp(shape * (cos(α) - 1))
    }
    return (0...modes).map { k in
      var sum = 0.0
      for i in places.indices { sum += weights[i] * cos(Double(k) * places[i]) }
      return sum
    }
  }

  private static func value(_ t: Double) -> Double {
    let z = 2 * t / Double(width)
    return exp(shape * ((max(0, (1 - z) * (1 + z))).squareRoot() - 1))
  }

  /// Power coefficients of the polynomial with these values at cos(π(n + ½)/N), n = 0…N − 1.
  private static func monomials(atChebyshevNodes values: [Double]) -> [Double] {
    let count = values.count
    // T_0 and T_1 in powers of s; T_{j+1} = 2 s T_j − T_{j−1}.
    var previous = [Double](repeating: 0, count: count)
    var current = previous
    previous[0] = 1
    current[1] = 1
    var result = previous.map { $0 * values.reduce(0, +) / Double(count) }
    for j in 1..<count {
      var sum = 0.0
      for (n, value) in values.enumerated() {
        sum += value * cos(Double.pi * Double(j) * (Double(n) + 0.5) / Double(count))
      }
      for i in 0..<count { result[i] += 2 * sum / Double(count) * current[i] }
      let next = (0..<count).map { i in (i > 0 ? 2 * current[i - 1] : 0) - previous[i] }
      previous = current
      current = next
    }
    return result
  }
}
