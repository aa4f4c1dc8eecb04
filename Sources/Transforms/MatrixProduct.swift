/// C = A B for square matrices stored by rows, n a multiple of 16.
///
/// Sixteen columns of B at a time are copied next to each other; tiles of 4 × 16 results stay in
/// registers. C must not overlap A or B.
public func multiply(
  _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, into c: UnsafeMutablePointer<Double>,
  size n: Int
) {
  precondition(n % 16 == 0, "the size of a matrix product is a multiple of 16")
  withUnsafeTemporaryAllocation(of: Vector.self, capacity: max(1, 2 * n)) { panel in
    for column in stride(from: 0, to: n, by: 16) {
      for k in 0..<n {
        let source = UnsafeRawPointer(b + k * n + column)
        panel[2 * k] = source.loadUnaligned(as: Vector.self)
        panel[2 * k + 1] = source.loadUnaligned(fromByteOffset: 64, as: Vector.self)
      }
      for row in stride(from: 0, to: n, by: 4) {
        var left = InlineArray<4, Vector>(repeating: .zero)
        var right = InlineArray<4, Vector>(repeating: .zero)
        for k in 0..<n {
          let b0 = panel[2 * k]
          let b1 = panel[2 * k + 1]
          for r in 0..<4 {
            let factor = Vector(repeating: a[(row + r) * n + k])
            left[r] = left[r].addingProduct(factor, b0)
            right[r] = right[r].addingProduct(factor, b1)
          }
        }
        for r in 0..<4 {
          let target = UnsafeMutableRawPointer(c + (row + r) * n + column)
          target.storeBytes(of: left[r], as: Vector.self)
          target.storeBytes(of: right[r], toByteOffset: 64, as: Vector.self)
        }
      }
    }
  }
}
