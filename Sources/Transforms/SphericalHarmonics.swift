/// A series of spherical harmonics at any point of the sphere, with its gradient.
///
///     f(x) = Σ_{l ≤ L} Σ_{|m| ≤ l} c_lm Y_lm(x),   harmonics and coefficients as in `HarmonicLayout`
///
/// Y_{l,±m} = Π_lm(z) · (Re, Im)(x + iy)^m with polynomials Π_lm, by the three-term recurrence in l
/// that also runs in the transform; nothing is divided by sin θ, so the poles are points like
/// others. The error is that of moving the point by the rounding of z. O(L²) operations for a point.
/// Degrees up to 2047.
public struct SphericalHarmonics: Sendable {
  public let layout: HarmonicLayout
  private let coefficients: [Double]
  /// 1/A_{l+1} and A_l of l, m = 0…L by the places of the layout: P_{l+1} = (z P_l − A_l P_{l−1})/A_{l+1}.
  private let couplings: [Double]

  /// At degree 2047 Π_lm reaches 10⁴²⁸ where (x + iy)^m, as small, still matters: 2⁶⁰⁰ goes from the
  /// one into the other.
  private static let scale = 0x1p600

  /// - Parameters:
  ///   - degree: L, 0…2047.
  ///   - coefficients: c, `HarmonicLayout(degree: degree).count` values.
  public init(degree: Int, coefficients: [Double]) {
    precondition((0...2047).contains(degree), "the degree of a series is 0…2047")
    layout = HarmonicLayout(degree: degree)
    precondition(coefficients.count == layout.count, "one coefficient for every place")
    self.coefficients = coefficients
    var couplings = [Double](repeating: 0, count: layout.count)
    for m in 0...degree {
      for l in m...degree {
        couplings[2 * layout.place(l, m)] = 1 / HarmonicLayout.coupling(l + 1, m)
        couplings[2 * layout.place(l, m) + 1] = HarmonicLayout.coupling(l, m)
      }
    }
    self.couplings = couplings
  }

  /// A value and its gradient.
  public struct Jet: Sendable, Equatable {
    public var value: Double
    /// Tangent to the sphere, in ambient coordinates (x, y, z).
    public var gradient: SIMD3<Double>
  }

  /// f and ∇f at a point.
  ///
  /// - Parameter point: (x, y, z) of unit length.
  public func jet(at point: SIMD3<Double>) -> Jet {
    let degree = layout.degree
    let z = point.z
    var value = 0.0
    // The gradient of the polynomial in x, y and z; its tangent part is that of f.
    var ambient = SIMD3<Double>.zero
    var power = SIMD2<Double>(Self.scale, 0)
    var powerBelow = SIMD2<Double>.zero
    var seed = 1 / Self.scale
    coefficients.withUnsafeBufferPointer { coefficients in
      couplings.withUnsafeBufferPointer { couplings in
        for m in 0...degree {
          if m > 0 {
            // √2 enters once, with the first order that has a cosine and a sine.
            let ratio = Double(m == 1 ? 2 : 1) * Double(2 * m + 1) / Double(2 * m)
            seed *= ratio.squareRoot()
            powerBelow = power
            power = SIMD2(
              point.x * power.x - point.y * power.y, point.x * power.y + point.y * power.x)
          }
          var term = seed
          var before = 0.0
          var slope = 0.0
          var slopeBefore = 0.0
          var sum = SIMD2<Double>.zero
          var slopeSum = SIMD2<Double>.zero
          for place in layout.place(m, m)...layout.place(degree, m) {
            let pair = SIMD2(coefficients[2 * place], coefficients[2 * place + 1])
            sum += term * pair
            slopeSum += slope * pair
            let inverse = couplings[2 * place]
            let below = couplings[2 * place + 1]
            (slope, slopeBefore) = ((term + z * slope - below * slopeBefore) * inverse, slope)
            (term, before) = ((z * term - below * before) * inverse, term)
          }
          value += sum.x * power.x + sum.y * power.y
          ambient.x += Double(m) * (sum.x * powerBelow.x + sum.y * powerBelow.y)
          ambient.y += Double(m) * (sum.y * powerBelow.x - sum.x * powerBelow.y)
          ambient.z += slopeSum.x * power.x + slopeSum.y * power.y
        }
      }
    }
    let radial = (ambient * point).sum()
    return Jet(value: value, gradient: ambient - radial * point)
  }

  /// Y_{l,m} at a point, m = −l…l (negative for sines).
  ///
  /// - Parameters:
  ///   - l: the degree, 0…2047.
  ///   - m: the order.
  ///   - point: (x, y, z) of unit length.
  public static func value(degree l: Int, order m: Int, at point: SIMD3<Double>) -> Double {
    precondition((0...2047).contains(l) && abs(m) <= l, "a harmonic has |order| ≤ degree ≤ 2047")
    let order = abs(m)
    var power = SIMD2<Double>(scale, 0)
    var term = 1 / scale
    for k in stride(from: 1, through: order, by: 1) {
      term *= (Double(k == 1 ? 2 : 1) * Double(2 * k + 1) / Double(2 * k)).squareRoot()
      power = SIMD2(point.x * power.x - point.y * power.y, point.x * power.y + point.y * power.x)
    }
    var before = 0.0
    for k in order..<max(l, order) {
      let above = HarmonicLayout.coupling(k + 1, order)
      let below = HarmonicLayout.coupling(k, order)
      (term, before) = ((point.z * term - below * before) / above, term)
    }
    return term * (m < 0 ? power.y : power.x)
  }
}
