import Foundation
import MeanField
import RunFiles
import SnapshotIO
import TestSupport
import Testing

@Suite("The group nodes of a run on panels")
struct NodesTests {
  let folder: TemporaryFolder
  let meanfield: Program

  init() throws {
    folder = try TemporaryFolder()
    meanfield = Program(folder: folder)
  }

  /// From a few panels to one atom; times with different numbers of nodes.
  private static let text = Samples.short
    .with("density: spectral", "density: panels")
    .with("particles: {count: 32, members: 2, seed: 1}\n", "")
    .with("end: 1,", "end: 40,")
    .with("every: 0.25", "times: [0.5, 1, 2, 4, 8, 16]")

  private func solve() throws -> NetCDFFile.Group {
    try folder.write(Self.text, to: "run.yaml")
    let outcome = try meanfield("run", "run.yaml")
    try #require(outcome.status == 0, "\(outcome.error)")
    // All mass on one point, or what is left of the panels beside it.
    #expect(outcome.output.contains(" atom"), "\(outcome.output)")
    return try NetCDFFile(opening: folder.file("output/run.nc")).root
  }

  @Test("is what the run saw, to the bit, and says what it is")
  func contents() throws {
    let root = try solve()
    let group = try root.group(named: "nodes")
    let units = ["angle": "radian", "label": "radian"]
    for name in ["angle", "log_density", "mass", "label", "atom"] {
      #expect(try group.variable(name).dimensions == ["time", "node"])
      #expect(try group.attribute("units", of: name)?.text == units[name] ?? "1")
      #expect(try group.attribute("long_name", of: name)?.text?.isEmpty == false)
    }
    #expect(try group.variable("node_count").dimensions == ["time"])
    let counts = try group.integers("node_count")
    #expect(try group.dimensionLength("node") == counts.max())
    #expect(try root.attribute("long_name", of: "resolution")?.text?.contains("panel") == true)

    let runFile = try RunFile(text: Self.text, name: "run.yaml", settings: [])
    let simulation = try runFile.simulation(compares: false, threads: 1)
    while !simulation.isFinished {
      _ = try simulation.advance()
      let frame = try simulation.takeFrame()
      let nodes = try #require(frame.density?.law.nodes)
      #expect(counts[frame.index] == nodes.count)
      let (start, count) = ([frame.index, 0], [1, nodes.count])
      #expect(try group.doubles("angle", start: start, count: count) == nodes.angles)
      #expect(try group.doubles("mass", start: start, count: count) == nodes.masses)
      #expect(try group.doubles("label", start: start, count: count) == nodes.labels)
      #expect(
        try group.integers("atom", start: start, count: count) == nodes.isAtom.map { $0 ? 1 : 0 })
      let logarithms = try group.doubles("log_density", start: start, count: count)
      #expect(
        zip(logarithms, nodes.logDensities).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) })
      #expect(zip(logarithms, nodes.isAtom).allSatisfy { $0.isNaN == $1 })
      #expect(abs(nodes.masses.reduce(0, +) - 1) < 1e-14)
    }
    // Some snapshots have fewer nodes than others; what follows theirs is fill.
    let least = try #require(counts.indices.min { counts[$0] < counts[$1] })
    let most = try #require(counts.max())
    try #require(counts[least] < most)
    let rest = [1, most - counts[least]]
    #expect(
      try group.doubles("mass", start: [least, counts[least]], count: rest).allSatisfy(\.isNaN))
    #expect(
      try group.integers("atom", start: [least, counts[least]], count: rest).allSatisfy { $0 == -1 }
    )
  }

  @Test("is a table of csv, without the rows that are fill, and arrays of npy")
  func exported() throws {
    let counts = try solve().group(named: "nodes").integers("node_count")
    for format in ["csv", "npy"] {
      #expect(try meanfield("export", "output/run.nc", "--format", format).status == 0)
    }
    let table = try String(contentsOfFile: folder.file("output/run-csv/nodes.csv"), encoding: .utf8)
    let rows = table.split(separator: "\n")
    #expect(rows.first == "time,node,angle,log_density,mass,label,atom")
    #expect(rows.count == 1 + counts.reduce(0, +))
    #expect(folder.holds("output/run-npy/nodes/angle.npy"))
  }

  @Test("is not there where no nodes are")
  func spectral() throws {
    try folder.write(Samples.short, to: "run.yaml")
    try #require(try meanfield("run", "run.yaml", "--quiet").status == 0)
    #expect(try !NetCDFFile(opening: folder.file("output/run.nc")).root.hasGroup(named: "nodes"))
  }

  @Test(
    "opens in xarray, fill and all",
    .enabled(if: OutputFileTests.hasXarray, "needs xarray and netCDF4"))
  func xarray() throws {
    _ = try solve()
    let program = """
      import numpy, xarray
      tree = xarray.open_datatree("output/run.nc")
      nodes = tree["nodes"]
      assert nodes.angle.dims == ("time", "node")
      counts = nodes.node_count.values
      assert list(nodes.mass.notnull().sum("node").values) == list(counts)
      assert abs(nodes.mass.sum("node") - 1).max() < 1e-14
      assert list(nodes.atom.notnull().sum("node").values) == list(counts)
      mean = (nodes.mass * numpy.exp(1j * nodes.angle)).sum("node")
      assert abs(mean.real - tree["mean"][:, 0]).max() < 1e-6
      assert abs(mean.imag - tree["mean"][:, 1]).max() < 1e-6
      """
    try folder.write(program, to: "read.py")
    let process = Process()
    let errors = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "read.py"]
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    process.standardError = errors
    try process.run()
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(text)")
  }
}
