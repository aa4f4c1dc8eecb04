internal import CFFTW

/// Doubles aligned for SIMD and FFTW, zero at first, freed once.
///
/// The storage never moves, so plans may keep its address.
final class AlignedBuffer {
  let count: Int
  let base: UnsafeMutablePointer<Double>

  init(count: Int) {
    precondition(count > 0, "an aligned buffer holds at least one number")
    guard let base = fftw_alloc_real(count) else {
      fatalError("out of memory: \(count) numbers")
    }
    base.initialize(repeating: 0, count: count)
    self.count = count
    self.base = base
  }

  deinit { fftw_free(base) }
}
