import Foundation
import TestSupport
import Testing

@testable import MeanField

/// Fluctuations long after the demo's clusters have formed, by Monte Carlo.
///
/// Clusters 2.2 radians apart attract each other at a rate of e^{−β(1 − cos 2.2)} = e^{−14}: what is left of a
/// fluctuation is what clusters hold and where they are, and neither changes any more.
struct LateFluctuationTests {
  private let equation = Equation(attention: Attention(beta: 9))
  private let law = ClusterComparisonTests.demo
  private let tokens = 1000
  private let members = 200

  private func variances(_ response: any LinearResponse) -> [Double] {
    response.influences(degrees: [1, 2, 3, 4]).joined().map { $0.reduce(0) { $0 + $1 * $1 } }
  }

  private func fluctuation(end: Double) throws -> any ResponseEvolution {
    try Circle().fluctuation(
      equation, around: law, numerics: TokenNumerics(tolerance: 1e-4, end: end))
  }

  /// Once the gap is empty masses are settled.
  ///
  /// Places change at a rate of β e^{−14} ≈ 10⁻⁵: by 10⁻³ until t = 100, twice that in a variance. It takes tens of
  /// steps: nothing is left that the flow tears.
  @Test func whatIsExpectedStays() throws {
    let fluctuation = try fluctuation(end: 100)
    try fluctuation.advance(to: 10, shouldStop: { false })
    let early = variances(fluctuation.response())
    let steps = fluctuation.memory.acceptedSteps
    try fluctuation.advance(to: 100, shouldStop: { false })
    for (now, then) in zip(variances(fluctuation.response()), early) {
      #expect(abs(now / then - 1) < 5e-3)
    }
    #expect(fluctuation.memory.acceptedSteps < steps + 60)
  }

  /// Stopped while points are torn, with separators among all labels, while labels join, and when clusters are left.
  @Test func savedResponsesContinueToTheBit() throws {
    let times = [1.5, 3.5, 5, 8, 14, 15]
    let whole = try fluctuation(end: 15)
    var counts: [Int] = []
    for (time, next) in zip(times, times.dropFirst()) {
      try whole.advance(to: time, shouldStop: { false })
      let saved = whole.saved
      counts.append(saved.state.count)
      let resumed = try fluctuation(end: 15)
      #expect(resumed.restore(saved))
      #expect(isSame(resumed.saved, saved))
      try resumed.advance(to: next, shouldStop: { false })
      try whole.advance(to: next, shouldStop: { false })
      #expect(isSame(resumed.saved, whole.saved))
    }
    // The first with more points than labels, the last with a few.
    let label = 384 + 2 + SecondOrder.samples
    #expect(counts[0] > 384 * label && counts[4] < 8 * label)
    #expect(counts == counts.sorted(by: >))
  }

  /// A response has no energy: that is NaN.
  private func isSame(_ a: SavedEvolution, _ b: SavedEvolution) -> Bool {
    a.state == b.state && a.structure == b.structure && a.memory == b.memory
  }

  @Test func whatIsNoSavedResponseIsRefused() throws {
    let fluctuation = try fluctuation(end: 5)
    try fluctuation.advance(to: 4, shouldStop: { false })
    var saved = fluctuation.saved
    saved.structure.removeLast()
    #expect(try !self.fluctuation(end: 5).restore(saved))
    saved.structure = [1, .nan]
    #expect(try !self.fluctuation(end: 5).restore(saved))
  }

  @Test func deviationsAndDistancesAreAsLargeAsExpected() throws {
    let times = [3, 4, 5, 8.5, 30]
    let fluctuation = try fluctuation(end: 30)
    let density = try #require(
      Circle().panels(
        equation, from: law,
        numerics: PanelNumerics(tolerance: 1e-7, spaceTolerance: 1e-7, symmetry: 1, end: 30)))
    let draws = Circle().draws(
      from: law, count: tokens, members: 0..<members, seed: 5, threads: 2)
    let evolutions = draws.enumerated().map { member, points in
      Circle().tokens(
        equation, at: points, masses: nil,
        numerics: TokenNumerics(
          tolerance: 1e-5, seed: 5, member: member, momentCount: 32, end: 30))
    }
    let number = Double(members)
    for time in times {
      try fluctuation.advance(to: time, shouldStop: { false })
      try density.advance(to: time)
      for evolution in evolutions { try evolution.advance(to: time) }
      let law = density.snapshot().law
      let laws = evolutions.map { $0.snapshot().law }
      let response = fluctuation.response()
      let degrees = [1, 2, 3, 4]
      let center = law.moments(degrees: degrees)
      let moments = laws.map { $0.moments(degrees: degrees) }
      for (k, variance) in variances(response).enumerated() {
        let square = moments.reduce(0) { $0 + ($1[k] - center[k]) * ($1[k] - center[k]) }
        let ratio = (square / number * Double(tokens) / variance).squareRoot()
        // Three standard errors of a root mean square.
        #expect(abs(ratio - 1) < 3 * (0.5 / number).squareRoot(), "moment \(k) at t = \(time)")
      }
      let distances = law.distances(to: laws, threads: 2)
      let sampling = SamplingError(response, tokens: tokens, threads: 2)
      for kind in sampling.expected.indices {
        let mean = distances.reduce(0) { $0 + $1[kind] } / number
        // Three standard errors of the difference of two means.
        let error =
          sampling.spread[kind]
          * (1 / number + 1 / Double(SamplingError.sampleCount)).squareRoot()
        #expect(abs(mean - sampling.expected[kind]) < 3 * error, "distance \(kind) at t = \(time)")
      }
    }
  }
}
