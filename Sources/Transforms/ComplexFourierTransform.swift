internal import CFFTW

/// Fourier transforms of `batch` complex sequences of one fixed length, from `input` to `output`.
///
/// Forward is y_k = Σ_j x_j e^{−2πijk/n}, backward y_k = Σ_j x_j e^{2πijk/n}, neither with a factor;
/// the input is kept. Number j of sequence b stands at `input[2 (b · stride + j)]`, real part first.
///
/// The plan owns its aligned work arrays. A sequence begins on a cache line, and an odd number of
/// them after the one before, lest all meet in the same places of the cache; there is room for four
/// numbers before and after it.
public final class ComplexFourierTransform {
  public let count: Int
  public let batch: Int
  /// Complex numbers from one sequence to the next.
  public let stride: Int
  public let input: UnsafeMutablePointer<Double>
  public let output: UnsafeMutablePointer<Double>

  private let buffers: [VectorBuffer]
  private let forwardPlan: fftw_plan
  private let backwardPlan: fftw_plan

  public init(count: Int, batch: Int = 1) {
    precondition(count > 0 && batch > 0, "a transform has a positive length and batch")
    let lines = ((count + 3) / 4 + 1) | 1
    self.count = count
    self.batch = batch
    stride = 4 * lines
    buffers = (0..<2).map { _ in VectorBuffer(count: 1 + batch * lines) }
    input = buffers[0].numbers + 8
    output = buffers[1].numbers + 8
    let (source, target) = (Self.complex(input), Self.complex(output))
    var length = Int32(count)
    (forwardPlan, backwardPlan) = FourierPlanner.plans(count: count) { flags in
      func plan(_ sign: Int32) -> fftw_plan? {
        fftw_plan_dft(1, &length, source, target, sign, flags)
      }
      return (plan(FFTW_FORWARD), plan(FFTW_BACKWARD))
    }
  }

  deinit { FourierPlanner.destroy(forwardPlan, backwardPlan) }

  private static func complex(
    _ numbers: UnsafeMutablePointer<Double>
  ) -> UnsafeMutablePointer<fftw_complex> {
    UnsafeMutableRawPointer(numbers).assumingMemoryBound(to: fftw_complex.self)
  }

  /// Every sequence to the one at its place.
  public func forward() {
    for b in 0..<batch { forward(b, to: b) }
  }

  /// Every sequence to the one at its place.
  public func backward() {
    for b in 0..<batch { backward(b, to: b) }
  }

  /// One sequence of the input to one of the output.
  public func forward(_ b: Int, to c: Int) {
    fftw_execute_dft(forwardPlan, sequence(input, b), sequence(output, c))
  }

  /// One sequence of the input to one of the output.
  public func backward(_ b: Int, to c: Int) {
    fftw_execute_dft(backwardPlan, sequence(input, b), sequence(output, c))
  }

  private func sequence(
    _ numbers: UnsafeMutablePointer<Double>, _ b: Int
  ) -> UnsafeMutablePointer<fftw_complex> { Self.complex(numbers + 2 * stride * b) }
}
