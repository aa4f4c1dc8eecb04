import Foundation
import TestSupport
import Testing

@testable import SnapshotIO

/// The output of a sweep.
@Suite struct SweepFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  static let layout = SweepLayout(
    title: "Two keys", runFile: "manifold: circle\n", seed: 7,
    axes: [
      SweepLayout.Axis(name: "beta", path: "attention.beta", labels: ["1", "2"], numbers: [1, 2]),
      SweepLayout.Axis(
        name: "manifold", path: "manifold",
        labels: ["circle", "sphere", "{zonal: {dimension: 8}}"],
        numbers: nil),
    ],
    times: [0, 0.5],
    variables: [
      SweepLayout.Variable(name: "a", longName: "a mean", quantity: "mean", hasStandardError: true),
      SweepLayout.Variable(name: "b", longName: "b", quantity: "mass", hasStandardError: false),
    ],
    theory: [SweepLayout.Table(name: "speed", longName: "speed", values: [1, 2, 3, 4, 5, .nan])])

  private func point(_ value: Double) -> SweepPoint {
    SweepPoint(
      outcome: .done([
        SweepPoint.Series(values: [value, value + 1], standardErrors: [0.1, 0.2]),
        SweepPoint.Series(values: [-value, .nan], standardErrors: nil),
      ]), particleStep: 0.25)
  }

  @Test func writesWhatIsReadBack() throws {
    let path = folder.file("sweep.nc")
    let file = try SweepFile(creating: path, layout: Self.layout, overwrite: false)
    #expect(try file.finished() == [Bool](repeating: false, count: 6))
    try file.write(point(10), at: [1, 2])
    try file.write(SweepPoint(outcome: .failed("too sharp"), particleStep: nil), at: [0, 1])
    try file.close()

    let written = try NetCDFFile(opening: path)
    let root = written.root
    #expect(try root.doubles("beta") == [1, 2])
    #expect(try root.strings("manifold") == ["circle", "sphere", "{zonal: {dimension: 8}}"])
    #expect(try root.doubles("time") == [0, 0.5])
    #expect(try root.variable("a").dimensions == ["beta", "manifold", "time"])
    let a = try root.doubles("a")
    #expect(a[..<10].allSatisfy { $0.isNaN })
    #expect(Array(a[10...]) == [10, 11])
    #expect(try Array(root.doubles("a_standard_error")[10...]) == [0.1, 0.2])
    #expect(try root.doubles("b")[10] == -10)
    #expect(try root.doubles("stochastic_step")[5] == 0.25)
    #expect(try root.integers("status") == [0, 2, 0, 0, 0, 1])
    #expect(try root.strings("failure") == ["", "too sharp", "", "", "", ""])
    #expect(try root.attribute("seed")?.unsignedIntegers == [7])
    #expect(try root.attribute("run_file")?.text == "manifold: circle\n")
    #expect(try root.group(named: "theory").doubles("speed")[4] == 5)
    try written.close()

    let again = try SweepFile(resuming: path, layout: Self.layout)
    #expect(try again.finished() == [false, true, false, false, false, true])
    #expect(try again.failures() == [nil, "too sharp", nil, nil, nil, nil])
    try again.write(point(20), at: [0, 0])
    try again.close()
    #expect(try NetCDFFile(opening: path).root.doubles("a")[0] == 20)
  }

  /// A copy taken while the file is open is what a killed program would leave.
  @Test func aKilledProgramLeavesWholePoints() throws {
    let path = folder.file("sweep.nc")
    let file = try SweepFile(creating: path, layout: Self.layout, overwrite: false)
    try file.write(point(10), at: [1, 2])
    try file.commit()
    try file.write(point(20), at: [0, 0])
    try FileManager.default.copyItem(atPath: path, toPath: folder.file("copy.nc"))
    try file.close()
    let copy = try SweepFile(resuming: folder.file("copy.nc"), layout: Self.layout)
    #expect(try copy.finished() == [false, false, false, false, false, true])
    try copy.close()
    #expect(
      try Array(NetCDFFile(opening: folder.file("copy.nc")).root.doubles("a")[10...]) == [10, 11])
  }

  @Test func anotherFileIsNoSweep() throws {
    let path = folder.file("other.nc")
    try NetCDFFile(creating: path).close()
    #expect(try SweepFile.runFile(in: path) == nil)
    #expect(throws: NetCDFError.self) {
      _ = try SweepFile(creating: path, layout: Self.layout, overwrite: false)
    }
  }
}
