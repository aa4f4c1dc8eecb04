import Foundation
import TestSupport
import Testing
import Transforms

/// The transform is its defining sum, for even and odd lengths, alone and in batches.
struct RealFourierTransformTests {
  static let counts = [1, 2, 3, 4, 5, 8, 9, 16, 21, 64, 105, 128]
  static let batches = [1, 2, 3, 8]

  /// cos and sin of 2πjk/n; the phase is reduced in whole numbers, so no digit is lost to it.
  private func unit(_ j: Int, _ k: Int, _ n: Int) -> (cosine: Double, sine: Double) {
    let phase = 2 * Double.pi * Double(j * k % n) / Double(n)
    return (cos(phase), sin(phase))
  }

  /// n terms of size at most 1, each rounded, in partial sums of at most n: n √n ulp with a factor
  /// to spare.
  private func tolerance(_ n: Int) -> Double { 4e-16 * Double(n) * Double(n).squareRoot() }

  private func filled(_ count: Int, _ batch: Int) -> RealFourierTransform {
    let transform = RealFourierTransform(count: count, batch: batch)
    var random = SplitMix(state: UInt64(1000 * count + batch))
    for i in 0..<(count * batch) {
      transform.samples[i] = Double.random(in: -1...1, using: &random)
    }
    return transform
  }

  @Test(arguments: counts, batches)
  func analysisEqualsItsDefiningSumAndKeepsTheSamples(count n: Int, batch: Int) {
    let transform = filled(n, batch)
    let samples = (0..<(n * batch)).map { transform.samples[$0] }
    transform.analyze()
    #expect(transform.coefficientCount == 2 * (n / 2 + 1) * batch)
    for b in 0..<batch {
      for k in 0...(n / 2) {
        var real = 0.0
        var imaginary = 0.0
        for j in 0..<n {
          let (c, s) = unit(j, k, n)
          real += samples[j * batch + b] * c
          imaginary -= samples[j * batch + b] * s
        }
        let place = 2 * (k * batch + b)
        #expect(abs(transform.coefficients[place] - real) < tolerance(n))
        #expect(abs(transform.coefficients[place + 1] - imaginary) < tolerance(n))
      }
    }
    #expect((0..<(n * batch)).allSatisfy { transform.samples[$0] == samples[$0] })
  }

  @Test(arguments: counts, batches)
  func synthesisEqualsItsDefiningSum(count n: Int, batch: Int) {
    let transform = RealFourierTransform(count: n, batch: batch)
    var random = SplitMix(state: UInt64(7 * n + batch))
    let coefficients = (0..<transform.coefficientCount).map { _ in
      Double.random(in: -1...1, using: &random)
    }
    for i in coefficients.indices { transform.coefficients[i] = coefficients[i] }
    transform.synthesize()
    for b in 0..<batch {
      for j in 0..<n {
        // Mode 0 and, for even n, the Nyquist mode are their own conjugates: once, and real.
        var sum = coefficients[2 * b]
        for k in 1..<max(1, n / 2 + 1) {
          let place = 2 * (k * batch + b)
          let (c, s) = unit(j, k, n)
          if 2 * k == n {
            sum += coefficients[place] * c
          } else {
            sum += 2 * (coefficients[place] * c - coefficients[place + 1] * s)
          }
        }
        #expect(abs(transform.samples[j * batch + b] - sum) < 2 * tolerance(n))
      }
    }
  }

  @Test(arguments: counts, batches)
  func synthesisAfterAnalysisMultipliesByTheLength(count n: Int, batch: Int) {
    let transform = filled(n, batch)
    let samples = (0..<(n * batch)).map { transform.samples[$0] }
    transform.analyze()
    transform.synthesize()
    for i in samples.indices {
      #expect(abs(transform.samples[i] / Double(n) - samples[i]) < tolerance(n) / Double(n))
    }
  }

  @Test(arguments: [2, 4, 16, 64])
  func theNyquistModeIsTheAlternatingSum(count n: Int) {
    let transform = RealFourierTransform(count: n)
    for j in 0..<n { transform.samples[j] = j % 2 == 0 ? 1 : -1 }
    transform.analyze()
    // Sums of ±1 are exact; other modes cancel to rounding.
    for k in 0..<(n / 2) {
      #expect(
        hypot(transform.coefficients[2 * k], transform.coefficients[2 * k + 1]) < tolerance(n))
    }
    #expect(transform.coefficients[n] == Double(n))
    #expect(transform.coefficients[n + 1] == 0)
  }

  @Test func clearedCoefficientsAreZero() {
    let transform = filled(21, 3)
    transform.analyze()
    transform.clearCoefficients()
    #expect((0..<transform.coefficientCount).allSatisfy { transform.coefficients[$0] == 0 })
  }

  @Test func plansAreMadeAndUsedOnManyThreads() {
    // FFTW's planner is not thread-safe: without its lock this crashes or gives wrong sums.
    let errors = parallelMap(count: 64, threads: 4) { i -> Double in
      let n = 16 + i % 9
      let transform = RealFourierTransform(count: n)
      for j in 0..<n { transform.samples[j] = cos(2 * Double.pi * Double(j) / Double(n)) }
      transform.analyze()
      return abs(transform.coefficients[2] - Double(n) / 2)
    }
    #expect(errors.allSatisfy { $0 < 1e-14 })
  }

  @Test func aLengthOfZeroIsRefused() async {
    await #expect(processExitsWith: .failure) { _ = RealFourierTransform(count: 0) }
  }
}
