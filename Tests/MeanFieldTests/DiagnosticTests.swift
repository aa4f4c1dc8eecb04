import Foundation
import MeanField
import TestSupport
import Testing

/// Numbers read off a snapshot, against closed forms.
struct DiagnosticTests {
  private func attention(
    _ beta: Double, _ normalization: Attention.Normalization = .softmax
  ) -> Attention {
    Attention(beta: beta, normalization: normalization)
  }

  private func tokens(
    _ angles: [Double], _ masses: [Double]? = nil, _ attention: Attention, noise: Double = 0
  ) -> Snapshot {
    let equation = Equation(attention: attention, noise: noise)
    var dynamics = CircleTokenDynamics(equation: equation, count: angles.count, masses: masses)
    let state = dynamics.state(angles: angles)
    return dynamics.snapshot(of: state, time: 0, steps: 0, stepSize: 0)
  }

  private func velocities(_ angles: [Double], _ attention: Attention) -> [Double] {
    var dynamics = CircleTokenDynamics(
      equation: Equation(attention: attention), count: angles.count)
    let state = dynamics.state(angles: angles)
    var rate = [Double](repeating: .nan, count: state.count)
    dynamics.writeRate(of: state, into: &rate)
    return Array(rate.dropLast())
  }

  private func density(
    _ law: InitialLaw, _ attention: Attention, noise: Double = 0, points: Int = 128
  ) throws -> Snapshot {
    var dynamics = SpectralDynamics(
      equation: Equation(attention: attention, noise: noise), basis: FourierBasis(points: points),
      maximum: 1 << 14, tolerance: 1e-13)
    let state = try dynamics.state(of: law)
    return dynamics.snapshot(of: state, time: 0, steps: 0, stepSize: 0)
  }

  private func angles(_ count: Int, seed: UInt64) -> [Double] {
    let stream = RandomStream(seed: seed, member: 0, purpose: .initialDraw)
    return (0..<count).map { 2 * .pi * stream.uniform(index: $0, draw: 0) }
  }

  // MARK: Energy

  /// E = (1/2β) Σ w_i w_j e^{β cos(θ_i − θ_j)}, for peak e^{β (cos − 1)}.
  @Test(arguments: [0.5, 4, 30, 300], Attention.Normalization.allCases)
  func energyOfAtomsIsTheDoubleSum(beta: Double, normalization: Attention.Normalization) {
    let angles = angles(9, seed: 3)
    let masses = [0.1, 0.2, 0.05, 0.05, 0.1, 0.1, 0.15, 0.05, 0.2]
    var sum = 0.0
    for i in angles.indices {
      for j in angles.indices {
        let half = sin((angles[i] - angles[j]) / 2)
        sum += masses[i] * masses[j] * exp(-2 * beta * half * half)
      }
    }
    let snapshot = tokens(angles, masses, attention(beta, normalization))
    // Moments by a transform whose kernel error is 10⁻¹⁴; e^β carries the error of its exponent.
    #expect(abs(snapshot.normalizedEnergy / sum - 1) < 1e-13)
    let unit = normalization == .peak ? 1 : exp(beta)
    #expect(abs(snapshot.energy / (unit * sum / (2 * beta)) - 1) < 1e-13 + beta * 3e-16)
  }

  @Test(arguments: Attention.Normalization.allCases)
  func energyAtBetaZeroIsHalfTheSquaredMean(normalization: Attention.Normalization) {
    let snapshot = tokens([0, .pi / 2], [0.6, 0.4], attention(0, normalization))
    #expect(abs(snapshot.energy - 0.5 * (0.36 + 0.16)) < 1e-14)
    #expect(abs(snapshot.mean[0] - 0.6) < 1e-14 && abs(snapshot.mean[1] - 0.4) < 1e-14)
    #expect(abs(snapshot.mass - 1) < 1e-14)
    #expect(abs(snapshot.normalizedEnergy - 1) < 1e-14)
  }

  /// (1/2β) Σ_k I_k |m_k|² of two waves: I₀ + 2 I_k (a/2)².
  @Test(arguments: [1.0, 9, 60])
  func energyOfWavesIsTheSumOverModes(beta: Double) throws {
    let law = InitialLaw.harmonics([
      .init(mode: 1, cosine: 0.3, sine: 0.4), .init(mode: 3, cosine: 0.2, sine: 0),
    ])
    let spectrum = KernelSpectrum(beta: beta, dimension: 2).partition
    let expected = spectrum[0] + 2 * spectrum[1] * 0.0625 + 2 * spectrum[3] * 0.01
    let snapshot = try density(law, attention(beta))
    #expect(abs(snapshot.normalizedEnergy / expected - 1) < 1e-14)
  }

