import Foundation
import TestSupport
import Testing

@testable import MeanField

/// Scaled Bessel coefficients of the attention kernel, K(β) and their identities.
struct KernelSpectrumTests {
  static let betas = [0, 1e-300, 1e-100, 1e-12, 0.001, 0.5, 1, 5, 16, 81, 400, 1000, 1e4, 1e6]

  private func circle(_ beta: Double) -> KernelSpectrum {
    KernelSpectrum(beta: beta, dimension: 2)
  }

  @Test func coefficientsAreScaledBesselFunctions() throws {
    let table = try References.load("special", as: References.Special.self).scaledBessel
    for entry in table {
      let spectrum = circle(entry.beta.value)
      if entry.order <= spectrum.modes {
        // The recurrence adds positive numbers only: about an ulp for every few orders.
        let error = spectrum.partition[entry.order] / entry.value.value - 1
        #expect(abs(error) < 2e-14, "β = \(entry.beta.value), order \(entry.order)")
      } else {
        #expect(entry.value.value <= 1e-16 * spectrum.partition[0])
      }
    }
  }

  @Test func potentialsAreCoefficientsOverBeta() throws {
    let table = try References.load("special", as: References.Special.self).scaledBessel
    for entry in table {
      let spectrum = circle(entry.beta.value)
      guard entry.order > 0, entry.order <= spectrum.modes else { continue }
      let expected = entry.value.value / entry.beta.value
      #expect(abs(spectrum.potential[entry.order] - expected) <= 2e-14 * expected)
    }
  }

  /// K(β): the last order above 10⁻¹⁶ of the zeroth; below β = 1 of β times it, since potentials divide by β.
  @Test func modesAreThoseAboveRounding() throws {
    for entry in try References.load("special", as: References.Special.self).kernelModes {
      let beta = entry.beta.value
      let spectrum = circle(beta)
      if beta >= 1 {
        #expect(spectrum.modes == entry.modes, "β = \(beta)")
      } else {
        #expect(spectrum.modes >= entry.modes, "β = \(beta)")
        // a_{k+1}/a_k ≈ β/2(k + 1): the first mode left out, as a part of a₁.
        let last = spectrum.modes
        let next = spectrum.potential[last] * beta / Double(2 * last + 2)
        #expect(next < 2e-16 * spectrum.potential[1], "β = \(beta)")
      }
    }
  }

  /// t = 0 and t = π in e^{β(cos t − 1)} = Σ_k a_k e^{ikt}.
  @Test(arguments: betas)
  func coefficientsSumToTheKernel(beta: Double) {
    let spectrum = circle(beta)
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
    let spectrum = circle(beta)
    let sum = (1...spectrum.modes).reduce(0) {
      $0 + 2 * Double($1 * $1) * spectrum.partition[$1]
    }
    // What the cut after K takes away: a part β where only modes 0 and 1 are left, else 10⁻¹⁶ K².
    let next = Double(spectrum.modes + 2)
    let cut = min(beta, 4e-16 * next * next / beta)
    #expect(abs(sum - beta) <= (1e-13 + cut) * beta)
    // The same with one β divided out, which has a limit at β = 0: Σ_k k² a_k/β = 1.
    let reduced = (1...spectrum.modes).reduce(0) {
      $0 + 2 * Double($1 * $1) * spectrum.potential[$1]
    }
    #expect(abs(reduced - 1) < 1e-13 + (beta > 0 ? cut : 0))
  }

  @Test(arguments: betas)
  func coefficientsFallWithTheirOrder(beta: Double) {
    let spectrum = circle(beta)
    #expect(spectrum.modes >= 1)
    #expect(spectrum.potential.count == spectrum.partition.count)
    #expect(zip(spectrum.partition, spectrum.partition.dropFirst()).allSatisfy { $0 > $1 })
    #expect(spectrum.partition.allSatisfy { $0 >= 0 && $0 <= 1 })
  }

  @Test func atBetaZeroTheKernelIsTheMean() {
    let spectrum = circle(0)
    #expect(spectrum.partition == [1, 0])
    #expect(spectrum.potential == [0, 0.5])
    #expect(spectrum.landscape == [0, 0.5])
  }

  /// a₁/β = e^{−β} I₁(β)/β = ½ − β/2 + …, a₂/β = β/8 − … as β → 0.
  @Test(arguments: [0x1p-1074, 0x1p-1060, 1e-300, 1e-200, 1e-100, 1e-50, 1e-20, 1e-10, 1e-6])
  func smallBetaIsContinuousWithZero(beta: Double) {
    let spectrum = circle(beta)
    #expect(abs(spectrum.potential[1] - 0.5) <= 0.5 * beta + 1e-15)
    #expect(abs(spectrum.partition[0] - 1) <= beta + 1e-15)
    if spectrum.modes > 1 { #expect(abs(spectrum.potential[2] - beta / 8) <= beta * beta) }
  }

  @Test func theLandscapeIsThePartitionFunction() {
    let spectrum = circle(2)
    #expect(spectrum.landscape == spectrum.partition)
  }

  @Test func otherBetasAreRefused() async {
    await #expect(processExitsWith: .failure) { _ = KernelSpectrum(beta: -1, dimension: 2) }
    await #expect(processExitsWith: .failure) { _ = KernelSpectrum(beta: .nan, dimension: 2) }
    await #expect(processExitsWith: .failure) { _ = KernelSpectrum(beta: .infinity, dimension: 2) }
    await #expect(processExitsWith: .failure) { _ = KernelSpectrum(beta: 1, dimension: 1) }
  }
}

/// Coefficients on S^{d−1} against two extended-precision methods, closed forms and identities.
struct SphereKernelSpectrumTests {
  static let dimensions = [2, 3, 4, 64, 257, 4096]
  static let betas = [1e-300, 1e-12, 0.5, 5, 100, 1e4, 1e6]

