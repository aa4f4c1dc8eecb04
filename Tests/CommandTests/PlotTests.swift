import Foundation
import SnapshotIO
import TestSupport
import Testing

@Suite("plot: the picture, its name and the exit status")
struct PlotTests {
  let folder: TemporaryFolder
  let meanfield: Program

  init() throws {
    folder = try TemporaryFolder()
    meanfield = Program(folder: folder)
  }

  @Test("png beside the output, svg and pdf where asked")
  func pictures() throws {
    try folder.write(Samples.short, to: "run.yaml")
    #expect(try meanfield("run", "run.yaml", "--quiet").status == 0)
    let output = try Data(contentsOf: URL(fileURLWithPath: folder.file("output/run.nc")))
    let pictures: [([String], String, [UInt8])] = [
      ([], "output/run.png", [0x89, 0x50, 0x4E, 0x47]),
      (["-o", "run.svg"], "run.svg", Array("<?xml".utf8)),
      (["--picture", "run.pdf"], "run.pdf", Array("%PDF".utf8)),
    ]
    for (flags, name, magic) in pictures {
      let outcome = try meanfield.start(["plot", "output/run.nc"] + flags).outcome()
      #expect(outcome.status == 0)
      #expect(outcome.output == "\(name)\n")
      #expect(outcome.error.isEmpty)
      let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.file(name)))
      #expect(Array(bytes.prefix(magic.count)) == magic)
      #expect(bytes.count > 5000)
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file("output/run.nc"))) == output)
    #expect(
      folder.contents == [
        "output", "output/run.nc", "output/run.png", "run.pdf", "run.svg", "run.yaml",
      ])

    let wrong = try meanfield("plot", "output/run.nc", "-o", "run.gif")
    #expect(wrong.status == 64)
    #expect(
      wrong.error
        == "meanfield: run.gif: the extension .gif is not known; a picture is .png, .svg, .pdf\n")
    let unwritable = try meanfield("plot", "output/run.nc", "-o", "run.yaml/run.png")
    #expect(unwritable.status == 74)
    #expect(unwritable.output.isEmpty)
  }

  @Test("what is no output is refused")
  func refused() throws {
    let missing = try meanfield("plot", "none.nc")
    #expect(missing.status == 74)
    #expect(
      missing.error == "meanfield: none.nc: cannot open the file: No such file or directory\n")
    try folder.write("text", to: "text.nc")
    let text = try meanfield("plot", "text.nc")
    #expect(text.status == 74)
    #expect(text.error == "meanfield: text.nc: cannot open the file: it is not a NetCDF file\n")
    let foreign = try NetCDFFile(creating: folder.file("foreign.nc"))
    try foreign.root.defineDimension("x", length: 2)
    try foreign.close()
    let other = try meanfield("plot", "foreign.nc")
    #expect([65, 74].contains(other.status))
    #expect(other.output.isEmpty)
    #expect(other.error.hasPrefix("meanfield: foreign.nc: "))
    #expect(folder.contents == ["foreign.nc", "text.nc"])
  }
}
