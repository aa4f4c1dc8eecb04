import TestSupport
import Testing
import Transforms

/// The blocked linear combination against the plain one.
struct LinearCombinationTests {
  /// Lengths on both sides of the blocks of 1024.
  static let counts = [1, 7, 1023, 1024, 1025, 2048, 5000]

  private func withPointers<Result>(
    _ terms: [[Double]], _ body: ([UnsafeMutablePointer<Double>]) -> Result
  ) -> Result {
    let pointers = terms.map { term in
      let pointer = UnsafeMutablePointer<Double>.allocate(capacity: term.count)
      pointer.initialize(from: term, count: term.count)
      return pointer
    }
    defer { pointers.forEach { $0.deallocate() } }
    return body(pointers)
  }

  @Test(arguments: counts, [0, 1, 2, 5])
  func everyEntryIsTheSumOfItsTerms(count: Int, termCount: Int) {
    var random = SplitMix(state: UInt64(count + termCount))
    let base = (0..<count).map { _ in Double.random(in: -1...1, using: &random) }
    let weights = (0..<termCount).map { _ in Double.random(in: -1...1, using: &random) }
    let terms = weights.map { _ in
      (0..<count).map { _ in Double.random(in: -1...1, using: &random) }
    }
    var apart = [Double](repeating: .nan, count: count + 1)
    var inPlace = base
    withPointers(terms) { pointers in
      combine(base: base, weights: weights, terms: pointers, into: &apart, count: count)
      inPlace.withUnsafeMutableBufferPointer { storage in
        guard let place = storage.baseAddress else { return }
        combine(base: place, weights: weights, terms: pointers, into: place, count: count)
      }
    }
    for i in 0..<count {
      let sum = terms.indices.reduce(base[i]) { $0 + weights[$1] * terms[$1][i] }
      // Six roundings of numbers up to 6.
      #expect(abs(apart[i] - sum) < 6 * 6.0.ulp)
    }
    #expect(Array(apart[0..<count]) == inPlace)
    #expect(apart[count].isNaN, "nothing is written behind the end")
  }

  @Test(arguments: counts) func threeSumsAreThoseOfOneEach(count: Int) {
    var random = SplitMix(state: UInt64(count))
    func numbers(_ count: Int) -> [Double] {
      (0..<count).map { _ in Double.random(in: -1...1, using: &random) }
    }
    let base = numbers(count)
    // The second term is for one sum, the third for none.
    let weights = [numbers(3), numbers(3), numbers(3)].enumerated().map { row, values in
      [values[0], row == 1 ? values[1] : 0, 0]
    }
    var terms = [numbers(count), numbers(count), [Double](repeating: .nan, count: count)]
    let fresh = [Double](repeating: .nan, count: count + 1)
    var together = [fresh, fresh, fresh]
    var apart = together
    withPointers(terms) { pointers in
      var (a, b, c) = (fresh, fresh, fresh)
      combine(
        base: base, weights: weights[0], first: weights[1], second: weights[2], terms: pointers,
        into: &a, &b, &c, count: count)
      together = [a, b, c]
    }
    terms.removeLast()
    withPointers(terms) { pointers in
      for (row, start) in [base, base.map { _ in 0 }, base.map { _ in 0 }].enumerated() {
        combine(
          base: start, weights: Array(weights[row].prefix(2)), terms: pointers, into: &apart[row],
          count: count)
      }
    }
    for row in 0..<3 {
      // The same products in the same order.
      #expect(together[row].prefix(count) == apart[row].prefix(count))
      #expect(together[row][count].isNaN, "nothing is written behind the end")
    }
  }

  @Test func termsOfWeightZeroAreNotRead() {
    let nothing = [Double](repeating: .nan, count: 3)
    var result = nothing
    withPointers([nothing, [1, 2, 3]]) { pointers in
      combine(base: [10, 20, 30], weights: [0, 2], terms: pointers, into: &result, count: 3)
    }
    #expect(result == [12, 24, 36])
  }

  @Test func everyWeightNeedsATerm() async {
    await #expect(processExitsWith: .failure) {
      var result = [0.0]
      combine(base: [0], weights: [1], terms: [], into: &result, count: 1)
    }
  }
}
