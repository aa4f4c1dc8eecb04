internal import CFFTW

/// Fourier transforms of `batch` real sequences of one fixed length, samples ↔ coefficients.
///
/// Analysis is c_k = Σ_j f_j e^{−2πijk/n} (no factor), synthesis f_j = Σ_k c_k e^{2πijk/n} over all k
/// with c_{−k} = conj c_k, so synthesis after analysis multiplies by n. Element j of sequence b
/// stands at `samples[j · batch + b]`; coefficient k = 0…n/2 of sequence b at
/// `coefficients[2 (k · batch + b)]`, real part first.
///
/// The work arrays are its own and aligned.
public final class RealFourierTransform {
  public let count: Int
  public let batch: Int
  /// Length of the coefficients: 2 (n/2 + 1) · batch reals.
  public var coefficientCount: Int { 2 * (count / 2 + 1) * batch }
  /// count · batch samples.
  public let samples: UnsafeMutablePointer<Double>
  public let coefficients: UnsafeMutablePointer<Double>

  private let samplesBuffer: AlignedBuffer
  private let coefficientsBuffer: AlignedBuffer
  private let plans: FourierPlans

  public init(count: Int, batch: Int = 1) {
    precondition(count > 0 && batch > 0, "a transform has a positive length and batch")
    self.count = count
    self.batch = batch
    let samplesBuffer = AlignedBuffer(count: count * batch)
    let coefficientsBuffer = AlignedBuffer(count: 2 * (count / 2 + 1) * batch)
    self.samplesBuffer = samplesBuffer
    self.coefficientsBuffer = coefficientsBuffer
    samples = samplesBuffer.base
    coefficients = coefficientsBuffer.base
    let (real, complex) = (samplesBuffer.base, Self.complex(coefficientsBuffer.base))
    var length = Int32(count)
    let many = Int32(batch)
    plans = FourierPlanner.plans(.init(count: count, batch: batch, isReal: true)) { flags in
      (
        fftw_plan_many_dft_r2c(
          1, &length, many, real, nil, many, 1, complex, nil, many, 1, flags),
        fftw_plan_many_dft_c2r(
          1, &length, many, complex, nil, many, 1, real, nil, many, 1, flags)
      )
    }
  }

  /// Samples to coefficients; `samples` are kept.
  public func analyze() {
    fftw_execute_dft_r2c(plans.forward, samples, Self.complex(coefficients))
  }

  /// Coefficients to samples; `coefficients` are destroyed.
  public func synthesize() {
    fftw_execute_dft_c2r(plans.backward, Self.complex(coefficients), samples)
  }

  /// Sets coefficients to zero.
  public func clearCoefficients() {
    coefficients.update(repeating: 0, count: coefficientCount)
  }

  private static func complex(
    _ numbers: UnsafeMutablePointer<Double>
  ) -> UnsafeMutablePointer<fftw_complex> {
    UnsafeMutableRawPointer(numbers).assumingMemoryBound(to: fftw_complex.self)
  }
}
