import Exports
import Foundation
import SnapshotIO
import TestSupport
import Testing

@Suite("An export is there as a whole or not at all, and nothing is lost for it")
struct ExportFolderTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try SampleFile(manifold: .circle).write(to: folder.file("run.nc"))
  }

  private func exportTables(overwrite: Bool = false, interrupted: Bool = false) -> String? {
    do throws(ExportError) {
      try export(
        outputFile: folder.file("run.nc"), format: .csv, folder: folder.file("csv/"),
        overwrite: overwrite, isInterrupted: { interrupted })
      return nil
    } catch {
      #expect(error.exitCode == (interrupted ? 130 : 74))
      return error.message.replacingOccurrences(of: folder.path, with: "")
    }
  }

  @Test("the run file comes first, with what it belongs to")
  func recipe() throws {
    #expect(exportTables() == nil)
    #expect(
      try String(contentsOfFile: folder.file("csv/run.yaml"), encoding: .utf8)
        == "# meanfield export of run.nc, written by meanfield 0\nmanifold: any\n")
  }

  @Test("an earlier export is replaced where that is wanted, and by all of the new one")
  func overwrite() throws {
    #expect(exportTables() == nil)
    let names = folder.contents
    try folder.write("old", to: "csv/old.csv")
    #expect(exportTables() == "/csv: it is there already; --overwrite replaces it")
    #expect(folder.holds("csv/old.csv"))
    #expect(exportTables(overwrite: true) == nil)
    #expect(folder.contents == names)
  }

  @Test("an empty folder is replaced")
  func empty() throws {
    try FileManager.default.createDirectory(
      atPath: folder.file("csv"), withIntermediateDirectories: false)
    #expect(exportTables(overwrite: true) == nil)
    #expect(folder.holds("csv/series.csv"))
  }

  @Test(
    "what no export has written stays",
    arguments: [
      (["csv/data.csv"], "no export has written it: run.yaml does not say so"),
      (["csv/run.yaml"], "no export has written it: run.yaml does not say so"),
      (["csv/notes.txt"], "notes.txt in it is not exported"),
      (["csv/more/run.yaml"], "more/run.yaml in it is not exported"),
    ])
  func foreign(names: [String], reason: String) throws {
    try FileManager.default.createDirectory(
      atPath: folder.file("csv/more"), withIntermediateDirectories: true)
    for name in names { try folder.write("mine", to: name) }
    let before = folder.contents
    #expect(exportTables(overwrite: true) == "/csv: it is not replaced, because \(reason)")
    #expect(folder.contents == before)
  }

  @Test("a file or a link of that name stays")
  func otherThings() throws {
    try folder.write("mine", to: "csv")
    #expect(exportTables(overwrite: true) == "/csv: it is not a folder, and stays")
    try FileManager.default.removeItem(atPath: folder.file("csv"))
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("csv"), withDestinationPath: folder.path)
    #expect(exportTables(overwrite: true) == "/csv: it is not a folder, and stays")
    #expect(folder.contents == ["csv", "run.nc"])
  }

  @Test("an interrupt leaves nothing behind, and an earlier export as it was")
  func interrupt() throws {
    #expect(exportTables(interrupted: true) == "interrupted: nothing was exported")
    #expect(folder.contents == ["run.nc"])
    #expect(exportTables() == nil)
    let names = folder.contents
    #expect(exportTables(overwrite: true, interrupted: true)?.hasPrefix("interrupted") == true)
    #expect(folder.contents == names)
  }

  @Test("a file without shapes has none, and says what it has")
  func noShapes() throws {
    let file = try NetCDFFile(creating: folder.file("series.nc"))
    try file.root.setAttribute("run_file", to: "x: 1\n")
    try file.root.defineDimension("time", length: nil)
    try file.root.defineVariable("time", .double, dimensions: ["time"])
    try file.close()
    let error = #expect(throws: ExportError.self) {
      try export(
        outputFile: folder.file("series.nc"), format: .vtk, folder: folder.file("vtk"))
    }
    #expect(error?.exitCode == 65)
    #expect(
      error?.message.hasSuffix(
        "it has neither a density nor positions of particles; csv and npy take the rest") == true)
    #expect(folder.contents == ["run.nc", "series.nc"])
    try export(outputFile: folder.file("series.nc"), format: .csv, folder: folder.file("csv"))
  }
}
