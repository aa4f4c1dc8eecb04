/// result = base + scale Σ_j weights_j terms_j, entry by entry, in one pass over memory.
///
/// Thirty-two entries stay in registers while all terms are added to them, in order.
/// Terms of weight zero or without a weight are not read. `result` may be `base`.
public func combine(
  base: UnsafePointer<Double>, weights: [Double], scale: Double = 1,
  terms: [UnsafeMutablePointer<Double>], into result: UnsafeMutablePointer<Double>, count: Int
) {
  precondition(weights.count <= terms.count, "a term for every weight")
  let whole = count & ~31
  for start in stride(from: 0, to: whole, by: 32) {
    var sums = InlineArray<4, Vector> { vector(base + (start + 8 * $0)) }
    for j in weights.indices where weights[j] != 0 {
      let weight = Vector(repeating: scale * weights[j])
      let term = terms[j] + start
      for v in 0..<4 { sums[v].addProduct(weight, vector(term + 8 * v)) }
    }
    for v in 0..<4 {
      store(sums[v], at: result + (start + 8 * v))
    }
  }
  for i in whole..<count { result[i] = base[i] }
  for j in weights.indices where weights[j] != 0 {
    for i in whole..<count { result[i].addProduct(scale * weights[j], terms[j][i]) }
  }
}

/// Two results Σ_j first_j terms_j and Σ_j second_j terms_j beside base + scale Σ_j weights_j terms_j, in one
/// pass over the terms, which are far from the core where they are long.
///
/// Terms that all three have with weight zero are not read; in one sum alone such a weight is a factor.
public func combine(
  base: UnsafePointer<Double>, weights: [Double], scale: Double = 1, first: [Double],
  second: [Double], terms: [UnsafeMutablePointer<Double>],
  into result: UnsafeMutablePointer<Double>,
  _ firstResult: UnsafeMutablePointer<Double>, _ secondResult: UnsafeMutablePointer<Double>,
  count: Int
) {
  precondition(
    [weights, first, second].allSatisfy { $0.count == terms.count }, "one weight for every term")
  let used = terms.indices.filter { weights[$0] != 0 || first[$0] != 0 || second[$0] != 0 }
    .map { (values: terms[$0], weights: (scale * weights[$0], first[$0], second[$0])) }
  let whole = count & ~31
  for start in stride(from: 0, to: whole, by: 32) {
    var a = InlineArray<4, Vector> { vector(base + (start + 8 * $0)) }
    var b = InlineArray<4, Vector>(repeating: .zero)
    var c = b
    for term in used {
      for v in 0..<4 {
        let values = vector(term.values + (start + 8 * v))
        a[v].addProduct(Vector(repeating: term.weights.0), values)
        b[v].addProduct(Vector(repeating: term.weights.1), values)
        c[v].addProduct(Vector(repeating: term.weights.2), values)
      }
    }
    for v in 0..<4 {
      store(a[v], at: result + (start + 8 * v))
      store(b[v], at: firstResult + (start + 8 * v))
      store(c[v], at: secondResult + (start + 8 * v))
    }
  }
  for i in whole..<count {
    result[i] = used.reduce(base[i]) { $0.addingProduct($1.weights.0, $1.values[i]) }
    firstResult[i] = used.reduce(0) { $0.addingProduct($1.weights.1, $1.values[i]) }
    secondResult[i] = used.reduce(0) { $0.addingProduct($1.weights.2, $1.values[i]) }
  }
}

@inline(__always)
private func store(_ value: Vector, at place: UnsafeMutablePointer<Double>) {
  UnsafeMutableRawPointer(place).storeBytes(of: value, as: Vector.self)
}
