import Foundation
import Testing
import Transforms

/// The attention kernel averaged over rings.
struct RingKernelTests {
  @Test func logarithmAndRatioEqualTheReference() throws {
    var kernels: [Int: RingKernel] = [:]
    for entry in try RingReferences.load().kernel {
      let kernel =
        kernels[entry.dimension] ?? RingKernel(beta: 1e6, dimension: entry.dimension)
      kernels[entry.dimension] = kernel
      let x = try #require(Double(entry.argument))
      let logarithm = try #require(Double(entry.scaledLogarithm))
      let ratio = try #require(Double(entry.ratio))
      let comment = Comment("d = \(entry.dimension), x = \(entry.argument)")
      print(entry.dimension, x, (kernel.scaledLogarithm(at: x) - logarithm)/max(1, -logarithm), kernel.ratio(at: x) / ratio - 1)
      #expect(
        abs(kernel.scaledLogarithm(at: x) - logarithm) < 1e-13 * max(1, -logarithm), comment)
      #expect(abs(kernel.ratio(at: x) / ratio - 1) < 1e-13, comment)
    }
  }
}
