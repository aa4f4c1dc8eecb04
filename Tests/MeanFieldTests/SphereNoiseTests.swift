import Foundation
import TestSupport
import Testing

@testable import MeanField

/// Densities with noise: thresholds, rates and stationary states (literature 4.9).
@Suite struct SphereNoiseTests {
  static let tilt = SphereRuns.apply(SphereRuns.rotation, to: [0, 0, 1])

  /// C28: κ_c = e for d = 3, β = 1, and 1.33761959098690 for β = 3, without normalization.
  ///
  /// On either side of the threshold the uniform law is stable or not.
  @Test(arguments: [(1.0, 2.718281828459), (3, 1.3376195909869)], [0.98, 1, 1.02])
  func noiseDecidesWhetherClustersForm(threshold: (Double, Double), factor: Double) throws {
    let (beta, kappa) = threshold
    let attention = Attention(beta: beta, normalization: .unnormalized)
    let noise = factor / kappa
    let theory = LinearTheory(
      equation: Equation(manifold: .sphere, attention: attention, noise: noise))
    #expect(abs(theory.criticalNoise * kappa - 1) < 1e-12)
    // λ₁ = 2 (1/κ_c − D).
    #expect(abs(theory.growthRate(1) - 2 * (1 - factor) / kappa) < 1e-12)
    let terms = [3e-6]
    let runs = [
      try SphereRuns.sphere(
        attention, noise: noise, from: SphereRuns.symmetric(terms, about: Self.tilt),
        degree: 15, tolerance: 1e-14, end: 10),
      try SphereRuns.zonal(
        3, attention, noise: noise, from: SphereRuns.zonal(terms), degree: 15, tolerance: 1e-14,
        end: 10),
    ]
    let expected = 1e-6 * exp(20 * (1 - factor) / kappa)
    for run in runs {
      try run.advance(to: 10)
      let law = run.snapshot().law
      let mean =
        (law as? SphereLaw).map { SphereRuns.moment($0, 1, about: Self.tilt) } ?? law.mean[0]
      // Cubic terms are 1e-12 of it, steps 1e-14/1e-6.
      #expect(abs(mean / expected - 1) < 1e-6)
    }
  }

  struct Stationary: Sendable {
    var beta: Double
    var kappa: Double
    var moments: [Double]
    /// Half a unit of the last digit printed.
    var digits: Double
    /// When nothing moves any more: the rate of approach falls with κ − κ_c.
    var end: Double
  }

  /// C33 and literature 4.9: at β = 0 the mean is coth κr − 1/κr.
  static let states = [
    Stationary(beta: 0, kappa: 4, moments: [0.599839320128867], digits: 1e-15, end: 60),
    Stationary(beta: 0, kappa: 5, moments: [0.725881987191200], digits: 1e-15, end: 45),
    Stationary(beta: 0, kappa: 8, moments: [0.853556219768173], digits: 1e-15, end: 25),
    Stationary(
      beta: 1, kappa: 3, moments: [0.5081182, 0.19904743, 0.06509424, 0.01861697], digits: 6e-8,
      end: 120),
    Stationary(
      beta: 1, kappa: 4, moments: [0.79727873, 0.53547753, 0.31362793, 0.1643259], digits: 6e-8,
      end: 45),
    Stationary(
      beta: 1.5, kappa: 3, moments: [0.77349803, 0.51437365, 0.30289502, 0.16187268], digits: 6e-9,
      end: 60),
  ]

  /// A long run ends in the stationary state; errors do not grow on the way.
  @Test(arguments: states.indices)
  func longRunsReachTheStationaryState(index: Int) throws {
    let state = Self.states[index]
    let tolerance = 1e-10
    let run = try SphereRuns.zonal(
      3, Attention(beta: state.beta, normalization: .unnormalized), noise: 1 / state.kappa,
      from: SphereRuns.zonal([0.9]), tolerance: tolerance, end: state.end)
    try run.advance(to: state.end)
    let snapshot = run.snapshot()
    let moments = try snapshot.zonal.zonalMoments(degree: 4)
    for (index, value) in state.moments.enumerated() {
      #expect(abs(moments[index + 1] - value) < 20 * tolerance + state.digits)
    }
    // dE/dt is of first order in what is left of the way.
    #expect(abs(snapshot.scaledDissipation) < 1e-9)
  }

