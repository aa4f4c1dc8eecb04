import Foundation

/// Polynomials of the polar angle by their textbook formulas, apart from the code under test.
enum PlainPolynomials {
  /// P_l(cos θ) of S^{d−1}, l = 0…degree: (l+d−2) P_{l+1} = (2l+d−2) x P_l − l P_{l−1}.
  static func gegenbauer(dimension: Int, degree: Int, angle: Double) -> [Double] {
    let x = cos(angle)
    var result = [1, x]
    for l in stride(from: 1, to: degree, by: 1) {
      let k = Double(l)
      let d = Double(dimension)
      result.append(((2 * k + d - 2) * x * result[l] - k * result[l - 1]) / (k + d - 2))
    }
    return Array(result.prefix(degree + 1))
  }

  /// dP_l/dθ, l = 0…degree, from (1 − x²) dP_l/dx = l (P_{l−1} − x P_l), true in every dimension.
  static func gegenbauerSlopes(dimension: Int, degree: Int, angle: Double) -> [Double] {
    let values = gegenbauer(dimension: dimension, degree: degree, angle: angle)
    return (0...degree).map { l in
      l == 0 ? 0 : -Double(l) * (values[l - 1] - cos(angle) * values[l]) / sin(angle)
    }
  }

  /// R_l(θ) of reference dimension 2 or 3.
  static func reference(_ e: Int, degree: Int, angle: Double) -> [Double] {
    e == 2
      ? (0...degree).map { cos(Double($0) * angle) }
      : gegenbauer(dimension: 3, degree: degree, angle: angle)
  }

  /// dR_l/dθ.
  static func referenceSlopes(_ e: Int, degree: Int, angle: Double) -> [Double] {
    e == 2
      ? (0...degree).map { -Double($0) * sin(Double($0) * angle) }
      : gegenbauerSlopes(dimension: 3, degree: degree, angle: angle)
  }

  /// q_l: one or two cosines, 2l + 1 harmonics on S².
  static func multiplicity(_ e: Int, _ l: Int) -> Double {
    e == 3 ? Double(2 * l + 1) : l == 0 ? 1 : 2
  }
}
