import Foundation
import MeanField
import TestSupport
import Testing

/// Tail probabilities of χ² and of the normal law.
struct ChiSquareTests {
  /// Q(a, x) with a = degrees/2 and x = value/2, mpmath at 50 digits.
  @Test func tailsAreTheTabulatedIncompleteGammaFunctions() throws {
    for entry in try References.load("special", as: References.Special.self).upperGamma {
      let a = entry.a.value
      let x = entry.x.value
      let tail = chiSquareTail(2 * x, degrees: Int(2 * a))
      // The front factor is e to the a ln x − x − ln Γ(a), three numbers of up to a ln a + x.
      let bound = 1e-15 * (10 + 2 * (a * abs(log(a)) + x))
      #expect(abs(tail / entry.tail.value - 1) < bound, "Q(\(a), \(x))")
    }
  }

  @Test(arguments: [1e-12, 0.1, 1, 2, 3.9, 4, 4.1, 10, 60, 700])
  func twoDegreesAreExponential(value: Double) {
    // Relative, far into the tail; the exponent is wrong by its ulp.
    #expect(abs(chiSquareTail(value, degrees: 2) / exp(-value / 2) - 1) < 1e-14 + 2e-16 * value)
  }

  /// e^{−x} (1 + x), e^{−x} (1 + x + x²/2).
  @Test(arguments: [0.2, 1, 5, 12, 40, 200])
  func fourAndSixDegreesAreExponentialTimesAPolynomial(value: Double) {
    let x = value / 2
    let bound = 1e-14 + 4e-16 * value
    #expect(abs(chiSquareTail(value, degrees: 4) / (exp(-x) * (1 + x)) - 1) < bound)
    #expect(abs(chiSquareTail(value, degrees: 6) / (exp(-x) * (1 + x + x * x / 2)) - 1) < bound)
  }

  /// χ² of one degree is the square of a normal number.
  @Test(arguments: [0.01, 0.5, 1, 1.7, 2, 3, 4, 5, 6, 8])
  func oneDegreeIsTheTwoSidedNormalTail(sigmas: Double) {
    let tail = chiSquareTail(sigmas * sigmas, degrees: 1)
    #expect(abs(tail / twoSidedLevel(sigmas: sigmas) - 1) < 1e-14 + 4e-16 * sigmas * sigmas)
  }

  /// erfc(σ/√2), tabulated: Abramowitz & Stegun, table 26.1.
  @Test func levelsOfWholeSigmasAreTheKnownOnes() {
    for (sigmas, level) in [
      (1.0, 0.317_310_507_862_9), (2, 0.045_500_263_896_36), (3, 0.002_699_796_063_260),
      (4, 6.334_248_366_624e-5), (5, 5.733_031_437_583e-7),
    ] {
      #expect(abs(twoSidedLevel(sigmas: sigmas) / level - 1) < 1e-11)
    }
  }

  @Test(arguments: [1, 2, 3, 8, 24, 400])
  func tailsFallFromOneToZero(degrees: Int) {
    #expect(chiSquareTail(0, degrees: degrees) == 1)
    #expect(chiSquareTail(-3, degrees: degrees) == 1)
    #expect(chiSquareTail(1e6, degrees: degrees) == 0)
    let values = (0..<400).map { Double($0) * Double(degrees) / 100 }
    let tails = values.map { chiSquareTail($0, degrees: degrees) }
    #expect(tails.allSatisfy { $0 >= 0 && $0 <= 1 })
    // Across the change from series to continued fraction too; near one only rounding moves.
    #expect(zip(tails, tails.dropFirst()).allSatisfy { $0 >= $1 - 1e-12 })
  }

  @Test func noDegreesAreRefused() async {
    await #expect(processExitsWith: .failure) { _ = chiSquareTail(1, degrees: 0) }
  }
}
