import Foundation
import SnapshotIO
import TestSupport
import Testing

@Suite("Bad input: one sentence on standard error, nothing on standard output, the exit status")
struct BadInputTests {
  let folder: TemporaryFolder
  let meanfield: Program

  init() throws {
    folder = try TemporaryFolder()
    meanfield = Program(folder: folder)
  }

  func expect(
    _ outcome: Program.Outcome, status: Int32, _ message: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(outcome.status == status, sourceLocation: sourceLocation)
    #expect(outcome.output.isEmpty, sourceLocation: sourceLocation)
    #expect(outcome.error == "meanfield: \(message)\n", sourceLocation: sourceLocation)
  }

  struct Mistake: Sendable, CustomTestStringConvertible {
    var old: String
    var new: String
    var message: String

    init(_ old: String, _ new: String, _ message: String) {
      self.old = old
      self.new = new
      self.message = message
    }

    var testDescription: String { "\(old) → \(new)" }
  }

  @Test(
    "a mistake in the run file is named with its place",
    arguments: [
      Mistake(
        "beta: 4", "betta: 4",
        "run.yaml:2:13: attention.betta: found an unknown key, allowed: beta, normalization, "
          + "did you mean 'beta'?"),
      Mistake(
        "beta: 4", "beta: four",
        "run.yaml:2:19: attention.beta: found 'four', allowed: a number ≥ 0"),
      Mistake(
        "beta: 4", "normalization: softmax",
        "run.yaml:2:12: attention.beta: missing, allowed: a number ≥ 0"),
      Mistake(
        "vonMises:\n    - {mean: 0.3, concentration: 4}", "harmonics: [{mode: 2, cosine: -1.5}]",
        "run.yaml:4:3: initial: found a density of -0.5 at angle 0, allowed: ≥ 0 everywhere"),
      Mistake(
        "beta: 4", "beta: -1", "run.yaml:2:19: attention.beta: found -1, allowed: a number ≥ 0"),
      Mistake(
        "beta: 4", "beta: .nan",
        "run.yaml:2:19: attention.beta: found .nan, allowed: a number ≥ 0"),
      Mistake(
        "beta: 4", "beta: 701, normalization: unnormalized",
        "run.yaml:2:19: attention.beta: found 701, allowed: at most 700 with normalization: "
          + "unnormalized, beyond which e^β overflows (use normalization: peak)"),
      Mistake(
        "density: spectral", "density: spectral\nnoise: -0.1",
        "run.yaml:7:8: noise: found -0.1, allowed: a number ≥ 0"),
      Mistake("end: 1", "end: 0", "run.yaml:8:13: time.end: found 0, allowed: a number > 0"),
      Mistake("end: 1", "end: -2", "run.yaml:8:13: time.end: found -2, allowed: a number > 0"),
      Mistake(
        "every: 0.25", "every: 1e-7",
        "run.yaml:9:17: output.every: found 1e-7, which gives 10000001 snapshots, allowed: at most "
          + "1000000"),
      Mistake(
        "manifold: circle", "manifold: zonal",
        "run.yaml:1:11: manifold.zonal.dimension: missing, allowed: a whole number from 3 to 4096"),
      Mistake(
        "manifold: circle", "manifold: sphere",
        "run.yaml:5:14: initial.vonMises.0.mean: found 0.3, "
          + "allowed: a list of 3 numbers"),
      Mistake(
        "modes: 4}", "modes: 4, every: 1}",
        "run.yaml:9:10: found the key 'every' twice, allowed: once"),
    ])
  func mistakes(mistake: Mistake) throws {
    try folder.write(Samples.short.with(mistake.old, mistake.new), to: "run.yaml")
    expect(try meanfield("run", "run.yaml"), status: 65, mistake.message)
    #expect(folder.contents == ["run.yaml"])
  }

  @Test("every command that reads a run file refuses it alike")
  func everyCommand() throws {
    try folder.write(Samples.short.with("beta: 4", "beta: x"), to: "run.yaml")
    for command in ["run", "compare", "predict", "validate"] {
      expect(
        try meanfield(command, "run.yaml"), status: 65,
        "run.yaml:2:19: attention.beta: found 'x', allowed: a number ≥ 0")
    }
  }

  @Test("a bad --set is named by its flag, status 65")
  func settings() throws {
    try folder.write(Samples.short, to: "run.yaml")
    expect(
      try meanfield("run", "run.yaml", "--set", "foo"), status: 65,
      "--set foo: found no '=', allowed: path.to.key=value")
    expect(
      try meanfield("run", "run.yaml", "--set", "time.ent=3"), status: 65,
      "--set time.ent=3: time.ent: found an unknown key, allowed: end, tolerance, "
        + "did you mean 'end'?")
    expect(
      try meanfield("predict", "run.yaml", "--set", "attention.beta=x"), status: 65,
      "--set attention.beta=x: attention.beta: found 'x', allowed: a number ≥ 0")
    #expect(folder.contents == ["run.yaml"])
  }

  // MARK: Files

