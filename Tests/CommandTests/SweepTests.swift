import Foundation
import SnapshotIO
import TestSupport
import Testing

@Suite("sweep: every point once, whatever happens in between")
struct SweepTests {
  let folder: TemporaryFolder
  let meanfield: Program

  init() throws {
    folder = try TemporaryFolder()
    meanfield = Program(folder: folder)
    try folder.write(Self.quick, to: "quick.yaml")
    try folder.write(Self.long, to: "long.yaml")
  }

  /// Done in a moment; without noise a density needs more points than it may have.
  static let quick = """
    manifold: circle
    initial: {vonMises: [{mean: 0.3, concentration: 4}]}
    density: {spectral: {points: 64, maximumPoints: 64}}
    time: {end: 2, tolerance: 1e-6}
    output: {file: out.nc, every: 1}
    sweep:
      keys:
        - {key: attention.beta, values: [1, 40]}
        - {key: noise, values: [0.2, 0]}
      observables:
        - {name: order, of: density, moment: 1}

    """

  /// Seconds of work in many points, so that signals some tenths of a second from the start come before the end.
  static let long = """
    manifold: circle
    initial: uniform
    density: none
    particles: {count: 20000, members: 2}
    time: {end: 20, tolerance: 1e-6}
    output: {file: out.nc, every: 5}
    sweep:
      keys:
        - {key: attention.beta, from: 4, to: 9, count: 6}
        - {key: particles.seed, from: 1, to: 8, count: 8}
      observables:
        - {name: order, of: particles, moment: 1}
        - {name: clusters, of: particles, diagnostic: cluster_count}

    """

  private func statuses() throws -> [Int] {
    try NetCDFFile(opening: folder.file("out.nc")).root.integers("status")
  }

  @Test("a point that fails is recorded and stops no other; status 1")
  func failure() throws {
    let outcome = try meanfield("sweep", "quick.yaml")
    #expect(outcome.status == 1)
    #expect(outcome.output.hasPrefix("4 points solved in "))
    #expect(outcome.output.hasSuffix(" s\n\nout.nc\n"))
    #expect(
      outcome.error.hasPrefix(
        "meanfield: 2 of 4 points failed, the first at beta = 1, noise = 0: t = "))
    let file = try NetCDFFile(opening: folder.file("out.nc"))
    let root = file.root
    #expect(try root.integers("status") == [1, 2, 1, 2])
    let reasons = try root.strings("failure")
    #expect(reasons[0].isEmpty && reasons[2].isEmpty)
    #expect(reasons[1].contains("the density has become too sharp"))
    let order = try root.doubles("order")
    #expect(Array(order[..<3] + order[6..<9]).allFinite)
    #expect((order[3..<6] + order[9...]).allSatisfy { $0.isNaN })
    #expect(try root.attribute("title")?.text == "quick.yaml")
    try file.close()

