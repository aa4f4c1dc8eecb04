import Foundation
import TestSupport
import Testing

@testable import MeanField

/// The fluctuation of noisy tokens on spheres: random columns, against moments that obey a Lyapunov
/// equation (`noisy.json`).
@Suite struct NoisyFluctuationTests {
  static let columns = 384

  private func fluctuation(
    _ equation: Equation, _ law: InitialLaw, end: Double, step: Double, seed: UInt64 = 1
  ) throws -> any ResponseEvolution {
    try equation.manifold.geometry.fluctuation(
      equation, around: law,
      numerics: TokenNumerics(tolerance: 1e-4, seed: seed, step: step, end: end))
  }

  /// N Var of every moment of a degree.
  private func variances(_ response: any LinearResponse, _ degree: Int) -> [Double] {
    response.influences(degrees: [degree])[0].map { $0.reduce(0) { $0 + $1 * $1 } }
  }

  /// Around the uniform law dV/dt = 2(λ_l − Dl(l+d−2)) V + 2Dl(l+d−2) with V = 1 at t = 0.
  @Test(arguments: [
    (Manifold.sphere(dimension: 3), 3.0, 0.5), (.zonal(dimension: 3), 3, 0.5),
    (.zonal(dimension: 16), 3, 0.08), (.zonal(dimension: 64), 3, 0.03),
  ])
  func noiseLeadsToTheStationaryVariance(manifold: Manifold, beta: Double, noise: Double) throws {
    let equation = Equation(
      manifold: manifold, attention: Attention(beta: beta), noise: noise)
    let theory = LinearTheory(equation: equation)
    let time = 1.0
    let evolution = try fluctuation(equation, .uniform, end: time, step: 0.05)
    try evolution.advance(to: time, shouldStop: { false })
    for l in 1...3 {
      let size = variances(evolution.response(), l).reduce(0, +)
      let count = equation.kernel.multiplicity(l)
      let start = manifold == .sphere(dimension: 3) ? count : 1 / count
      let rate = theory.growthRate(l)
      let source = noise * Double(l * (l + manifold.dimension - 2))
      let expected = exp(2 * rate * time) + source / rate * expm1(2 * rate * time)
      // Four standard errors of the sum of 384 or, on S², (2l + 1)·384 squares.
      let squares = Double(Self.columns) * (manifold == .sphere(dimension: 3) ? count : 1)
      #expect(abs(size / (start * expected) - 1) < 4 * (2 / squares).squareRoot())
    }
  }

  /// Late variances around a law that is not uniform, the pole tilted.
  @Test func variancesOnTheSphereAreThoseOfTheLyapunovEquation() throws {
    let table = try References.noisy()[0]
    let evolution = try fluctuation(
      table.equation(on: .sphere), SphereRuns.symmetric(table.terms, about: SphereNoiseTests.tilt),
      end: 1, step: 0.1)
    for entry in table.entries.prefix(2) {
      try evolution.advance(to: entry.time, shouldStop: { false })
      for (l, expected) in zip(1...4, try #require(entry.sphere)) {
        let found = variances(evolution.response(), l)
        // A sum of R squares of variance v has a variance of 2v²/R; four standard errors.
        let error = (2 / Double(Self.columns) * found.reduce(0) { $0 + $1 * $1 }).squareRoot()
        #expect(abs(found.reduce(0, +) - expected) < 4 * error)
      }
    }
  }

  /// The same of polar angles, with so many columns that four standard errors are 4 %; the step leaves 0.5 %.
  @Test(arguments: 0..<3)
  func variancesOfPolarAnglesAreThoseOfTheLyapunovEquation(index: Int) throws {
    let table = try References.noisy()[index]
    let count = 20_000
    let evolution = polar(table, count: count, step: 0.1)
    for entry in table.entries {
      try evolution.advance(to: entry.time)
      for (l, expected) in zip(1...4, entry.zonal) {
        let found = variances(evolution.response(), l)[0]
        #expect(abs(found / expected - 1) < 4 * (2 / Double(count)).squareRoot())
      }
    }
  }

  /// Halving the step divides the error of variances by four.
  ///
  /// Drift and noise alternate symmetrically, Heun's method is of order 2, and so is noise that comes
  /// in at the middle of its while. Degree 1 errs too little to say.
  @Test func variancesAreOfWeakOrderTwo() throws {
    let table = try References.noisy()[1]
    let entry = table.entries[2]
    let errors = try [4.0, 8].map { steps in
      let evolution = polar(table, count: 100_000, step: entry.time / steps)
      try evolution.advance(to: entry.time)
      return (2...4).reduce(0) { sum, l in
        sum + abs(variances(evolution.response(), l)[0] / entry.zonal[l - 1] - 1)
      }
    }
    // Sums of three relative errors, each with a standard error of √(2/100 000): 0.008 in all. The second sum
    // is 0.04, so their ratio is known to a fifth or 0.3 of a power of two.
    #expect(abs(log2(errors[0] / errors[1]) - 2) < 0.6)
  }

  /// The fluctuation of a polar angle by a given number of random columns.
  private func polar(
    _ table: References.Noisy, count: Int, step: Double
  ) -> Evolution<SpectralFluctuationDynamics<ZonalBasis>> {
    let (dimension, degree) = (table.dimension, 15)
    let law = SphereRuns.zonal(table.terms)
    let equation = table.equation(on: .zonal(dimension: dimension))
    let basis = ZonalBasis(dimension: dimension, degree: degree, kernel: equation.kernel)
    let start = basis.coefficients(of: law).state
    let sources = FluctuationSources.zonal(
      law, dimension: dimension, degree: degree, powers: 1, waves: 0)
    let dynamics = SpectralFluctuationDynamics(
      equation: equation, basis: basis, maximum: degree, columnCount: count
    ) { _, density, columns, seconds in
      ZonalResponse(
        law: ZonalLaw(
          coefficients: density, dimension: dimension, kernel: equation.kernel, floor: 0),
        start: start, columns: columns, seconds: seconds, completeDegree: degree)
    }
    let stream = RandomStream(seed: 5, member: 0, purpose: .fluctuationNoise)
    return Evolution(
      dynamics: dynamics,
      state: dynamics.state(density: start, columns: sources.samples(count: count, seed: 5)),
      stepping: .stochastic(
        StochasticStepper(step: step, noise: equation.noise, stream: stream)))
  }

  /// A step nearly as long as the one before draws nothing from it: what continues from a saved state is
  /// what would have gone on, to the bit.
  @Test(arguments: [Manifold.sphere(dimension: 3), .zonal(dimension: 16)])
  func noiseContinuesToTheBit(manifold: Manifold) throws {
    let equation = Equation(
      manifold: manifold, attention: Attention(beta: 3), noise: 0.5)
    func start() throws -> any ResponseEvolution {
      try fluctuation(equation, .uniform, end: 1, step: 0.06)
    }
    let whole = try start()
    try whole.advance(to: 0.1, shouldStop: { false })
    let resumed = try start()
    #expect(resumed.restore(whole.saved))
    // Two steps of 0.05 and two that are longer by 10⁻¹⁰ of it.
    for evolution in [whole, resumed] {
      try evolution.advance(to: 0.2 + 1e-11, shouldStop: { false })
    }
    let isSame = resumed.saved.state == whole.saved.state && resumed.memory == whole.memory
    #expect(isSame)
  }
}
