import Testing
import TestSupport

@testable import MeanField

/// Sorting by digits against the standard library's sort by comparison, which keeps the order of equals.
struct AscendingOrderTests {
  private func expectOrdered(_ values: [Double]) {
    let order = AscendingOrder(values)
    let expected = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    #expect(order.places.map(Int.init) == expected)
    #expect(order.values == expected.map { values[$0] })
  }

  @Test(arguments: [0, 1, 2, 256, 257, 20_000])
  func numbersOfEitherSignAreSorted(count: Int) {
    var random = SplitMix(state: UInt64(count))
    expectOrdered(random.numbers(count, in: -1...1))
  }

  /// Contracted clusters differ in their last bits only, and many tokens are equal.
  @Test func clustersContractedToRoundingAreSorted() {
    var random = SplitMix(state: 5)
    expectOrdered(
      (0..<10_000).map { i in
        let steps = Double(Int.random(in: 0..<32, using: &random))
        return (i % 3 == 0 ? 0.3 : 2.5) * (1 + steps * 0x1p-52)
      })
  }

  @Test func equalNumbersKeepTheirOrder() {
    expectOrdered([Double](repeating: 1.5, count: 5000))
    expectOrdered((0..<5000).map { $0 % 2 == 0 ? 0 : -0.0 })
    expectOrdered((0..<5000).map { [Double.infinity, 1, -1, -.infinity][$0 % 4] })
  }
}
