import Foundation
import TestSupport
import Testing

@testable import MeanField

/// Labels of the response that become one point: what that may change, and when.
struct ResponsePointTests {
  private func evolution(narrow: Double) -> Evolution<CircleFluctuationDynamics> {
    var dynamics = CircleFluctuationDynamics(
      equation: Equation(attention: Attention(beta: 9)), law: ClusterComparisonTests.demo,
      count: 384, seed: 1)
    dynamics.narrow = narrow
    let stepper = Stepper(scheme: .dormandPrince8, tolerance: 1e-4, longest: 5)
    return Evolution(
      dynamics: dynamics, state: dynamics.initialState, stepping: .adaptive(stepper))
  }

  /// While clusters form, against labels that all stay by themselves.
  ///
  /// A point errs by the square of a fiftieth, 4 · 10⁻⁴. Expected distances are means over samples whose labels also
  /// change places where points are drawn together: their bound is twice the 10⁻³ that was measured.
  @Test func joiningChangesNothingThatCounts() throws {
    let (joined, apart) = (evolution(narrow: 0.02), evolution(narrow: 0))
    for time in [3.0, 4] {
      try joined.advance(to: time)
      try apart.advance(to: time)
      let responses = [joined, apart].map { $0.dynamics.labels(of: $0.state) }
      let variances = responses.map { response in
        response.influences(degrees: [1, 2, 3, 4]).joined().map { $0.reduce(0) { $0 + $1 * $1 } }
      }
      for (value, reference) in zip(variances[0], variances[1]) {
        #expect(abs(value / reference - 1) < 4e-4)
      }
      let distances = responses.map { SamplingError($0, tokens: 4096, threads: 2).expected }
      for (value, reference) in zip(distances[0], distances[1]) {
        #expect(abs(value / reference - 1) < 2e-3)
      }
    }
    #expect(apart.dynamics.points.allSatisfy { $0.hasDensity })
    #expect(joined.dynamics.points.count < 200)
  }

  /// Offsets follow the flow: what has joined is as wide as labels that have stayed by themselves.
  @Test func joinedLabelsKeepTheirPlaces() throws {
    let (joined, apart) = (evolution(narrow: 0.02), evolution(narrow: 0))
    try joined.advance(to: 4)
    try apart.advance(to: 4)
    func angles(_ evolution: Evolution<CircleFluctuationDynamics>) -> [Double] {
      let response = evolution.dynamics.labels(of: evolution.state)
      var result = response.masses.map { _ in Double.nan }
      for (point, angle) in zip(response.points, response.angles) {
        for place in point.places { result[place.label] = angle + place.offset }
      }
      return result
    }
    // The kernel is 1/3 wide, a point at most a fiftieth of that, and X bends by its square over the way.
    for (angle, reference) in zip(angles(joined), angles(apart)) {
      #expect(abs(remainder(angle - reference, 2 * .pi)) < 1e-5)
    }
  }

  /// A label and a separator that nothing holds apart go on falling into a cluster side by side; were they not to
  /// become one, steps would have to follow how they pull each other for ever.
  @Test(arguments: [(density: 5.0, joins: true), (density: 0, joins: false)])
  func aLabelAndItsSeparatorJoinInACluster(_ testCase: (density: Double, joins: Bool)) {
    var dynamics = evolution(narrow: 0.02).dynamics
    let places = dynamics.initialState[..<384]
    dynamics.points.insertSeparator(before: 101)
    for p in [100, 101] { dynamics.points[p].stretch = 1 }
    var state = Array(places[...100] + [places[100] + 1e-4] + places[101...])
    state += (0..<385).map { $0 == 100 || $0 == 101 ? testCase.density : 0 }
    state += [Double](repeating: 0, count: 385 * (384 + SecondOrder.samples))
    #expect(dynamics.pointToJoin(state) == (testCase.joins ? 100 : nil))
    guard testCase.joins else { return }
    dynamics.join(100, &state)
    #expect(dynamics.points.count == 384 && state.count == dynamics.initialState.count)
    #expect(dynamics.points.owners == Array(0..<384))
    #expect(abs(dynamics.points.masses.reduce(0, +) - 1) < 1e-14)
    #expect(!dynamics.points[100].isSeparator && !dynamics.points[100].hasDensity)
  }
}