  /// The same on S², the pole tilted.
  @Test(arguments: [0, 4])
  func longRunsReachTheStationaryStateOnTheSphere(index: Int) throws {
    let state = Self.states[index]
    let tolerance = 1e-8
    let run = try SphereRuns.sphere(
      Attention(beta: state.beta, normalization: .unnormalized), noise: 1 / state.kappa,
      from: SphereRuns.symmetric([0.9], about: Self.tilt), degree: 23, tolerance: tolerance,
      end: state.end)
    try run.advance(to: state.end)
    let law = try run.snapshot().sphere
    for (index, value) in state.moments.enumerated() {
      let difference = SphereRuns.asymmetry(law, index + 1, from: value, about: Self.tilt)
      #expect(difference < 20 * tolerance + state.digits)
    }
  }

  /// β = 0 in any dimension: e^{κ r cos θ} with r = I_{d/2}(κr)/I_{d/2−1}(κr).
  @Test func langevinStatesInHighDimension() throws {
    let tolerance = 1e-9
    for state in try References.hyperbolic().langevin where state.dimension > 3 {
      let run = try SphereRuns.zonal(
        state.dimension, Attention(beta: 0), noise: 1 / state.kappa,
        from: .vonMises([.init(mean: [1], concentration: 0.8 * state.kappa * state.mean.value)]),
        tolerance: tolerance, end: 40)
      try run.advance(to: 40)
      // The relaxation is slow; errors of steps are not multiplied.
      #expect(abs(run.snapshot().mean[0] - state.mean.value) < 100 * tolerance)
    }
  }

  /// The uniform law does not move, however stiff its coefficients make the Laplacian.
  @Test(arguments: [4, 5, 16, 64])
  func theUniformLawIsStationary(dimension: Int) throws {
    let run = try SphereRuns.zonal(
      dimension, Attention(beta: 2), noise: 1 / Double(dimension), from: .uniform, tolerance: 1e-10,
      end: 2)
    try run.advance(to: 2)
    let snapshot = run.snapshot()
    #expect(abs(snapshot.mass - 1) < 1e-13)
    for moment in try snapshot.zonal.zonalMoments(degree: 8).dropFirst() {
      #expect(abs(moment) < 1e-11)
    }
    #expect(abs(snapshot.entropy) < 1e-9)
  }

  /// C02, C03 with noise: 1 + ε P_l moves like e^{λ_l t}, ∫ P_l dμ = ε/dim_l · e^{λ_l t}.
  @Test(
    arguments: [3, 16, 64], [(1, Attention.Normalization.softmax), (2, .softmax), (3, .peak)])
  func perturbationsMoveAtTheirRate(
    dimension: Int, mode: (degree: Int, normalization: Attention.Normalization)
  ) throws {
    let equation = Equation(
      manifold: .zonal(dimension: dimension),
      attention: Attention(beta: 3, normalization: mode.normalization),
      noise: 0.5 / Double(dimension))
    let theory = LinearTheory(equation: equation)
    let rate = theory.growthRate(mode.degree)
    // ∫ P_l dμ is 10⁻⁵, or less in high dimension where the density would not be positive. Other degrees
    // are nearly as small, so quadratic terms change the rate by some 10⁻⁵ of itself.
    let amplitude = min(1e-5 * equation.kernel.multiplicity(mode.degree), 0.5)
    let run = try SphereRuns.zonal(
      dimension, equation.attention, noise: equation.noise,
      from: .harmonics([.init(degree: mode.degree, cosine: amplitude)]), tolerance: 1e-13,
      end: 1)
    let start = try run.snapshot().zonal.zonalMoments(degree: mode.degree)[mode.degree]
    try run.advance(to: 1)
    let end = try run.snapshot().zonal.zonalMoments(degree: mode.degree)[mode.degree]
    #expect(
      abs(start * equation.kernel.multiplicity(mode.degree) / amplitude - 1) < 1e-8)
    #expect(abs(log(end / start) - rate) < 1e-4)
  }
}
