import TestSupport
import Testing

/// Commands and flags.
extension BadInputTests {
  @Test("a wrong command line: status 64, and what was probably meant")
  func commandLine() throws {
    try folder.write(Samples.short, to: "run.yaml")
    expect(
      try meanfield("rnu", "run.yaml"), status: 64,
      "unknown command 'rnu', allowed: run, compare, predict, sweep, validate, plot, "
        + "export; did you mean 'run'?")
    expect(
      try meanfield("walk", "run.yaml"), status: 64,
      "unknown command 'walk', allowed: run, compare, predict, sweep, validate, plot, export")
    let wrong: [([String], String)] = [
      (["run"], "Missing expected argument '<file>'"),
      (["run", "run.yaml", "more"], "Unexpected argument 'more'"),
      (
        ["run", "run.yaml", "--thread", "2"], "Unknown option '--thread'. Did you mean '--threads'?"
      ),
      (
        ["run", "run.yaml", "--threads", "x"], "The value 'x' is invalid for '--threads <threads>'"
      ),
      (
        ["run", "run.yaml", "--threads", "0"], "--threads: found 0, allowed: a whole number ≥ 1"
      ),
      (
        ["run", "run.yaml", "--resume", "--overwrite"],
        "--resume and --overwrite exclude each other"
      ),
      (["run", "run.yaml", "--set"], "Missing value for '--set <path.to.key=value>'"),
      (
        ["run", "run.yaml", "--output", ""],
        "--output: found an empty path, allowed: the path of a file"
      ),
      (["run", "run.yaml", "--json"], "Unknown option '--json'. Did you mean '--set'?"),
      (
        ["compare", "out.nc", "--output", "b.nc"],
        "--output: found an output file, out.nc, in which only the group 'comparison' is written"
      ),
      (
        ["compare", "out.nc", "--resume"],
        "--resume: found an output file, out.nc, in which only the group 'comparison' is written"
      ),
    ]
    for (arguments, message) in wrong {
      let outcome = try meanfield.start(arguments).outcome()
      #expect(outcome.status == 64, "\(arguments)")
      #expect(outcome.output.isEmpty)
      #expect(outcome.error.hasPrefix("Error: \(message)\n"), "\(arguments): \(outcome.error)")
    }
    #expect(folder.contents == ["run.yaml"])
  }

  @Test("help and version are no errors")
  func help() throws {
    for arguments in [["--help"], ["help", "run"], ["plot", "--help"], ["--version"]] {
      let outcome = try meanfield.start(arguments).outcome()
      #expect(outcome.status == 0)
      #expect(!outcome.output.isEmpty)
      #expect(outcome.error.isEmpty)
    }
  }

  @Test(
    "examples in the help stand on one line each, to be copied",
    arguments: [
      [], ["run"], ["compare"], ["predict"], ["sweep"], ["validate"], ["plot"], ["export"],
    ])
  func examples(command: [String]) throws {
    let text = try meanfield.start(["help"] + command).outcome().output
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let first = try #require(lines.firstIndex(of: "EXAMPLES"))
    let examples = lines[(first + 1)...].prefix { !$0.isEmpty }
    #expect(!examples.isEmpty)
    #expect(examples.allSatisfy { $0.hasPrefix("  meanfield ") }, "\(examples)")
  }
}
