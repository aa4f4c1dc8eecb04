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

  @Test("a void that Z cannot resolve is named with its place")
  func void() throws {
    try folder.write(
      """
      manifold: sphere
      attention: {beta: 15.5}
      initial: {vonMises: [{mean: [0, 0, 1], concentration: 20}]}
      time: {end: 5}
      output: {every: 0.01, degree: 8}
      """, to: "run.yaml")
    let outcome = try meanfield("run", "run.yaml")
    #expect(outcome.status == 1)
    #expect(outcome.output.isEmpty)
    #expect(outcome.error.contains(": the partition function at colatitude "))
    #expect(outcome.error.hasSuffix("or fill the void with noise\n"))
    // About the pole opposite the one cluster; where exactly is a matter of rounding.
    let angle = try #require(
      outcome.error.components(separatedBy: "colatitude ").last?.prefix { $0 != "," })
    #expect(try #require(Double(angle)) > 2.5)
    let root = try NetCDFFile(opening: folder.file("output/run.nc")).root
    #expect(try #require(try root.doubles("time").last) > 0)
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
