import Foundation
import MeanField
import RunFiles
import SnapshotIO
import Transforms

/// What is measured of an evolution, whatever carries its law.
protocol Measured: LawEvolution {
  var evaluations: Int { get }
  /// Least time of one right-hand side.
  ///
  /// - Parameters:
  ///   - sets: copies of the state that are gone through in turn.
  ///   - repetitions: of all of them.
  func rateSeconds(sets: Int, repetitions: Int) -> Double
}

extension Evolution: Measured where D: LawDynamics {
  func rateSeconds(sets: Int, repetitions: Int) -> Double {
    var dynamics = dynamics
    // Arrays of their own: equal ones would share their memory.
    let states = [[Double]](repeating: state, count: sets).map { $0.map { $0 } }
    var rates = states
    return Benchmarks.seconds(repetitions: repetitions) {
      for s in 0..<sets { dynamics.writeRate(of: states[s], into: &rates[s]) }
    } / Double(sets)
  }
}

extension Benchmarks {
  static func metastableRuns() throws {
    for concentration in [10.0, 400] { try metastableRun(concentration: concentration) }
  }

  static func carried(
    _ equation: Equation, from law: InitialLaw, tolerance: Double, end: Double
  ) -> any Measured {
    let numerics = PanelNumerics(tolerance: tolerance, spaceTolerance: tolerance, end: end)
    guard let run = Circle().panels(equation, from: law, numerics: numerics) as? any Measured
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
      let tokens = equation.tokens(at: angles, tolerance: 1e-6, end: end) as? any Measured
    else { return }
    try tokens.advance(to: end)
    // As in a run: the stages of a step pass through more memory than the caches hold.
    let bound = tokens.rateSeconds(sets: 12, repetitions: 9)
    func compare(_ run: any Measured, _ name: String, _ angles: [Double], _ masses: [Double]) {
      let share = voidShare(angles, masses, beta: 81)
      report(
        "right-hand side of \(angles.count) \(name), β = 81, \(short(100 * share)) % in voids",
        run.rateSeconds(sets: 12, repetitions: 9), bound, of: "of as many tokens in six clusters",
        target: 1.5)
    }
    compare(run, "nodes", nodes.angles, nodes.masses)

    let half = nodes.count / 2
    let clusters = (0..<half).map { k -> Double in
      let place = Double(k / 2) / Double(half / 2 + 1) - 0.5
      return Double(k % 2) * Double.pi + 0.05 * place + 0.5
    }
    let rest = (0..<half).map { 2 * Double.pi * Double($0) / Double(half) }
    let points = (clusters + rest).enumerated().sorted { $0.element < $1.element }
    let masses = points.map { ($0.offset < half ? 1 : 1e-20) / Double(half) }
    let positions = points.map(\.element)
    let weighted = InitialLaw.tokens(.init(points: positions, masses: masses))
    compare(
      carried(equation, from: weighted, tolerance: 1e-6, end: end), "weighted points", positions,
      masses)
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

  static func demo() throws -> RunFile {
    let config = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("configs/circle-clusters.yaml").path
    return try RunFile(contentsOf: config)
  }

  /// The demo's start, far beyond e^β.
  static func longRun() throws {
    let start = try demo()
    func run(to end: Double) throws -> (seconds: Double, run: any Measured) {
      func started() -> any Measured {
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

  /// The demo without its particles: its steps alone, and with all that is written.
  static func panelDemo() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var runFile = try demo()
    runFile.particles = nil
    func started() throws -> any Measured {
      let simulation = try runFile.simulation(compares: false, threads: 1)
      guard let run = simulation.density as? any Measured else {
        preconditionFailure("the demo's density goes by panels")
      }
      return run
    }
    let run = try started()
    // The mesh changes from step to step, and with it what a right-hand side takes.
    var rates = 0.0
    for time in runFile.snapshotTimes {
      while run.memory.time < time {
        let before = run.evaluations
        let each = run.rateSeconds(sets: 1, repetitions: 9)
        try run.advance(to: time) { true }
        rates += each * Double(run.evaluations - before)
      }
    }
    let steps = try leastSeconds {
      let run = try started()
      for time in runFile.snapshotTimes { try run.advance(to: time) }
    }
    let path = folder.appendingPathComponent("demo.nc").path
    runFile.output.file = path
    let whole = try leastSeconds {
      _ = try RunSession(runFile, start: .overwrite, compares: false, threads: 1).execute()
    }
    let bound = "its \(run.evaluations) right-hand sides"
    report("steps of the demo's density by panels", steps, rates, of: bound, target: 1.5)
    report("the same with all that is written of it", whole, rates, of: bound, target: 1.5)
    let numbers = try contents(of: NetCDFFile(opening: path).root)
    let copy = folder.appendingPathComponent("copy.nc").path
    let bare = try leastSeconds {
      let file = try NetCDFFile(creating: copy, overwrite: true)
      try write(numbers, to: file.root)
      try file.close()
    }
    report(
      "the same", whole, rates + bare, of: bound + " and libnetcdf writing its file in one go",
      target: 1.5)
  }

  /// What a group holds: names, lengths, numbers.
  private struct Contents {
    var dimensions: [(name: String, length: Int)] = []
    var variables: [(shape: NetCDFFile.Variable, values: [Double])] = []
    var groups: [(name: String, contents: Contents)] = []
  }

  private static func contents(of group: NetCDFFile.Group) throws -> Contents {
    var result = Contents()
    for name in try group.dimensionNames {
      result.dimensions.append((name, max(1, try group.dimensionLength(name))))
    }
    for name in try group.variableNames {
      let shape = try group.variable(name)
      result.variables.append((shape, try group.doubles(name)))
    }
    for name in try group.groupNames {
      result.groups.append((name, try contents(of: group.group(named: name))))
    }
    return result
  }

  private static func write(_ contents: Contents, to group: NetCDFFile.Group) throws {
    for (name, length) in contents.dimensions { try group.defineDimension(name, length: length) }
    for (shape, _) in contents.variables {
      try group.defineVariable(shape.name, .double, dimensions: shape.dimensions)
    }
    for (name, inner) in contents.groups { try write(inner, to: group.group(named: name)) }
    for (shape, values) in contents.variables where !values.isEmpty {
      try group.put(
        values, into: shape.name, start: shape.lengths.map { _ in 0 }, count: shape.lengths)
    }
  }

  private static func leastSeconds(_ body: () throws -> Void) rethrows -> Double {
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
