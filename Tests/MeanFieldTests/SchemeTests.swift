import Foundation
import TestSupport
import Testing

@testable import MeanField

/// Runge–Kutta tables: order conditions, measured order, stiff parts, exact arrival.
struct SchemeTests {
  // MARK: Order conditions

  /// A rooted tree: the trees that hang from its root.
  indirect enum Tree: Hashable {
    case root([Tree])

    var children: [Tree] {
      switch self {
      case .root(let children): children
      }
    }

    var order: Int { 1 + children.reduce(0) { $0 + $1.order } }

    /// γ: the product of the orders of all subtrees.
    var density: Double { Double(order) * children.reduce(1) { $0 * $1.density } }
  }

  /// All rooted trees of orders 1…order.
  ///
  /// There are 1, 1, 2, 4, 9, 20, 48, 115, … of them (Butcher; OEIS A000081).
  static func trees(upTo order: Int) -> [[Tree]] {
    var all: [[Tree]] = [[], [.root([])]]
    for n in 2...order {
      // Children in a fixed order of all smaller trees, none before the one to its left.
      let smaller = all.joined().map { $0 }
      func forests(_ total: Int, from first: Int) -> [[Tree]] {
        if total == 0 { return [[]] }
        return (first..<smaller.count).flatMap { i -> [[Tree]] in
          let size = smaller[i].order
          guard size <= total else { return [] }
          return forests(total - size, from: i).map { [smaller[i]] + $0 }
        }
      }
      all.append(forests(n - 1, from: 0).map { .root($0) })
    }
    return Array(all.dropFirst())
  }

  static let trees = trees(upTo: 8)

  /// Product over the children of Σ_j a_ij (their own weights)_j, for every stage i.
  private func stageWeights(_ tree: Tree, _ scheme: Scheme) -> [Double] {
    var weights = [Double](repeating: 1, count: scheme.stageCount)
    for child in tree.children {
      let below = stageWeights(child, scheme)
      for i in weights.indices {
        weights[i] *= scheme.a[i].indices.reduce(0) { $0 + scheme.a[i][$1] * below[$1] }
      }
    }
    return weights
  }

  private func sum(_ b: [Double], _ tree: Tree, _ scheme: Scheme) -> Double {
    zip(b, stageWeights(tree, scheme)).reduce(0) { $0 + $1.0 * $1.1 }
  }

  @Test func theTreesAreAllThereAre() {
    #expect(Self.trees.map(\.count) == [1, 1, 2, 4, 9, 20, 48, 115])
    #expect(Self.trees.allSatisfy { Set($0).count == $0.count })
  }

  /// Σ_i b_i Φ_i(τ) = 1/γ(τ) for every rooted tree τ up to the order (Butcher 1963).
  @Test(arguments: Scheme.all)
  func schemesMeetAllOrderConditions(scheme: Scheme) {
    for trees in Self.trees.prefix(scheme.order) {
      for tree in trees {
        // Coefficients of up to 43 with sixteen digits, in products of up to eight.
        #expect(abs(sum(scheme.b, tree, scheme) - 1 / tree.density) < 1e-13, "\(tree)")
      }
    }
  }

  /// Error weights are differences from methods of orders 5 and 3 (DOP853), 6 and 4.
  @Test(arguments: Scheme.all)
  func errorEstimatesVanishToTheirOwnOrder(scheme: Scheme) throws {
    try #require(scheme.errors.count == 2)
    let orders = scheme == .dormandPrince8 ? [5, 3] : [6, 4]
    for (weights, order) in zip(scheme.errors, orders) {
      for tree in Self.trees.prefix(order).joined() {
        #expect(abs(sum(weights, tree, scheme)) < 1e-13, "\(tree)")
      }
      // And not beyond: an estimate that is always zero would pass everything.
      #expect(Self.trees[order].contains { abs(sum(weights, $0, scheme)) > 1e-6 })
    }
  }

  @Test(arguments: Scheme.all)
  func tablesAreExplicitAndConsistent(scheme: Scheme) {
    let stages = scheme.stageCount
    #expect(scheme.a.count == stages && scheme.b.count == stages)
    #expect(scheme.errors.allSatisfy { $0.count == stages })
    for i in 0..<stages {
      #expect(scheme.a[i].count <= i)
      // c_i = Σ_j a_ij.
      #expect(abs(scheme.a[i].reduce(0, +) - scheme.c[i]) < 1e-14)
    }
    #expect(scheme.c.allSatisfy { $0 >= 0 && $0 <= 1 })
  }

