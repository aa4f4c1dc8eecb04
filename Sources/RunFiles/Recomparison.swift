internal import Foundation
internal import MeanField
internal import SnapshotIO

/// The group `comparison` of an output that is already there, written or written anew.
///
/// The recorded tokens are compared with the density of the run file inside the output, which is
/// solved again: a comparison needs its distribution function, not its values on a grid.
public struct Recomparison {
  public let runFile: RunFile
  private let path: String
  private let written: Int
  private let threads: Int

  /// - Parameter settings: `--set` values; only keys of `compare` may be given, for everything else
  ///   is what the output holds.
  /// - Throws: `RunFileError` when the output lacks a density, particles or some of its tokens.
  public init(output path: String, settings: [String] = [], threads: Int) throws {
    self.path = path
    self.threads = threads
    let file = try NetCDFFile(opening: path)
    guard let text = try file.root.attribute("run_file")?.text else {
      throw RunFileError.content("\(path): has no attribute run_file: not an output of meanfield")
    }
    written = try file.root.snapshotCount
    try file.close()
    runFile = try RunFile(text: text, name: path, settings: settings)
    var recorded = try RunFile(text: text, name: path, settings: [])
    recorded.compare = runFile.compare
    guard recorded == runFile else {
      throw RunFileError.content(
        "--set: found a key that would change the output, allowed: keys of compare, for "
          + "everything else is what \(path) holds")
    }
    guard runFile.isComparable else {
      throw RunFileError.content("\(path): has no density and particles to compare")
    }
    guard runFile.writtenTokens == runFile.particles?.count else {
      throw RunFileError.content(
        "\(path): not all tokens were written (output.particles), so they cannot be compared")
    }
  }

  /// Compares every snapshot there is.
  public func execute(
    isInterrupted: @escaping @Sendable () -> Bool = { false },
    progress: @escaping @Sendable (Double) -> Void = { _ in }
  ) throws -> RunSession.Summary {
    let began = Date()
    guard let particles = runFile.particles, written > 0 else {
      throw RunFileError.content("\(path): has no snapshot")
    }
    let times = Array(runFile.snapshotTimes.prefix(written))
    let simulation = try runFile.simulation(
      compares: true, hasMembers: false, times: times, threads: threads)
    var comparison = Comparison(
      tokens: particles.count, members: particles.members, sigmas: runFile.compare.sigmas,
      ladderCounts: runFile.compare.counts, snapshotCount: times.count, equation: runFile.equation,
      threads: threads)
    let output = try OutputFile(resuming: path, layout: runFile.layout(compares: true))
    var summary = RunSession.Summary(output: path, wallTime: 0)
    do {
      if let length = try output.ladderLength(),
        (1..<length).contains(runFile.compare.counts.count)
      {
        throw RunFileError.content(
          "compare.counts: found a ladder of \(runFile.compare.counts.count), but \(path) has one of "
            + "\(length), allowed: at least as many particle counts")
      }
      try output.addComparison()
      while !simulation.isFinished {
        _ = try simulation.advance(pause: isInterrupted, progress: progress)
        if isInterrupted() {
          throw RunSession.Interruption(
            time: simulation.slowestTime, output: path, isSaved: false)
        }
        var frame = try simulation.takeFrame()
        frame.members = try members(output, particles, at: frame)
        frame.memberClusters = frame.members.map { $0.clusters() }
        guard let entry = comparison.record(frame) else { break }
        simulation.followsFluctuation = comparison.needsResponse
        try output.write(entry, at: frame.index)
        summary.last = frame
        summary.distances = entry
        summary.chart = output.layout.chart
      }
      let verdict = comparison.verdict()
      try output.write(verdict, sigmas: runFile.compare.sigmas)
      summary.verdict = verdict
      summary.judgedLadder = comparison.memory.judgedLadder
      summary.largestDeviation = comparison.memory.largestDeviation
    } catch {
      output.closeAfterFailure()
      throw error
    }
    try output.close()
    summary.densityResolution = simulation.density?.resolution
    summary.densitySteps = simulation.density?.memory.acceptedSteps
    summary.wallTime = Date().timeIntervalSince(began)
    return summary
  }

  private func members(
    _ output: OutputFile, _ particles: RunFile.Particles, at frame: Simulation.Frame
  ) throws -> [Snapshot] {
    let geometry = runFile.equation.manifold.geometry
    return try (0..<particles.members).map { member in
      let points = try output.points(snapshot: frame.index, member: member)
      guard points.allSatisfy(\.isFinite) else {
        throw RunFileError.content(
          "\(path): the tokens of member \(member) at t = \(frame.time) were not written, so they "
            + "cannot be compared")
      }
      var snapshot = runFile.tokenEvolution(geometry, at: points, member: member).snapshot()
      snapshot.time = frame.time
      return snapshot
    }
  }
}
