/// C = A B for square matrices stored by rows, n a multiple of 16.
///
/// Tiles of 4 × 16 results stay in registers, so B is read n/4 times and A once.
public func multiply(
  _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, into c: UnsafeMutablePointer<Double>,
  size n: Int
) {
  precondition(n % 16 == 0, "the size of a matrix product is a multiple of 16")
  for column in stride(from: 0, to: n, by: 16) {
    for row in stride(from: 0, to: n, by: 4) {
      var left = InlineArray<4, Vector>(repeating: .zero)
      var right = InlineArray<4, Vector>(repeating: .zero)
      for k in 0..<n {
        let source = UnsafeRawPointer(b + k * n + column)
        let b0 = source.loadUnaligned(as: Vector.self)
        let b1 = source.loadUnaligned(fromByteOffset: 64, as: Vector.self)
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