  /// C51: a₀/2β ≤ E ≤ e^β/2β, the uniform law and one atom being the ends.
  @Test(arguments: [0.1, 1, 5, 60, 650])
  func energyIsBetweenTheUniformLawAndOneAtom(beta: Double) throws {
    let lowest = KernelSpectrum(beta: beta, dimension: 2).partition[0] / (2 * beta)
    let highest = 1 / (2 * beta)
    let uniform = try density(.uniform, attention(beta, .peak)).energy
    let atom = tokens([2], nil, attention(beta, .peak)).energy
    #expect(abs(uniform / lowest - 1) < 1e-14)
    #expect(abs(atom / highest - 1) < 1e-13)
    for seed in 0..<10 {
      let some = tokens(angles(6, seed: UInt64(seed)), nil, attention(beta, .peak)).energy
      #expect(some > lowest && some < highest)
      let law = InitialLaw.perturbedUniform(amplitude: 0.2, modes: 5, seed: UInt64(seed))
      let smooth = try density(law, attention(beta, .peak)).energy
      #expect(smooth > lowest && smooth < highest)
    }
  }

  /// C26: Σ p_q² for well separated clusters; five equal tokens from apart to together.
  @Test(
    arguments: [
      ([1, 2, 3, 4, 5], 0.2), ([1, 1, 3, 4, 5], 0.28), ([1, 1, 1, 4, 5], 0.44),
      ([1, 1, 3, 3, 5], 0.36), ([1, 1, 1, 1, 5], 0.68), ([1, 1, 1, 4, 4], 0.52),
      ([1, 1, 1, 1, 1], 1.0),
    ] as [([Int], Double)])
  func normalizedEnergyClimbsTheStaircase(places: [Int], level: Double) {
    // A radian apart at β = 10⁴ the kernel is e^{−4597}.
    let snapshot = tokens(places.map(Double.init), nil, attention(1e4))
    #expect(abs(snapshot.normalizedEnergy - level) < 2e-14)
  }

  @Test func energiesThatOverflowHaveNoValue() {
    let snapshot = tokens([1, 2], nil, attention(1e4))
    #expect(snapshot.energy.isNaN)
    #expect(snapshot.dissipation.isNaN)
    #expect(abs(snapshot.scaledEnergy - 0.5 / 2e4) < 1e-18)
    // Peak never overflows.
    #expect(tokens([1, 2], nil, attention(1e4, .peak)).energy.isFinite)
  }

  // MARK: Entropy and free energy

  /// −∫ ρ log ρ dσ = log I₀(κ) − κ I₁(κ)/I₀(κ).
  @Test(arguments: [0.5, 2, 9, 50])
  func entropyOfVonMisesIsItsClosedForm(concentration: Double) throws {
    let spectrum = KernelSpectrum(beta: concentration, dimension: 2).partition
    let expected =
      concentration + log(spectrum[0]) - concentration * spectrum[1] / spectrum[0]
    let law = InitialLaw.vonMises([.init(mean: 2, concentration: concentration)])
    let snapshot = try density(law, attention(1))
    // The trapezoid rule is spectrally accurate; where the density is below 10⁻¹³ it is noise of
    // that size, and ρ log ρ is 3·10⁻¹².
    #expect(abs(snapshot.entropy - expected) < 1e-11)
  }

  @Test func entropyOfTheUniformLawIsZeroAndOfTokensHasNoValue() throws {
    #expect(abs(try density(.uniform, attention(1)).entropy) < 1e-15)
    let atoms = tokens([1, 2], nil, attention(1))
    #expect(atoms.entropy.isNaN)
    #expect(atoms.minimumDensity.isNaN)
  }

  @Test(arguments: Attention.Normalization.allCases)
  func freeEnergyIsNoiseTimesEntropyMinusEnergy(normalization: Attention.Normalization) throws {
    let law = InitialLaw.vonMises([.init(mean: 2, concentration: 3)])
    let noisy = try density(law, attention(2, normalization), noise: 0.3)
    if normalization == .softmax {
      #expect(noisy.freeEnergy.isNaN)
    } else {
      #expect(abs(noisy.freeEnergy - (-0.3 * noisy.entropy - noisy.energy)) < 1e-15)
    }
    #expect(try density(law, attention(2, normalization)).freeEnergy.isNaN)
  }

  @Test func theSmallestDensityIsThatOfTheGrid() throws {
    let wave = InitialLaw.harmonics([.init(mode: 1, cosine: 0.25, sine: 0)])
    // π is a grid point.
    #expect(abs(try density(wave, attention(1)).minimumDensity - 0.75) < 1e-15)
  }

  // MARK: Dissipation

