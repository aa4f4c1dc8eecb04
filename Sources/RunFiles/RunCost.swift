internal import Foundation
internal import MeanField
public import SnapshotIO

/// What a run will need, estimated before it starts.
public struct RunCost: Sendable, Equatable, Codable {
  /// Bytes of memory at the start, the program's own among them; the density's share grows with its grid.
  public var memory: Double
  /// Bytes of the output file and the checkpoint.
  public var disk: Double
  /// Operations of one right-hand side of everything.
  public var workPerRate: Double
  public var snapshots: Int
  /// Steps of the stochastic scheme; 0 without noise.
  public var stochasticSteps: Double

  /// The program with its libraries and their buffers, as measured.
  static let program = 5e7

  /// - Parameter text: the run file as YAML, where it is known already.
  public init(_ runFile: RunFile, compares: Bool, text: String? = nil) {
    // Twelve stages, a scratch and a few arrays of the state's length.
    let copies = 20.0
    let equation = runFile.equation
    let geometry = equation.manifold.geometry
    var total = Load(numbers: 0, operations: 0)
    switch runFile.density {
    case .none: break
    case .spectral(let choice):
      total += geometry.densityLoad(equation, resolution: choice.resolution)
    case .panels:
      total += runFile.panelLoad
    }
    if let particles = runFile.particles {
      let member = geometry.tokenLoad(equation, count: particles.count)
      total += Load(
        numbers: Double(particles.members) * member.numbers,
        operations: Double(particles.members) * member.operations)
    }
    if compares {
      total += geometry.fluctuationLoad(equation)
      total += runFile.ladderLoad
    }
    snapshots = runFile.snapshotTimes.count
    let chosen = runFile.withChosenStep()
    let steps =
      [chosen.particles?.step] + (compares ? chosen.compare.counts.map(chosen.ladderStep) : [])
    stochasticSteps = steps.compactMap { $0 }.min().map { runFile.time.end / $0 } ?? 0
    memory = Self.program + 8 * (copies * total.numbers + total.tables)
    let layout = runFile.layout(compares: compares, text: text)
    disk =
      Double(layout.bytes(ofSnapshots: snapshots)) + 8 * (total.numbers + 1000)
      + Double(layout.runFile.utf8.count)
    workPerRate = total.operations
  }

  /// Refuses a run that would not fit.
  ///
  /// - Parameter hasLadder: the memory is also that of a ladder.
  func check(output: String, hasLadder: Bool) throws(RunFileError) {
    guard stochasticSteps <= 1e12 else {
      throw .content(
        """
        the stochastic scheme would take \(String(format: "%.1e", stochasticSteps)) steps: a larger \
        particles.step, a shorter time.end, or normalization peak, whose clock is slower
        """)
    }
    let room = Room(subject: "the run")
    let counts = hasLadder ? "particles.count, compare.counts" : "particles.count"
    try room.checkMemory(memory, advice: "fewer \(counts) or particles.members")
    try room.checkDisk(
      disk, output: output,
      advice: "a longer output.every, fewer output.particles, or another disk")
  }

  /// A number of bytes in words, such as 1.5 GB.
  public static func size(_ bytes: Double) -> String {
    var value = bytes
    var unit = 0
    let units = ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"]
    while value >= 1000 && unit < units.count - 1 {
      value /= 1000
      unit += 1
    }
    return String(format: unit == 0 ? "%.0f %@" : "%.3g %@", value, units[unit])
  }
}

extension RunFile {
  /// Atoms are as many as the tokens they come from; panels about a hundred.
  fileprivate var panelLoad: Load {
    let geometry = equation.manifold.geometry
    if case .tokens(let tokens) = initial.law {
      return geometry.tokenLoad(equation, count: tokens.count)
    }
    return geometry.panelLoad(equation)
  }

  /// All members of all rungs.
  fileprivate var ladderLoad: Load {
    let geometry = equation.manifold.geometry
    let members = Double(particles?.members ?? 0)
    return compare.counts.reduce(into: Load(numbers: 0, operations: 0)) { sum, count in
      let member = geometry.tokenLoad(equation, count: count)
      sum += Load(numbers: members * member.numbers, operations: members * member.operations)
    }
  }

  private var expectedNodes: Int? {
    if case .panels = density { Int(panelLoad.numbers) } else { nil }
  }

  /// What the output file of this run holds.
  ///
  /// - Parameter text: the run file as YAML, where it is known already.
  public func layout(compares: Bool, text: String? = nil) -> OutputLayout {
    OutputLayout(
      title: title, runFile: text ?? yaml, seed: particles?.seed ?? 0,
      chart: equation.manifold.geometry.chart(resolution: output.resolution, modes: output.modes),
      hasDensity: density != .none, expectedNodes: expectedNodes,
      members: particles?.members ?? 0,
      writtenTokens: writtenTokens, hasComparison: compares,
      ladderCounts: compares ? compare.counts : [], particleStep: particles?.step)
  }
}