  @Test("a run file that is missing, a folder, empty, not text or huge")
  func files() throws {
    expect(try meanfield("run", "none.yaml"), status: 74, "none.yaml: not found")
    try FileManager.default.createDirectory(
      atPath: folder.file("folder"), withIntermediateDirectories: false)
    expect(
      try meanfield("run", "folder"), status: 74, "folder: found a folder, allowed: a file")
    try folder.write("", to: "empty.yaml")
    expect(
      try meanfield("run", "empty.yaml"), status: 65,
      "empty.yaml: found an empty file, allowed: a run file")
    try folder.write("# nothing\n", to: "comment.yaml")
    expect(
      try meanfield("run", "comment.yaml"), status: 65,
      "comment.yaml: found an empty file, allowed: a run file")
    try Data([0x6D, 0xFF, 0xFE, 0x00]).write(to: URL(fileURLWithPath: folder.file("bytes.yaml")))
    expect(
      try meanfield("run", "bytes.yaml"), status: 65,
      "bytes.yaml: found bytes that are not UTF-8, allowed: a text file")

    // 100 MB that take no room on the disk.
    try folder.write("", to: "huge.yaml")
    let handle = try #require(FileHandle(forWritingAtPath: folder.file("huge.yaml")))
    try handle.truncate(atOffset: 100_000_000)
    try handle.close()
    expect(
      try meanfield("run", "huge.yaml"), status: 65,
      "huge.yaml: found more than 1000000 bytes, allowed: at most 1000000")
  }

  @Test("a run that would not fit in memory is refused before it starts")
  func memory() throws {
    try folder.write(
      Samples.short.with("count: 32, members: 2", "count: 1000000000, members: 64"), to: "run.yaml")
    for command in ["run", "compare", "validate"] {
      let outcome = try meanfield(command, "run.yaml", limit: 10)
      #expect(outcome.status == 65)
      #expect(outcome.output.isEmpty)
      #expect(outcome.error.hasPrefix("meanfield: the run needs about 10.2 TB of memory and"))
      #expect(outcome.error.hasSuffix(": fewer particles.count or particles.members\n"))
    }
    #expect(folder.contents == ["run.yaml"])
  }

  @Test("a run that would not fit on the disk is refused before it starts")
  func disk() throws {
    try folder.write(
      Samples.short.with("every: 0.25, points: 32", "every: 1e-5, points: 16777216"),
      to: "run.yaml")
    let outcome = try meanfield("run", "run.yaml", limit: 10)
    #expect(outcome.status == 65)
    #expect(
      outcome.error.hasPrefix(
        "meanfield: the run would write about 26.8 TB and output/run.nc has room for "))
    #expect(
      outcome.error.hasSuffix(
        ": a longer output.every, fewer output.particles, or another disk\n"))
    #expect(folder.contents == ["run.yaml"])
  }

  @Test("an output that exists stays as it is")
  func existing() throws {
    try folder.write(Samples.short, to: "run.yaml")
    try folder.write("precious", to: "old.nc")
    expect(
      try meanfield("run", "run.yaml", "--output", "old.nc"), status: 74,
      "old.nc: cannot write the output: it exists; --overwrite replaces it, --resume continues an "
        + "interrupted run")
    expect(
      try meanfield("run", "run.yaml", "--output", "old.nc", "--resume"), status: 74,
      "old.nc: cannot open the file: it is not a NetCDF file")
    #expect(try String(contentsOfFile: folder.file("old.nc"), encoding: .utf8) == "precious")
    #expect(try meanfield("run", "run.yaml", "--output", "old.nc", "--overwrite").status == 0)
    let file = try NetCDFFile(opening: folder.file("old.nc"))
    #expect(try file.root.dimensionLength("time") == 5)
  }

  @Test("an output in a place where nothing can be written")
  func unwritable() throws {
    try folder.write(Samples.short, to: "run.yaml")
    expect(
      try meanfield("run", "run.yaml", "--output", "run.yaml/out.nc"), status: 74,
      "run.yaml: cannot make the folder: a file is in its place")
    expect(
      try meanfield("run", "run.yaml", "--output", "run.yaml/deep/out.nc"), status: 74,
      "run.yaml/deep: cannot make the folder: Not a directory")
    try FileManager.default.createDirectory(
      atPath: folder.file("folder.nc"), withIntermediateDirectories: false)
    for flag in ["--quiet", "--overwrite", "--resume"] {
      expect(
        try meanfield("run", "run.yaml", "--output", "folder.nc", flag), status: 74,
        flag == "--resume"
          ? "folder.nc: cannot open the file: Is a directory"
          : "folder.nc: cannot write the output: it is a folder")
    }
    #expect(folder.contents == ["folder.nc", "run.yaml"])
  }

  @Test(
    "a folder that root cannot write either",
    .enabled(if: FileManager.default.fileExists(atPath: "/proc/self")))
  func proc() throws {
    try folder.write(Samples.short, to: "run.yaml")
    for path in ["/proc/out.nc", "/proc/deep/out.nc"] {
      let outcome = try meanfield("run", "run.yaml", "--output", path)
      #expect(outcome.status == 74)
      #expect(outcome.output.isEmpty)
      #expect(outcome.error.contains(path.replacingOccurrences(of: "/out.nc", with: "")))
    }
  }
}
