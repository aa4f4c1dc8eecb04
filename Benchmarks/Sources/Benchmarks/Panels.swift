import Foundation
import MeanField
import RunFiles
import SnapshotIO
import Transforms

extension Benchmarks {
  static func metastableRuns() throws {
    for concentration in [10.0, 400] { try metastableRun(concentration: concentration) }
  }

  static func carried(
    _ equation: Equation, from law: InitialLaw, tolerance: Double, end: Double
  ) -> any Measured & LawEvolution {
    let numerics = PanelNumerics(tolerance: tolerance, spaceTolerance: tolerance, end: end)
    guard
      let run = Circle().panels(equation, from: law, numerics: numerics)
        as? any Measured & LawEvolution
    else { preconditionFailure("panels of the circle can be measured") }
    return run
  }

  /// Nodes against as many tokens of the same law at the same time, when six clusters have voids
  /// between them; then points of two clusters with half of all points spread over the circle.
  static func panelRate() throws {
    let equation = Equation(attention: Attention(beta: 81))
    let end = 5.0
    // The short wave asks for thousands of panels, the long one makes the clusters.
    let law = InitialLaw.harmonics([
      .init(mode: 6, cosine: 0.8, sine: 0), .init(mode: 4001, cosine: 0.1, sine: 0),
    ])
    let run = carried(equation, from: law, tolerance: 1e-6, end: end)
    try run.advance(to: end)
    guard let nodes = run.snapshot().law.nodes else { return }
    let angles = equation.draws(from: law, count: nodes.count)
    guard
      let tokens = equation.tokens(at: angles, tolerance: 1e-6, end: end)
        as? any Measured & LawEvolution
    else { return }
    try tokens.advance(to: end)
    let half = nodes.count / 2
    let clusters = (0..<half).map { k -> Double in
      let place = Double(k / 2) / Double(half / 2 + 1) - 0.5
      return Double(k % 2) * Double.pi + 0.05 * place + 0.5
    }
    let rest = (0..<half).map { 2 * Double.pi * Double($0) / Double(half) }
    let points = (clusters + rest).enumerated().sorted { $0.element < $1.element }
    let masses = points.map { ($0.offset < half ? 1 : 1e-20) / Double(half) }
    let positions = points.map(\.element)
    let weighted = carried(
      equation, from: .tokens(.init(points: positions, masses: masses)), tolerance: 1e-6, end: end)

    // As in a run: the stages of a step pass through more memory than the caches hold. In turns,
    // so that what else the machine does slows all of them down alike.
    let runs: [any Measured] = [tokens, run, weighted]
    var least = runs.map { _ in Double.infinity }
    for _ in 0..<5 {
      for (i, run) in runs.enumerated() {
        least[i] = min(least[i], run.rateSeconds(sets: 12, repetitions: 3))
      }
    }
    for (i, name, angles, masses) in [
      (1, "nodes", nodes.angles, nodes.masses), (2, "weighted points", positions, masses),
    ] {
      let share = voidShare(angles, masses, beta: 81)
      report(
        "right-hand side of \(angles.count) \(name), β = 81, \(short(100 * share)) % in voids",
        least[i], least[0], of: "of as many tokens in six clusters", target: 1.5)
    }
  }

  /// Part of the points where Z is below 10⁻³ of its largest value.
  private static func voidShare(_ angles: [Double], _ masses: [Double], beta: Double) -> Double {
    let sums = CircleVoidSums(beta: beta)
    var logs = angles
    var quotients = angles
    angles.withUnsafeBufferPointer { angles in
      masses.withUnsafeBufferPointer { sums.setSources(angles: angles, masses: $0) }
      sums.evaluate(at: angles, logPartition: &logs, quotient: &quotients)
    }
    let floor = (logs.max() ?? 0) + log(1e-3)
    return Double(logs.count { $0 < floor }) / Double(logs.count)
  }

  /// The demo's start, far beyond e^β.
  static func longRun() throws {
    let start = try demo()
    func run(to end: Double) throws -> (seconds: Double, run: any Measured & LawEvolution) {
      func started() -> any Measured & LawEvolution {
        carried(start.equation, from: start.initial.law, tolerance: start.time.tolerance, end: end)
      }
      let once = started()
      try once.advance(to: end)
      return (try leastSeconds { try started().advance(to: end) }, once)
    }
    let long = try run(to: 1e6)
    let brief = try run(to: 50)
    let clusters = long.run.snapshot().clusters().count
    report(
      "the demo's density to t = 10⁶, clusters left: \(clusters)", long.seconds, brief.seconds,
      of: "to t = 50", target: 3)
    reportCounts(
      "the same in right-hand sides", long.run.evaluations, brief.run.evaluations,
      of: "to t = 50", target: 3)
  }

  /// Two bumps that are clusters long before they are one.
  ///
  /// Formed means that ∫∫ e^{β(⟨x,y⟩−1)} dμ dμ is within 10⁻³ of Σ p² of the clusters' masses p.
  static func metastableRun(concentration: Double) throws {
    let law = InitialLaw.vonMises([
      .init(mean: 0, concentration: concentration, weight: 0.6),
      .init(mean: 1.2, concentration: concentration, weight: 0.4),
    ])
    let end = 1e6
    let run = carried(
      Equation(attention: Attention(beta: 25)), from: law, tolerance: 1e-8, end: end)
    var formation: (time: Double, evaluations: Int)?
    while run.memory.time < end {
      try run.advance(to: end) { true }
      let snapshot = run.snapshot()
      let masses = snapshot.clusters().map(\.mass)
      let level = masses.reduce(0) { $0 + $1 * $1 }
      if formation == nil, abs(snapshot.normalizedEnergy - level) < 1e-3 {
        formation = (run.memory.time, run.evaluations)
      }
      if formation != nil, masses.count == 1 { break }
    }
    guard let formation else { return print("β = 25: no clusters") }
    reportCounts(
      "two bumps of concentration \(short(concentration)), β = 25, to their merger before t = "
        + short(run.memory.time),
      run.evaluations, formation.evaluations,
      of: "until they are clusters, t = \(short(formation.time))", target: 10)
  }

  static func leastSeconds(_ body: () throws -> Void) rethrows -> Double {
    var least = Double.infinity
    for _ in 0..<5 {
      let start = DispatchTime.now().uptimeNanoseconds
      try body()
      least = min(least, Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9)
    }
    return least
  }

  static func reportCounts(
    _ name: String, _ count: Int, _ bound: Int, of boundName: String, target: Double
  ) {
    let ratio = Double(count) / Double(bound)
    print(
      "\(name)\n  \(count); \(boundName): \(bound); ratio \(short(ratio)), target at most "
        + "\(short(target)): \(ratio <= target ? "met" : "missed")")
  }
}
