/// C = A B for matrices stored by rows, B's columns a multiple of 16.
///
/// Sixteen columns of B at a time are copied next to each other; tiles of 4 × 16 results stay in
/// registers. C must not overlap A or B.
///
/// - Parameters:
///   - rows: of A and C.
///   - inner: columns of A, rows of B.
///   - columns: of B and C.
public func multiply(
  _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, into c: UnsafeMutablePointer<Double>,
  rows: Int, inner: Int, columns: Int
) {
  precondition(columns % 16 == 0, "the columns of a matrix product are a multiple of 16")
  withUnsafeTemporaryAllocation(of: Vector.self, capacity: max(1, 2 * inner)) { panel in
    for column in stride(from: 0, to: columns, by: 16) {
      for k in 0..<inner {
        let source = UnsafeRawPointer(b + k * columns + column)
        panel[2 * k] = source.loadUnaligned(as: Vector.self)
        panel[2 * k + 1] = source.loadUnaligned(fromByteOffset: 64, as: Vector.self)
      }
      for row in stride(from: 0, to: rows, by: 4) {
        var left = InlineArray<4, Vector>(repeating: .zero)
        var right = InlineArray<4, Vector>(repeating: .zero)
        // The last tile may be lower; its lowest row is then taken several times.
        let below = min(3, rows - 1 - row)
        for k in 0..<inner {
          let b0 = panel[2 * k]
          let b1 = panel[2 * k + 1]
          for r in 0..<4 {
            let factor = Vector(repeating: a[(row + min(r, below)) * inner + k])
            left[r] = left[r].addingProduct(factor, b0)
            right[r] = right[r].addingProduct(factor, b1)
          }
        }
        for r in 0...below {
          let target = UnsafeMutableRawPointer(c + (row + r) * columns + column)
          target.storeBytes(of: left[r], as: Vector.self)
          target.storeBytes(of: right[r], toByteOffset: 64, as: Vector.self)
        }
      }
    }
  }
}
