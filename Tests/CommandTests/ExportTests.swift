import Foundation
import SnapshotIO
import TestSupport
import Testing

@Suite("export: the folder, its name and the exit status")
struct ExportTests {
  let folder: TemporaryFolder
  let meanfield: Program

  init() throws {
    folder = try TemporaryFolder()
    meanfield = Program(folder: folder)
  }

  private func solve() throws {
    try folder.write(Samples.short, to: "run.yaml")
    #expect(try meanfield("run", "run.yaml", "--quiet").status == 0)
  }

  @Test(
    "a folder beside the output, or where asked; an earlier one only where wanted",
    arguments: [
      ("csv", "particle-series.csv"), ("npy", "particles/angle.npy"), ("vtk", "density.pvd"),
    ])
  func formats(format: String, name: String) throws {
    try solve()
    let plain = try meanfield("export", "output/run.nc", "--format", format)
    #expect(plain.status == 0)
    #expect(plain.output == "output/run-\(format)\n")
    #expect(plain.error.isEmpty)
    #expect(folder.holds("output/run-\(format)/\(name)"))

    let again = try meanfield("export", "output/run.nc", "--format", format)
    #expect(again.status == 74)
    #expect(again.output.isEmpty)
    #expect(
      again.error
        == "meanfield: output/run-\(format): it is there already; --overwrite replaces it\n")
    #expect(
      try meanfield("export", "output/run.nc", "--format", format, "--overwrite").status == 0)

    let elsewhere = try meanfield("export", "output/run.nc", "--format", format, "-o", "here")
    #expect(elsewhere.output == "here\n")
    #expect(folder.holds("here/\(name)"))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        == ["here", "output", "run.yaml"])
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.file("output")).sorted()
        == ["run-\(format)", "run.nc"])
  }

  @Test("the run file in the folder runs again, to the same output")
  func recipe() throws {
    try solve()
    let expected = try Contents(of: folder.file("output/run.nc"))
    #expect(try meanfield("export", "output/run.nc", "--format", "csv").status == 0)
    let again = try meanfield(
      "run", "output/run-csv/run.yaml", "--output", "again.nc", "--quiet")
    #expect(again.status == 0)
    let differences = try Contents(of: folder.file("again.nc")).differences(from: expected)
    #expect(differences == ["run_file"])
  }

  @Test("a full disk: one sentence, and nothing left behind")
  func full() throws {
    try solve()
    let before = folder.contents
    // 1024 bytes hold the run file and not the density.
    let outcome = try meanfield.inShell("ulimit -f 2", "export", "output/run.nc", "--format", "npy")
    #expect(outcome.status == 74)
    #expect(outcome.output.isEmpty)
    #expect(
      outcome.error
        == "meanfield: output/run-npy/density.npy: cannot write the file: File too large\n")
    #expect(folder.contents == before)
  }

  @Test("what is no output is refused")
  func refused() throws {
    let missing = try meanfield("export", "none.nc", "--format", "csv")
    #expect(missing.status == 74)
    #expect(
      missing.error == "meanfield: none.nc: cannot open the file: No such file or directory\n")
    try folder.write("text", to: "text.nc")
    let text = try meanfield("export", "text.nc", "--format", "npy")
    #expect(text.status == 74)
    #expect(text.error == "meanfield: text.nc: cannot open the file: it is not a NetCDF file\n")
    let foreign = try NetCDFFile(creating: folder.file("foreign.nc"))
    try foreign.root.defineDimension("x", length: 2)
    try foreign.close()
    let other = try meanfield("export", "foreign.nc", "--format", "vtk")
    #expect(other.status == 65)
    #expect(
      other.error
        == "meanfield: foreign.nc: it is not an output file of meanfield: it needs the attribute "
        + "'run_file' and the variable 'time'\n")
    #expect(folder.contents == ["foreign.nc", "text.nc"])
  }

  @Test("a wrong command line: status 64, and what is allowed")
  func commandLine() throws {
    let unknown = try meanfield("export", "run.nc", "--format", "xlsx")
    #expect(unknown.status == 64)
    #expect(unknown.error.contains("'xlsx'"))
    #expect(["csv", "npy", "vtk"].allSatisfy(unknown.error.contains))
    let none = try meanfield("export", "run.nc")
    #expect(none.status == 64)
    #expect(none.error.contains("--format"))
    let empty = try meanfield("export", "run.nc", "--format", "csv", "-o", "")
    #expect(empty.status == 64)
    #expect(empty.error.contains("--folder: found an empty path"))
    #expect(folder.contents.isEmpty)
  }
}
