import Foundation
import Testing

@testable import MeanField

/// Scaled Bessel coefficients of the attention kernel, K(β) and their identities.
struct KernelSpectrumTests {
  static let betas = [0, 1e-300, 1e-100, 1e-12, 0.001, 0.5, 1, 5, 16, 81, 400, 1000, 1e4, 1e6]

  @Test func coefficientsAreScaledBesselFunctions() throws {
    let table = try References.load("special", as: References.Special.self).scaledBessel
    for entry in table {
      let spectrum = KernelSpectrum(beta: entry.beta.value)
      if entry.order <= spectrum.modes {
        // The recurrence adds positive numbers only: about an ulp for every few orders.
        let error = spectrum.partition[entry.order] / entry.value.value - 1
        #expect(abs(error) < 2e-14, "β = \(entry.beta.value), order \(entry.order)")
      } else {
        #expect(entry.value.value <= 1e-16 * spectrum.partition[0])
      }
    }
  }

  @Test func slopesAreOrderTimesCoefficientOverBeta() throws {
    let table = try References.load("special", as: References.Special.self).scaledBessel
    for entry in table {
      let spectrum = KernelSpectrum(beta: entry.beta.value)
      guard entry.order <= spectrum.modes else { continue }
      let expected = Double(entry.order) * entry.value.value / entry.beta.value
      #expect(abs(spectrum.slope[entry.order] - expected) <= 2e-14 * expected)
    }
  }

  /// K(β): the last order above 10⁻¹⁶ of the zeroth; below β = 1 of β times it, since v_k divides by β.
  @Test func modesAreThoseAboveRounding() throws {
    for entry in try References.load("special", as: References.Special.self).kernelModes {
      let beta = entry.beta.value
      let spectrum = KernelSpectrum(beta: beta)
      if beta >= 1 {
        #expect(spectrum.modes == entry.modes, "β = \(beta)")
      } else {
        #expect(spectrum.modes >= entry.modes, "β = \(beta)")
        // a_{k+1}/a_k ≈ β/2(k + 1): the first mode left out, as a part of v₁.
        let last = spectrum.modes
        let next = spectrum.slope[last] * beta / Double(2 * last)
        #expect(next < 2e-16 * spectrum.slope[1], "β = \(beta)")
      }
    }
  }

  /// t = 0 and t = π in e^{β(cos t − 1)} = Σ_k a_k e^{ikt}.
  @Test(arguments: betas)
  func coefficientsSumToTheKernel(beta: Double) {
    let spectrum = KernelSpectrum(beta: beta)
    var peak = spectrum.partition[0]
    var far = spectrum.partition[0]
    for k in 1...spectrum.modes {
      peak += 2 * spectrum.partition[k]
      far += (k % 2 == 0 ? 2 : -2) * spectrum.partition[k]
    }
    // Sums of at most 10⁴ positive numbers with total one, and a dropped tail below 10⁻¹⁵.
    #expect(abs(peak - 1) < 1e-14)
    #expect(abs(far - exp(-2 * beta)) < 1e-14)
  }

  /// Σ_k k² a_k = β: the second derivative of the kernel at its peak.
  @Test(arguments: betas)
  func curvatureOfTheKernelIsBeta(beta: Double) {
    let spectrum = KernelSpectrum(beta: beta)
    let sum = (1...spectrum.modes).reduce(0) {
      $0 + 2 * Double($1 * $1) * spectrum.partition[$1]
    }
    // What the cut after K takes away: a part β where only modes 0 and 1 are left, else 10⁻¹⁶ K².
    let next = Double(spectrum.modes + 2)
    let cut = min(beta, 4e-16 * next * next / beta)
    #expect(abs(sum - beta) <= (1e-13 + cut) * beta)
    // The same with one β divided out, which has a limit at β = 0: Σ_k k v_k = 1.
    let slopes = (1...spectrum.modes).reduce(0) { $0 + 2 * Double($1) * spectrum.slope[$1] }
    #expect(abs(slopes - 1) < 1e-13 + (beta > 0 ? cut : 0))
  }

  @Test(arguments: betas)
  func coefficientsFallWithTheirOrder(beta: Double) {
    let spectrum = KernelSpectrum(beta: beta)
    #expect(spectrum.modes >= 1)
    #expect(spectrum.slope.count == spectrum.partition.count)
    #expect(zip(spectrum.partition, spectrum.partition.dropFirst()).allSatisfy { $0 > $1 })
    #expect(spectrum.partition.allSatisfy { $0 >= 0 && $0 <= 1 })
  }

  @Test func atBetaZeroTheKernelIsTheMean() {
    let spectrum = KernelSpectrum(beta: 0)
    #expect(spectrum.partition == [1, 0])
    #expect(spectrum.slope == [0, 0.5])
    #expect(spectrum.landscape == [0, 0.5])
  }

  /// v₁ = e^{−β} I₁(β)/β = ½ − β/2 + …, v₂ = β/4 − … as β → 0.
  @Test(arguments: [0x1p-1074, 0x1p-1060, 1e-300, 1e-200, 1e-100, 1e-50, 1e-20, 1e-10, 1e-6])
  func smallBetaIsContinuousWithZero(beta: Double) {
    let spectrum = KernelSpectrum(beta: beta)
    #expect(abs(spectrum.slope[1] - 0.5) <= 0.5 * beta + 1e-15)
    #expect(abs(spectrum.partition[0] - 1) <= beta + 1e-15)
    if spectrum.modes > 1 { #expect(abs(spectrum.slope[2] - beta / 4) <= beta * beta) }
  }

  @Test func theLandscapeIsThePartitionFunction() {
    let spectrum = KernelSpectrum(beta: 2)
    #expect(spectrum.landscape == spectrum.partition)
  }

  @Test func otherBetasAreRefused() async {
    await #expect(processExitsWith: .failure) { _ = KernelSpectrum(beta: -1) }
    await #expect(processExitsWith: .failure) { _ = KernelSpectrum(beta: .nan) }
    await #expect(processExitsWith: .failure) { _ = KernelSpectrum(beta: .infinity) }
  }
}
