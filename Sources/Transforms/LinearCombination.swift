/// result = base + Σ_j weights_j terms_j, entry by entry, in one pass over memory.
///
/// Blocks of 1024 entries stay in cache, so every array is read once whatever their number.
/// Terms of weight zero are not read. `result` may be `base`.
public func combine(
  base: UnsafePointer<Double>, weights: [Double], terms: [UnsafeMutablePointer<Double>],
  into result: UnsafeMutablePointer<Double>, count: Int
) {
  precondition(weights.count == terms.count, "one weight for every term")
  var start = 0
  while start < count {
    let end = min(start + 1024, count)
    if result != base {
      for i in start..<end { result[i] = base[i] }
    }
    for j in terms.indices where weights[j] != 0 {
      let weight = weights[j]
      let term = terms[j]
      for i in start..<end { result[i] += weight * term[i] }
    }
    start = end
  }
}
