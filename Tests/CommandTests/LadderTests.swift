import Foundation
import MeanField
import RunFiles
import SnapshotIO
import Synchronization
import TestSupport
import Testing

@Suite("compare with a ladder: one set of numbers in every way of asking")
struct LadderTests {
  let folder: TemporaryFolder
  let meanfield: Program

  private static let text = Samples.judged + "compare: {counts: [64, 256]}\n"
  private static let kinds = ["wasserstein1", "wasserstein2", "sobolev", "moment"]

  init() throws {
    folder = try TemporaryFolder()
    meanfield = Program(folder: folder)
    try folder.write(Self.text, to: "run.yaml")
  }

  private struct Result: Decodable, Equatable {
    struct Deviation: Decodable, Equatable {
      var member: Int
      var moment: String
      var time: Double
      var standardDeviations: Double
    }
    struct Kind: Decodable, Equatable {
      var members: [[Double]]
      var exponent: Double
      var error: Double
    }
    struct Snapshot: Decodable, Equatable {
      var time: Double
      var distances: [String: Kind]
    }
    struct Ladder: Decodable, Equatable {
      var counts: [Int]
      var judged: Snapshot?
      var end: Snapshot
    }
    var pValues: [Double]
    var sigmas: [Double]
    var largestDeviation: Deviation
    var ladder: Ladder
  }

