import Foundation
import Testing

@testable import MeanField

/// Tokens drawn from a law, and the law itself, on their way: equal within the sampling error.
@Suite struct SphereSamplingTests {
  struct Case: Sendable {
    var equation: Equation
    var law: InitialLaw
    var count: Int
    var members: Int
    var end: Double
    /// Step of the noise.
    var step: Double?
  }

  /// In R⁶⁴ tokens are nearly orthogonal, and the share of a token in its own Z is e^β/N: softmax is
  /// the mean field only for N ≫ e^β, while a token does not pull itself.
  static let cases = [
    Case(
      equation: Equation(manifold: .sphere, attention: Attention(beta: 4)),
      law: .harmonics([
        .init(degree: 1, order: 1, cosine: 0.3, sine: -0.2), .init(degree: 2, cosine: 0.2),
        .init(degree: 3, order: 2, cosine: 0.1, sine: 0.15),
      ]), count: 2000, members: 6, end: 1.5),
    Case(
      equation: Equation(manifold: .sphere, attention: Attention(beta: 4), noise: 0.1),
      law: .vonMises([
        .init(mean: [1, 2, -1], concentration: 2), .init(mean: [-1, 0, 1], concentration: 5),
      ]), count: 500, members: 12, end: 1, step: 0.02),
    Case(
      equation: Equation(
        manifold: .zonal(dimension: 64), attention: Attention(beta: 4, normalization: .peak)
      ),
      law: .vonMises([
        .init(mean: [1], concentration: 40), .init(mean: [-1], concentration: 50, weight: 2),
      ]), count: 600, members: 6, end: 8),
    Case(
      equation: Equation(
        manifold: .zonal(dimension: 64), attention: Attention(beta: 1), noise: 0.005),
      law: .vonMises([.init(mean: [1], concentration: 40)]), count: 600, members: 6, end: 1,
      step: 0.05),
  ]

  /// The mean over members of every moment is that of the density within five of its standard errors,
  /// as six members know them, and a member is no further away than e^{λt}/√N allows.
  @Test(arguments: cases.indices)
  func tokensAreTheDensityWithinTheSamplingError(index: Int) throws {
    let item = Self.cases[index]
    let geometry = item.equation.manifold.geometry
    let density = try geometry.density(
      item.equation, from: item.law,
      numerics: DensityNumerics(
        resolution: 31, maximum: 511, tolerance: 1e-8, spaceTolerance: 1e-8, end: item.end))
    let draws = geometry.draws(
      from: item.law, count: item.count, members: item.members, seed: 17, threads: 2)
    let runs = draws.enumerated().map { member, points in
      geometry.tokens(
        item.equation, at: points, masses: nil,
        numerics: TokenNumerics(
          tolerance: 1e-6, seed: 17, member: member, step: item.step, end: item.end))
    }
    let theory = LinearTheory(equation: item.equation)
    for time in [0, item.end] {
      try density.advance(to: time)
      for run in runs { try run.advance(to: time) }
      let expected = density.snapshot().law.moments(degrees: [1, 2, 3])
      let moments = runs.map { $0.snapshot().law.moments(degrees: [1, 2, 3]) }
      let growth = exp(max(0, theory.growthRate(theory.fastestMode ?? 1)) * time)
      for (k, value) in expected.enumerated() {
        let (mean, error) = Directions.average(moments.map { $0[k] })
        #expect(abs(mean - value) < 5 * error + 1e-3 / Double(item.count).squareRoot())
        // Harmonics are √(2l+1) at most, and of variance 1 for the uniform law.
        let size = item.equation.manifold == .sphere ? 2.0 : 1
        let spread = error * Double(item.members).squareRoot()
        #expect(spread < 2 * size * growth / Double(item.count).squareRoot())
      }
    }
  }
}
