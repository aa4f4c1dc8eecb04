import Foundation
import Pictures
import SnapshotIO
import TestSupport
import Testing

@Suite("An output file becomes a picture, whatever it has and lacks")
struct PictureTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// What an output file of a test has.
  struct Content: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var snapshots = 12
    var density = true
    var particles = 0
    var comparison = false
    /// Snapshots that are missing altogether.
    var missing: Range<Int> = 0..<0
    var title = "Metastable clusters"
    var times: @Sendable (Int) -> Double = { 0.5 * Double($0) }
  }

  /// Two clusters that sharpen and approach each other, in the layout of an output file.
  private func write(_ content: Content, to path: String) throws {
    let file = try NetCDFFile(creating: path)
    let root = file.root
    let count = content.snapshots
    try root.setAttribute("title", to: .text(content.title))
    try root.setAttribute(
      "run_file", to: "title: x\nattention:\n  beta: 9\n  normalization: softmax\nnoise: 0\n")
    try root.defineDimension("time", length: nil)
    try root.defineVariable("time", .double, dimensions: ["time"])
    try root.put((0..<count).map(content.times), into: "time", start: [0], count: [count])
    func values(_ value: (Int) -> [Double]) -> [Double] {
      (0..<count).flatMap { n in
        content.missing.contains(n) ? value(n).map { _ in .nan } : value(n)
      }
    }
    func centre(_ n: Int) -> Double { 0.8 / (1 + Double(n)) }
    if content.density {
      let grid = (0..<64).map { 2 * Double.pi * Double($0) / 64 }
      try root.defineDimension("theta", length: 64)
      try root.defineDimension("cluster", length: 3)
      try root.defineVariable("theta", .double, dimensions: ["theta"])
      try root.put(grid, into: "theta")
      try root.defineVariable("log_density", .double, dimensions: ["time", "theta"])
      let logarithms = values { n in
        grid.map { pow(4, Double(n)) * (cos($0 - centre(n)) - 1) + Double(n) }
      }
      try root.put(logarithms, into: "log_density", start: [0, 0], count: [count, 64])
      try root.defineVariable("cluster_position", .double, dimensions: ["time", "cluster"])
      let clusters = values { [centre($0), 2 * .pi - 0.01, .nan] }
      try root.put(clusters, into: "cluster_position", start: [0, 0], count: [count, 3])
      for name in ["normalized_energy", "cluster_count"] {
        try root.defineVariable(name, .double, dimensions: ["time"])
        try root.put(values { [1 - 1 / Double($0 + 2)] }, into: name, start: [0], count: [count])
      }
    }
    if content.particles > 0 {
      let group = try root.group(named: "particles")
      let tokens = content.particles
      try group.defineDimension("member", length: 2)
      try group.defineDimension("particle", length: tokens)
      try group.defineVariable("angle", .double, dimensions: ["time", "member", "particle"])
      let angles = values { n in
        (0..<2 * tokens).map { 2 * .pi * Double($0) / Double(2 * tokens) / (1 + Double(n)) }
      }
      try group.put(angles, into: "angle", start: [0, 0, 0], count: [count, 2, tokens])
      for name in ["normalized_energy", "cluster_count"] {
        try group.defineVariable(name, .double, dimensions: ["time", "member"])
        try group.put(
          values { [1 - 1 / Double($0 + 2), 0.5] }, into: name, start: [0, 0], count: [count, 2])
      }
    }
    if content.comparison {
      let group = try root.group(named: "comparison")
      try group.defineDimension("member", length: 2)
      for name in ["wasserstein1", "wasserstein2"] {
        for (suffix, scale) in [("", 1.0), ("_expected", 1.1), ("_spread", 0.2)] {
          try group.defineVariable(name + suffix, .double, dimensions: ["time", "member"])
          let distances = values { [scale * exp(-Double($0)), scale * exp(-1.1 * Double($0))] }
          try group.put(distances, into: name + suffix, start: [0, 0], count: [count, 2])
        }
      }
    }
    try file.close()
  }

  /// Width and height from the head of a PNG file.
  private func size(ofPNG path: String) throws -> (width: Int, height: Int) {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    try #require(bytes.prefix(4) == [0x89, 0x50, 0x4E, 0x47])
    func number(_ at: Int) -> Int { bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
    return (number(16), number(20))
  }

  @Test(
    "whatever the file has",
    arguments: [
      Content(testDescription: "density"),
      Content(testDescription: "tokens", density: false, particles: 500),
      Content(testDescription: "few tokens", density: false, particles: 5),
      Content(testDescription: "everything", particles: 200, comparison: true),
      Content(testDescription: "one snapshot", snapshots: 1, particles: 200, comparison: true),
      Content(testDescription: "two snapshots", snapshots: 2, particles: 3),
      Content(
        testDescription: "missing values", particles: 200, comparison: true, missing: 3..<6),
      Content(
        testDescription: "no values at all", snapshots: 3, particles: 9, comparison: true,
        missing: 0..<3),
      Content(
        testDescription: "logarithmic times", snapshots: 30, particles: 20,
        times: { $0 == 0 ? 0 : 0.01 * pow(2, Double($0)) }),
      Content(testDescription: "many snapshots", snapshots: 2000, particles: 10),
      Content(testDescription: "no title", title: ""),
    ])
  func contents(_ content: Content) throws {
    let output = folder.file("output.nc")
    try write(content, to: output)
    let picture = folder.file("picture.png")
    try draw(outputFile: output, picture: picture)
    let size = try size(ofPNG: picture)
    #expect(size.width == 1800)
    #expect(size.height > 600)
  }

  @Test("panels without data take no room")
  func layout() throws {
    var heights: [Int] = []
    for content in [
      Content(testDescription: "one snapshot", snapshots: 1),
      Content(testDescription: "density"),
      Content(testDescription: "everything", particles: 20, comparison: true),
    ] {
      let output = folder.file("\(heights.count).nc")
      try write(content, to: output)
      try draw(outputFile: output, picture: folder.file("picture.png"))
      heights.append(try size(ofPNG: folder.file("picture.png")).height)
    }
    #expect(heights == heights.sorted())
    #expect(Set(heights).count == 3)
  }

  @Test("the extension chooses the kind", arguments: ["png", "svg", "pdf", "PNG"])
  func kinds(kind: String) throws {
    let output = folder.file("two words, β = 9.nc")
    let picture = folder.file("it's a picture.\(kind)")
    try write(Content(testDescription: "all", particles: 20, comparison: true), to: output)
    try draw(outputFile: output, picture: picture)
    let data = try Data(contentsOf: URL(fileURLWithPath: picture))
    let start = String(decoding: data.prefix(8), as: UTF8.self)
    switch kind {
    case "svg":
      let text = String(decoding: data, as: UTF8.self)
      #expect(start.hasPrefix("<?xml"))
      #expect(text.contains("Metastable clusters"))
      #expect(text.contains("β = 9    softmax    D = 0"))
      #expect(text.contains("data:image/png;base64"), "the density is not in the file")
      #expect(text.contains("expected ± 2 spreads"))
    case "pdf":
      #expect(start.hasPrefix("%PDF"))
    default:
      #expect(start.contains("PNG"))
    }
  }

  @Test("a title is shown as it is, and never carried out")
  func title() throws {
    let trap = folder.file("trap")
    let title = "it's `touch \(trap)` \"x_1\" {a}^2 @b \\n %s & <c> # ~d"
    let output = folder.file("output.nc")
    try write(Content(testDescription: "title", title: title), to: output)
    try draw(outputFile: output, picture: folder.file("picture.svg"))
    #expect(!FileManager.default.fileExists(atPath: trap))
    let text = try String(contentsOfFile: folder.file("picture.svg"), encoding: .utf8)
    let written = title.replacingOccurrences(of: "&", with: "&amp;")
      .replacingOccurrences(of: "<", with: "&lt;")
    #expect(
      text.contains(written), "not in \(text.split(separator: "\n").filter { $0.contains("it's") })"
    )
  }

  @Test("values of the run file are told whatever its style")
  func parameters() throws {
    for (runFile, caption) in [
      (
        "attention: {beta: 0.5, normalization: peak}\nnoise: 1.0e-3",
        "β = 0.5    peak    D = 1.0e-3"
      ),
      ("title: 'beta: 3'\nattention:\n  beta: 7 # not 8\nnoise: 0 # none", "β = 7    D = 0"),
    ] {
      let output = folder.file("\(UUID()).nc")
      try write(Content(testDescription: "density"), to: output)
      let file = try NetCDFFile(opening: output, writable: true)
      try file.root.setAttribute("run_file", to: .text(runFile))
      try file.close()
      try draw(outputFile: output, picture: folder.file("picture.svg"))
      let text = try String(contentsOfFile: folder.file("picture.svg"), encoding: .utf8)
      #expect(text.contains(">\(caption)<"))
    }
  }

  @Test("an old picture is replaced, and kept if the new one fails")
  func replacing() throws {
    let output = folder.file("output.nc")
    let picture = folder.file("picture.png")
    try Data("old".utf8).write(to: URL(fileURLWithPath: picture))
    #expect(throws: PictureError.self) { try draw(outputFile: output, picture: picture) }
    #expect(try String(contentsOfFile: picture, encoding: .utf8) == "old")
    try write(Content(testDescription: "density"), to: output)
    try draw(outputFile: output, picture: picture)
    #expect(try size(ofPNG: picture).width == 1800)
  }
}

