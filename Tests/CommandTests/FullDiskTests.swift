import Foundation
import SnapshotIO
import TestSupport
import Testing

@Suite("A full disk: status 74, every snapshot before it whole, and nothing in a later run's way")
struct FullDiskTests {
  let folder: TemporaryFolder
  let meanfield: Program

  init() throws {
    folder = try TemporaryFolder()
    meanfield = Program(folder: folder)
    try folder.write(Samples.long, to: "run.yaml")
  }

  /// Checks that an output is whole as far as it goes; returns its number of snapshots.
  private func snapshots(_ path: String) throws -> Int {
    let root = try NetCDFFile(opening: path).root
    let times = try root.doubles("time")
    #expect(times == times.indices.map { Double($0) * 0.05 })
    let particles = try root.group(named: "particles")
    for values in try [
      root.doubles("density"), root.doubles("moment_re"), root.doubles("energy"),
      particles.doubles("angle"), particles.doubles("energy"),
    ] {
      #expect(values.allFinite)
    }
    return times.count
  }

  private func expectNoRoom(_ error: String) {
    let message =
      #/meanfield: out\.nc: cannot write a snapshot: no room left on the disk \(\d+ bytes; .*\)\n/#
    #expect(error.wholeMatch(of: message) != nil, "\(error)")
  }

  @Test("a limit on file sizes in the middle of a run")
  func limit() throws {
    // 13.1 MB are expected, and the last of 14 MB is kept for the file's own tables.
    let blocks = "ulimit -f $((14000000 / 512))"
    let full = try meanfield.inShell(blocks, "run", "run.yaml", "--output", "out.nc")
    #expect(full.status == 74)
    #expect(full.output.isEmpty)
    expectNoRoom(full.error)
    let written = try snapshots(folder.file("out.nc"))
    #expect(90...100 ~= written)
    #expect(folder.contents == ["out.nc", "run.yaml"])

    let later = try meanfield("run", "run.yaml", "--output", "out.nc", "--resume", "--quiet")
    #expect(later.status == 0)
    #expect(try snapshots(folder.file("out.nc")) == 101)
  }

  @Test("a run that is known not to fit does not start")
  func known() throws {
    let outcome = try meanfield.inShell(
      "ulimit -f 8000", "run", "run.yaml", "--output", "out.nc")
    #expect(outcome.status == 65)
    #expect(outcome.error.hasPrefix("meanfield: the run would write about 13."))
    #expect(
      outcome.error.hasSuffix(
        " MB and out.nc has room for 4.1 MB: a longer output.every, fewer output.particles, or "
          + "another disk\n"))
    #expect(folder.contents == ["run.yaml"])
  }

  @Test("a checkpoint survives a full disk, and the run goes on when there is room again")
  func checkpoint() throws {
    #expect(try meanfield("run", "run.yaml", "--output", "out.nc", "--quiet").status == 0)
    let expected = try Contents(of: folder.file("out.nc"))
    try FileManager.default.removeItem(atPath: folder.file("out.nc"))

    let running = try meanfield.start(["run", "run.yaml", "--output", "out.nc"])
    try running.wait { folder.holds("out.nc") }
    usleep(50_000)
    running.send(SIGINT)
    #expect(try running.outcome().status == 130)
    let full = try meanfield.inShell(
      "ulimit -f $((14000000 / 512))", "run", "run.yaml", "--output", "out.nc", "--resume")
    #expect(full.status == 74)
    #expect(folder.contents == ["out.nc", "out.nc.checkpoint", "run.yaml"])
    _ = try snapshots(folder.file("out.nc"))
    let later = try meanfield("run", "run.yaml", "--output", "out.nc", "--resume", "--quiet")
    #expect(later.status == 0)
    #expect(try Contents(of: folder.file("out.nc")).differences(from: expected) == [])
    #expect(folder.contents == ["out.nc", "run.yaml"])
  }

  /// Whether this user may mount a file system of its own that nobody else sees.
  static let canMount: Bool = {
    #if os(Linux)
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments = [
        "-c", "unshare --mount sh -c 'mount -t tmpfs -o size=64k meanfield /mnt' 2>/dev/null",
      ]
      do {
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus == 0
      } catch {
        return false
      }
    #else
      return false
    #endif
  }()

  @Test(
    "another program fills the disk in the middle of a run",
    .enabled(if: canMount, "needs the right to mount a small file system"),
    // A run that fits into what its file claims ahead, 1 MiB, would go on to its end.
    arguments: ["", "--set output.particles=none --set output.points=4096"])
  func filled(flags: String) throws {
    // What was on the disk is copied out before the file system goes with its last process.
    let script = """
      mkdir disk && mount -t tmpfs -o size=20m meanfield disk || exit 99
      cd disk
      "$0" run ../run.yaml --output out.nc \(flags) 2>../error >../output & p=$!
      while [ ! -e out.nc ] && kill -0 $p; do sleep 0.01; done
      sleep 0.1
      cat /dev/zero >fill 2>/dev/null
      wait $p
      status=$?
      rm fill
      ls >../names
      cp out.nc ../full.nc
      "$0" run ../run.yaml --output out.nc \(flags) --resume --quiet && cp out.nc ../out.nc
      exit $status
      """
    let words = ["unshare", "--mount", "/bin/sh", "-c", script]
    let outcome = try meanfield.start([], wrapper: ["/usr/bin/env"] + words).outcome()
    #expect(outcome.status == 74)
    func text(_ name: String) throws -> String {
      try String(contentsOfFile: folder.file(name), encoding: .utf8)
    }
    #expect(try text("output").isEmpty)
    expectNoRoom(try text("error"))
    #expect(try text("names") == "out.nc\n")
    for name in ["full.nc", "out.nc"] {
      let root = try NetCDFFile(opening: folder.file(name)).root
      let times = try root.doubles("time")
      #expect(times == times.indices.map { Double($0) * 0.05 })
      #expect(times.count == 101 || name == "full.nc" && times.count < 101)
      #expect(try root.doubles("density").allFinite)
      let particles = try root.group(named: "particles")
      #expect(try particles.doubles("energy").allFinite)
      if flags.isEmpty { #expect(try particles.doubles("angle").allFinite) }
    }
  }
}
