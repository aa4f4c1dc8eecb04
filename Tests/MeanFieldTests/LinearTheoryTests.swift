import Foundation
import MeanField
import Testing

/// Growth rates, switching values, thresholds and bounds of the uniform state.
struct LinearTheoryTests {
  private func theory(
    _ beta: Double, _ normalization: Attention.Normalization = .softmax, noise: Double = 0
  ) -> LinearTheory {
    LinearTheory(
      equation: Equation(
        attention: Attention(beta: beta, normalization: normalization), noise: noise))
  }

  private func special() throws -> References.Special {
    try References.load("special")
  }

  /// C02, C03: λ_k = k² I_k(β)/β, divided by I₀ for softmax, times e^{−β} for peak.
  @Test func ratesOfTheFastestModeAreTheTabulatedOnes() throws {
    for row in try special().growth where row.dimension == 2 {
      let beta = row.beta.value
      for (normalization, rate) in [
        (Attention.Normalization.unnormalized, row.unnormalized.value),
        (.softmax, row.softmax.value), (.peak, row.peak.value),
      ] {
        let theory = theory(beta, normalization)
        #expect(theory.fastestMode == row.fastest)
        // Coefficients to 2·10⁻¹⁴, see KernelSpectrumTests.
        #expect(abs(theory.growthRate(row.fastest) / rate - 1) < 2e-14, "β = \(beta)")
      }
      for (i, rate) in row.softmaxRates.enumerated() {
        // Modes beyond K(β) are cut off: a_k is below 10⁻¹⁶, k² below 64 here.
        let error = theory(beta).growthRate(i + 1) - rate.value
        #expect(abs(error) < 2e-14 * rate.value + 64e-16 / beta, "β = \(beta), mode \(i + 1)")
      }
    }
  }

  /// C02, C03 as printed (literature 3.1).
  @Test(arguments: [
    (1.0, 1, 0.565159103992, 0.446389965897), (2, 2, 1.37789689540, 0.604450684072),
    (5, 3, 18.5960703045, 0.682678333617), (9, 4, 770.429747030, 0.704497029300),
    (16, 6, 638_159.538947, 0.714267427636), (100, 14, 7.87249092201e41, 0.733176102978),
  ])
  func ratesAreThoseOfTheLiterature(
    beta: Double, mode: Int, unnormalized: Double, softmax: Double
  ) {
    // Twelve digits are printed.
    #expect(abs(theory(beta, .unnormalized).growthRate(mode) / unnormalized - 1) < 1e-11)
    #expect(abs(theory(beta, .softmax).growthRate(mode) / softmax - 1) < 1e-11)
    #expect(theory(beta).fastestMode == mode)
  }

  /// C04: λ_k = λ_{k+1}, by bisection.
  @Test(arguments: Attention.Normalization.allCases)
  func theFastestModeSwitchesAtTheTabulatedBeta(normalization: Attention.Normalization) throws {
    let switches = try #require(try special().switches["2"])
    for (i, expected) in switches.enumerated() {
      let k = i + 1
      func lead(_ beta: Double) -> Double {
        let theory = theory(beta, normalization)
        return theory.growthRate(k + 1) / theory.growthRate(k) - 1
      }
      // The switches are near k(k+1)/2 + 1/4.
      var low = 0.5 * expected.value
      var high = 2 * expected.value
      #expect(lead(low) < 0 && lead(high) > 0)
      for _ in 0..<60 {
        let middle = 0.5 * (low + high)
        if lead(middle) < 0 { low = middle } else { high = middle }
      }
      // A ratio known to 2·10⁻¹⁵ changes by (k + ½)/β² ≈ 4/k³ for a unit of β.
      let bound = 2e-15 * pow(Double(k + 1), 3) + 4 * expected.value.ulp
      #expect(abs(low - expected.value) < bound, "\(k) to \(k + 1)")
      #expect(theory(expected.value - 1e-6, normalization).fastestMode == k)
      #expect(theory(expected.value + 1e-6, normalization).fastestMode == k + 1)
    }
  }

  /// C05: the largest softmax rate tends to 2/e.
  @Test func theLargestSoftmaxRateTendsToTwoOverE() throws {
    let hundred = theory(100)
    #expect(abs(hundred.growthRate(try #require(hundred.fastestMode)) - 0.7331761030) < 1e-10)
    for beta in [1e3, 1e4, 1e5] {
      let theory = theory(beta)
      let mode = try #require(theory.fastestMode)
      // a_k/a₀ = e^{−k²/2β} (1 + O(1/β)), and k_max² is within √(2β) of 2β, where the rate is flat.
      #expect(abs(theory.growthRate(mode) - 2 / M_E) < 1 / beta)
      #expect(abs(Double(mode) - (2 * beta).squareRoot()) < 1)
    }
  }

  /// C07: λ_k → (k²/β) e^{−k²/2β} for k² ≪ β, the backward heat equation.
  @Test(arguments: 1...10)
  func longWavesGrowByTheBackwardHeatEquation(mode k: Int) {
    let beta = 1e4
    let square = Double(k * k)
    let expected = square / beta * exp(-square / (2 * beta))
    // The next terms of ln I_k/I₀ are of size k²/β² and k⁴/β³.
    #expect(abs(theory(beta).growthRate(k) / expected - 1) < square / (beta * beta))
  }

