internal import Foundation
public import MeanField
internal import SnapshotIO

/// One run from start to end: output file, checkpoints, comparison.
public final class RunSession {
  /// What to do where an output already stands.
  public enum Start: Sendable, Equatable {
    /// Refuse.
    case new
    case overwrite
    /// Continue from the checkpoint.
    case resume
  }

  /// What a finished run has found.
  public struct Summary: Sendable {
    public var output: String
    /// The last snapshot of everything; nil when there was nothing left to do.
    public var last: Simulation.Frame?
    public var distances: Comparison.Entry?
    public var verdict: Comparison.Verdict?
    /// Of the snapshots that could be judged: the last ladder, and the largest deviation of a moment.
    public var judgedLadder: Ladder?
    public var largestDeviation: MomentDeviation?
    /// The chart all of this is on.
    public var chart: Chart?
    public var densityResolution: Resolution?
    public var densitySteps: Int?
    public var wallTime: Double
  }

  /// Interrupted by the user; the state is saved.
  public struct Interruption: Error, Sendable, Equatable {
    public var time: Double
    public var output: String
    /// False for what begins anew next time.
    public var isSaved = true
  }

  public let runFile: RunFile
  private let start: Start
  private let compares: Bool
  private let threads: Int
  private let checkpointInterval: Double
  private let resolved: String

  private var place: OutputPlace { OutputPlace(path: runFile.output.file) }
  private var checkpointPath: String { Checkpoint.path(forOutput: runFile.output.file) }

  /// - Parameters:
  ///   - compares: also distances and verdict; needs a density and particles.
  ///   - checkpointInterval: seconds between checkpoints.
  /// - Throws: `RunFileError` when the run would not fit or cannot be compared.
  public init(
    _ runFile: RunFile, start: Start = .new, compares: Bool, threads: Int,
    checkpointInterval: Double = 30
  ) throws(RunFileError) {
    if compares && !runFile.isComparable {
      throw .content("compare needs a density and particles drawn from it: give both")
    }
    self.runFile = runFile.withChosenStep()
    self.start = start
    self.compares = compares
    self.threads = threads
    self.checkpointInterval = checkpointInterval
    resolved = self.runFile.yaml
    try RunCost(self.runFile, compares: compares, text: resolved).check(
      output: self.runFile.output.file, hasLadder: compares && runFile.hasLadder)
  }

  /// Runs to the end.
  ///
  /// - Parameters:
  ///   - isInterrupted: asked after every step, on any thread; true saves the state and throws.
  ///   - progress: told the simulated time, on any thread, often.
  /// - Throws: `SimulationFailure`, `NetCDFError`, `RunFileError` or `Interruption`; in every case
  ///   the output is closed and readable up to the last snapshot.
  public func execute(
    isInterrupted: @escaping @Sendable () -> Bool = { false },
    progress: @escaping @Sendable (Double) -> Void = { _ in }
  ) throws -> Summary {
    let began = Date()
    let checkpoint = try readCheckpoint()
    if checkpoint == nil, start == .resume, try isComplete() {
      return try completed(isInterrupted: isInterrupted, progress: progress)
    }
    // An output that stands there is not touched before the start itself is known to work.
    try place.refuseExisting(start, subject: "run")
    let simulation = try runFile.simulation(compares: compares, threads: threads)
    var comparison = makeComparison(simulation.times.count)
    if let checkpoint {
      guard simulation.restore(checkpoint.run) else {
        throw RunFileError.content("\(checkpointPath): the saved state does not fit this run file")
      }
      if let memory = checkpoint.comparison { comparison?.memory = memory }
      simulation.followsFluctuation = comparison?.needsResponse ?? false
    }
    let output = try openOutput(continues: checkpoint != nil)
    var summary = Summary(output: runFile.output.file, wallTime: 0)
    do {
      try loop(
        simulation, &comparison, output, &summary, isInterrupted: isInterrupted,
        progress: progress)
    } catch {
      output.closeAfterFailure()
      // From where the numbers gave out nothing goes on; once a disk has room again, a run does.
      if error is SimulationFailure { removeCheckpoint() }
      throw error
    }
    try output.close()
    removeCheckpoint()
    summary.densityResolution = simulation.density?.resolution
    summary.densitySteps = simulation.density?.memory.acceptedSteps
    summary.wallTime = Date().timeIntervalSince(began)
    return summary
  }

