import Foundation
import SnapshotIO
import TestSupport
import Testing

@Suite("Signals: the state is saved, and --resume ends with the same values")
struct InterruptTests {
  let folder: TemporaryFolder
  let meanfield: Program

  init() throws {
    folder = try TemporaryFolder()
    meanfield = Program(folder: folder)
    try folder.write(Samples.long, to: "run.yaml")
  }

  /// Starts a run and waits until it is under way.
  private func underway(_ arguments: String...) throws -> Program.Running {
    let running = try meanfield.start(["run", "run.yaml", "--output", "out.nc"] + arguments)
    try running.wait { folder.holds("out.nc") }
    return running
  }

  @Test("SIGINT and SIGTERM: status 130, one sentence, a checkpoint", arguments: [SIGINT, SIGTERM])
  func saved(signal: Int32) throws {
    let running = try underway()
    usleep(100_000)
    running.send(signal)
    let outcome = try running.outcome()
    #expect(outcome.status == 130)
    #expect(outcome.output.isEmpty)
    #expect(outcome.error.hasPrefix("meanfield: interrupted at t = "))
    #expect(outcome.error.hasSuffix("; the state is saved: --resume continues out.nc\n"))
    #expect(folder.contents == ["out.nc", "out.nc.checkpoint", "run.yaml"])
    let root = try NetCDFFile(opening: folder.file("out.nc")).root
    #expect(try root.doubles("density").allFinite)

    let refused = try meanfield("run", "run.yaml", "--output", "out.nc")
    #expect(refused.status == 74)
    let other = try meanfield(
      "run", "run.yaml", "--output", "out.nc", "--resume", "--set", "attention.beta=4.5")
    #expect(other.status == 65)
    #expect(
      other.error
        == "meanfield: out.nc.checkpoint: belongs to another run file; give that one, or start with "
        + "--overwrite\n")
    #expect(folder.contents == ["out.nc", "out.nc.checkpoint", "run.yaml"])
  }

  @Test("interrupted at random moments and resumed to the end: the same values")
  func resumed() throws {
    #expect(try meanfield("run", "run.yaml", "--output", "out.nc", "--quiet").status == 0)
    let expected = try Contents(of: folder.file("out.nc"))
    try FileManager.default.removeItem(atPath: folder.file("out.nc"))

    var random = SystemRandomNumberGenerator()
    var stops = 0
    var pauses: [UInt32] = []
    for flag in ["--quiet", "--resume", "--resume", "--resume"] {
      let running = try underway(flag)
      pauses.append(UInt32.random(in: 20_000...250_000, using: &random))
      usleep(pauses.last ?? 0)
      running.send(SIGINT)
      let outcome = try running.outcome()
      if outcome.status == 0 { break }
      #expect(outcome.status == 130)
      stops += 1
    }
    #expect(stops >= 1)
    #expect(try meanfield("run", "run.yaml", "--output", "out.nc", "--resume").status == 0)
    let differences = try Contents(of: folder.file("out.nc")).differences(from: expected)
    #expect(differences == [], "paused after \(pauses) µs")
    #expect(folder.contents == ["out.nc", "run.yaml"])
  }

  @Test("SIGKILL leaves what was synced; --resume without a checkpoint starts anew")
  func killed() throws {
    let running = try underway("--set", "time.end=100")
    let path = folder.file("out.nc")
    // The first sync with snapshots comes a second after the start; a copy shows it, since the file
    // itself is locked.
    let copy = folder.file("copy.nc")
    try running.wait {
      usleep(200_000)
      try? FileManager.default.removeItem(atPath: copy)
      try FileManager.default.copyItem(atPath: path, toPath: copy)
      return (try? NetCDFFile(opening: copy).root.dimensionLength("time")) ?? 0 > 1
    }
    running.send(SIGKILL)
    #expect(try running.outcome().status == 128 + SIGKILL)
    let root = try NetCDFFile(opening: path).root
    let times = try root.doubles("time")
    #expect(times.count > 1)
    #expect(times == times.indices.map { Double($0) * 0.05 })
    #expect(try root.doubles("density").allFinite)
    #expect(try root.group(named: "particles").doubles("angle").allFinite)

    let short = ["--set", "time.end=0.1"]
    let other = try meanfield.start(
      ["run", "run.yaml", "--output", "out.nc", "--resume"] + short
    ).outcome()
    #expect(other.status == 65)
    #expect(
      other.error
        == "meanfield: out.nc: was written by another run file; choose another output.file\n")
    try FileManager.default.removeItem(atPath: path)
    let anew = try meanfield.start(
      ["run", "run.yaml", "--output", "out.nc", "--resume"] + short
    ).outcome()
    #expect(anew.status == 0)
    let again = try meanfield.start(
      ["run", "run.yaml", "--output", "out.nc", "--resume"] + short
    ).outcome()
    #expect(again.status == 0)
    #expect(again.output == "out.nc is complete: nothing left to resume\n")
    #expect(again.error.isEmpty)
  }

  @Test("an interrupted comparison of an output says that it begins anew")
  func comparison() throws {
    let short = ["--set", "time.end=3"]
    #expect(
      try meanfield.start(["run", "run.yaml", "--output", "out.nc", "--quiet"] + short).outcome()
        .status == 0)
    let before = try Contents(of: folder.file("out.nc"))
    let running = try meanfield.start(["compare", "out.nc"])
    usleep(400_000)
    running.send(SIGINT)
    let outcome = try running.outcome()
    if outcome.error.isEmpty, outcome.status == 130 { return }  // before it had begun
    #expect(outcome.status == 130)
    #expect(
      outcome.error.hasSuffix("; the comparison in out.nc is not complete: compare again\n"))
    let after = try Contents(of: folder.file("out.nc")).without("comparison")
    #expect(after.differences(from: before) == [])
  }
}
