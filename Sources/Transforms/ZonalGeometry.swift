internal import Foundation

/// The polar angle of S^{d−1} and the low-dimensional sphere its laws are expanded on.
///
/// A law that is symmetric about a pole is a law of the polar angle θ ∈ [0, π]. It is carried by
/// c_l = ∫ R_l dμ, l = 0…L, with the reference polynomials R_l of S^{e−1}: cos lθ for even d
/// (e = 2), Legendre P_l(cos θ) for odd d (e = 3). Its density with respect to ν_e, the uniform law
/// of S^{e−1}, is
///
///     h = Σ_l q_l c_l R_l,    q_l = 1, 2, 2, … (e = 2) or 2l + 1 (e = 3),
///
/// and dμ/dσ = h/h_u with h_u = sin^{d−e} θ / ∫ sin^{d−e} dν_e. The moments ∫ P_l^{(d)} dμ would do in
/// exact arithmetic, but for large d the map from them to h is badly conditioned.
public struct ZonalGeometry: Sendable {
  /// d ≥ 3: the sphere is S^{d−1} in R^d.
  public let dimension: Int
  /// e, which is 2 for even d and 3 for odd d, so that d − e is even.
  public let referenceDimension: Int
  /// log ∫ sin^{d−e} dν_e.
  private let logNormalization: Double

  public init(dimension: Int) {
    precondition(dimension >= 3, "laws of a polar angle live on S² and above")
    self.dimension = dimension
    referenceDimension = dimension % 2 == 0 ? 2 : 3
    // Wallis: one factor 1 − 1/(2k+e−2) for every two powers of the sine; smallest logarithms first.
    var sum = 0.0
    let pairs = (dimension - referenceDimension) / 2
    for k in stride(from: pairs, to: 0, by: -1) {
      sum -= log1p(1 / Double(2 * k + referenceDimension - 3))
    }
    logNormalization = sum
  }

  /// q_l, the weight of R_l in h: the number of harmonics of degree l on S^{e−1}, 1/∫ R_l² dν_e.
  public func multiplicity(_ degree: Int) -> Double {
    if referenceDimension == 3 { return Double(2 * degree + 1) }
    return degree == 0 ? 1 : 2
  }

  /// log h_u(θ) = (d−e) log sin θ − log ∫ sin^{d−e} dν_e, −∞ at the poles for d > e.
  ///
  /// Finite where h_u itself is not: at d = 4096 and 45° it is 10^{−614}. Wrong by a few units in
  /// the last place of the larger of the two terms.
  ///
  /// - Parameter angle: θ in 0…π.
  public func logUniform(at angle: Double) -> Double {
    let power = Double(dimension - referenceDimension)
    if power == 0 { return 0 }
    // Near the equator sin θ rounds to one, and d times that rounding would be left.
    let cosine = cos(angle)
    let logSine = abs(cosine) < 0.7 ? 0.5 * log1p(-cosine * cosine) : log(sin(angle))
    return power * logSine - logNormalization
  }

  /// c_l of the uniform law, l = 0…L: ∫ R_l h_u dν_e.
  ///
  /// With j = (d−e)/2: c_{2k+2}/c_{2k} = −(j−k)/(j+k+1) for e = 2 and
  /// −(2k+1)(j−k)/((2k+2)(j+k+3/2)) for e = 3; odd ones are zero, and so are all beyond d − e.
  public func uniformCoefficients(degree: Int) -> [Double] {
    var result = [Double](repeating: 0, count: degree + 1)
    result[0] = 1
    let j = Double((dimension - referenceDimension) / 2)
    for l in stride(from: 2, through: degree, by: 2) {
      let k = Double(l / 2 - 1)
      let ratio =
        referenceDimension == 2
        ? (j - k) / (j + k + 1) : (2 * k + 1) / (2 * k + 2) * (j - k) / (j + k + 1.5)
      result[l] = -ratio * result[l - 2]
    }
    return result
  }

  /// Adds the part of the Laplacian that is not diagonal; O(L).
  ///
  /// Δ_d = d²/dθ² + (d−2) cot θ d/dθ, and with x = cos θ, Δ_d R_l = Δ_e R_l − (d−e) x dR_l/dx.
  /// x dR_l/dx = l R_l + Σ s_{l,i} R_i over i < l of the parity of l, with s_{l,i} = l q_i (e = 2) or
  /// q_i (e = 3). So under ∂μ/∂t = D Δ μ
  ///
  ///     dc_l/dt = −D l (l+d−2) c_l − D (d−e) Σ_{i<l, i≡l mod 2} s_{l,i} c_i,
  ///
  /// and this adds the sum.
  ///
  /// - Parameters:
  ///   - coefficients: c_0…c_L.
  ///   - factor: D.
  ///   - rate: L + 1 values, added to.
  public func addLaplacianCoupling(
    of coefficients: UnsafePointer<Double>, degree: Int, factor: Double,
    into rate: UnsafeMutablePointer<Double>
  ) {
    let strength = factor * Double(dimension - referenceDimension)
    var same = 0.0
    var other = 0.0
    for l in 0...degree {
      rate[l] -= strength * (referenceDimension == 2 ? Double(l) : 1) * same
      (same, other) = (other, same + multiplicity(l) * coefficients[l])
    }
  }
}