  /// C28, and 1/κ_c for the other normalizations: above it every mode decays, below it one grows.
  @Test func theUniformStateLosesStabilityAtTheCriticalNoise() throws {
    for row in try special().critical where row.dimension == 2 {
      for (normalization, expected) in [
        (Attention.Normalization.unnormalized, row.unnormalized.value),
        (.softmax, row.softmax.value), (.peak, row.peak.value),
      ] {
        let critical = theory(row.beta.value, normalization).criticalNoise
        #expect(abs(critical / expected - 1) < 2e-14)
        let above = theory(row.beta.value, normalization, noise: 1.000_001 * critical)
        let below = theory(row.beta.value, normalization, noise: 0.999_999 * critical)
        #expect(above.fastestMode == nil)
        #expect(above.formationTime(count: 1000) == nil)
        #expect(above.formationTime(amplitude: 0.01) == nil)
        #expect(below.fastestMode == 1)
      }
    }
    #expect(abs(1 / theory(1, .unnormalized).criticalNoise - 1.7694132376806) < 1e-12)
  }

  @Test(arguments: Attention.Normalization.allCases, [0, 0.3, 5, 40])
  func noiseLowersEveryRateByItsSquaredMode(
    normalization: Attention.Normalization, beta: Double
  ) {
    let quiet = theory(beta, normalization)
    let noisy = theory(beta, normalization, noise: 0.25)
    for k in 1...12 {
      let expected = quiet.growthRate(k) - 0.25 * Double(k * k)
      #expect(noisy.growthRate(k) == expected)
      #expect(noisy.attentionRate(k) == quiet.growthRate(k))
    }
    #expect(noisy.criticalNoise == quiet.criticalNoise)
  }

  /// λ₁ = 1/2 and nothing else for all three (literature 3.1).
  @Test(arguments: Attention.Normalization.allCases)
  func withoutInverseTemperatureOnlyTheMeanGrows(normalization: Attention.Normalization) {
    let theory = theory(0, normalization)
    #expect(theory.growthRate(1) == 0.5)
    #expect((2...9).allSatisfy { theory.growthRate($0) == 0 })
    #expect(theory.fastestMode == 1)
    // The noisy Kuramoto model: D_c = 1/2, κ_c = 2.
    #expect(theory.criticalNoise == 0.5)
    #expect(theory.speedBound == 1)
  }

  @Test func modesOutsideTheKernelDoNotGrow() {
    let theory = theory(5)
    #expect(theory.growthRate(0) == 0)
    #expect(theory.growthRate(theory.modes + 1) == 0)
  }

  /// ln N/(2λ) of table 3.2, three digits (C39).
  @Test(arguments: [
    (5.0, Attention.Normalization.unnormalized, 20_000, 0.266),
    (5, .unnormalized, 100_000_000, 0.495), (7, .unnormalized, 20_000, 0.0425),
    (7, .unnormalized, 100_000_000, 0.0790), (5, .softmax, 20_000, 7.25),
    (9, .softmax, 20_000, 7.03), (9, .softmax, 100_000_000, 13.07),
  ])
  func formationTimesAreThoseOfTheTable(
    beta: Double, normalization: Attention.Normalization, count: Int, expected: Double
  ) throws {
    let theory = theory(beta, normalization)
    let time = try #require(theory.formationTime(count: count))
    #expect(abs(time / expected - 1) < 2e-3)
    // N draws are a perturbation of size N^{−1/2}.
    let same = try #require(theory.formationTime(amplitude: 1 / Double(count).squareRoot()))
    #expect(abs(time / same - 1) < 1e-14)
  }

  /// C50: S(β) = max e^{β cos t} sin t.
  @Test func theSpeedBoundIsTheTabulatedOne() throws {
    for row in try special().largestSpeed {
      // e^{βc} carries the error of its exponent: β ulp.
      let bound = 1e-15 * (4 + row.beta.value)
      let unnormalized = theory(row.beta.value, .unnormalized).speedBound
      #expect(abs(unnormalized / row.unnormalized.value - 1) < bound)
      // c − 1 loses the digits that c has in common with one, but β (c − 1) stays of order one.
      #expect(abs(theory(row.beta.value, .peak).speedBound / row.peak.value - 1) < bound)
      #expect(theory(row.beta.value, .softmax).speedBound == 1)
    }
    for (beta, expected) in [(1.0, 1.458528537), (5, 39.26375446), (9, 1615.665769)] {
      #expect(abs(theory(beta, .unnormalized).speedBound / expected - 1) < 1e-9)
    }
  }

  /// e^{−β} max |∂/∂t e^{β cos t} sin t| = 1, at t = 0, and sin² ≤ 1 in ∂X/∂θ of softmax.
  @Test(arguments: [0, 0.5, 2, 9, 60])
  func theLipschitzBoundIsOne(beta: Double) {
    let slopes = (0..<2000).map { i -> Double in
      let t = 2 * Double.pi * Double(i) / 2000
      return abs(exp(beta * (cos(t) - 1)) * (cos(t) - beta * sin(t) * sin(t)))
    }
    #expect((slopes.max() ?? 0) == 1)
    #expect(theory(beta, .peak).lipschitzBound == 1)
    #expect(theory(beta, .unnormalized).lipschitzBound == exp(beta))
    #expect(theory(beta, .softmax).lipschitzBound == 1 + beta)
  }
}
