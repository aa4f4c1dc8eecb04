import Foundation
import TestSupport
import Testing

@testable import MeanField

/// When N uniform tokens have formed clusters, in the mean field of their fluctuations (literature 3.2).
@Suite struct FormationTimeTests {
  private static let runs = 40

  /// 1 plus the fluctuation of N draws: m_k complex Gaussian with E|m_k|² = 1/N, k ≤ 24.
  ///
  /// At these β modes above the twelfth do not grow.
  private func fluctuation(_ count: Double, seed: Int) -> InitialLaw {
    let stream = RandomStream(seed: 1, member: seed, purpose: .perturbation)
    let size = (2 / count).squareRoot()
    return .harmonics(
      (1...24).map { mode in
        let pair = stream.normals(index: mode, draw: 0)
        return .init(mode: mode, cosine: size * pair.0, sine: size * pair.1)
      })
  }

  /// When the density first reaches six times the uniform one.
  private func formationTime(_ equation: Equation, _ law: InitialLaw, guess: Double) throws
    -> Double
  {
    let run = try Evolution.density(equation, from: law, tolerance: 1e-6, end: 3 * guess)
    let chart = equation.manifold.geometry.chart(resolution: 512, modes: 8)
    var before = (time: 0.0, level: 1.0)
    while before.level < 6 {
      let time = before.time + guess / 60
      try run.advance(to: time)
      let level = try #require(run.snapshot().law.density(on: chart)?.max())
      if level >= 6 {
        // Growth is nearly exponential between two looks.
        let part = log(6 / before.level) / log(level / before.level)
        return before.time + part * guess / 60
      }
      before = (time, level)
    }
    return before.time
  }

  /// C39: means and standard deviations of 120 runs; ours agree within four standard errors of both.
  @Test(arguments: [
    (5.0, Attention.Normalization.unnormalized, 2e4, 0.238, 0.020),
    (7, .unnormalized, 2e4, 0.0367, 0.0030), (5, .softmax, 2e4, 7.15, 0.63),
    (9, .softmax, 2e4, 6.53, 0.52), (9, .softmax, 1e8, 13.05, 0.56),
  ])
  func formationTimesAreThoseOfTheTable(
    beta: Double, normalization: Attention.Normalization, count: Double, mean: Double,
    spread: Double
  ) throws {
    let equation = Equation(attention: Attention(beta: beta, normalization: normalization))
    let times = try (0..<Self.runs).map {
      try formationTime(equation, fluctuation(count, seed: $0), guess: mean)
    }
    let number = Double(Self.runs)
    let found = times.reduce(0, +) / number
    let variance = times.reduce(0) { $0 + ($1 - found) * ($1 - found) } / (number - 1)
    let allowed = 4 * (spread * spread * (1 / number + 1.0 / 120)).squareRoot()
    #expect(abs(found - mean) < allowed)
    // A standard deviation of n samples errs by 1/√(2n) of itself.
    let error = (1 / (2 * number) + 1.0 / 240).squareRoot()
    #expect(abs(variance.squareRoot() / spread - 1) < 4 * error)
  }
}
