internal import CVector
internal import Foundation

/// Polynomials of degree 15 on a cell, s ∈ [−1, 1], between their values at Chebyshev nodes and
/// their powers; and the transpose, from moments of powers to masses at the nodes.
///
/// Both ways pass through Chebyshev polynomials: where their coefficients fall off, as those of the
/// kernel do, the large coefficients of T_k in powers of s cost no digits.
struct CellPolynomials {
  static let count = 16

  /// s_q = cos(π (q + ½)/16).
  let nodes: [Double]
  /// C_kq at 16 k + q: coefficient of T_k = Σ_q C_kq f(s_q).
  private let analysis: [Double]
  /// V_lk at 16 l + k: T_k = Σ_l V_lk s^l.
  private let powers: [Double]

  init() {
    let n = Self.count
    nodes = (0..<n).map { cos(Double.pi * (Double($0) + 0.5) / Double(n)) }
    var analysis = [Double](repeating: 0, count: n * n)
    var powers = analysis
    for k in 0..<n {
      for q in 0..<n {
        let angle = Double.pi * Double(k) * (Double(q) + 0.5) / Double(n)
        analysis[n * k + q] = (k == 0 ? 1 : 2) * cos(angle) / Double(n)
      }
    }
    powers[0] = 1
    powers[n + 1] = 1
    for k in 2..<n {
      for l in 0..<n {
        powers[n * l + k] =
          (l > 0 ? 2 * powers[n * (l - 1) + k - 1] : 0) - powers[n * l + k - 2]
      }
    }
    self.analysis = analysis
    self.powers = powers
  }

  /// Writes the powers of the polynomial with these values at the nodes; `result` may not be they.
  func powers(
    ofValues values: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>
  ) {
    let n = Self.count
    for l in 0..<n { result[l] = 0 }
    for k in 0..<n {
      var sum = 0.0
      for q in 0..<n { sum += analysis[n * k + q] * values[q] }
      for l in stride(from: k & 1, through: k, by: 2) { result[l] += powers[n * l + k] * sum }
    }
  }

  /// Writes masses W_q with Σ_q W_q f(s_q) = Σ_j m_j f(s_j) for every polynomial f of degree 15,
  /// from the moments Σ_j m_j s_j^l; `result` may not be they.
  func masses(
    ofMoments moments: UnsafePointer<Double>, into result: UnsafeMutablePointer<Double>
  ) {
    let n = Self.count
    for q in 0..<n { result[q] = 0 }
    for k in 0..<n {
      var sum = 0.0
      for l in stride(from: k & 1, through: k, by: 2) { sum += powers[n * l + k] * moments[l] }
      for q in 0..<n { result[q] += analysis[n * k + q] * sum }
    }
  }
}

/// Z and X at the places of a polynomial z of Z in some unit, for thirty-two points at a time.
///
///     Z = unit · z(s),   X = z'(s) / (β a z(s))
struct CellField {
  /// Powers of z, sixteen numbers.
  let powers: UnsafePointer<Double>
  /// 1/(β a).
  let slopeScale: Double

  /// z and X of four eights of points: the products of one wait for each other.
  @inline(__always)
  func callAsFunction(
    _ s: InlineArray<4, Vector>
  ) -> (partition: InlineArray<4, Vector>, quotient: InlineArray<4, Vector>) {
    var z = InlineArray<4, Vector>(repeating: Vector(repeating: powers[CellPolynomials.count - 1]))
    var slope = InlineArray<4, Vector>(repeating: .zero)
    for l in stride(from: CellPolynomials.count - 2, through: 0, by: -1) {
      let power = Vector(repeating: powers[l])
      for v in 0..<4 {
        slope[v] = vector_multiply_add(z[v], slope[v], s[v])
        z[v] = vector_multiply_add(power, z[v], s[v])
      }
    }
    for v in 0..<4 { slope[v] = bounded(slopeScale * (slope[v] / z[v])) }
    return (z, slope)
  }
}

/// X held within [−1, 1], which rounding may pass where X is ±1 to the last digit.
@inline(__always)
func bounded(_ x: Vector) -> Vector {
  let one = Vector(repeating: 1)
  let above = x.replacing(with: one, where: x .> one)
  return above.replacing(with: -one, where: above .< -one)
}
