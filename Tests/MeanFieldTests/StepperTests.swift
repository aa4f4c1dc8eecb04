import MeanField
import Testing

/// Steps that a representation does not resolve.
@Suite struct StepperTests {
  /// x′ = 1, resolved only where a step moves it by no more than a bound, and there is nothing finer.
  struct Clock: Dynamics {
    let most: Double
    private var start = 0.0
    private(set) var longest = 0.0

    init(most: Double) { self.most = most }

    mutating func writeRate(
      of state: UnsafePointer<Double>, into rate: UnsafeMutablePointer<Double>
    ) {
      rate[0] = 1
    }

    mutating func beginStep(_ state: [Double]) { start = state[0] }

    mutating func resolves(_ candidate: [Double]) -> Bool { candidate[0] - start <= most }

    mutating func finishStep(_ state: inout [Double]) { longest = max(longest, state[0] - start) }
  }

  @Test func whatNothingFinerResolvesTakesShorterSteps() throws {
    var clock = Clock(most: 0.01)
    var state = [0.0]
    var stepper = Stepper(scheme: .dormandPrince8, tolerance: 1e-8, longest: 1)
    try stepper.advance(&clock, &state, to: 1)
    // A hundred steps or more, each rounded to 1e-16.
    #expect(abs(state[0] - 1) < 1e-13)
    #expect(clock.longest > 0 && clock.longest <= 0.01)
  }

  @Test func whereNoStepIsResolvedTheRunEnds() {
    var clock = Clock(most: -1)
    var state = [0.0]
    var stepper = Stepper(scheme: .dormandPrince8, tolerance: 1e-8, longest: 1)
    let failure = #expect(throws: SimulationFailure.self) {
      try stepper.advance(&clock, &state, to: 1)
    }
    guard case .stepTooSmall? = failure else {
      Issue.record("\(String(describing: failure)) is another failure")
      return
    }
    #expect(state == [0])
  }
}
