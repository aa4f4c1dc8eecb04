internal import Transforms

/// ⟨n, ∇Y_lm⟩ at any point, for all harmonics of a layout; the recurrence is that of
/// `SphericalHarmonics`.
struct HarmonicSlopes {
  let layout: HarmonicLayout
  /// 1/A_{l+1} and A_l of l, m by the places of the layout.
  private let couplings: [Double]
  private var values: [Double]

  init(_ layout: HarmonicLayout) {
    self.layout = layout
    values = [Double](repeating: 0, count: layout.count)
    func coupling(_ l: Int, _ m: Int) -> Double {
      (Double((l - m) * (l + m)) / Double((2 * l - 1) * (2 * l + 1))).squareRoot()
    }
    var couplings = values
    for m in 0...layout.degree {
      for l in m...layout.degree {
        couplings[2 * layout.place(l, m)] = 1 / coupling(l + 1, m)
        couplings[2 * layout.place(l, m) + 1] = coupling(l, m)
      }
    }
    self.couplings = couplings
  }

  /// The slopes, kept until the next call.
  ///
  /// - Parameter normal: its part tangent to the sphere counts.
  mutating func slopes(at point: SIMD3<Double>, along normal: SIMD3<Double>) -> [Double] {
    let n = normal - normal.dot(point) * point
    // What the factors (x + iy)^m lose at high order near a pole is given to the polynomials.
    let scale = 0x1p600
    var power = SIMD2<Double>(scale, 0)
    var powerSlope = SIMD2<Double>.zero
    var seed = 1 / scale
    for m in 0...layout.degree {
      if m > 0 {
        seed *= (Double(m == 1 ? 2 : 1) * Double(2 * m + 1) / Double(2 * m)).squareRoot()
        powerSlope =
          Double(m) * SIMD2(n.x * power.x - n.y * power.y, n.x * power.y + n.y * power.x)
        power = SIMD2(point.x * power.x - point.y * power.y, point.x * power.y + point.y * power.x)
      }
      var (term, before) = (seed, 0.0)
      var (slope, slopeBefore) = (0.0, 0.0)
      for place in layout.place(m, m)...layout.place(layout.degree, m) {
        let pair = term * powerSlope + (slope * n.z) * power
        values[2 * place] = pair.x
        values[2 * place + 1] = pair.y
        let (inverse, below) = (couplings[2 * place], couplings[2 * place + 1])
        (slope, slopeBefore) = ((term + point.z * slope - below * slopeBefore) * inverse, slope)
        (term, before) = ((point.z * term - below * before) * inverse, term)
      }
    }
    return values
  }
}

extension HarmonicLayout {
  /// Multiplies coefficients by factors of their degree; beyond the last one they are zero.
  func multiply(_ values: inout [Double], byDegree factors: [Double]) {
    for m in 0...degree {
      for l in m...degree {
        let factor = l < factors.count ? factors[l] : 0
        values[2 * place(l, m)] *= factor
        values[2 * place(l, m) + 1] *= factor
      }
    }
  }
}
