/// The step between coefficients by degree and the coefficients of q_j that the kernels use.
extension SphericalHarmonicTransform {
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
  func mix(
    _ pairs: UnsafePointer<Double>, order m: Int, degree: Int,
    into target: UnsafeMutablePointer<Double>, stride: Int
  ) {
    let mixing = recurrence.mixing + recurrence.starts[m]
    let source = UnsafeRawPointer(pairs)
    let steps = (degree - m) / 2 + 1
    for j in 0..<steps {
      let factors = mixing[j]
      let here = source.loadUnaligned(fromByteOffset: 32 * j, as: SIMD4<Double>.self)
      let next = source.loadUnaligned(fromByteOffset: 32 * j + 32, as: SIMD4<Double>.self)
      let sum = (here * Self.own(factors)).addingProduct(next, Self.following(factors))
      UnsafeMutableRawPointer(target + stride * j).storeBytes(of: sum, as: SIMD4<Double>.self)
    }
    if steps % 2 == 1 { (target + stride * steps).update(repeating: 0, count: 4) }
  }

  /// The transpose of `mix`: sums of q_j to pairs by degree, m…degree and perhaps one more.
  func unmix(
    _ sums: UnsafePointer<Double>, stride: Int, order m: Int, degree: Int,
    into pairs: UnsafeMutablePointer<Double>
  ) {
    let mixing = recurrence.mixing + recurrence.starts[m]
    let source = UnsafeRawPointer(sums)
    let target = UnsafeMutableRawPointer(pairs)
    var carried = SIMD4<Double>.zero
    for j in 0..<((degree - m) / 2 + 1) {
      let factors = mixing[j]
      let here = source.loadUnaligned(fromByteOffset: 8 * stride * j, as: SIMD4<Double>.self)
      target.storeBytes(
        of: carried.addingProduct(here, Self.own(factors)), toByteOffset: 32 * j,
        as: SIMD4<Double>.self)
      carried = here * Self.following(factors)
    }
  }

  @inline(__always)
  private static func own(_ factors: SIMD4<Double>) -> SIMD4<Double> {
    SIMD4(factors[0], factors[0], factors[2], factors[2])
  }

  @inline(__always)
  private static func following(_ factors: SIMD4<Double>) -> SIMD4<Double> {
    SIMD4(factors[1], factors[1], factors[3], factors[3])
  }
}
