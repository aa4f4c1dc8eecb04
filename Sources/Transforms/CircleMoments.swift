/// Moments Σ_i w_i e^{−ikθ_i}, k = 0…K, of weighted angles, as (Re m₀, Im m₀, Re m₁, …), each to k ulp.
///
/// By recurrences, O(N K), where points are few: a transform would take longer to be set up.
///
/// - Parameters:
///   - angles: θ_i, any real numbers below 10⁵.
///   - masses: weights w_i.
///   - modes: K ≥ 0.
///   - result: 2 (K + 1) values, overwritten.
public func circleMoments(
  of angles: UnsafeBufferPointer<Double>, masses: [Double], modes: Int,
  into result: UnsafeMutablePointer<Double>
) {
  precondition(masses.count == angles.count, "one mass for every point")
  if angles.count > 20_000 {
    // Bare moments do not decay like a kernel: four times the cells bring them to 10⁻¹³.
    let transform = PointTransform(modes: 4 * modes, fieldCount: 1)
    var values = [Double](repeating: 0, count: 2 * (4 * modes + 1))
    transform.moments(of: angles, masses: masses, into: &values)
    for i in 0..<(2 * (modes + 1)) { result[i] = values[i] }
    return
  }
  let sums = VectorBuffer(count: 2 * (modes + 1))
  masses.withUnsafeBufferPointer { masses in
    for start in stride(from: 0, to: angles.count, by: 32) {
      // Four vectors of points keep the units busy while a power waits for the one before.
      var real = InlineArray<4, Vector> { eight(masses, from: start + 8 * $0) }
      var imaginary = InlineArray<4, Vector>(repeating: .zero)
      let turns = InlineArray<4, (sine: Vector, cosine: Vector)> {
        sineCosine(eight(angles, from: start + 8 * $0))
      }
      for k in 0...modes {
        sums.base[2 * k] += (real[0] + real[1]) + (real[2] + real[3])
        sums.base[2 * k + 1] -= (imaginary[0] + imaginary[1]) + (imaginary[2] + imaginary[3])
        for v in 0..<4 {
          let (s, c) = turns[v]
          (real[v], imaginary[v]) = (
            (c * real[v]).addingProduct(-s, imaginary[v]),
            (c * imaginary[v]).addingProduct(s, real[v])
          )
        }
      }
    }
  }
  for i in 0..<(2 * (modes + 1)) { result[i] = sums.base[i].sum() }
}

/// Eight numbers from a place on, zero past the end.
@inline(__always)
private func eight(_ values: UnsafeBufferPointer<Double>, from start: Int) -> Vector {
  start < values.count ? eight(values, from: start, else: 0) : .zero
}
