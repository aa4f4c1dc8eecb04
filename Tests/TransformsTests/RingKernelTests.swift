import Foundation
import TestSupport
import Testing
import Transforms

/// The attention kernel averaged over rings.
struct RingKernelTests {
  /// mpmath's power series, d from 3 to 4096, x from 10⁻⁹ to 10⁶.
  @Test func logarithmAndRatioEqualTheReference() throws {
    var kernels: [Int: RingKernel] = [:]
    for entry in try RingReferences.load().kernel {
      let kernel =
        kernels[entry.dimension] ?? RingKernel(beta: 1e6, dimension: entry.dimension)
      kernels[entry.dimension] = kernel
      let x = entry.argument.value
      let logarithm = entry.scaledLogarithm.value
      let ratio = entry.ratio.value
      let comment = Comment("d = \(entry.dimension), x = \(x)")
      // As the documentation promises.
      let error = kernel.scaledLogarithm(at: x) - logarithm
      #expect(abs(error) < 1e-13 * max(1, -logarithm), comment)
      #expect(abs(kernel.ratio(at: x) / ratio - 1) < 1e-13, comment)
    }
  }

  /// ν = 1/2: Ψ = sinh x / x, at the ends of cells and between.
  @Test func theThreeSphereHasTheHyperbolicSine() {
    let kernel = RingKernel(beta: 300, dimension: 4)
    for i in 0...6000 {
      let x = 0.05 * Double(i)
      let logarithm = x == 0 ? 0 : log(-expm1(-2 * x) / (2 * x))
      #expect(abs(kernel.scaledLogarithm(at: x) - logarithm) < 1e-13 * max(1, -logarithm))
      // coth x − 1/x, which cancels for small x: 10⁻¹⁶/x of it, and it is x/3.
      let ratio = x == 0 ? 0 : 1 / tanh(x) - 1 / x
      #expect(abs(kernel.ratio(at: x) - ratio) < 1e-13 * ratio + 4e-16 / max(x, 1e-3))
    }
  }

  /// R' = 1 − R² − (2ν+1) R/x, by differences across cells.
  @Test(arguments: [3, 9, 64, 1000])
  func ratiosSolveTheirDifferentialEquation(dimension: Int) {
    let kernel = RingKernel(beta: 1e4, dimension: dimension)
    for x in [0.7, 3.3, 19, 100, 700, 5000] {
      let step = 1e-3 * x
      let slope = (kernel.ratio(at: x + step) - kernel.ratio(at: x - step)) / (2 * step)
      let ratio = kernel.ratio(at: x)
      let expected = 1 - ratio * ratio - Double(dimension - 2) * ratio / x
      // The difference is off by step²/6 times a third derivative below 10/x³; rounding, 10⁻¹³/step.
      #expect(abs(slope - expected) < 3e-6 / x + 1e-13 / step)
    }
  }

  @Test func theKernelOfNoAttentionIsOne() {
    let kernel = RingKernel(beta: 0, dimension: 3)
    #expect(abs(kernel.scaledLogarithm(at: 0)) < 1e-15)
    #expect(kernel.ratio(at: 0) == 0)
  }

  @Test func impossibleKernelsAreRefused() async {
    await #expect(processExitsWith: .failure) { _ = RingKernel(beta: -1, dimension: 3) }
    await #expect(processExitsWith: .failure) { _ = RingKernel(beta: .nan, dimension: 3) }
    await #expect(processExitsWith: .failure) { _ = RingKernel(beta: 1, dimension: 2) }
  }
}
