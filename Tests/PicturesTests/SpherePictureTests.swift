import Foundation
import Pictures
import SnapshotIO
import TestSupport
import Testing

@Suite("Runs on spheres of any dimension become pictures, whatever they have and lack")
struct SpherePictureTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(
    "whatever the file has",
    arguments: [
      SphereFile("density, tokens and distances on the sphere", tokens: 40, hasComparison: true),
      SphereFile("density on the sphere"),
      SphereFile("tokens on the sphere", hasDensity: false, tokens: 40),
      SphereFile("one snapshot of the sphere", snapshots: 1, tokens: 40),
      SphereFile("two snapshots of the sphere", snapshots: 2),
      SphereFile("missing values on the sphere", tokens: 40, missing: 2..<5),
      SphereFile(
        "no values at all on the sphere", snapshots: 3, tokens: 9, hasComparison: true,
        missing: 0..<3),
      SphereFile("many snapshots of the sphere", snapshots: 300, tokens: 2),
      SphereFile("zonal", manifold: .zonal, dimension: 64, tokens: 40, hasComparison: true),
      SphereFile("zonal on the sphere", manifold: .zonal),
      SphereFile("zonal in the highest dimension", manifold: .zonal, dimension: 4096),
      SphereFile("zonal tokens", manifold: .zonal, dimension: 8, hasDensity: false, tokens: 40),
      SphereFile("one zonal snapshot", manifold: .zonal, dimension: 8, snapshots: 1, tokens: 9),
      SphereFile("zonal, missing values", manifold: .zonal, dimension: 5, missing: 2..<5),
      SphereFile("many pairs", manifold: .tokens, dimension: 5, tokens: 40),
      SphereFile("few pairs", manifold: .tokens, dimension: 16, tokens: 4),
      SphereFile("a single token", manifold: .tokens, dimension: 4, tokens: 1),
      SphereFile(
        "one snapshot of pairs", manifold: .tokens, dimension: 4, snapshots: 1, tokens: 40),
      SphereFile("missing pairs", manifold: .tokens, dimension: 4, tokens: 40, missing: 2..<5),
    ])
  func contents(_ content: SphereFile) throws {
    let output = folder.file("output.nc")
    try content.write(to: output)
    try draw(outputFile: output, picture: folder.file("picture.png"))
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("picture.png"))))
    func number(_ at: Int) -> Int { bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
    #expect(number(16) == 1800)
    #expect(number(20) > 400)
  }

  private func text(_ content: SphereFile, runFile: String? = nil) throws -> String {
    let output = folder.file("output.nc")
    try content.write(to: output)
    let file = try NetCDFFile(opening: output, writable: true)
    if let runFile { try file.root.setAttribute("run_file", to: .text(runFile)) }
    try file.close()
    try draw(outputFile: output, picture: folder.file("picture.svg"))
    let svg = try String(contentsOfFile: folder.file("picture.svg"), encoding: .utf8)
    // The words of a label stand in elements of their own wherever its style changes.
    return svg.replacing(/<[^>]*>/, with: "").replacing(/\s+/, with: " ")
  }

  @Test(
    "the caption names the space, in every style of run file",
    arguments: [
      ("manifold: sphere\nnoise: 0", "S² D = 0"),
      ("manifold: {sphere: {dimension: 3}}\nnoise: 0", "S² D = 0"),
      ("title: 'manifold: circle'\nmanifold:\n  sphere: # of unit\n    dimension: 3\n", "S²"),
    ])
  func sphere(runFile: String, caption: String) throws {
    let text = try text(SphereFile("sphere", tokens: 40), runFile: runFile)
    #expect(text.contains(caption))
    #expect(text.contains("Mollweide maps"))
    #expect(text.contains("density dμ/dσ"))
    #expect(text.contains("tokens"))
    #expect(text.contains("clusters"))
  }

  @Test("without a density the maps show one member, and say so")
  func firstMember() throws {
    let text = try text(SphereFile("tokens", hasDensity: false, tokens: 9))
    #expect(text.contains("the first of 2 members"))
    #expect(!text.contains("dμ/dσ"))
  }

  @Test("zonal laws are drawn as laws of the polar angle")
  func zonal() throws {
    let runFile = "manifold:\n  zonal:\n    dimension: 64\nattention: {beta: 9}\n"
    let text = try text(
      SphereFile("zonal", manifold: .zonal, dimension: 64, tokens: 40), runFile: runFile)
    #expect(text.contains("S⁶³ zonal β = 9"))
    #expect(text.contains("polar angle θ"))
    #expect(text.contains("density of θ per radian"))
    #expect(!text.contains("Mollweide"))
  }

  @Test("tokens in many dimensions are drawn as pairs")
  func pairs() throws {
    let runFile = "manifold: {sphere: {dimension: 128}}\n"
    let text = try text(
      SphereFile("pairs", manifold: .tokens, dimension: 128, tokens: 40), runFile: runFile)
    #expect(text.contains("S¹²⁷"))
    #expect(text.contains("inner product"))
    #expect(text.contains("pairs"))
  }

  @Test(
    "where no run file names it, the variables tell the space",
    arguments: [
      (SphereFile("sphere"), "S²"),
      (SphereFile("tokens", hasDensity: false, tokens: 9), "S²"),
      (SphereFile("zonal", manifold: .zonal, dimension: 6), "S⁵ zonal"),
      (SphereFile("pairs", manifold: .tokens, dimension: 6, tokens: 9), "S⁵"),
    ])
  func unnamed(content: SphereFile, caption: String) throws {
    #expect(try text(content, runFile: "title: none").contains(" \(caption) "))
  }

  @Test("all the kinds of pictures", arguments: ["png", "svg", "pdf"])
  func kinds(kind: String) throws {
    let output = folder.file("output.nc")
    try SphereFile("sphere", tokens: 40, hasComparison: true).write(to: output)
    let picture = folder.file("picture.\(kind)")
    try draw(outputFile: output, picture: picture)
    let data = try Data(contentsOf: URL(fileURLWithPath: picture))
    let start = String(decoding: data.prefix(8), as: UTF8.self)
    #expect(start.contains(["png": "PNG", "svg": "<?xml", "pdf": "%PDF"][kind] ?? ""))
    if kind == "svg" {
      let text = String(decoding: data, as: UTF8.self)
      // Four maps and the box of colours.
      #expect(text.matches(of: /data:image\/png;base64/).count == 5)
    }
  }
}
