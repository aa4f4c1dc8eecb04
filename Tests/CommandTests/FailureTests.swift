import Foundation
import SnapshotIO
import TestSupport
import Testing

@Suite("Where the numbers give out: status 1 and a readable output up to then")
struct FailureTests {
  let folder: TemporaryFolder
  let meanfield: Program

  init() throws {
    folder = try TemporaryFolder()
    meanfield = Program(folder: folder)
  }

  /// The last time in the output; all before it is whole.
  private func lastTime(_ name: String) throws -> Double {
    let root = try NetCDFFile(opening: folder.file(name)).root
    let times = try root.doubles("time")
    #expect(times == times.indices.map { Double($0) * 0.25 })
    #expect(try root.doubles("density").allFinite)
    #expect(try root.group(named: "particles").doubles("angle").allFinite)
    return try #require(times.last)
  }

  @Test("lost resolution names time, tail and what to do")
  func resolution() throws {
    try folder.write(
      Samples.short
        .with("density: spectral", "density: {spectral: {points: 64, maximumPoints: 64}}")
        .with("end: 1", "end: 10"),
      to: "run.yaml")
    let outcome = try meanfield("run", "run.yaml")
    #expect(outcome.status == 1)
    #expect(outcome.output.isEmpty)
    #expect(outcome.error.hasPrefix("meanfield: t = "))
    #expect(
      outcome.error.contains(
        ": the density has become too sharp: the tail of its spectrum is "))
    #expect(
      outcome.error.hasSuffix(
        "on 64 points, the most allowed; end the run earlier, raise density.spectral.maximumPoints "
          + "or density.spectral.tolerance, or add noise\n"))
    let time = try #require(Double(outcome.error.dropFirst(15).prefix { $0 != ":" }))
    let last = try lastTime("output/run.nc")
    #expect(last <= time && time < last + 0.25)
    #expect(last > 0)
    #expect(!folder.holds("output/run.nc.checkpoint"))
  }

  @Test("what is left of it can be drawn")
  func drawn() throws {
    try folder.write(
      Samples.short
        .with("density: spectral", "density: {spectral: {points: 64, maximumPoints: 64}}")
        .with("end: 1", "end: 10"),
      to: "run.yaml")
    #expect(try meanfield("run", "run.yaml").status == 1)
    #expect(try meanfield("plot", "output/run.nc").status == 0)
    #expect(folder.holds("output/run.png"))
  }
}