@Suite("A picture that cannot be made says why")
struct PictureErrorTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func expectFailure(
    _ outputFile: String, _ picture: String, _ exitCode: Int32, _ message: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let error = #expect(throws: PictureError.self, sourceLocation: sourceLocation) {
      try draw(outputFile: outputFile, picture: picture)
    }
    guard let error else { return }
    #expect(error.exitCode == exitCode, sourceLocation: sourceLocation)
    #expect(error.message.contains(message), "\(error.message)", sourceLocation: sourceLocation)
  }

  /// A file with one panel's worth of data.
  private func small(_ name: String) throws -> String {
    let path = folder.file(name)
    let file = try NetCDFFile(creating: path)
    try file.root.defineDimension("time", length: nil)
    for name in ["time", "normalized_energy"] {
      try file.root.defineVariable(name, .double, dimensions: ["time"])
      try file.root.put([0, 1, 2], into: name, start: [0], count: [3])
    }
    try file.close()
    return path
  }

  @Test("a wrong extension")
  func wrongExtension() throws {
    let output = try small("output.nc")
    expectFailure(
      output, folder.file("picture.jpg"), 64, ".jpg is not known; a picture is .png, .svg, .pdf")
    expectFailure(output, folder.file("picture"), 64, "it has no extension")
  }

  @Test("an output file that is not there, or no output file, or empty")
  func wrongInput() throws {
    let picture = folder.file("picture.png")
    expectFailure(folder.file("absent.nc"), picture, 74, "No such file")
    try Data("manifold: circle".utf8).write(to: URL(fileURLWithPath: folder.file("run.yaml")))
    expectFailure(folder.file("run.yaml"), picture, 74, "not a NetCDF file")
    try NetCDFFile(creating: folder.file("empty.nc")).close()
    expectFailure(folder.file("empty.nc"), picture, 74, "nothing in it")
    #expect(!FileManager.default.fileExists(atPath: picture))
  }

  @Test("a picture that cannot be written")
  func unwritable() throws {
    let output = try small("output.nc")
    expectFailure(output, folder.file("absent/picture.png"), 74, "cannot write the picture")
  }

  @Test("no gnuplot on the PATH, and one that fails")
  func gnuplot() async throws {
    let output = try small("output.nc")
    let programs = folder.file("bin")
    try FileManager.default.createDirectory(atPath: programs, withIntermediateDirectories: true)
    await #expect(processExitsWith: .exitCode(74)) {
      [output = output as String, programs = programs as String] in
      setenv("PATH", programs, 1)
      do {
        try draw(outputFile: output, picture: "\(programs)/picture.png")
      } catch let error as PictureError {
        exit(error.message.contains("apt install gnuplot") ? error.exitCode : 1)
      }
    }
    try Data("#!/bin/sh\necho out of ink >&2\nexit 3\n".utf8)
      .write(to: URL(fileURLWithPath: "\(programs)/gnuplot"))
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: "\(programs)/gnuplot")
    await #expect(processExitsWith: .exitCode(74)) {
      [output = output as String, programs = programs as String] in
      setenv("PATH", programs, 1)
      do {
        try draw(outputFile: output, picture: "\(programs)/picture.png")
      } catch let error as PictureError {
        exit(error.message.contains("out of ink") ? error.exitCode : 1)
      }
    }
  }
}
