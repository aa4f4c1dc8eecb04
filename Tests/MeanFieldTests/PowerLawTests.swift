import Foundation
import MeanField
import TestSupport
import Testing

/// Powers of N fitted to distances, and standard deviations that p-values stand for.
struct PowerLawTests {
  private struct Table: Decodable {
    struct Line: Decodable {
      var counts: [Int]
      var values: [[Double]]
      var exponent: Double
      var error: Double
    }
    var lines: [Line]
  }

  @Test func linesAreThoseOfScipy() throws {
    for line in try References.load("ladder", as: Table.self).lines {
      let law = PowerLaw(counts: line.counts, values: line.values)
      // Sums of some thirty terms of order ten.
      #expect(abs(law.exponent - line.exponent) < 1e-13)
      // scipy takes the residuals as 1 − r², at least 3e-6 here and rounded like 1.
      #expect(abs(law.error / line.error - 1) < 1e-9)
    }
  }

  /// Values e^{±ε} c N^b, as many above as below on every rung: the slope is b, and all n residuals are ε,
  /// so error² = n ε²/((n − 2) S_xx).
  @Test(arguments: [-0.5, -0.25, 0, 1.5])
  func aPlantedPowerIsFound(exponent: Double) {
    let counts = [10, 100, 1000]
    let scatter = 0.2
    let values = counts.map { count in
      [scatter, -scatter].map { 3 * pow(Double(count), exponent) * exp($0) }
    }
    let law = PowerLaw(counts: counts, values: values)
    #expect(abs(law.exponent - exponent) < 1e-14)
    // S_xx = 2 (2 log² 10 members above and below the middle one).
    let decade: Double = log(10.0)
    let square = 4 * decade * decade
    #expect(abs(law.error - (6 * scatter * scatter / (4 * square)).squareRoot()) < 1e-14)
  }

  @Test func aPowerThatCannotBeFittedIsNoNumber() {
    let unfit: [([Int], [[Double]])] = [
      ([10, 20], [[1, 2], [0, 1]]), ([10, 20], [[1, 2], [.nan, 1]]),
      ([10, 20], [[1, .infinity], [1, 1]]), ([10, 10], [[1, 2], [3, 1]]), ([], []),
    ]
    for (counts, values) in unfit {
      let law = PowerLaw(counts: counts, values: values)
      #expect(law.exponent.isNaN && law.error.isNaN, "\(values)")
    }
    // Two values lie on a line, and nothing says how well.
    let pair = PowerLaw(counts: [10, 1000], values: [[10], [1]])
    #expect(abs(pair.exponent + 0.5) < 1e-15)
    #expect(pair.error.isNaN)
  }

  /// erfc(σ/√2) = p solved by mpmath, 40 digits.
  @Test(arguments: [
    (0.5, 0.6744897501960817), (0.31731050786291415, 1), (0.05, 1.9599639845400545),
    (1e-10, 6.466951087240516), (1e-300, 37.06578788077213),
  ])
  func pValuesAreSoManyStandardDeviations(p: Double, expected: Double) {
    // The libraries' erfc are good to an ulp or two of p, in the bulk that is as much of σ.
    #expect(abs(sigmas(ofTwoSidedLevel: p) - expected) < 1e-14 * max(1, expected))
  }

  @Test func theEndsOfPValues() {
    #expect(sigmas(ofTwoSidedLevel: 1) < 1e-15)
    #expect(sigmas(ofTwoSidedLevel: 0) == .infinity)
    #expect(sigmas(ofTwoSidedLevel: .nan).isNaN)
  }
}
