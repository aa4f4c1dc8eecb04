import ArgumentParser
import Foundation
import MeanField
import RunFiles

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Solve continuum and particles, whichever the run file names.",
    discussion: """
      EXAMPLES
        meanfield run configs/kuramoto.yaml
        meanfield run configs/kuramoto.yaml --set time.end=2 --output short.nc
        meanfield run configs/circle-clusters.yaml --resume
      """)

  @Argument(help: "The run file.")
  var file: String
  @OptionGroup var runFileOptions: RunFileOptions
  @OptionGroup var solve: SolveOptions

  func run() {
    let summary = MeanFieldCommand.reporting {
      try Self.execute(file, runFileOptions, solve, compares: false)
    }
    if !solve.quiet { print(Report.text(summary), terminator: "") }
  }

  /// One session under the eyes of progress line and signals.
  static func execute(
    _ file: String, _ runFileOptions: RunFileOptions, _ solve: SolveOptions, compares: Bool
  ) throws -> RunSession.Summary {
    let runFile = try runFileOptions.read(file)
    let session = try RunSession(
      runFile, start: solve.start, compares: compares, threads: solve.threads)
    return try watched(end: runFile.time.end, quiet: solve.quiet) {
      try session.execute(isInterrupted: { Interrupts.isRaised }, progress: $0)
    }
  }

  static func watched(
    end: Double, quiet: Bool,
    _ body: (@escaping @Sendable (Double) -> Void) throws -> RunSession.Summary
  ) throws -> RunSession.Summary {
    Interrupts.watch()
    let line = ProgressLine(end: end, quiet: quiet)
    defer { line.clear() }
    return try body { line.show($0) }
  }
}

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Solve, then compare particles with the continuum: distances, clusters, verdict.",
    discussion: """
      Given an output file (.nc), only its group 'comparison' is written, anew if
      it is there. Exit status 2: a member is farther from the density than
      independent draws would be.

      EXAMPLES
        meanfield compare configs/circle-clusters.yaml
        meanfield compare output/circle-clusters.nc --json
      """)

  @Argument(help: "The run file, or an output file (.nc).")
  var file: String
  @OptionGroup var runFileOptions: RunFileOptions
  @OptionGroup var solve: SolveOptions
  @Flag(help: "Print the result as JSON.")
  var json = false

  private var isOutput: Bool { file.hasSuffix(".nc") }

  func validate() throws {
    guard isOutput else { return }
    for (flag, isGiven) in [("--output", runFileOptions.output != nil), ("--resume", solve.resume)]
    where isGiven {
      throw ValidationError(
        "\(flag): found an output file, \(file), in which only the group 'comparison' is written")
    }
  }

  func run() throws {
    let summary = MeanFieldCommand.reporting {
      guard isOutput else {
        return try RunCommand.execute(file, runFileOptions, solve, compares: true)
      }
      let recomparison = try Recomparison(
        output: file, settings: runFileOptions.settings, threads: solve.threads)
      return try RunCommand.watched(end: recomparison.runFile.time.end, quiet: solve.quiet) {
        try recomparison.execute(isInterrupted: { Interrupts.isRaised }, progress: $0)
      }
    }
    if json {
      print(Report.json(summary))
    } else if !solve.quiet {
      print(Report.text(summary), terminator: "")
    }
    if let verdict = summary.verdict, !verdict.isWithin { throw ExitCode(2) }
  }
}