  @Test("JSON, file, an output compared anew and a run without comparison agree")
  func agrees() throws {
    let outcome = try meanfield("compare", "run.yaml", "--json", "--output", "fresh.nc")
    #expect(outcome.status == 0)
    let found: Result = try outcome.decoded()
    #expect(found.ladder.counts == [64, 256])
    #expect(found.ladder.end.time == 0.5)
    #expect(found.ladder.judged == found.ladder.end)
    #expect(Set(found.ladder.end.distances.keys) == Set(Self.kinds))

    let file = try NetCDFFile(opening: folder.file("fresh.nc"))
    let group = try file.root.group(named: "comparison")
    #expect(try group.integers("count") == [64, 256])
    for (name, kind) in found.ladder.end.distances {
      let values = try group.doubles("ladder_\(name)", start: [2, 0, 0], count: [1, 2, 2])
      #expect(values == Array(kind.members.joined()))
      #expect(try group.doubles("rate_\(name)")[2] == kind.exponent)
      #expect(try group.doubles("rate_\(name)_error")[2] == kind.error)
      let law = PowerLaw(counts: [64, 256], values: kind.members)
      #expect(law.exponent == kind.exponent && law.error == kind.error)
    }
    // p = erfc(σ/√2).
    #expect(try group.doubles("sigmas") == found.sigmas)
    for (p, sigmas) in zip(found.pValues, found.sigmas) {
      #expect(abs(twoSidedLevel(sigmas: sigmas) / p - 1) < 1e-13)
    }
    // The largest deviation is that of the file.
    let names = try group.strings("moment_name")
    #expect(names == (1...4).flatMap { ["Re m_\($0)", "Im m_\($0)"] })
    let deviations = try group.doubles("moment_deviation")
    let largest = found.largestDeviation
    #expect(deviations.map(abs).max() == abs(largest.standardDeviations))
    let place = try #require(deviations.firstIndex(of: largest.standardDeviations))
    #expect(names[place % 8] == largest.moment)
    #expect(place / 8 % 2 == largest.member)
    #expect([0, 0.25, 0.5][place / 16] == largest.time)
    try file.close()

    // Of an output without a comparison; and the ladder changes no other number of a run.
    #expect(try meanfield("run", "run.yaml", "--quiet").status == 0)
    let again = try meanfield("compare", "output/run.nc", "--json")
    #expect(try again.decoded() == found)
    let recorded = try Contents(of: folder.file("fresh.nc"))
    #expect(
      try Contents(of: folder.file("output/run.nc")).differences(from: recorded) == ["run_file"])
    try folder.write(Samples.judged, to: "plain.yaml")
    #expect(try meanfield("run", "plain.yaml", "--quiet").status == 0)
    let plain = try Contents(of: folder.file("output/plain.nc")).without("comparison")
    #expect(recorded.without("comparison").differences(from: plain) == ["run_file", "title"])
  }

  /// N Var Re m_k = (1 + Re m_{2k})/2 − (Re m_k)², N Var Im m_k = (1 − Re m_{2k})/2 − (Im m_k)² of
  /// independent draws.
  @Test("the report has a table, and at the start moments deviate by what independent draws have")
  func deviationsAtTheStart() throws {
    let outcome = try meanfield("compare", "run.yaml")
    #expect(outcome.status == 0)
    try expectTable(outcome)
    let file = try NetCDFFile(opening: folder.file("output/run.nc"))
    // Four modes are written and eight needed.
    let law = InitialLaw.vonMises([
      .init(mean: 0.3, concentration: 2), .init(mean: 2.5, concentration: 3, weight: 2),
    ])
    let exact = law.circularMoments(modes: 8)
    let found = try file.root.group(named: "comparison")
      .doubles("moment_deviation", start: [0, 0, 0], count: [1, 2, 8])
    let particles = try file.root.group(named: "particles")
    for member in 0..<2 {
      for k in 1...4 {
        let start = [0, member, k]
        let real = try particles.doubles("moment_re", start: start, count: [1, 1, 1])[0]
        let imaginary = try particles.doubles("moment_im", start: start, count: [1, 1, 1])[0]
        let (re, im) = (exact.real(k), exact.imaginary(k))
        let expected = [
          (real - re) / (((1 + exact.real(2 * k)) / 2 - re * re) / 1024).squareRoot(),
          (imaginary - im) / (((1 - exact.real(2 * k)) / 2 - im * im) / 1024).squareRoot(),
        ]
        let place = 8 * member + 2 * (k - 1)
        // Sums over 384 labels of functions of a few modes, and moments within the tolerance 1e-8.
        #expect(abs(found[place] - expected[0]) < 1e-5)
        #expect(abs(found[place + 1] - expected[1]) < 1e-5)
      }
    }
    try file.close()
  }

  @Test("an output takes another ladder, a longer one, and no shorter one")
  func other() throws {
    #expect(try meanfield("compare", "run.yaml", "--quiet").status == 0)
    let path = folder.file("output/run.nc")
    for counts in ["[64, 128, 256]", "[256, 64, 16]"] {
      let outcome = try meanfield(
        "compare", "output/run.nc", "--quiet", "--set", "compare.counts=\(counts)")
      #expect(outcome.status == 0)
      let file = try NetCDFFile(opening: path)
      let group = try file.root.group(named: "comparison")
      let written = try group.integers("count")
      #expect("\(written)" == counts)
      #expect(try group.variable("ladder_moment").lengths == [3, written.count, 2])
      #expect(try Self.kinds.allSatisfy { try group.doubles("ladder_\($0)").allFinite })
      try file.close()
    }
    let before = try Contents(of: path)
    let outcome = try meanfield("compare", "output/run.nc", "--quiet")
    #expect(outcome.status == 65)
    #expect(
      outcome.error
        == "meanfield: compare.counts: found a ladder of 2, but output/run.nc has one of 3, allowed: at "
        + "least as many particle counts\n")
    #expect(try Contents(of: path).differences(from: before) == [])
  }

  @Test("a resumed comparison reports what it saw before it was stopped")
  func resumed() throws {
    func session(_ name: String, start: RunSession.Start = .new) throws -> RunSession {
      var runFile = try RunFile(text: Self.text, name: "run.yaml", settings: [])
      runFile.output.file = folder.file(name)
      return try RunSession(runFile, start: start, compares: true, threads: 2)
    }
    let steps = Atomic(0)
    let whole = try session("whole.nc").execute(isInterrupted: {
      steps.add(1, ordering: .relaxed)
      return false
    })
    let left = Atomic(steps.load(ordering: .relaxed) / 2)
    #expect(throws: RunSession.Interruption.self) {
      _ = try session("stopped.nc").execute(isInterrupted: {
        left.subtract(1, ordering: .relaxed).newValue < 0
      })
    }
    let path = folder.file("stopped.nc.checkpoint")
    let checkpoint = try Checkpoint(contentsOf: path)
    #expect(checkpoint.run.ladder.map(\.count) == [2, 2])
    #expect(checkpoint.comparison?.judgedLadder?.counts == [64, 256])
    #expect(checkpoint.comparison?.largestDeviation != nil)
    // What is written is what is read back.
    try checkpoint.write(to: path)
    let again = try Checkpoint(contentsOf: path)
    #expect(again.comparison == checkpoint.comparison)
    #expect(
      again.run.ladder.map { $0.map(\.state) } == checkpoint.run.ladder.map { $0.map(\.state) })
    let rest = try session("stopped.nc", start: .resume).execute()
    #expect(rest.judgedLadder == whole.judgedLadder)
    #expect(rest.largestDeviation == whole.largestDeviation)
    let expected = try Contents(of: folder.file("whole.nc"))
    #expect(try Contents(of: folder.file("stopped.nc")).differences(from: expected) == ["run_file"])
  }

  private func expectTable(_ outcome: Program.Outcome) throws {
    let lines = outcome.output.split(separator: "\n").map(String.init)
    let first = try #require(
      lines.firstIndex { $0.hasPrefix("ladder at t = 0.5: mean of 2 members") })
    #expect(lines[first + 1].split(separator: " ") == ["N", "64", "256", "exponent"])
    for (line, kind) in zip(lines[(first + 2)...], Self.kinds) {
      let words = line.split(separator: " ")
      #expect(words.first == Substring(kind))
      #expect(words.count == 6 && words[4] == "±")
    }
    #expect(
      lines.contains { $0.hasPrefix("standard deviations of the members, all moments together: ") })
    #expect(lines.contains { $0.hasPrefix("largest deviation of a single moment: ") })
  }

  @Test(
    "opens in xarray", .enabled(if: OutputFileTests.hasXarray, "needs xarray and netCDF4"))
  func xarray() throws {
    #expect(try meanfield("compare", "run.yaml", "--quiet").status == 0)
    let program = """
      import numpy, xarray
      ds = xarray.open_dataset("output/run.nc", group="comparison")
      assert list(ds["count"].values) == [64, 256]
      assert list(ds.moment_name.values)[:2] == ["Re m_1", "Im m_1"]
      assert ds.moment_deviation.dims == ("time", "member", "moment")
      assert ds.sigmas.dims == ("member",) and bool((ds.sigmas >= 0).all())
      for kind in ["wasserstein1", "wasserstein2", "sobolev", "moment"]:
          ladder = ds["ladder_" + kind]
          assert ladder.dims == ("time", "count", "member")
          assert float(ladder.sel(count=64).mean()) > 0
          slopes = numpy.polyfit(numpy.repeat(numpy.log(ds["count"].values), 2),
                                 numpy.log(ladder.values.reshape(3, 4)).T, 1)[0]
          assert numpy.allclose(slopes, ds["rate_" + kind].values, atol=1e-12)
          assert bool((ds["rate_" + kind + "_error"] > 0).all())
          assert ds["rate_" + kind].attrs["formula"] and ladder.attrs["long_name"]
      tree = xarray.open_datatree("output/run.nc")
      assert tree["comparison"].ladder_moment.shape == (3, 2, 2)
      """
    try OutputFileTests.expectPython(program, in: folder)
  }
}
