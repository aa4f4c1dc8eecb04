import Foundation
import MeanField
import TestSupport
import Testing

/// Growth rates, switching values, thresholds and bounds of the uniform state on spheres.
struct LinearTheoryTests {
  private func theory(
    _ beta: Double, _ normalization: Attention.Normalization = .softmax, noise: Double = 0,
    dimension: Int = 2
  ) -> LinearTheory {
    LinearTheory(
      equation: Equation(
        manifold: dimension == 2 ? .circle : .sphere(dimension: dimension),
        attention: Attention(beta: beta, normalization: normalization), noise: noise))
  }

  private func special() throws -> References.Special {
    try References.load("special")
  }

  /// C02, C03 in d = 2, 3, 4, 8, 16, 32, 256, 4096: λ_l = l(l+d−2) a_l/β, divided by a₀ for
  /// softmax, times e^{−β} for peak.
  @Test func ratesOfTheFastestModeAreTheTabulatedOnes() throws {
    for row in try special().growth + References.kernels().growth {
      let (d, beta) = (row.dimension, row.beta.value)
      for (normalization, rate) in [
        (Attention.Normalization.unnormalized, row.unnormalized.value),
        (.softmax, row.softmax.value), (.peak, row.peak.value),
      ] {
        if normalization == .unnormalized, beta > Attention.largestUnnormalizedBeta { continue }
        let theory = theory(beta, normalization, dimension: d)
        // d = 4096, β = 10⁴: the peak rate is 10⁻¹⁷⁷⁴.
        #expect(theory.fastestMode == (rate > 0 ? row.fastest : nil))
        // Coefficients to 2·10⁻¹⁴, see KernelSpectrumTests.
        #expect(
          abs(theory.growthRate(row.fastest) - rate) <= 2e-14 * rate, "d = \(d), β = \(beta)")
      }
      for (i, rate) in row.softmaxRates1To8.enumerated() {
        // Modes beyond K(β) are cut off: a_k is below 10⁻¹⁶, k² below 64 here.
        let error = theory(beta, dimension: d).growthRate(i + 1) - rate.value
        #expect(
          abs(error) < 2e-14 * rate.value + 64e-16 / beta, "d = \(d), β = \(beta), mode \(i + 1)")
      }
    }
  }

  /// C02, C03 as printed (literature 3.1).
  @Test(arguments: [
    (2, 1.0, 1, 0.565159103992, 0.446389965897), (2, 2, 2, 1.37789689540, 0.604450684072),
    (2, 5, 3, 18.5960703045, 0.682678333617), (2, 9, 4, 770.429747030, 0.704497029300),
    (2, 16, 6, 638_159.538947, 0.714267427636), (2, 100, 14, 7.87249092201e41, 0.733176102978),
    (3, 0.5, 1, 0.683482833751, 0.655813654955), (3, 1, 1, 0.735758882343, 0.626070570999),
    (3, 2, 2, 1.05556826566, 0.582083756726), (3, 3, 2, 2.19300304940, 0.656727020039),
    (3, 4, 2, 4.47210076672, 0.655494955798), (3, 5, 3, 9.97808624495, 0.672348687291),
    (3, 7, 3, 54.4175757659, 0.694714260976), (3, 9, 4, 316.535606867, 0.703144760847),
    (3, 16, 5, 199_747.713200, 0.719316601753), (3, 25, 7, 1.03773543464e9, 0.720600573149),
    (3, 64, 11, 3.56335166383e25, 0.731512602279), (3, 100, 14, 9.84333821214e40, 0.732359320136),
  ])
  func ratesAreThoseOfTheLiterature(
    dimension: Int, beta: Double, mode: Int, unnormalized: Double, softmax: Double
  ) {
    // Twelve digits are printed.
    let bare = theory(beta, .unnormalized, dimension: dimension)
    let divided = theory(beta, .softmax, dimension: dimension)
    #expect(abs(bare.growthRate(mode) / unnormalized - 1) < 1e-11)
    #expect(abs(divided.growthRate(mode) / softmax - 1) < 1e-11)
    #expect(divided.fastestMode == mode)
  }

  /// C04: λ_k = λ_{k+1}, by bisection.
  @Test(arguments: Attention.Normalization.allCases, [2, 3, 4, 8])
  func theFastestModeSwitchesAtTheTabulatedBeta(
    normalization: Attention.Normalization, dimension: Int
  ) throws {
    let switches = try #require(try special().switches["\(dimension)"])
    for (i, expected) in switches.enumerated() {
      let k = i + 1
      func lead(_ beta: Double) -> Double {
        let theory = theory(beta, normalization, dimension: dimension)
        return theory.growthRate(k + 1) / theory.growthRate(k) - 1
      }
      // The switches are near k(k+1)/2 + 1/4 on the circle, (k+1)²/2 on S².
      var low = 0.5 * expected.value
      var high = 2 * expected.value
      #expect(lead(low) < 0 && lead(high) > 0)
      for _ in 0..<60 {
        let middle = 0.5 * (low + high)
        if lead(middle) < 0 { low = middle } else { high = middle }
      }
      // A ratio known to 4·10⁻¹⁵ changes by about (k + (d−1)/2)/β² for a unit of β.
      let change = (Double(k) + 0.5 * Double(dimension - 1)) / pow(expected.value, 2)
      let bound = 4e-15 / change + 4 * expected.value.ulp
      #expect(abs(low - expected.value) < bound, "\(k) to \(k + 1)")
      let before = theory(expected.value - 1e-6, normalization, dimension: dimension)
      let after = theory(expected.value + 1e-6, normalization, dimension: dimension)
      #expect(before.fastestMode == k)
      #expect(after.fastestMode == k + 1)
    }
  }

  /// C04 as printed (literature 3.1): the softmax rates of degrees l and l + 1 there.
  @Test(arguments: [
    (2, [1.04445686210777, 3.16543444270057, 6.21129837943204, 10.2284831629859]),
    (3, [1.81615452543588, 4.42529301239560, 7.96237985154626, 12.4774331094007]),
    (4, [2.52852031879312, 5.65582321705625, 9.69878627330344, 14.717611749248]),
    (8, [5.2511107040441, 10.5003416829416, 16.59504341505, 23.6427038966852]),
  ])
  func switchesAreThoseOfTheLiterature(dimension: Int, betas: [Double]) {
    for (i, beta) in betas.enumerated() {
      let theory = theory(beta, dimension: dimension)
      // Twelve digits or more are printed.
      #expect(abs(theory.growthRate(i + 2) / theory.growthRate(i + 1) - 1) < 1e-11)
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
    for row in try special().critical {
      for (normalization, expected) in [
        (Attention.Normalization.unnormalized, row.unnormalized.value),
        (.softmax, row.softmax.value), (.peak, row.peak.value),
      ] {
        let (d, beta) = (row.dimension, row.beta.value)
        let critical = theory(beta, normalization, dimension: d).criticalNoise
        #expect(abs(critical / expected - 1) < 2e-14)
        let above = theory(beta, normalization, noise: 1.000_001 * critical, dimension: d)
        let below = theory(beta, normalization, noise: 0.999_999 * critical, dimension: d)
        #expect(above.fastestMode == nil)
        #expect(above.formationTime(count: 1000) == nil)
        #expect(above.formationTime(amplitude: 0.01) == nil)
        #expect(below.fastestMode == 1)
      }
    }
  }

  /// C28 and κ_c as printed (literature 4.9): κ_c = β/a₁.
  @Test(arguments: [
    (2, 1.0, 1.7694132376806), (2, 2, 1.2573580161740), (2, 9, 0.0087301110396665),
    (3, 1, 2.718281828459), (3, 2, 2.0525815067821), (3, 3, 1.3376195909869),
    (3, 5, 0.42109301105315), (3, 9, 0.022491436366617),
  ])
  func criticalNoiseIsThatOfTheLiterature(dimension: Int, beta: Double, expected: Double) {
    let critical = theory(beta, .unnormalized, dimension: dimension).criticalNoise
    // Thirteen digits are printed.
    #expect(abs(1 / critical / expected - 1) < 1e-12)
  }

  /// a₁/(β a₀) and ā₁/β in d = 2 … 4096, from the logarithms of a_l.
  @Test func criticalNoiseIsTheFirstCoefficientInEveryDimension() throws {
    for table in try References.kernels().cases {
      let (d, beta) = (table.dimension, table.beta.value)
      let (zero, one) = (table.entries[0].logPartition.value, table.entries[1].logPartition.value)
      // The reference is a difference of rounded logarithms.
      let bound = 3e-14 + 2 * zero.ulp
      let softmax = exp(one - zero) / beta
      #expect(abs(theory(beta, dimension: d).criticalNoise / softmax - 1) < bound)
      let peak = exp(one) / beta
      #expect(abs(theory(beta, .peak, dimension: d).criticalNoise - peak) <= bound * peak)
    }
  }

  /// By D times the eigenvalue l(l+d−2) of −Δ.
  @Test(arguments: [2, 3, 64], [0, 0.3, 5, 40])
  func noiseLowersEveryRateByTheEigenvalue(dimension: Int, beta: Double) {
    for normalization in Attention.Normalization.allCases {
      let quiet = theory(beta, normalization, dimension: dimension)
      let noisy = theory(beta, normalization, noise: 0.25, dimension: dimension)
      for l in 1...12 {
        let expected = quiet.growthRate(l) - 0.25 * Double(l * (l + dimension - 2))
        #expect(noisy.growthRate(l) == expected)
        #expect(noisy.attentionRate(l) == quiet.growthRate(l))
      }
      #expect(noisy.criticalNoise == quiet.criticalNoise)
    }
  }

  /// λ₁ = (d−1)/d and nothing else for all three (literature 3.1).
  @Test(arguments: Attention.Normalization.allCases, [2, 3, 4, 32, 4096])
  func withoutInverseTemperatureOnlyTheMeanGrows(
    normalization: Attention.Normalization, dimension: Int
  ) {
    let theory = theory(0, normalization, dimension: dimension)
    let expected = Double(dimension - 1) / Double(dimension)
    // 1/d is rounded before it is multiplied.
    #expect(abs(theory.growthRate(1) - expected) <= expected.ulp)
    #expect((2...9).allSatisfy { theory.growthRate($0) == 0 })
    #expect(theory.fastestMode == 1)
    // The noisy Kuramoto model: D_c = 1/d, κ_c = d.
    #expect(theory.criticalNoise == 1 / Double(dimension))
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
