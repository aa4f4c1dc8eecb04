import Foundation
import MeanField
import TestSupport
import Testing

@testable import SnapshotIO

@Suite("An output that can no longer be written says so once, and what was synced stays whole")
struct OutputFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let equation = Equation(attention: Attention(beta: 4))
  private static let times = (0..<6).map { 0.125 * Double($0) }

  private func output() throws -> OutputFile {
    try OutputFile(
      creating: folder.file("output.nc"),
      layout: OutputLayout(
        title: "output", runFile: "manifold: circle\n", seed: 1,
        chart: Self.equation.manifold.geometry.chart(resolution: 64, modes: 4), hasDensity: true,
        expectedNodes: nil, members: 2, writtenTokens: 8, hasComparison: false, ladderCounts: [],
        particleStep: nil),
      overwrite: false)
  }

  private func frames() throws -> [Simulation.Frame] {
    let law = InitialLaw.vonMises([.init(mean: 1, concentration: 4)])
    let simulation = Simulation(
      density: try Self.equation.density(from: law, end: 1),
      members: (0..<2).map {
        Self.equation.tokens(at: Self.equation.draws(from: law, count: 8, seed: $0), end: 1)
      }, times: Self.times, threads: 1)
    return try Self.times.map { _ in
      _ = try simulation.advance()
      return try simulation.takeFrame()
    }
  }

  private func expectSnapshots(_ count: Int) throws {
    let root = try NetCDFFile(opening: folder.file("output.nc")).root
    #expect(try root.doubles("time") == Array(Self.times.prefix(count)))
    let particles = try root.group(named: "particles")
    for (values, width) in try [
      (root.doubles("density"), 64), (root.doubles("energy"), 1),
      (particles.doubles("angle"), 16), (particles.doubles("energy"), 2),
    ] {
      #expect(values.count == count * width)
      #expect(values.allSatisfy { $0.isFinite })
    }
  }

  @Test func snapshotsThatWaitAreWrittenWhenARunFails() throws {
    let output = try output()
    for frame in try frames() { try output.write(frame) }
    output.closeAfterFailure()
    try expectSnapshots(Self.times.count)
  }

  @Test(arguments: [true, false])
  func theLibraryTakesNoMore(whileRunning: Bool) throws {
    let frames = try frames()
    let output = try output()
    for frame in frames[..<3] { try output.write(frame) }
    try output.sync()
    for frame in frames[3...] { try output.write(frame) }
    // From here on every write is an error.
    try output.file.close()
    let error = #expect(throws: NetCDFError.self) {
      try whileRunning ? output.sync() : output.close()
    }
    #expect(error?.exitCode == 74)
    #expect(error?.path == output.path)
    output.closeAfterFailure()
    try expectSnapshots(3)
  }
}
