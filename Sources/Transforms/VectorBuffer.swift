/// Vectors on cache-line boundaries, zero at first, freed once.
final class VectorBuffer {
  let count: Int
  let base: UnsafeMutablePointer<Vector>
  /// The same storage as single numbers, eight for every vector.
  let numbers: UnsafeMutablePointer<Double>

  init(count: Int) {
    precondition(count > 0, "a buffer holds at least one vector")
    let storage = UnsafeMutableRawPointer.allocate(byteCount: 64 * count, alignment: 64)
    self.count = count
    base = storage.bindMemory(to: Vector.self, capacity: count)
    base.initialize(repeating: .zero, count: count)
    numbers = storage.assumingMemoryBound(to: Double.self)
  }

  deinit { UnsafeMutableRawPointer(base).deallocate() }
}

/// Eight numbers from any place on.
@inline(__always)
func vector(_ values: UnsafePointer<Double>) -> Vector {
  UnsafeRawPointer(values).loadUnaligned(as: Vector.self)
}
