import Foundation
import RunFiles
import TestSupport
import Testing

@Suite("What is printed, where, and that threads do not matter")
struct StreamTests {
  let folder: TemporaryFolder
  let meanfield: Program

  init() throws {
    folder = try TemporaryFolder()
    meanfield = Program(folder: folder)
    try folder.write(Samples.short, to: "run.yaml")
  }

  private func object(_ text: String) throws -> [String: Any] {
    let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
    return try #require(value as? [String: Any])
  }

  @Test("the same values on one thread and on two", arguments: ["0", "0.05"])
  func threads(noise: String) throws {
    var contents: [Contents] = []
    for threads in ["1", "2"] {
      let outcome = try meanfield(
        "compare", "run.yaml", "--threads", threads, "--set", "noise=\(noise)",
        "--set", "particles.members=3", "--overwrite", "--quiet")
      #expect([0, 2].contains(outcome.status))
      contents.append(try Contents(of: folder.file("output/run.nc")))
    }
    #expect(contents[0].differences(from: contents[1]) == [])
    #expect(contents[0].values.keys.contains("comparison/wasserstein1"))
  }

  @Test("on a pipe: a summary on standard output, nothing on standard error")
  func pipe() throws {
    let loud = try meanfield("run", "run.yaml")
    #expect(loud.status == 0)
    #expect(loud.error.isEmpty)
    #expect(loud.output.hasPrefix("t = 1 reached in "))
    #expect(loud.output.contains("\ndensity: mass 1, energy "))
    #expect(loud.output.contains("\nparticles: 2 members of 32\n"))
    #expect(loud.output.hasSuffix("\noutput/run.nc\n"))
    #expect(!loud.output.contains("\u{1B}"))

    let quiet = try meanfield("run", "run.yaml", "--overwrite", "--quiet")
    #expect(quiet.status == 0)
    #expect(quiet.output.isEmpty)
    #expect(quiet.error.isEmpty)
  }

  /// At β = 0 two tokens opposite each other pull nowhere: their mean is zero.
  @Test("members without clusters have no list of them")
  func noClusters() throws {
    try folder.write(
      """
      manifold: circle
      attention: {beta: 0}
      initial: {tokens: {file: pair.csv}}
      density: none
      particles: {}
      time: {end: 0.1}

      """, to: "pair.yaml")
    try folder.write("1,0\n-1,0\n", to: "pair.csv")
    let outcome = try meanfield("run", "pair.yaml")
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("\n  member 0: 0 clusters\n"))
  }

  #if os(Linux)
    @Test(
      "on a terminal: progress with time left, unless quiet",
      .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script"), "needs script"))
    func terminal() throws {
      try folder.write(Samples.long, to: "long.yaml")
      for (flag, isShown) in [("", true), ("--quiet", false)] {
        let outcome = try meanfield(
          "run", "long.yaml", "--overwrite", "--set", "time.end=2", flag,
          wrapper: ["/bin/sh", "-c", #"exec script -qec "$0 $*" /dev/null"#])
        #expect(outcome.status == 0)
        #expect(outcome.output.contains(" left") == isShown)
        #expect(outcome.output.contains("\r\u{1B}[2K█") == isShown)
        #expect(outcome.output.contains("t = 2 reached in ") == isShown)
      }
    }
  #endif

  @Test("predict says what theory says, as text and as JSON")
  func predict() throws {
    let runFile = try RunFile(contentsOf: folder.file("run.yaml"))
    let expected = Prediction(runFile)
    let json = try meanfield("predict", "run.yaml", "--json")
    #expect(json.status == 0)
    #expect(json.error.isEmpty)
    let found: Prediction = try json.decoded()
    #expect(found == expected)
    #expect(found.modes == found.growthRates.count)
    #expect(found.fastestRate == found.growthRates.max())
    // ln N/(2λ).
    let time = try #require(found.formationTime)
    #expect(abs(time - log(32) / (2 * (found.fastestRate ?? 0))) < 1e-12)

    let text = try meanfield("predict", "run.yaml")
    #expect(text.status == 0)
    #expect(text.output.contains("K = \(found.modes)\n"))
    #expect(text.output.contains("expected number of clusters: \(found.fastestMode ?? 0)\n"))
    #expect(folder.contents == ["run.yaml"])

    let above = try meanfield("predict", "run.yaml", "--set", "noise=10")
    #expect(above.output.contains("the uniform state is stable"))
    #expect(above.output.contains("this run has D = 10, above"))
  }

  @Test("validate prints a run file that validates to the same text", arguments: ["0", "0.05"])
  func validate(noise: String) throws {
    let first = try meanfield("validate", "run.yaml", "--set", "noise=\(noise)")
    #expect(first.status == 0)
    #expect(first.error.isEmpty)
    try folder.write(first.output, to: "again.yaml")
    let second = try meanfield("validate", "again.yaml")
    #expect(second.status == 0)
    #expect(second.output == first.output)
    for comment in [
      "# memory: about ", "# disk: about ", "# work: about ", "# meanfield compare: ",
    ] {
      #expect(first.output.contains(comment))
    }

    let json = try object(
      try meanfield("validate", "run.yaml", "--set", "noise=\(noise)", "--json").output)
    let text = try #require(json["runFile"] as? String)
    #expect(first.output.hasSuffix(text))
    let cost = try #require(json["cost"] as? [String: Any])
    #expect(cost["snapshots"] as? Int == 5)
    let comparison = try #require(json["comparisonCost"] as? [String: Any])
    for name in ["memory", "disk", "workPerRate"] {
      let single = try #require(cost[name] as? Double)
      #expect(single > 0)
      #expect((comparison[name] as? Double ?? 0) > single)
    }
    #expect(folder.contents == ["again.yaml", "run.yaml"])

    // What is printed gives the same values as the file it came from.
    let short = ["--set", "noise=\(noise)", "--output", "a.nc", "--quiet"]
    #expect(try meanfield.start(["run", "run.yaml"] + short).outcome().status == 0)
    #expect(try meanfield("run", "again.yaml", "--output", "b.nc", "--quiet").status == 0)
    let differences = try Contents(of: folder.file("a.nc"))
      .differences(from: Contents(of: folder.file("b.nc")))
    #expect(differences == ["run_file"])
  }
}
