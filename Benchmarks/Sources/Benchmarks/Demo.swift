import Foundation
import MeanField
import RunFiles
import SnapshotIO

/// What is measured of an evolution, whatever it carries.
protocol Measured: AnyObject {
  var memory: Stepper.Memory { get }
  var evaluations: Int { get }
  func advance(to target: Double, shouldStop: () -> Bool) throws(SimulationFailure)
  /// Least time of one right-hand side.
  ///
  /// - Parameters:
  ///   - sets: copies of the state that are gone through in turn.
  ///   - repetitions: of all of them.
  func rateSeconds(sets: Int, repetitions: Int) -> Double
}

extension Evolution: Measured {
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
  static func demo() throws -> RunFile {
    let config = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("configs/circle-clusters.yaml").path
    return try RunFile(contentsOf: config)
  }

  /// The demo as `make demo` compares it, as `run` solves it, and its density alone: each from run
  /// file to output file, beside the right-hand sides of all that it carries.
  ///
  /// In processor time: what a disk takes its time over is not the program's work.
  static func wholeDemo() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var runFile = try demo()
    runFile.output.file = folder.appendingPathComponent("demo.nc").path
    try measureDemo(runFile, "the whole demo, compared", compares: true)
    try measureDemo(runFile, "the same, not compared", compares: false)
    runFile.particles = nil
    try measureDemo(runFile, "its density by panels alone", compares: false)
    try measureFile(runFile, copy: folder.appendingPathComponent("copy.nc").path)
  }

  private static func measureDemo(_ runFile: RunFile, _ name: String, compares: Bool) throws {
    func started() throws -> [any Measured] {
      let simulation = try runFile.simulation(compares: compares, threads: 1)
      let all: [AnyObject?] = [simulation.density, simulation.fluctuation] + simulation.members
      return all.compactMap(\.self).map {
        guard let evolution = $0 as? any Measured else {
          preconditionFailure("everything in the demo can be measured")
        }
        return evolution
      }
    }
    var count = 0
    var rates = Double.infinity
    var steps = Double.infinity
    var whole = Double.infinity
    // In turns: a machine's speed changes from minute to minute.
    for _ in 0..<(compares ? 3 : 9) {
      let alone = try started().map {
        try rightHandSides(of: $0, through: runFile.snapshotTimes)
      }
      count = alone.reduce(0) { $0 + $1.count }
      rates = min(rates, alone.reduce(0) { $0 + $1.seconds })
      let evolutions = try started()
      steps = min(
        steps,
        try processorSeconds {
          for evolution in evolutions {
            for time in runFile.snapshotTimes { try evolution.advance(to: time) { false } }
          }
        })
      whole = min(
        whole,
        try processorSeconds {
          _ = try RunSession(runFile, start: .overwrite, compares: compares, threads: 1).execute()
        })
    }
    let bound = "its \(count) right-hand sides"
    report("\(name): steps", steps, rates, of: bound, target: 1.5)
    report("\(name): with all that is written of it", whole, rates, of: bound, target: 1.5)
  }

  /// How many right-hand sides an evolution takes, and how long these take by themselves.
  private static func rightHandSides(
    of evolution: any Measured, through times: [Double]
  ) throws -> (count: Int, seconds: Double) {
    var seconds = 0.0
    for time in times {
      // Meshes change from step to step, and with them what a right-hand side takes.
      while evolution.memory.time < time {
        let before = evolution.evaluations
        // As many states as a step has stages: what a right-hand side reads and writes is then as far from the
        // core as it is in a step.
        let each = evolution.rateSeconds(sets: 12, repetitions: 1)
        try evolution.advance(to: time) { true }
        seconds += each * Double(evolution.evaluations - before)
      }
    }
    return (evolution.evaluations, seconds)
  }

  private static func processorSeconds(_ body: () throws -> Void) rethrows -> Double {
    let start = clock()
    try body()
    return Double(clock() - start) / Double(CLOCKS_PER_SEC)
  }

  /// What the library alone takes for the numbers of a run's output, written in one go.
  private static func measureFile(_ runFile: RunFile, copy: String) throws {
    let numbers = try contents(of: NetCDFFile(opening: runFile.output.file).root)
    var bare = Double.infinity
    for _ in 0..<9 {
      bare = min(
        bare,
        try processorSeconds {
          let file = try NetCDFFile(creating: copy, overwrite: true)
          try write(numbers, to: file.root)
          try file.close()
        })
    }
    print(String(format: "  of which libnetcdf, writing its file in one go: %.4g µs", bare * 1e6))
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
}