    let again = try meanfield("sweep", "quick.yaml", "--resume")
    #expect(again.status == 1)
    #expect(again.output == "out.nc is complete: nothing left to resume\n")
    let plot = try meanfield("plot", "out.nc")
    #expect(plot.status == 0)
    #expect(plot.output == "out.png\n")
    let export = try meanfield("export", "out.nc", "--format", "vtk")
    #expect(export.status == 65)
    #expect(
      export.error == "meanfield: out.nc: found the output of a sweep, which has no density and no "
        + "particles for vtk to show, allowed: csv, npy\n")
    #expect(try meanfield("export", "out.nc", "--format", "csv").status == 0)
    let table = try String(contentsOfFile: folder.file("out-csv/points.csv"), encoding: .utf8)
    #expect(table.split(separator: "\n").count == 1 + order.count)
    #expect(table.contains(",done,") && table.contains(",failed,"))
    #expect(try meanfield("export", "out.nc", "--format", "npy").status == 0)
    #expect(folder.holds("out-npy/order.npy"))
  }

  @Test("an output that stands there is not touched")
  func existing() throws {
    try folder.write("mine", to: "out.nc")
    let refused = try meanfield("sweep", "quick.yaml")
    #expect(refused.status == 74)
    #expect(
      refused.error
        == "meanfield: out.nc: cannot write the output: it exists; --overwrite replaces it, --resume "
        + "continues an interrupted sweep\n")
    #expect(try String(contentsOfFile: folder.file("out.nc"), encoding: .utf8) == "mine")
    #expect(try meanfield("sweep", "quick.yaml", "--resume").status == 74)
    #expect(try meanfield("sweep", "quick.yaml", "--overwrite", "--quiet").status == 1)
    let other = try meanfield("sweep", "quick.yaml", "--resume", "--set", "time.end=3")
    #expect(other.status == 65)
    #expect(
      other.error
        == "meanfield: out.nc: was written by another run file; choose another output.file\n")
    let elsewhere = try meanfield(
      "sweep", "quick.yaml", "--output", "new/b: c.nc", "--quiet", "--set",
      "sweep.keys.1.values=[0.2, 0.3]")
    #expect(elsewhere.status == 0 && elsewhere.error.isEmpty && elsewhere.output.isEmpty)
    #expect(folder.holds("new/b: c.nc"))
  }

  @Test("a sweep and a single run are told apart, and a bad point is refused before any is solved")
  func refusals() throws {
    for command in ["run", "compare", "predict"] {
      let outcome = try meanfield(command, "quick.yaml")
      #expect(outcome.status == 65)
      #expect(
        outcome.error
          == "meanfield: quick.yaml:6:1: sweep: found a sweep, which meanfield sweep solves; allowed "
          + "here: a single run\n")
    }
    try folder.write(Samples.short, to: "run.yaml")
    let single = try meanfield("sweep", "run.yaml")
    #expect(single.status == 65)
    #expect(
      single.error
        == "meanfield: run.yaml: sweep: missing; a single run is solved by meanfield run\n")
    let bad = try meanfield(
      "sweep", "quick.yaml", "--set", "sweep.keys.1.values=[0.2, -1]")
    #expect(bad.status == 65)
    #expect(
      bad.error
        == "meanfield: --set sweep.keys.1.values=[0.2, -1]: noise: found -1, allowed: a number ≥ 0 "
        + "(at the point beta = 1, noise = -1)\n")
    #expect(!folder.holds("out.nc"))
  }

  @Test("validate prints a sweep that validates to the same text")
  func validate() throws {
    let first = try meanfield("validate", "quick.yaml")
    #expect(first.status == 0)
    #expect(first.output.hasPrefix("# points: 4 (beta 2 × noise 2), 3 snapshots each\n# memory: "))
    try folder.write(first.output, to: "again.yaml")
    #expect(try meanfield("validate", "again.yaml").output == first.output)
    let printed = try meanfield("validate", "quick.yaml", "--json").output
    let json = try JSONSerialization.jsonObject(with: Data(printed.utf8))
    let cost = try #require((json as? [String: Any])?["cost"] as? [String: Any])
    #expect(cost["points"] as? Int == 4)
    #expect(!folder.holds("out.nc"))
  }

  @Test("interrupted or killed, --resume solves what is missing and ends with the same values")
  func resumed() throws {
    #expect(try meanfield("sweep", "long.yaml", "--threads", "1", "--quiet").status == 0)
    let expected = try Contents(of: folder.file("out.nc"))
    #expect(try statuses() == [Int](repeating: 1, count: 48))
    try FileManager.default.removeItem(atPath: folder.file("out.nc"))

    let first = try meanfield.start(["sweep", "long.yaml", "--threads", "2"])
    try first.wait { folder.holds("out.nc") }
    usleep(300_000)
    first.send(SIGINT)
    let interrupted = try first.outcome()
    #expect(interrupted.status == 130)
    #expect(interrupted.output.isEmpty)
    let message =
      #/meanfield: interrupted with (\d+) of 48 points finished, which are saved: --resume continues out\.nc\n/#
    let match = try #require(interrupted.error.wholeMatch(of: message))
    let saved = try statuses()
    #expect(saved.count { $0 == 1 } == Int(match.1))
    #expect(saved.contains(0))

    // Solved points are told by values that a second solving could not give.
    let file = try NetCDFFile(opening: folder.file("out.nc"), writable: true)
    for (point, status) in saved.enumerated() where status == 1 {
      try file.root.put(
        [Double](repeating: 77, count: 5), into: "order", start: [point / 8, point % 8, 0],
        count: [1, 1, 5])
    }
    try file.close()
    let second = try meanfield.start(["sweep", "long.yaml", "--resume", "--quiet"])
    usleep(400_000)
    second.send(SIGKILL)
    _ = try second.outcome()
    let later = try statuses()
    #expect(zip(saved, later).allSatisfy { $0 <= $1 })
    let last = try meanfield("sweep", "long.yaml", "--resume")
    #expect(last.status == 0)

    let root = try NetCDFFile(opening: folder.file("out.nc"), writable: true)
    let order = try root.root.doubles("order")
    for (point, status) in saved.enumerated() {
      #expect((order[5 * point] == 77) == (status == 1))
    }
    try root.close()
    let differences = try Contents(of: folder.file("out.nc")).differences(from: expected)
    #expect(differences == (saved.contains(1) ? ["order"] : []))
  }

  @Test(
    "a sweep that does not fit on the disk does not start; a disk that fills later does no harm")
  func disk() throws {
    let refused = try meanfield.inShell(
      "ulimit -f 8", "sweep", "long.yaml", "--set", "output.every=0.005")
    #expect(refused.status == 65)
    #expect(refused.error.hasPrefix("meanfield: the sweep would write about 6."))
    #expect(!folder.holds("out.nc"))
    let tight = try meanfield.inShell("ulimit -f 200", "sweep", "quick.yaml")
    #expect(tight.status == 74)
    #expect(tight.error.contains("cannot write the sweep: no room left on the disk"))
  }
}
