internal import Foundation

/// The recurrence of the Gegenbauer polynomials P_l of S^{d−1}, P_l(1) = 1, in differences.
///
/// From (l+d−2) P_{l+1} = (2l+d−2) x P_l − l P_{l−1} with y = 1 − x and D_l = P_{l+1} − P_l:
///
///     D_l = a_l D_{l−1} − b_l y P_l,    a_l = l/(l+d−2),    b_l = (2l+d−2)/(l+d−2)
///
/// For 0 ≤ x ≤ 1 it is stable, and y = 2 sin²(θ/2) keeps the digits that cos θ loses near the pole
/// (Reinsch's form of Clenshaw's sums); P_l(−x) = (−1)^l P_l(x) gives the other half.
/// d = 2 is cos lθ, d = 3 Legendre, d = 4 sin((l+1)θ)/((l+1) sin θ).
struct GegenbauerRecurrence: Sendable {
  /// a_l for l = 0…L.
  let inertia: [Double]
  /// b_l for l = 0…L.
  let pull: [Double]

  /// What is smaller is zero: at d = 4096, P_l falls to 10^{−800}, and subnormal numbers are slow.
  static let negligible = 1e-290

  /// - Parameters:
  ///   - dimension: d ≥ 2.
  ///   - degree: L ≥ 0.
  init(dimension: Int, degree: Int) {
    precondition(dimension >= 2 && degree >= 0, "a polynomial of some degree on some sphere")
    let d = Double(dimension)
    // At l = 0 both follow from P_1 = x; for d = 2 the formulas would be 0/0 there.
    inertia = (0...degree).map { $0 == 0 ? 0 : Double($0) / (Double($0) + d - 2) }
    pull = (0...degree).map { $0 == 0 ? 1 : (2 * Double($0) + d - 2) / (Double($0) + d - 2) }
  }

  /// l (l+d−2)/(d−1): dP_l/dx is this times P_{l−1} of dimension d + 2.
  static func slope(degree: Int, dimension: Int) -> Double {
    let l = Double(degree)
    let d = Double(dimension)
    return l * (l + d - 2) / (d - 1)
  }

  /// From P_l and D_{l−1} to P_{l+1} and D_l at eight points; D_{−1} is 0.
  ///
  /// - Parameter y: 1 − cos θ in 0…1.
  @inline(__always)
  func advance(from l: Int, y: Vector, value: inout Vector, difference: inout Vector) {
    difference = (difference * inertia[l]).addingProduct(-y * pull[l], value)
    value += difference
  }
}

extension SIMD where Scalar == Double {
  /// Whether a recurrence that has come to these numbers stays at zero for all that matters.
  @inline(__always)
  var isNegligible: Bool {
    let bound = Self(repeating: GegenbauerRecurrence.negligible)
    return all((self .< bound) .& (self .> -bound))
  }

  /// The same with zero in place of what is negligible.
  @inline(__always)
  var withoutNegligible: Self {
    let bound = Self(repeating: GegenbauerRecurrence.negligible)
    return replacing(with: 0, where: (self .< bound) .& (self .> -bound))
  }
}
