internal import CVector

/// The step between coefficients by degree and the coefficients of q_j that the kernels use.
extension SphericalHarmonicTransform {
  /// a_l c_lm of one order by degree: the coefficients themselves where there is no factor.
  func pairs(
    _ coefficients: UnsafePointer<Double>, order m: Int, degree: Int,
    degreeFactors: UnsafePointer<Double>?
  ) -> UnsafePointer<Double> {
    guard degreeFactors != nil else { return coefficients + 2 * layout.place(m, m) }
    loadTerms(coefficients, order: m, degree: degree, degreeFactors: degreeFactors)
    return UnsafePointer(terms.numbers)
  }

  /// Loads a_l c_lm of one order for l = m…degree, zero beyond.
  func loadTerms(
    _ coefficients: UnsafePointer<Double>, order m: Int, degree: Int,
    degreeFactors: UnsafePointer<Double>?
  ) {
    let source = coefficients + 2 * layout.place(m, m)
    let target = terms.numbers
    let count = degree - m + 1
    if let factors = degreeFactors {
      for k in 0..<count {
        target[2 * k] = factors[m + k] * source[2 * k]
        target[2 * k + 1] = factors[m + k] * source[2 * k + 1]
      }
    } else {
      target.update(from: source, count: 2 * count)
    }
    (target + 2 * count).update(repeating: 0, count: 8)
  }

  /// The series of sin θ ∂_θ f: Σ_l ((l−1) A_l c_{l−1} − (l+2) A_{l+1} c_{l+1}) P_l up to degree + 1.
  func loadSlopes(order m: Int, degree: Int) {
    let couplings = recurrence.couplings.numbers + recurrence.couplingLayout.place(m, m)
    let target = slopes.numbers
    let source = terms.numbers
    let count = degree - m + 2
    for k in 0..<count {
      let l = Double(m + k)
      let above = (l + 2) * couplings[k + 1]
      target[2 * k] = -above * source[2 * k + 2]
      target[2 * k + 1] = -above * source[2 * k + 3]
    }
    for k in 1..<count {
      let l = Double(m + k)
      let below = (l - 1) * couplings[k]
      target[2 * k] += below * source[2 * k - 2]
      target[2 * k + 1] += below * source[2 * k - 1]
    }
    for k in (2 * count)..<(2 * count + 6) { target[k] = 0 }
  }

  /// Pairs t by degree to the kernels' coefficients of q_j: w_j (A_{m+2j+1} t_{2j} + A_{m+2j+2}
  /// t_{2j+2}) for even and w_j t_{2j+1} for odd degrees, four numbers for every j.
  ///
  /// Pairs beyond the degree are not used: those of the next order may stand there.
  func mix(
    _ pairs: UnsafePointer<Double>, order m: Int, degree: Int,
    into target: UnsafeMutablePointer<Double>, stride: Int
  ) {
    let mixing = recurrence.mixing + recurrence.starts[m]
    let last = (degree - m) / 2
    // Two j at a time as long as t_{2j+3} is there for the second.
    let whole = max(0, degree - m - 3) / 4 * 2
    let source = UnsafeRawPointer(pairs)
    let factors = UnsafeRawPointer(mixing)
    for j in Swift.stride(from: 0, to: whole, by: 2) {
      let f = factors.load(fromByteOffset: 32 &* j, as: Vector.self)
      let here = source.loadUnaligned(fromByteOffset: 32 &* j, as: Vector.self)
      let next = source.loadUnaligned(fromByteOffset: 32 &* j &+ 32, as: Vector.self)
      let sum = vector_multiply_add(
        vector_product(here, interleave_even(f, f)), next, interleave_odd(f, f))
      if stride == 4 {
        UnsafeMutableRawPointer(target + 4 * j).storeBytes(of: sum, as: Vector.self)
      } else {
        let place = UnsafeMutableRawPointer(target + stride * j)
        place.storeBytes(of: sum.lowHalf, as: SIMD4<Double>.self)
        place.storeBytes(of: sum.highHalf, toByteOffset: 8 * stride, as: SIMD4<Double>.self)
      }
    }
    for j in whole...last {
      let f = mixing[j]
      let t = pairs + 4 * j
      let above = degree - m - 2 * j
      let place = target + stride * j
      for k in 0..<2 {
        place[k] = f[0] * t[k] + (above > 1 ? f[1] * t[k + 4] : 0)
        place[k + 2] = above > 0 ? f[2] * t[k + 2] : 0
      }
    }
    if last % 2 == 0 { (target + stride * (last + 1)).update(repeating: 0, count: 4) }
    // Order 0 has no sine.
    if m == 0 { for j in 0...last { (target[stride * j + 1], target[stride * j + 3]) = (0, 0) } }
  }

  /// The transpose of `mix`: sums of q_j to pairs by degree, m…degree and up to three more.
  func unmix(
    _ sums: UnsafePointer<Double>, stride: Int, order m: Int, degree: Int,
    into pairs: UnsafeMutablePointer<Double>
  ) {
    var factors = UnsafeRawPointer(recurrence.mixing + recurrence.starts[m])
    var source = sums
    var target = UnsafeMutableRawPointer(pairs)
    var carried = Vector.zero
    for _ in 0..<(LegendreRecurrence.steps(m, degree) / 2) {
      let f = factors.load(as: Vector.self)
      let here =
        stride == 4
        ? vector(source)
        : halves_low(vector(source), vector(source + stride))
      let following = vector_product(here, interleave_odd(f, f))
      let sum = vector_multiply_add(
        halves_between(carried, following), here, interleave_even(f, f))
      target.storeBytes(of: sum, as: Vector.self)
      carried = following
      factors += 64
      source += 2 &* stride
      target += 64
    }
  }
}
