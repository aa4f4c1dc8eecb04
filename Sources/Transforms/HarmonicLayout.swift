/// Where the coefficients of spherical harmonics up to one degree stand in memory.
///
/// By order: for m = 0…L and l = m…L the pair (coefficient of Y_{l,m}, coefficient of Y_{l,−m}),
/// the cosine and the sine, stands at 2 · place(l, m), place(l, m) = m (2L + 3 − m)/2 + (l − m).
/// The sine of m = 0 is zero and stays zero.
///
/// The harmonics are real and orthonormal for the uniform probability σ, without the sign of Condon
/// and Shortley:
///
///     Y_{l,±m}(θ, φ) = √((2 − δ_{m0}) (2l + 1) (l − m)!/(l + m)!) P_l^m(cos θ) · (cos mφ, sin mφ)
public struct HarmonicLayout: Sendable, Equatable {
  /// L.
  public let degree: Int

  /// - Parameter degree: L ≥ 0.
  public init(degree: Int) {
    precondition(degree >= 0, "a degree is not negative")
    self.degree = degree
  }

  /// Reals in all, (L + 1)(L + 2).
  public var count: Int { (degree + 1) * (degree + 2) }

  /// The place of the pair of degree l and order m, 0 ≤ m ≤ l ≤ L.
  public func place(_ l: Int, _ m: Int) -> Int { m * (2 * degree + 3 - m) / 2 + (l - m) }

  /// A_{l,m} = √((l² − m²)/(4l² − 1)), the coefficient of cos θ Y_{l,m} on Y_{l−1,m}.
  static func coupling(_ l: Int, _ m: Int) -> Double {
    (Double((l - m) * (l + m)) / Double((2 * l - 1) * (2 * l + 1))).squareRoot()
  }
}
