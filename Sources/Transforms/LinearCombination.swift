/// result = base + Σ_j weights_j terms_j, entry by entry, in one pass over memory.
///
/// Thirty-two entries stay in registers while all terms are added to them, in order.
/// Terms of weight zero are not read. `result` may be `base`.
public func combine(
  base: UnsafePointer<Double>, weights: [Double], terms: [UnsafeMutablePointer<Double>],
  into result: UnsafeMutablePointer<Double>, count: Int
) {
  precondition(weights.count == terms.count, "one weight for every term")
  let whole = count & ~31
  for start in stride(from: 0, to: whole, by: 32) {
    var sums = InlineArray<4, Vector> { vector(base + (start + 8 * $0)) }
    for j in terms.indices where weights[j] != 0 {
      let weight = weights[j]
      let term = terms[j] + start
      for v in 0..<4 { sums[v] += weight * vector(term + 8 * v) }
    }
    for v in 0..<4 {
      UnsafeMutableRawPointer(result + (start + 8 * v)).storeBytes(of: sums[v], as: Vector.self)
    }
  }
  for i in whole..<count { result[i] = base[i] }
  for j in terms.indices where weights[j] != 0 {
    for i in whole..<count { result[i] += weights[j] * terms[j][i] }
  }
}
