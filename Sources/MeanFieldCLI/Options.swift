import ArgumentParser
import Foundation
import RunFiles

/// Flags of every command that reads a run file.
struct RunFileOptions: ParsableArguments {
  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp(
      "Change a key of the run file, as attention.beta=4 (repeatable).",
      valueName: "path.to.key=value"))
  var settings: [String] = []

  @Option(name: .customLong("output"), help: "Write the output here.")
  var output: String?

  func validate() throws {
    if output?.isEmpty == true {
      throw ValidationError("--output: found an empty path, allowed: the path of a file")
    }
  }

  /// Reads the file with the flags applied.
  func read(_ path: String) throws -> RunFile {
    try read(RunFileSource(contentsOf: path, settings: settings))
  }

  func read(_ source: RunFileSource) throws -> RunFile {
    var runFile = try RunFile(source)
    if let output { runFile.output.file = output }
    return runFile
  }
}

/// Flags of the commands that solve.
struct SolveOptions: ParsableArguments {
  @Flag(help: "Continue what was interrupted.")
  var resume = false

  @Flag(help: "Replace an existing output.")
  var overwrite = false

  @Option(help: "Threads to use; the values do not depend on it.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Flag(help: "No progress and no summary.")
  var quiet = false

  func validate() throws {
    guard threads >= 1 else {
      throw ValidationError("--threads: found \(threads), allowed: a whole number ≥ 1")
    }
    guard !(resume && overwrite) else {
      throw ValidationError("--resume and --overwrite exclude each other")
    }
  }

  var start: RunSession.Start { resume ? .resume : overwrite ? .overwrite : .new }
}