  /// Gragg's rule has an expansion in even powers: two orders for every sequence of substeps.
  @Test(arguments: [[2, 4, 6], [2, 6, 10]])
  func extrapolationHasTwoOrdersForEverySequence(substeps: [Int]) {
    let scheme = Scheme.extrapolation(substeps: substeps)
    #expect(scheme.order == 2 * substeps.count)
    for tree in Self.trees.prefix(scheme.order).joined() {
      #expect(abs(sum(scheme.b, tree, scheme) - 1 / tree.density) < 1e-13, "\(tree)")
    }
    #expect(
      Self.trees[scheme.order].contains { abs(sum(scheme.b, $0, scheme) - 1 / $0.density) > 1e-6 })
  }

  // MARK: Measured order

  /// A planet, x″ = −x/|x|³: with half axis 1 it is back after a time of 2π.
  struct Planet: Dynamics {
    static let eccentricity = 0.2
    static let start = [
      1 - eccentricity, 0, 0, ((1 + eccentricity) / (1 - eccentricity)).squareRoot(),
    ]
    mutating func writeRate(
      of state: UnsafePointer<Double>, into rate: UnsafeMutablePointer<Double>
    ) {
      let square = state[0] * state[0] + state[1] * state[1]
      let pull = -1 / (square * square.squareRoot())
      rate[0] = state[2]
      rate[1] = state[3]
      rate[2] = pull * state[0]
      rate[3] = pull * state[1]
    }
  }

  /// r² is logistic and the angle turns with it:
  /// x′ = x(1 − r²) − y r², y′ = y(1 − r²) + x r².
  struct Spiral: Dynamics {
    mutating func writeRate(
      of state: UnsafePointer<Double>, into rate: UnsafeMutablePointer<Double>
    ) {
      let square = state[0] * state[0] + state[1] * state[1]
      rate[0] = state[0] * (1 - square) - state[1] * square
      rate[1] = state[1] * (1 - square) + state[0] * square
    }

    /// r² = 1/(1 + (1/r₀² − 1) e^{−2t}), φ = ½ ln(1 + r₀² (e^{2t} − 1)).
    static func exact(_ radius: Double, _ time: Double) -> [Double] {
      let square = 1 / (1 + (1 / (radius * radius) - 1) * exp(-2 * time))
      let angle = 0.5 * log(1 + radius * radius * (exp(2 * time) - 1))
      return [square.squareRoot() * cos(angle), square.squareRoot() * sin(angle)]
    }
  }

  /// u′ = −u + u², with −u as the linear part or not; v′ = −λ v + u v, λ = any.
  ///
  /// u = 1/(1 + (1/u₀ − 1) eᵗ); ∫ u dt = ln((eᵗ/(1 + (1/u₀ − 1) eᵗ)) u₀^{−1}), so
  /// v = v₀ e^{−λt} eᵗ u₀^{−1}/(1 + (1/u₀ − 1) eᵗ).
  struct Bernoulli: Dynamics {
    var stiffness: [Double]
    var linearMap: TriangularMap? {
      TriangularMap(diagonal: [-1] + stiffness.map { -$0 })
    }

    mutating func writeRate(
      of state: UnsafePointer<Double>, into rate: UnsafeMutablePointer<Double>
    ) {
      rate[0] = state[0] * state[0]
      for i in 1..<(1 + stiffness.count) { rate[i] = state[0] * state[i] }
    }

    func exact(_ start: [Double], _ time: Double) -> [Double] {
      let bottom = 1 + (1 / start[0] - 1) * exp(time)
      let growth = exp(time) / start[0] / bottom
      return [1 / bottom]
        + stiffness.indices.map { start[$0 + 1] * exp(-stiffness[$0] * time) * growth }
    }
  }

  /// Error after `steps` equal steps: a tolerance that accepts everything leaves `longest` to rule.
  private func error<D: Dynamics>(
    _ scheme: Scheme, _ dynamics: D, _ start: [Double], _ exact: [Double], _ time: Double,
    steps: Int
  ) throws -> Double {
    var stepper = Stepper(scheme: scheme, tolerance: 1e6, longest: time / Double(steps))
    stepper.memory.chosen = time
    var dynamics = dynamics
    var state = start
    try stepper.advance(&dynamics, &state, to: time)
    #expect(stepper.memory.acceptedSteps == steps && stepper.memory.rejectedSteps == 0)
    #expect(stepper.memory.time == time)
    return zip(state, exact).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  /// The slope between errors that are neither rounding nor outside the asymptotic range.
  private func expectOrder(
    _ order: Int, steps: [Int], sourceLocation: SourceLocation = #_sourceLocation,
    _ error: (Int) throws -> Double
  ) throws {
    let errors = try steps.map(error)
    #expect(errors.allSatisfy { $0 > 1e-14 }, "only rounding", sourceLocation: sourceLocation)
    for (i, j) in zip(steps.indices, steps.indices.dropFirst()) {
      let slope = log(errors[i] / errors[j]) / log(Double(steps[j]) / Double(steps[i]))
      // The next term of the error takes or gives half an order at these steps.
      #expect(abs(slope - Double(order)) < 0.5, "\(errors)", sourceLocation: sourceLocation)
    }
  }

  @Test(arguments: Scheme.all)
  func everySchemeHasItsOrderOnANonlinearProblem(scheme: Scheme) throws {
    try expectOrder(scheme.order, steps: [40, 60, 90]) {
      try error(scheme, Planet(), Planet.start, Planet.start, 2 * .pi, steps: $0)
    }
  }

  @Test(arguments: Scheme.all.filter(\.isStableForStiffParts))
  func integratingFactorsKeepTheOrder(scheme: Scheme) throws {
    let time = 2.0
    let dynamics = Bernoulli(stiffness: [0.5, 2])
    let start = [0.9, 1, 1]
    let exact = dynamics.exact(start, time)
    // Lengths of few bits: those of maps have 44.
    try expectOrder(scheme.order, steps: [8, 16, 32]) {
      try error(scheme, dynamics, start, exact, time, steps: $0)
    }
  }

  // MARK: Control

  /// Global errors follow the tolerance: 100 of it is generous for a contracting problem.
  @Test(arguments: Scheme.all, [1e-3, 1e-6, 1e-9, 1e-12])
  func errorsFollowTheTolerance(scheme: Scheme, tolerance: Double) throws {
    var stepper = Stepper(scheme: scheme, tolerance: tolerance, longest: 10)
    var dynamics = Spiral()
    var state = [0.1, 0.0]
    var steps = 0
    for i in 1...20 {
      let time = 0.5 * Double(i)
      try stepper.advance(&dynamics, &state, to: time)
      #expect(stepper.memory.time == time)
      let exact = Spiral.exact(0.1, time)
      #expect(hypot(state[0] - exact[0], state[1] - exact[1]) < 100 * tolerance + 1e-14)
      #expect(stepper.memory.acceptedSteps > steps)
      steps = stepper.memory.acceptedSteps
    }
    // An accurate step of order 8 is not short.
    #expect(steps < 20 + Int(20 * pow(tolerance, -1.0 / 8)))
    #expect(stepper.evaluations >= steps * scheme.stageCount)
  }

  /// u_i′ = −λ_i u_i + λ_i + sin(1 − u_i), whose stationary state is u = 1, however stiff.
  struct Resting: Dynamics {
    static let stiffness = [0, 1, 1e3, 1e6]
    var linearMap: TriangularMap? { TriangularMap(diagonal: Self.stiffness.map { -$0 }) }

    mutating func writeRate(
      of state: UnsafePointer<Double>, into rate: UnsafeMutablePointer<Double>
    ) {
      for (i, stiffness) in Self.stiffness.enumerated() { rate[i] = stiffness + sin(1 - state[i]) }
    }
  }

  /// L u + N = 0 is kept to rounding, and costs no steps beyond those from 1e-8, the first, to 100.
  @Test(arguments: Scheme.all.filter(\.isStableForStiffParts))
  func stationaryStatesStay(scheme: Scheme) throws {
    var stepper = Stepper(scheme: scheme, tolerance: 1e-12, longest: 100)
    var dynamics = Resting()
    var state = Resting.stiffness.map { _ in 1.0 }
    try stepper.advance(&dynamics, &state, to: 1000)
    // Durations of maps have 44 bits.
    for value in state { #expect(abs(value - 1) < 1e-13) }
    #expect(stepper.memory.acceptedSteps < 100)
    #expect(stepper.memory.rejectedSteps == 0)
  }

  @Test func noStepIsLongerThanAllowed() throws {
    var stepper = Stepper(scheme: .dormandPrince8, tolerance: 1e-2, longest: 0.25)
    var dynamics = Spiral()
    var state = [0.0, 0.0]
    // A state at rest has no error; only the limit holds its steps.
    try stepper.advance(&dynamics, &state, to: 10)
    #expect(state == [0, 0])
    #expect(stepper.memory.acceptedSteps >= 40)
    #expect(stepper.memory.lastStep <= 0.25 * (1 + 1e-8))
  }

  @Test func stoppingAndGoingOnChangesNothing() throws {
    func run(stopsEvery: Int?) throws -> [Double] {
      var stepper = Stepper(scheme: .dormandPrince8, tolerance: 1e-9, longest: 10)
      var dynamics = Spiral()
      var state = [0.2, 0.0]
      while stepper.memory.time < 6 {
        var count = 0
        try stepper.advance(&dynamics, &state, to: 6) {
          count += 1
          return count == stopsEvery
        }
        // A new stepper with the old one's memory, as after a checkpoint.
        let memory = stepper.memory
        stepper = Stepper(scheme: .dormandPrince8, tolerance: 1e-9, longest: 10)
        stepper.memory = memory
      }
      return state
    }
    let whole = try run(stopsEvery: nil)
    #expect(try run(stopsEvery: 1) == whole)
    #expect(try run(stopsEvery: 3) == whole)
  }

  /// u′ = u² leaves every bound at t = 1/u₀.
  @Test(arguments: Scheme.all)
  func statesThatRunAwayAreReported(scheme: Scheme) {
    struct RunAway: Dynamics {
      mutating func writeRate(
        of state: UnsafePointer<Double>, into rate: UnsafeMutablePointer<Double>
      ) {
        rate[0] = state[0] * state[0]
      }
    }
    var stepper = Stepper(scheme: scheme, tolerance: 1e-6, longest: 10)
    var dynamics = RunAway()
    var state = [1.0]
    #expect {
      try stepper.advance(&dynamics, &state, to: 2)
    } throws: { error in
      switch error as? SimulationFailure {
      case .stepTooSmall(let time, _), .stateNotFinite(let time): abs(time - 1) < 1e-3
      default: false
      }
    }
  }

  // MARK: Stiff parts

  /// Twelve orders of magnitude of stiffness cost no step, once what decays has decayed.
  @Test func stiffnessCostsNoSteps() throws {
    var counts: [Int] = []
    for stiffest in [2.0, 100, 1e4, 1e6, 1e9, 1e12] {
      let dynamics = Bernoulli(stiffness: [0.5, stiffest])
      let start = [0.9, 1, 1]
      var stepper = Stepper(scheme: .extrapolation8, tolerance: 1e-9, longest: 4)
      var copy = dynamics
      var state = start
      try stepper.advance(&copy, &state, to: 4)
      for (value, exact) in zip(state, dynamics.exact(start, 4)) {
        #expect(abs(value - exact) < 1e-8)
      }
      counts.append(stepper.memory.acceptedSteps + stepper.memory.rejectedSteps)
    }
    let least = counts.min() ?? 0
    let most = counts.max() ?? 0
    // The first steps differ with the first guess of their length. A component that decays within the
    // first steps is not at rest, and is followed down: about ten steps where e^{−100 t} is.
    #expect(most - least <= 12, "\(counts)")
    #expect(counts.filter { $0 - least > 2 }.count == 1, "\(counts)")
  }

  /// The same for the equation itself: D k² grows 256-fold with a grid 16 times finer.
  @Test func gridsCostNoSteps() throws {
    let equation = Equation(
      attention: Attention(beta: 1, normalization: .unnormalized), noise: 0.3)
    let law = InitialLaw.harmonics([.init(mode: 1, cosine: 0.5, sine: 0)])
    var counts: [Int] = []
    var moments: [Double] = []
    for points in [128, 512, 2048] {
      let evolution = try Evolution.density(equation, from: law, points: points, end: 3)
      try evolution.advance(to: 3)
      #expect(evolution.dynamics.basis.pointCount == points)
      counts.append(evolution.memory.acceptedSteps + evolution.memory.rejectedSteps)
      moments.append(evolution.snapshot().circle.moments.real(1))
    }
    #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 2, "\(counts)")
    #expect(moments.allSatisfy { abs($0 - moments[0]) < 1e-7 })
  }

  /// Along the stages of an integrating factor time must not go back.
  @Test func onlyExtrapolationCarriesStiffParts() {
    #expect(Scheme.extrapolation8.isStableForStiffParts)
    #expect(!Scheme.dormandPrince8.isStableForStiffParts)
  }

  @Test func dormandPrinceRefusesStiffParts() async {
    await #expect(processExitsWith: .failure) {
      var stepper = Stepper(scheme: .dormandPrince8, tolerance: 1e-6, longest: 1)
      var dynamics = Bernoulli(stiffness: [10])
      var state = [0.5, 1]
      try stepper.advance(&dynamics, &state, to: 1)
    }
  }
}