  /// C01 in d = 2, 3, 4, 8, 16, 32, 64, 256, 4096 and β = 0.5, 5, 100, 10⁴.
  @Test func coefficientsAreThoseOfBesselsFormulaAndOfQuadrature() throws {
    for table in try References.kernels().cases {
      let beta = table.beta.value
      let spectrum = KernelSpectrum(beta: beta, dimension: table.dimension)
      let name: Comment = "d = \(table.dimension), β = \(beta)"
      let zero = try #require(table.entries.first).logPartition.value
      // Three roundings a degree between l and the bulk, 5000 degrees at most: a random walk.
      let bound = 3e-14
      let logBound = bound + 2 * zero.ulp
      #expect(abs(spectrum.logPartition0 - zero) < logBound, name)
      for entry in table.entries {
        let l = entry.degree
        let reference = entry.logPartition.value
        #expect(
          abs(spectrum.weights[l] - entry.weight.value) <= bound * entry.weight.value, name)
        if reference > -700 {
          #expect(abs(log(spectrum.partition[l]) - reference) < logBound, name)
        } else {
          #expect(spectrum.partition[l] < 1e-300, name)
        }
        guard l > 0 else { continue }
        if reference - zero > -700 {
          let relative = log(beta * spectrum.relativePotential[l])
          #expect(abs(relative - (reference - zero)) < logBound, name)
        }
        // Two roundings apart; the smallest number where ā_l underflows.
        let partition = spectrum.partition[l]
        #expect(abs(beta * spectrum.potential[l] - partition) <= 1e-15 * partition + 1e-300)
        let weight = spectrum.weights[l]
        #expect(abs(beta * spectrum.potentialWeights[l] - weight) <= 1e-15 * weight + 1e-300)
      }
    }
  }

  /// The last b_l above 10⁻¹⁶ min(1, β) of the largest.
  @Test func modesAreThoseAboveRounding() throws {
    for table in try References.kernels().cases {
      let spectrum = KernelSpectrum(beta: table.beta.value, dimension: table.dimension)
      #expect(spectrum.modes == table.modes, "d = \(table.dimension), β = \(table.beta.value)")
      let peak = spectrum.weights.indices.max { spectrum.weights[$0] < spectrum.weights[$1] }
      #expect(peak == table.peak)
    }
  }

  @Test func multiplicitiesAreTheNumberOfHarmonics() throws {
    func spectrum(_ dimension: Int) -> KernelSpectrum {
      KernelSpectrum(beta: 1, dimension: dimension)
    }
    #expect((0...5).map(spectrum(2).multiplicity) == [1, 2, 2, 2, 2, 2])
    for l in [0, 1, 2, 7, 1000, 8000] {
      #expect(spectrum(3).multiplicity(l) == Double(2 * l + 1))
      #expect(spectrum(4).multiplicity(l) == Double((l + 1) * (l + 1)))
      // (2l + 3)(l + 1)(l + 2)/6.
      #expect(spectrum(5).multiplicity(l) == Double((2 * l + 3) * (l + 1) * (l + 2) / 6))
    }
    #expect(spectrum(4096).multiplicity(1) == 4096)
    #expect(spectrum(4096).multiplicity(2) == 4096 * 4097 / 2 - 1)
    #expect(spectrum(4096).multiplicity(169).isFinite)
    #expect(spectrum(4096).multiplicity(170) == .infinity)
    for table in try References.kernels().cases {
      let spectrum = spectrum(table.dimension)
      for entry in table.entries {
        let expected = entry.multiplicity.value
        let found = spectrum.multiplicity(entry.degree)
        // Three roundings in each of at most 255 factors.
        #expect(found == expected || abs(found / expected - 1) < 1e-14)
      }
    }
  }

