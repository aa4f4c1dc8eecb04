import Foundation
import Testing

@testable import MeanField

/// The counter-based generator: known answers, moments, and draws that depend on their place alone.
struct RandomStreamTests {
  /// The known-answer vectors that come with Random123 (`kat_vectors`, philox4x32 10 rounds).
  @Test(arguments: [
    (
      SIMD4<UInt32>(0, 0, 0, 0), SIMD2<UInt32>(0, 0),
      SIMD4<UInt32>(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)
    ),
    (
      SIMD4<UInt32>(repeating: .max), SIMD2<UInt32>(repeating: .max),
      SIMD4<UInt32>(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)
    ),
    (
      SIMD4<UInt32>(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344),
      SIMD2<UInt32>(0xa409_3822, 0x299f_31d0),
      SIMD4<UInt32>(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)
    ),
  ])
  func philoxGivesItsKnownAnswers(
    counter: SIMD4<UInt32>, key: SIMD2<UInt32>, answer: SIMD4<UInt32>
  ) {
    #expect(RandomStream.philox(counter: counter, key: key) == answer)
  }

  /// E xⁿ = 0, 1, 0, 3, 0, 15; the standard error of a mean of n values is √(Var/n).
  @Test(arguments: [UInt64(0), 1, 0xDEAD_BEEF_0BAD_CAFE])
  func normalsHaveTheMomentsOfTheNormalLaw(seed: UInt64) {
    let stream = RandomStream(seed: seed, member: 3, purpose: .noise)
    let count = 20_000
    var sums = [Double](repeating: 0, count: 7)
    var product = 0.0
    var squares = 0.0
    for i in 0..<count {
      let (x, y) = stream.normals(index: i, draw: 11)
      for value in [x, y] {
        var power = 1.0
        for n in 1...6 {
          power *= value
          sums[n] += power
        }
      }
      product += x * y
      squares += (x * x - 1) * (y * y - 1)
    }
    let draws = Double(2 * count)
    let expected: [Double] = [1, 0, 1, 0, 3, 0, 15]
    // Var xⁿ = E x²ⁿ − (E xⁿ)².
    let variances: [Double] = [0, 1, 2, 15, 96, 945, 10_170]
    for n in 1...6 {
      // Five standard errors: 6·10⁻⁷ of all seeds are outside.
      #expect(
        abs(sums[n] / draws - expected[n]) < 5 * (variances[n] / draws).squareRoot(), "x^\(n)")
    }
    // The two of a pair are independent, and so are their sizes (variances 1 and 2 · 2).
    #expect(abs(product / Double(count)) < 5 / Double(count).squareRoot())
    #expect(abs(squares / Double(count)) < 5 * 2 / Double(count).squareRoot())
  }

  @Test func uniformNumbersFillTheOpenInterval() {
    let stream = RandomStream(seed: 5, member: 0, purpose: .initialDraw)
    let count = 20_000
    let values = (0..<count).map { stream.uniform(index: $0, draw: 0) }.sorted()
    #expect(values.allSatisfy { $0 > 0 && $0 < 1 })
    let distance = values.enumerated().reduce(0) { worst, entry in
      max(
        worst, abs(entry.element - Double(entry.offset) / Double(count)),
        abs(entry.element - Double(entry.offset + 1) / Double(count)))
    }
    // Kolmogorov's law: P(√n D > 2.23) = 2 e^{−2·2.23²} = 10⁻⁴.
    #expect(distance * Double(count).squareRoot() < 2.23)
  }

  @Test func drawsDoNotDependOnTheOrderInWhichTheyAreTaken() {
    let places = (0..<300).map { (index: $0 % 20, draw: $0 / 20) }
    let stream = RandomStream(seed: 7, member: 2, purpose: .noise)
    let forward = places.map { stream.normals(index: $0.index, draw: $0.draw) }
    let again = RandomStream(seed: 7, member: 2, purpose: .noise)
    for i in places.indices.reversed() {
      // Something else in between.
      _ = again.uniform(index: i, draw: 1_000_000)
      let pair = again.normals(index: places[i].index, draw: places[i].draw)
      #expect(pair == forward[i])
    }
  }

  @Test func everyPlaceHasItsOwnNumber() {
    var seen: Set<Double> = []
    var count = 0
    func take(_ value: Double) {
      seen.insert(value)
      count += 1
    }
    for seed in [UInt64(0), 1, 1 << 32, 1 << 63] {
      for member in [0, 1, 2, (1 << 24) - 1] {
        for purpose in [
          RandomStream.Purpose.initialDraw, .noise, .perturbation, .fluctuation, .fluctuationNoise,
        ] {
          let stream = RandomStream(seed: seed, member: member, purpose: purpose)
          // Indices and draws on both sides of 32 bits.
          for index in [0, 1, 2, 1 << 16, 1 << 32, (1 << 32) + 1] {
            for draw in [0, 1, 1 << 16, (1 << 32) - 1, 1 << 32, (1 << 40) + 1] {
              take(stream.uniform(index: index, draw: draw))
            }
          }
        }
      }
    }
    #expect(seen.count == count)
  }

  @Test func memberNumbersBeyondTheirBitsAreRefused() async {
    await #expect(processExitsWith: .failure) {
      _ = RandomStream(seed: 0, member: 1 << 24, purpose: .noise)
    }
    await #expect(processExitsWith: .failure) {
      _ = RandomStream(seed: 0, member: -1, purpose: .noise)
    }
  }
}
