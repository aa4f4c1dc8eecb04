import Foundation
import MeanField
import TestSupport
import Testing

/// Places where a plausible program would quietly be wrong.
@Suite struct EdgeCaseTests {
  /// Draws from a bump of width 0.003 have its variance: N E|Δm_k|² = 1 − |m_k|² at t = 0.
  @Test(arguments: [1.0, 1e4, 1e6])
  func labelsResolveNarrowStarts(concentration: Double) {
    let law = InitialLaw.vonMises([.init(mean: 0.01, concentration: concentration)])
    let dynamics = CircleFluctuationDynamics(
      equation: Equation(attention: Attention(beta: 9)), law: law, count: 384, seed: 0)
    let response = dynamics.labels(of: dynamics.initialState)
    let moments = law.circularMoments(modes: 4)
    for k in 1...4 {
      let influence = response.influence(on: k)
      let rows = [influence.real, influence.imaginary]
      let variance = rows.reduce(0) { sum, row in
        sum + zip(row, response.masses).reduce(0) { $0 + $1.0 * $1.0 * $1.1 }
      }
      // A quarter of the labels share the bump and its tails: good to 1 % at κ = 10⁴ and to 6 % at
      // 10⁶, where labels at equal angles would see nothing of it.
      let expected = 1 - moments.squaredMagnitude(k)
      #expect(abs(variance / expected - 1) < 0.1)
    }
  }

  /// A mode that the largest grid cannot carry is not dropped in silence.
  @Test func startsBeyondTheGridAreRefused() {
    let law = InitialLaw.harmonics([.init(mode: 30, cosine: 0.5, sine: 0)])
    #expect(throws: SimulationFailure.self) {
      _ = try Evolution.density(
        Equation(attention: Attention(beta: 1)), from: law, points: 32, maximumPoints: 64, end: 1)
    }
  }

  /// Thirty equal bumps have only modes 30, 60, …: the grid must be fine enough to show them.
  @Test func manyFoldSymmetricStartsAreResolved() throws {
    let bumps = (0..<30).map {
      InitialLaw.VonMises(mean: 2 * .pi * Double($0) / 30, concentration: 3000)
    }
    let run = try Evolution.density(
      Equation(attention: Attention(beta: 400)), from: .vonMises(bumps), end: 1)
    let expected = InitialLaw.vonMises(bumps).circularMoments(modes: 90).real(90)
    #expect(expected > 0.2)
    #expect(abs(run.snapshot().circle.moments.real(90) - expected) < 1e-14)
  }

  /// Weights whose sum overflows are relative all the same.
  @Test func hugeWeightsAreRelative() {
    let huge = InitialLaw.vonMises([
      .init(mean: 0, concentration: 1, weight: 1e308),
      .init(mean: 1, concentration: 2, weight: 1e308),
    ])
    let plain = InitialLaw.vonMises([
      .init(mean: 0, concentration: 1), .init(mean: 1, concentration: 2),
    ])
    #expect(huge.circularMoments(modes: 8) == plain.circularMoments(modes: 8))
  }

  /// A token far lighter than rounding of the others keeps its own velocity, at most one.
  @Test func lightTokensHaveTheirOwnVelocity() {
    let count = 2000
    var angles = (0..<count).map { 0.3 * Double($0) / Double(count) }
    angles[7] = 3
    var masses = [Double](repeating: 1 / Double(count - 1), count: count)
    masses[7] = 1e-18
    let equation = Equation(attention: Attention(beta: 81))
    var dynamics = CircleTokenDynamics(equation: equation, count: count, masses: masses)
    var rate = [Double](repeating: 0, count: count + 1)
    dynamics.writeRate(of: dynamics.state(angles: angles), into: &rate)
    // e^{81 (cos 2.7 − 1)} = 1e-67 beside its own 1e-18.
    #expect(abs(rate[7]) < 1e-15)
  }

  /// Times near the smallest numbers are reached in as many steps as others.
  @Test func tinyTimesAreReached() throws {
    let run = try Evolution.density(
      Equation(attention: Attention(beta: 1)),
      from: .harmonics([.init(mode: 1, cosine: 0.5, sine: 0)]), end: 1e-300)
    try run.advance(to: 1e-300)
    #expect(run.memory.acceptedSteps < 10)
  }

  /// Two planned times that rounding cannot tell apart do not end a run.
  @Test(arguments: [0.0, 0.1])
  func neighbouringTimesAreReached(noise: Double) throws {
    let run = Evolution.tokens(
      Equation(attention: Attention(beta: 2), noise: noise), angles: [0, 1, 2.5],
      numerics: TokenNumerics(tolerance: 1e-8, step: 0.1, end: 2))
    for time in [1, 1.0.nextUp, 1.0.nextUp.nextUp, 2] {
      try run.advance(to: time)
      #expect(run.memory.time == time)
    }
  }

  /// Near β = 0 velocities tend to those of β = 0, to β itself.
  @Test(arguments: [1e-300, 1e-25, 1e-12, 1e-8, 1e-5])
  func smallTemperaturesAreContinuous(beta: Double) {
    let angles = (0..<300).map { 0.02 * Double($0) + 0.1 * sin(Double($0)) }
    func rate(_ beta: Double, pairs: Bool) -> [Double] {
      var dynamics = CircleTokenDynamics(
        equation: Equation(attention: Attention(beta: beta)), count: 300, usesPairSums: pairs)
      var rate = [Double](repeating: 0, count: 301)
      dynamics.writeRate(of: dynamics.state(angles: angles), into: &rate)
      return Array(rate.dropLast())
    }
    for pairs in [true, false] {
      for (a, b) in zip(rate(beta, pairs: pairs), rate(0, pairs: pairs)) {
        #expect(abs(a - b) < 2 * beta + 1e-14)
      }
    }
    for (a, b) in zip(rate(beta, pairs: true), rate(beta, pairs: false)) {
      #expect(abs(a - b) < 1e-14)
    }
  }

  /// Two mergers at the same instant are two.
  @Test func simultaneousMergersAreAllFound() throws {
    let law = InitialLaw.vonMises(
      [0.0, 1.2, .pi, .pi + 1.2].map { .init(mean: $0, concentration: 20) })
    let simulation = Simulation(
      density: try Evolution.density(
        Equation(attention: Attention(beta: 50, normalization: .peak), noise: 0.2), from: law,
        tolerance: 1e-11, end: 2), members: [], times: [0, 2], threads: 1)
    var found: [Merger] = []
    while !simulation.isFinished {
      _ = try simulation.advance()
      found += try simulation.takeFrame().mergers
    }
    #expect(found.count == 2)
    #expect(found.allSatisfy { abs($0.mass - 0.5) < 1e-6 })
  }
}
