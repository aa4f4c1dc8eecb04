import Foundation
import TestSupport
import Testing
import Transforms

/// Series in Gegenbauer polynomials and their derivatives at any angle.
struct GegenbauerSeriesTests {
  private func polynomial(_ dimension: Int, _ degree: Int) -> GegenbauerSeries {
    GegenbauerSeries(
      dimension: dimension, coefficients: (0...degree).map { $0 == degree ? 1 : 0 })
  }

  private func derivatives(_ jet: GegenbauerSeries.Jet) -> [Double] {
    [jet.value, jet.first, jet.second, jet.third]
  }

  /// mpmath's sums of hypergeometric terms, d from 2 to 4096, l to 1023, angles from 10⁻³ to
  /// π − 10⁻³.
  ///
  /// A change δ of the angle changes P_l by at most l δ, and every derivative in θ brings at most a
  /// factor √(l(l+d−2)), so ulps of θ are the error that no method avoids.
  @Test func polynomialsAndDerivativesEqualTheReference() throws {
    for entry in try ZonalReferences.load().polynomials {
      let angle = try #require(Double(entry.angle))
      let result = derivatives(polynomial(entry.dimension, entry.degree)(at: angle))
      let l = Double(entry.degree)
      let factor = (l * (l + Double(entry.dimension) - 2)).squareRoot()
      for (k, digits) in entry.derivatives.enumerated() {
        let expected = try #require(Double(digits))
        let bound = 4e-16 * (1 + l) * pow(max(1, factor), Double(k))
        #expect(
          abs(result[k] - expected) < bound,
          "d = \(entry.dimension), l = \(l), θ = \(angle), derivative \(k)")
      }
    }
  }

  /// Small values keep relative digits where the polynomial does not oscillate: P_l ≈ cos^l θ there.
  @Test func smallValuesAreRelativelyRight() throws {
    var seen = 0
    for entry in try ZonalReferences.load().polynomials
    where entry.dimension == 4096 && entry.degree == 64 {
      let angle = try #require(Double(entry.angle))
      let expected = try #require(Double(entry.derivatives[0]))
      guard abs(expected) < 1e-5 && abs(cos(angle)) > 0.3 else { continue }
      seen += 1
      // 64 steps of a few ulp each.
      #expect(abs(polynomial(4096, 64)(at: angle).value / expected - 1) < 1e-13)
    }
    #expect(seen >= 2)
  }

  /// d = 2: cos lθ and its derivatives.
  @Test(arguments: [0, 1, 2, 3, 10, 101])
  func theCircleHasCosines(degree: Int) {
    let series = polynomial(2, degree)
    let l = Double(degree)
    for angle in stride(from: 0.0, through: 3.14, by: 0.157) {
      let result = derivatives(series(at: angle))
      let expected = [
        cos(l * angle), -l * sin(l * angle), -l * l * cos(l * angle), l * l * l * sin(l * angle),
      ]
      for k in 0..<4 {
        // As for the reference numbers, and once more for the rounding of lθ here.
        #expect(abs(result[k] - expected[k]) < 1e-15 * (1 + l) * pow(max(1, l), Double(k)))
      }
    }
  }

  /// d = 4: P_l = sin((l+1)θ)/((l+1) sin θ).
  @Test(arguments: [0, 1, 2, 7, 63, 511])
  func theThreeSphereHasQuotientsOfSines(degree: Int) {
    let series = polynomial(4, degree)
    let n = Double(degree + 1)
    for angle in stride(from: 0.05, through: 3.1, by: 0.1) {
      let jet = series(at: angle)
      let s = sin(angle)
      let value = sin(n * angle) / (n * s)
      let slope = (n * cos(n * angle) * s - sin(n * angle) * cos(angle)) / (n * s * s)
      // sin nθ is known to n ulp of θ; quotients by sin θ ≥ 0.04.
      #expect(abs(jet.value - value) < 1e-15 / s)
      #expect(abs(jet.first - slope) < 3e-15 * n / (s * s))
    }
  }

  /// f″ + (d−2) cot θ f′ = −l (l+d−2) f, and its derivative, which brings in the third.
  @Test(arguments: [2, 3, 4, 17, 4096], [1, 2, 5, 40])
  func polynomialsSolveTheirDifferentialEquation(dimension: Int, degree: Int) {
    let series = polynomial(dimension, degree)
    let m = Double(dimension - 2)
    let λ = Double(degree) * (Double(degree) + m)
    for angle in [0.3, 1, 1.5, 2, 2.9] {
      let f = series(at: angle)
      let cot = cos(angle) / sin(angle)
      let squaredSine = sin(angle) * sin(angle)
      let terms = [f.second, m * cot * f.first, λ * f.value]
      let more = [f.third, m * cot * f.second, -m / squaredSine * f.first, λ * f.first]
      // Relative to the terms: they are large and cancel. The last factor is the steps' share.
      let rounding = 1e-15 * Double(degree + 4)
      let size = λ.squareRoot() * 1e-15 + 1
      #expect(abs(terms.reduce(0, +)) < rounding * size * (λ + m * abs(cot) * λ.squareRoot()))
      #expect(
        abs(more.reduce(0, +))
          < rounding * size * (λ + m * (abs(cot) + 1 / squaredSine)) * (λ.squareRoot() + m))
    }
  }

  @Test(arguments: [3, 4, 64, 4096])
  func mirroredAnglesMirrorTheSeries(dimension: Int) {
    var random = SplitMix(state: 5)
    let coefficients = random.numbers(40, in: -1...1)
    let mirrored = coefficients.enumerated().map { $0 % 2 == 0 ? $1 : -$1 }
    let one = GegenbauerSeries(dimension: dimension, coefficients: coefficients)
    let other = GegenbauerSeries(dimension: dimension, coefficients: mirrored)
    for angle in [0, 0.01, 0.5, 1.2, 1.57] {
      let a = derivatives(one(at: angle))
      let b = derivatives(other(at: Double.pi - angle))
      for k in 0..<4 {
        // One ulp of π in the angle; derivatives of order k + 1 are below (l(l+d−2))^{(k+1)/2}.
        let steepness = pow(39 * 37 + 39 * Double(dimension), Double(k + 1) / 2)
        #expect(abs(a[k] - (k % 2 == 0 ? b[k] : -b[k])) < 40 * 1e-15 * steepness)
      }
    }
  }

  @Test(arguments: [2, 3, 4096])
  func atThePoleOddDerivativesVanishAndValuesAreSums(dimension: Int) {
    let series = GegenbauerSeries(dimension: dimension, coefficients: [0.5, 0.25, 2])
    // P_l″ at the pole is −l(l+d−2)/(d−1).
    let d = Double(dimension)
    let second = -(0.25 * (d - 1) + 2 * 2 * d) / (d - 1)
    let jet = series(at: 0)
    #expect(jet.value == 2.75)
    #expect(jet.first == 0 && jet.third == 0)
    // Three products and two sums of numbers up to 8.
    #expect(abs(jet.second - second) < 8.0.ulp)
  }

  @Test func anEmptySeriesIsZero() {
    let jet = GegenbauerSeries(dimension: 3, coefficients: [])(at: 1)
    #expect(derivatives(jet) == [0, 0, 0, 0])
  }

  @Test func thereIsNoSphereBelowTheCircle() async {
    await #expect(processExitsWith: .failure) {
      _ = GegenbauerSeries(dimension: 1, coefficients: [1])
    }
  }
}