  /// dE/dt by the formula against (E(θ + hX) − E(θ − hX))/2h (C08, C09).
  @Test(arguments: [0, 0.7, 5, 40], Attention.Normalization.allCases)
  func dissipationOfTokensIsTheRateOfEnergy(
    beta: Double, normalization: Attention.Normalization
  ) {
    let attention = attention(beta, normalization)
    let start = angles(12, seed: 5)
    let snapshot = tokens(start, nil, attention)
    let velocities = velocities(start, attention)
    let fastest = velocities.map(abs).max() ?? 1
    #expect(snapshot.largestSpeed == fastest)
    let h = 1e-5 / ((1 + beta).squareRoot() * fastest)
    func energy(_ step: Double) -> Double {
      tokens(zip(start, velocities).map { $0 + step * $1 }, nil, attention).energy
    }
    let rate = (energy(h) - energy(-h)) / (2 * h)
    // E‴ h² ~ (10⁻⁵)², rounding 10⁻¹⁴/10⁻⁵.
    #expect(abs(snapshot.dissipation / rate - 1) < 1e-7)
    #expect(snapshot.dissipation > 0)
  }

  /// dE/dt = unit · (1/β) Σ_k a_k Re(conj m_k dm_k/dt), noise included: an identity in the modes.
  @Test(arguments: [0, 1, 9], [0, 0.4])
  func dissipationOfDensitiesIsTheRateOfEnergy(beta: Double, noise: Double) throws {
    let law = InitialLaw.harmonics([
      .init(mode: 1, cosine: 0.3, sine: 0.1), .init(mode: 2, cosine: -0.2, sine: 0.2),
    ])
    for normalization in Attention.Normalization.allCases {
      let equation = Equation(attention: attention(beta, normalization), noise: noise)
      var dynamics = SpectralDynamics(
        equation: equation, basis: FourierBasis(points: 256), maximum: 256, tolerance: 1e-10)
      let state = try dynamics.state(of: law)
      var rate = [Double](repeating: .nan, count: state.count)
      dynamics.writeRate(of: state, into: &rate)
      let spectrum = KernelSpectrum(beta: beta, dimension: 2)
      var sum = 0.0
      for k in 1...min(dynamics.basis.modes, spectrum.modes) {
        for part in [2 * k, 2 * k + 1] {
          let change = rate[part] - noise * Double(k * k) * state[part]
          // a_k/β, which has a limit at β = 0.
          sum += 2 * spectrum.potential[k] * state[part] * change
        }
      }
      let snapshot = dynamics.snapshot(of: state, time: 0, steps: 0, stepSize: 0)
      // Sums of 256 numbers of order one.
      #expect(abs(snapshot.scaledDissipation - sum) < 1e-14)
      // What the stepper integrates is the same.
      #expect(abs(rate[rate.count - 1] - sum) < 1e-14)
      let unit = normalization == .peak ? 1 : exp(beta)
      #expect(abs(snapshot.dissipation - unit * sum) < 1e-14 * unit)
    }
  }

  @Test func theDefectComparesTheIntegralWithTheChange() throws {
    var snapshot = try density(.vonMises([.init(mean: 1, concentration: 2)]), attention(3))
    #expect(snapshot.dissipationDefect.isNaN, "nothing has happened yet")
    snapshot.time = 1
    // Energies count from that of the uniform law, a₀/2β.
    let energy = snapshot.scaledEnergy - KernelSpectrum(beta: 3, dimension: 2).partition[0] / 6
    snapshot.initialEnergy = energy - 0.01
    snapshot.dissipated = 0.01
    #expect(abs(snapshot.dissipationDefect) < 1e-13)
    snapshot.dissipated = 0.02
    #expect(abs(snapshot.dissipationDefect - 0.5) < 1e-13)
    // Nothing has changed but by rounding, which the sums in `energy` and in the defect share not.
    snapshot.initialEnergy = energy
    snapshot.dissipated = 0.01
    #expect(abs(snapshot.dissipationDefect - 1) < 1e-13)
  }

  // MARK: The fixed grid

  /// Σ m_k e^{ikθ} at the grid's points, also where the grid is coarser than the solver's.
  @Test(arguments: [1, 2, 7, 64, 1000])
  func densityOnAnyGridIsTheLaw(points: Int) throws {
    let law = InitialLaw.vonMises([
      .init(mean: 0.3, concentration: 4, weight: 1), .init(mean: 2.5, concentration: 30, weight: 2),
    ])
    let snapshot = try density(law, attention(5))
    let chart = Circle().chart(resolution: points, modes: 0)
    let values = try #require(snapshot.law.density(on: chart))
    let logarithms = try #require(snapshot.law.logDensity(on: chart))
    try #require(values.count == points && logarithms.count == points)
    for j in 0..<points {
      let exact = try #require(law.circularDensity(at: 2 * .pi * Double(j) / Double(points)))
      // The solver keeps moments to 10⁻¹³.
      #expect(abs(values[j] - exact) < 1e-11)
      #expect(abs(logarithms[j] - log(exact)) < 1e-11 / exact + 1e-12)
    }
    #expect(tokens([1], nil, attention(1)).law.density(on: chart) == nil)
  }
}
