internal import CFFTW

/// Fourier transforms of a few complex sequences of one length side by side.
///
/// Forward is y_k = Σ_j x_j e^{−2πijk/n}, backward y_k = Σ_j x_j e^{2πijk/n}, neither with a factor.
/// Number j of sequence b stands at 2 (j · width + b), real part first. Sources and targets are apart
/// and begin on a cache line.
public final class ComplexFourierTransform {
  /// n.
  public let count: Int
  /// How many sequences there are.
  public let width: Int

  private let plans: FourierPlans

  public init(count: Int, width: Int) {
    precondition(count > 0 && width > 0, "a transform has a positive length and width")
    self.count = count
    self.width = width
    let size = (count * width + 3) / 4
    let (source, target) = (VectorBuffer(count: size), VectorBuffer(count: size))
    var length = Int32(count)
    let step = Int32(width)
    plans = FourierPlanner.plans(.init(count: count, batch: width, isReal: false)) { flags in
      func plan(_ sign: Int32) -> fftw_plan? {
        fftw_plan_many_dft(
          1, &length, step, Self.complex(source.base), nil, step, 1, Self.complex(target.base), nil,
          step, 1, sign, flags)
      }
      return (plan(FFTW_FORWARD), plan(FFTW_BACKWARD))
    }
  }

  public func forward(
    _ source: UnsafeMutablePointer<Vector>, to target: UnsafeMutablePointer<Vector>
  ) {
    fftw_execute_dft(plans.forward, Self.complex(source), Self.complex(target))
  }

  public func backward(
    _ source: UnsafeMutablePointer<Vector>, to target: UnsafeMutablePointer<Vector>
  ) {
    fftw_execute_dft(plans.backward, Self.complex(source), Self.complex(target))
  }

  private static func complex(
    _ vectors: UnsafeMutablePointer<Vector>
  ) -> UnsafeMutablePointer<fftw_complex> {
    UnsafeMutableRawPointer(vectors).assumingMemoryBound(to: fftw_complex.self)
  }
}