  /// At u = 1 in Σ_l b_l P_l(u) = e^{β(u−1)}, and its derivative there: −Δ turns e^{β(u−1)} into
  /// (d − 1) β e^{β(u−1)} at u = 1, so Σ_l l(l+d−2) b_l/β = d − 1, at β = 0 too.
  @Test(arguments: dimensions, betas + [0])
  func weightsSumToTheKernelAndItsCurvature(dimension: Int, beta: Double) {
    let spectrum = KernelSpectrum(beta: beta, dimension: dimension)
    var sum = spectrum.weights[0]
    var curvature = 0.0
    for l in 1...spectrum.modes {
      sum += spectrum.weights[l]
      curvature += Double(l * (l + dimension - 2)) * spectrum.potentialWeights[l]
    }
    // Sums of up to 7·10⁴ positive numbers; the tail is below 10⁻¹⁶ of a term times its length.
    #expect(abs(sum - 1) < 1e-13)
    #expect(abs(curvature / Double(dimension - 1) - 1) < 1e-12)
    #expect(spectrum.weights.allSatisfy { $0 >= 0 && $0 <= 1 })
    #expect(zip(spectrum.partition, spectrum.partition.dropFirst()).allSatisfy { $0 >= $1 })
    #expect(
      [spectrum.potential, spectrum.potentialWeights, spectrum.relativePotential].allSatisfy {
        $0.count == spectrum.modes + 1 && $0[0] == 0 && $0.allSatisfy { $0.isFinite }
      })
  }

  /// Σ_l b_l P_l(u) = e^{β(u−1)}, (l+d−2) P_{l+1} = (2l+d−2) u P_l − l P_{l−1}.
  @Test(arguments: [3, 64, 4096], [0.5, 5, 100, 1e4])
  func theSeriesIsTheKernel(dimension: Int, beta: Double) {
    let spectrum = KernelSpectrum(beta: beta, dimension: dimension)
    for u in [1, 0.9999, 0.999, 0.97, 0.5, 0, -0.3, -1] {
      var (before, now, sum) = (1.0, u, spectrum.weights[0])
      for l in 1...spectrum.modes {
        sum += spectrum.weights[l] * now
        let factor = Double(2 * l + dimension - 2) * u
        let next = (factor * now - Double(l) * before) / Double(l + dimension - 2)
        (before, now) = (now, next)
      }
      // Every step of the recurrence adds about an ulp of a polynomial that is at most one.
      let bound = 2e-15 + 2e-16 * Double(spectrum.modes)
      #expect(abs(sum - exp(beta * (u - 1))) < bound, "u = \(u)")
    }
  }

  /// ā₀ = (1 − e^{−2β})/2β in d = 3, 3((β−1) + (β+1) e^{−2β})/2β³ in d = 5.
  @Test(arguments: [5, 9, 100, 1e4, 1e6])
  func theNormalizationIsElementaryInOddDimension(beta: Double) {
    let far = exp(-2 * beta)
    let three = (1 - far) / (2 * beta)
    let five = 3 * ((beta - 1) + (beta + 1) * far) / (2 * beta * beta * beta)
    for (dimension, expected) in [(3, three), (5, five)] {
      let spectrum = KernelSpectrum(beta: beta, dimension: dimension)
      // A sum of up to 10⁴ products of up to 10⁴ ratios.
      #expect(abs(spectrum.partition[0] / expected - 1) < 3e-14)
      #expect(abs(spectrum.logPartition0 - log(expected)) < 3e-14)
      if beta < 700 {
        #expect(abs(spectrum.unscaledPartition0 / (exp(beta) * expected) - 1) < 3e-14)
      }
    }
  }

  /// C01 as printed: I₀(5), sinh 5/5.
  @Test(arguments: [(2, 27.2398718236), (3, 14.8406421156)])
  func partitionsAreThoseOfTheLiterature(dimension: Int, expected: Double) {
    let spectrum = KernelSpectrum(beta: 5, dimension: dimension)
    // Twelve digits are printed.
    #expect(abs(spectrum.unscaledPartition0 / expected - 1) < 1e-11)
  }

  @Test(arguments: dimensions)
  func atBetaZeroTheKernelIsTheMean(dimension: Int) {
    let spectrum = KernelSpectrum(beta: 0, dimension: dimension)
    #expect(spectrum.partition == [1, 0])
    #expect(spectrum.weights == [1, 0])
    #expect(spectrum.potential == [0, 1 / Double(dimension)])
    #expect(spectrum.landscape == spectrum.potential)
    #expect(spectrum.relativePotential == spectrum.potential)
    #expect(abs(spectrum.potentialWeights[1] - 1) < 1e-15)
    #expect(spectrum.logPartition0 == 0)
    #expect(spectrum.unscaledPartition0 == 1)
  }

  /// ā₁/β = (1 − β + …)/d, b₁/β = 1 − β + …, log ā₀ = −β + β²/2d − ….
  @Test(arguments: dimensions, [0x1p-1060, 1e-300, 1e-100, 1e-20, 1e-8])
  func smallBetaIsContinuousWithZero(dimension: Int, beta: Double) {
    let spectrum = KernelSpectrum(beta: beta, dimension: dimension)
    #expect(abs(spectrum.potential[1] * Double(dimension) - 1) <= beta + 1e-15)
    #expect(abs(spectrum.potentialWeights[1] - 1) <= beta + 1e-15)
    #expect(abs(spectrum.logPartition0 / beta + 1) <= beta + 1e-15)
  }
}
