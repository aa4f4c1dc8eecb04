/// Indices in storage that never moves, freed once.
final class IndexBuffer {
  let count: Int
  let base: UnsafeMutablePointer<Int>

  init(count: Int) {
    self.count = count
    base = .allocate(capacity: count)
    base.initialize(repeating: 0, count: count)
  }

  deinit { base.deallocate() }
}