  private func loop(
    _ simulation: Simulation, _ comparison: inout Comparison?, _ output: OutputFile,
    _ summary: inout Summary, isInterrupted: @escaping @Sendable () -> Bool,
    progress: @escaping @Sendable (Double) -> Void
  ) throws {
    var due = Date().addingTimeInterval(checkpointInterval)
    while !simulation.isFinished {
      let deadline = due
      let outcome = try simulation.advance(
        pause: { isInterrupted() || Date() > deadline }, progress: progress)
      if outcome == .arrived {
        let frame = try simulation.takeFrame()
        let entry = comparison?.record(frame)
        if let comparison { simulation.followsFluctuation = comparison.needsResponse }
        try output.write(frame, comparison: entry)
        summary.last = frame
        summary.distances = entry
        summary.chart = output.layout.chart
      }
      guard !simulation.isFinished else { break }
      let stops = isInterrupted()
      if stops || Date() > due {
        try output.sync()
        try Checkpoint(runFile: resolved, run: simulation.saved, comparison: comparison?.memory)
          .write(to: checkpointPath)
        due = Date().addingTimeInterval(checkpointInterval)
      }
      if stops {
        throw Interruption(
          time: simulation.slowestTime, output: runFile.output.file)
      }
    }
    if let comparison {
      let verdict = comparison.verdict()
      try output.write(verdict, sigmas: comparison.sigmas)
      summary.verdict = verdict
      summary.judgedLadder = comparison.memory.judgedLadder
      summary.largestDeviation = comparison.memory.largestDeviation
    }
  }

  private func makeComparison(_ snapshots: Int) -> Comparison? {
    guard compares, let particles = runFile.particles else { return nil }
    return Comparison(
      tokens: particles.count, members: particles.members, sigmas: runFile.compare.sigmas,
      ladderCounts: runFile.compare.counts, snapshotCount: snapshots, equation: runFile.equation,
      threads: threads)
  }

  // MARK: Files

  private func readCheckpoint() throws -> Checkpoint? {
    guard start == .resume, FileManager.default.fileExists(atPath: checkpointPath) else {
      return nil
    }
    let checkpoint = try loadCheckpoint()
    guard checkpoint.runFile == resolved else {
      throw RunFileError.content(
        "\(checkpointPath): belongs to another run file; give that one, or start with --overwrite")
    }
    guard (checkpoint.comparison != nil) == compares else {
      let command = compares ? "run" : "compare"
      throw RunFileError.content(
        "\(checkpointPath): was saved by meanfield \(command); --resume that, or start with "
          + "--overwrite")
    }
    guard FileManager.default.fileExists(atPath: runFile.output.file) else {
      throw NetCDFError(
        operation: "resume", path: runFile.output.file, status: 0,
        reason: "the checkpoint is there but not its output; start again with --overwrite")
    }
    return checkpoint
  }

  private func loadCheckpoint() throws(RunFileError) -> Checkpoint {
    do {
      return try Checkpoint(contentsOf: checkpointPath)
    } catch {
      throw .content(
        "\(checkpointPath): cannot be read (\(error.reason)); start again with --overwrite")
    }
  }

  /// Whether the output there is of this run file and has all its snapshots.
  private func isComplete() throws -> Bool {
    guard FileManager.default.fileExists(atPath: runFile.output.file) else { return false }
    let file = try NetCDFFile(opening: runFile.output.file)
    let owner = try file.root.attribute("run_file")?.text
    let written = try file.root.snapshotCount
    try file.close()
    guard owner == resolved else {
      throw RunFileError.content(
        "\(runFile.output.file): was written by another run file; choose another output.file")
    }
    return written == runFile.snapshotTimes.count
  }

  /// What is left to do for an output that has all its snapshots: its comparison at most.
  private func completed(
    isInterrupted: @escaping @Sendable () -> Bool, progress: @escaping @Sendable (Double) -> Void
  ) throws -> Summary {
    guard compares else { return Summary(output: runFile.output.file, wallTime: 0) }
    return try Recomparison(output: runFile.output.file, threads: threads)
      .execute(isInterrupted: isInterrupted, progress: progress)
  }

  private func openOutput(continues: Bool) throws(NetCDFError) -> OutputFile {
    let path = runFile.output.file
    let layout = runFile.layout(compares: compares, text: resolved)
    if continues { return try OutputFile(resuming: path, layout: layout) }
    try place.makeFolder()
    removeCheckpoint()
    return try OutputFile(creating: path, layout: layout, overwrite: start != .new)
  }

  private func removeCheckpoint() {
    // Nothing to remove is as good as removed.
    unlink(checkpointPath)
  }
}

extension Simulation {
  /// The time everything has reached.
  public var slowestTime: Double {
    let followed = followsFluctuation ? fluctuation?.memory.time : nil
    let all =
      [density?.memory.time, followed]
      + (members + ladder.joined()).map(\.memory.time)
    return all.compactMap { $0 }.min() ?? 0
  }
}
