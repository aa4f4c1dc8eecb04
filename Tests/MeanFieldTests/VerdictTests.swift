import Foundation
import TestSupport
import Testing

@testable import MeanField

/// Whether the verdict of a comparison is right: on correct seeds, and on planted errors.
@Suite struct VerdictTests {
  /// Tokens that follow, or do not follow, the density of an equation.
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var equation: Equation
    var law: InitialLaw
    var tokens: Int
    var times: [Double]
    /// The largest error of the density's moments; below that its own error decides nothing.
    var tolerance = 1e-5
    var testDescription: String { name }

    static func circle(
      _ name: String, beta: Double, _ normalization: Attention.Normalization, noise: Double = 0,
      tokens: Int, law: InitialLaw, times: [Double]
    ) -> Case {
      Case(
        name: name,
        equation: Equation(
          attention: Attention(beta: beta, normalization: normalization), noise: noise),
        law: law, tokens: tokens, times: times)
    }
  }

  private static let wave = InitialLaw.harmonics([.init(mode: 1, cosine: 0.5, sine: 0)])
  private static let bumps = InitialLaw.vonMises([
    .init(mean: 0.3, concentration: 4, weight: 1), .init(mean: 2.5, concentration: 8, weight: 2),
  ])
  private static let caps = InitialLaw.vonMises([
    .init(mean: [1, 0, 0.5], concentration: 4),
    .init(mean: [0, 1, 0], concentration: 8, weight: 2),
  ])
  private static func poles(_ dimension: Int) -> InitialLaw {
    .vonMises([
      .init(mean: [1], concentration: Double(2 * dimension), weight: 2),
      .init(mean: [-1], concentration: Double(dimension)),
    ])
  }

  // MARK: Running both sides

  private func density(_ one: Case, _ equation: Equation) throws -> any LawEvolution {
    let geometry = equation.manifold.geometry
    return try geometry.density(
      equation, from: one.law,
      numerics: DensityNumerics(
        resolution: geometry.startResolution, maximum: geometry.finestResolution,
        tolerance: 1e-6, spaceTolerance: one.tolerance, end: one.times.last ?? 1))
  }

  private func fluctuation(_ one: Case) throws -> any ResponseEvolution {
    try one.equation.manifold.geometry.fluctuation(
      one.equation, around: one.law,
      numerics: TokenNumerics(tolerance: 1e-4, seed: 1, end: one.times.last ?? 1))
  }

  /// The verdict on members that move by their own equation from draws of their own law.
  private func verdict(
    _ one: Case, sigmas: Double, seed: UInt64, members: [(equation: Equation, law: InitialLaw)]
  ) throws -> Comparison.Verdict {
    let geometry = one.equation.manifold.geometry
    let end = one.times.last ?? 1
    // Member m is the same whatever the law of the others is.
    let evolutions = members.enumerated().map { m, member in
      geometry.tokens(
        member.equation,
        at: draws(member.law, one, seed: seed, member: m, of: members.count), masses: nil,
        numerics: TokenNumerics(
          tolerance: 1e-5, seed: seed, member: m, momentCount: 8, end: end))
    }
    var comparison = Comparison(
      tokens: one.tokens, members: members.count, sigmas: sigmas, snapshotCount: one.times.count,
      equation: one.equation, threads: 2)
    let density = try density(one, one.equation)
    let fluctuation = try fluctuation(one)
    for time in one.times {
      try density.advance(to: time)
      try fluctuation.advance(to: time, shouldStop: { false })
      for evolution in evolutions { try evolution.advance(to: time) }
      comparison.judge(
        at: time, density.law(), evolutions.map { $0.law() }, fluctuation.response())
    }
    return comparison.verdict()
  }

  private func draws(
    _ law: InitialLaw, _ one: Case, seed: UInt64, member: Int, of members: Int
  ) -> [Double] {
    one.equation.manifold.geometry.draws(
      from: law, count: one.tokens, members: 1, seed: 1000 * seed + UInt64(member), threads: 1)[0]
  }

  // MARK: Correct seeds

  static let correct = [
    Case.circle(
      "circle, softmax", beta: 4, .softmax, tokens: 500, law: wave, times: [0, 0.5, 1, 1.5, 2]),
    .circle(
      "circle, unnormalized", beta: 1, .unnormalized, tokens: 500, law: wave,
      times: [0, 0.25, 0.5, 0.75, 1]),
    .circle(
      "circle, peak", beta: 9, .peak, tokens: 500, law: bumps, times: [0, 1, 2, 3]),
    .circle(
      "circle, noise", beta: 2, .softmax, noise: 0.1, tokens: 500, law: bumps,
      times: [0, 0.5, 1]),
    Case(
      name: "sphere",
      equation: Equation(manifold: .sphere(dimension: 3), attention: Attention(beta: 4)),
      law: caps, tokens: 250, times: [0, 0.5, 1], tolerance: 1e-4),
    // Clusters about axes of their own, not about the pole: all at second order.
    Case(
      name: "zonal, d = 3, formed",
      equation: Equation(manifold: .zonal(dimension: 3), attention: Attention(beta: 2)),
      law: poles(3), tokens: 300, times: [0, 1, 2, 3], tolerance: 1e-4),
    // The same with noise, which breaks the symmetry about the pole in every step.
    Case(
      name: "zonal, d = 3, formed, noise",
      equation: Equation(
        manifold: .zonal(dimension: 3), attention: Attention(beta: 2), noise: 0.02),
      law: poles(3), tokens: 1000, times: [0, 1, 2, 3], tolerance: 1e-4),
    // A token's own share of Z is 3 % here.
    Case(
      name: "zonal, d = 16",
      equation: Equation(manifold: .zonal(dimension: 16), attention: Attention(beta: 3)),
      law: poles(16), tokens: 400, times: [0, 0.5, 1], tolerance: 1e-4),
  ]

  /// Members are as good as seeds: 200 p-values are uniform, and 2σ raises 4.6 ± 3 % alarms.
  ///
  /// The standard deviation of the share of alarms is 1.5 %.
  @Test(arguments: correct)
  func pValuesOfCorrectSeedsAreUniform(_ one: Case) throws {
    let seeds = 200
    let verdict = try verdict(
      one, sigmas: 2, seed: 7,
      members: [(equation: Equation, law: InitialLaw)](
        repeating: (one.equation, one.law), count: seeds))
    #expect(verdict.degrees >= 3)
    let alarms = verdict.within.filter { !$0 }.count
    #expect(abs(Double(alarms) / Double(seeds) - 0.046) < 0.03, "\(alarms) alarms")
    let probability = kolmogorovSmirnov(verdict.pValues)
    #expect(probability > 1e-3)
  }

  /// Of a sample that should be uniform on [0, 1]; the asymptotic law with Stephens' correction.
  private func kolmogorovSmirnov(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let n = Double(sorted.count)
    var distance = 0.0
    for (i, value) in sorted.enumerated() {
      distance = max(distance, Double(i + 1) / n - value, value - Double(i) / n)
    }
    let x = (n.squareRoot() + 0.12 + 0.11 / n.squareRoot()) * distance
    var probability = 0.0
    for k in 1...100 {
      let term = 2 * exp(-2 * Double(k * k) * x * x)
      probability += k % 2 == 1 ? term : -term
    }
    return probability
  }

  // MARK: Planted errors

  /// Unnormalized, β = 9, in mid-formation: 1 % of β is 9 % of the clock e^β.
  static let planted = [
    Case.circle(
      "circle", beta: 9, .unnormalized, tokens: 200_000,
      law: .harmonics([.init(mode: 3, cosine: 0.9, sine: 0)]),
      times: [0, 4, 8].map { $0 * exp(-9) }),
    .circle(
      "circle, noise", beta: 9, .unnormalized, noise: 0.01 * exp(9.0), tokens: 200_000,
      law: .harmonics([.init(mode: 3, cosine: 0.9, sine: 0)]),
      times: [0, 4, 8].map { $0 * exp(-9) }),
    Case(
      name: "sphere",
      equation: Equation(
        manifold: .sphere(dimension: 3),
        attention: Attention(beta: 9, normalization: .unnormalized)),
      law: .vonMises([.init(mean: [1, 0, 0], concentration: 2)]), tokens: 160_000,
      times: [0, 6, 12].map { $0 * exp(-9) }, tolerance: 1e-4),
    Case(
      name: "zonal",
      equation: Equation(
        manifold: .zonal(dimension: 3),
        attention: Attention(beta: 9, normalization: .unnormalized)),
      law: .vonMises([.init(mean: [1], concentration: 2)]), tokens: 160_000,
      times: [0, 6, 12].map { $0 * exp(-9) }, tolerance: 1e-4),
  ]

  /// The largest shift of a judged moment by another equation, in standard deviations of N tokens.
  private func shift(_ one: Case, _ other: Equation) throws -> Double {
    let right = try density(one, one.equation)
    let wrong = try density(one, other)
    let fluctuation = try fluctuation(one)
    let degrees = Array(1...one.equation.manifold.geometry.judgedDegree)
    var most = 0.0
    for time in one.times {
      try right.advance(to: time)
      try wrong.advance(to: time)
      try fluctuation.advance(to: time, shouldStop: { false })
      let rows = fluctuation.response().influences(degrees: degrees).flatMap { $0 }
      let before = right.law().moments(degrees: degrees)
      let after = wrong.law().moments(degrees: degrees)
      for (r, row) in rows.enumerated() {
        let variance = row.reduce(0) { $0 + $1 * $1 } / Double(one.tokens)
        if variance > 0 { most = max(most, abs(after[r] - before[r]) / variance.squareRoot()) }
      }
    }
    return most
  }

  @Test(arguments: planted)
  func aWrongBetaIsSeenAndAnotherSeedIsNot(_ one: Case) throws {
    var other = one.equation
    other.attention.beta *= 1.01
    let shift = try shift(one, other)
    #expect(shift >= 8, "\(shift) standard deviations")
    let verdict = try verdict(
      one, sigmas: 4, seed: 1, members: [(other, one.law), (one.equation, one.law)])
    #expect(verdict.within == [false, true])
  }

  /// Two bumps, one of which has four thirds of its weight in one member: of 4000 draws 8 % of the mass, ten
  /// standard deviations at t = 0.
  static let named = [
    Case.circle(
      "circle", beta: 4, .softmax, tokens: 4000, law: bumps, times: [0, 0.5, 1]),
    .circle(
      "circle, noise", beta: 4, .softmax, noise: 0.05, tokens: 4000, law: bumps,
      times: [0, 0.5, 1]),
    Case(
      name: "sphere",
      equation: Equation(manifold: .sphere(dimension: 3), attention: Attention(beta: 4)),
      law: caps, tokens: 4000, times: [0, 0.5], tolerance: 1e-4),
    Case(
      name: "zonal",
      equation: Equation(manifold: .zonal(dimension: 3), attention: Attention(beta: 4)),
      law: poles(3), tokens: 4000, times: [0, 0.5], tolerance: 1e-4),
  ]

  @Test(arguments: named)
  func theMemberThatStartedElsewhereIsNamed(_ one: Case) throws {
    guard case .vonMises(var bumps) = one.law else { return }
    bumps[0].weight *= 4.0 / 3
    let right = (equation: one.equation, law: one.law)
    let verdict = try verdict(
      one, sigmas: 4, seed: 3,
      members: [right, right, (one.equation, .vonMises(bumps)), right])
    #expect(verdict.within == [true, true, false, true])
  }
}
