/// Adds mass · Y_lm(x) for all l ≤ L to moments in the order of a layout; O(L²).
///
/// The recurrence is that of `SphericalHarmonics`; the poles are points like others.
///
/// - Parameters:
///   - point: (x, y, z) of unit length.
///   - moments: `layout.count` values, added to.
public func addHarmonics(
  at point: SIMD3<Double>, mass: Double, _ layout: HarmonicLayout,
  to moments: UnsafeMutablePointer<Double>
) {
  // What the factors (x + iy)^m lose at high order near a pole is given to the polynomials.
  let scale = 0x1p600
  var power = SIMD2<Double>(mass * scale, 0)
  var seed = 1 / scale
  for m in 0...layout.degree {
    if m > 0 {
      seed *= (Double(m == 1 ? 2 : 1) * Double(2 * m + 1) / Double(2 * m)).squareRoot()
      power = SIMD2(point.x * power.x - point.y * power.y, point.x * power.y + point.y * power.x)
    }
    var term = seed
    var before = 0.0
    for l in m...layout.degree {
      let place = 2 * layout.place(l, m)
      moments[place] += term * power.x
      moments[place + 1] += term * power.y
      let above = HarmonicLayout.coupling(l + 1, m)
      let below = HarmonicLayout.coupling(l, m)
      (term, before) = ((point.z * term - below * before) / above, term)
    }
  }
}
