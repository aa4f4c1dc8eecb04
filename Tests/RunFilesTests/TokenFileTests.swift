import Foundation
import MeanField
import RunFiles
import TestSupport
import Testing

/// Token files of every kind, and what is refused in them.
struct TokenFileTests {
  private func run(
    _ path: String, _ edits: [String] = [], manifold: String = "circle"
  ) throws(RunFileError) -> RunFile {
    try RunFile(
      text: Samples.least(
        "manifold: \(manifold)", "initial: {tokens: {file: \"\(path)\"}}", "density: none",
        "particles: {}"),
      name: "circle.yaml", settings: edits)
  }

  private func tokens(_ path: String, manifold: String = "circle") throws -> InitialLaw.Tokens {
    guard case .tokens(let tokens) = try run(path, manifold: manifold).initial.law else {
      throw CocoaError(.fileReadCorruptFile)
    }
    return tokens
  }

  private func expectRefusal(
    _ path: String, manifold: String = "circle", _ sentence: String, exitCode: Int32 = 65,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    do {
      _ = try run(path, manifold: manifold)
      Issue.record("the token file was accepted", sourceLocation: sourceLocation)
    } catch {
      #expect(
        error.message == "circle.yaml:3:26: initial.tokens.file: \(path): \(sentence)",
        sourceLocation: sourceLocation)
      #expect(error.exitCode == exitCode, sourceLocation: sourceLocation)
    }
  }

  // MARK: Text

  private static let quarters = [0, Double.pi / 2, Double.pi, -Double.pi / 2]

  @Test(arguments: [
    "1,0\n0,1\n-1,0\n0,-1\n",
    "1 0\n0\t1\n  -1   0  \n0 -1",
    "x,y\r\n2, 0\r\n0 , 3\r\n-1e300,0\r\n0,-1e-300\r\n",
    "# tokens\n\nx y # names\n1 0 # east\n0 1\n\n-1 0\n0 -1\n# end",
    "\u{FEFF}\"x\",\"y\"\r.5,0\r0,+1.\r-1,0\r0,-1\r",
  ])
  func text(_ text: String) throws {
    let folder = try TemporaryFolder()
    let tokens = try tokens(try folder.write(text, to: "tokens.csv"))
    #expect(tokens.points == Self.quarters)
    #expect(tokens.masses == [0.25, 0.25, 0.25, 0.25])
  }

  @Test func weightsAreNormalized() throws {
    let folder = try TemporaryFolder()
    let tokens = try tokens(try folder.write("x,y,w\n1,1,1\n1,0,3\n", to: "tokens.CSV"))
    #expect(tokens.points == [Double.pi / 4, 0])
    #expect(tokens.masses == [0.25, 0.75])
  }

  @Test func hugeWeightsDoNotOverflow() throws {
    let folder = try TemporaryFolder()
    let tokens = try tokens(try folder.write("1,1,1e308\n1,0,1e308\n", to: "tokens.csv"))
    #expect(tokens.masses == [0.5, 0.5])
  }

  @Test(arguments: [
    ("", "found no rows, allowed: at least one"),
    ("# nothing\nx,y\n", "found no rows, allowed: at least one"),
    ("1,0\n0,0\n", "row 2 (line 2): found the zero vector, allowed: a vector with a direction"),
    ("x,y\n\n1,0\nnan,1\n", "row 2 (line 4): found nan, allowed: finite numbers"),
    ("1,.nan\n", "row 1 (line 1): found nan, allowed: finite numbers"),
    ("1,-inf\n", "row 1 (line 1): found -inf, allowed: finite numbers"),
    ("1,1e999\n", "row 1 (line 1): found inf, allowed: finite numbers"),
    ("1,0\n1\n", "row 2 (line 2): found 1 columns, allowed: 2, or 3 with weights"),
    ("1,0,1,1\n", "row 1 (line 1): found 4 columns, allowed: 2, or 3 with weights"),
    ("1,0\n1,0,1\n", "row 2 (line 2): found 3 columns, allowed: 2, as in row 1"),
    ("1,0,1\n1,0\n", "row 2 (line 2): found 2 columns, allowed: 3, as in row 1"),
    ("1,0,0\n", "row 1 (line 1): found the weight 0.0, allowed: > 0"),
    ("1,0,2\n1,0,-1\n", "row 2 (line 2): found the weight -1.0, allowed: > 0"),
    ("1,x\n", "row 1 (line 1): found 'x', allowed: a number"),
    ("x,y\nx,y\n", "row 1 (line 2): found 'x', allowed: a number"),
    ("1,,2\n", "row 1 (line 1): found an empty field, allowed: a number"),
    ("1;2\n3;4\n", "row 1 (line 2): found 1 columns, allowed: 2, or 3 with weights"),
  ])
  func wrongText(text: String, sentence: String) throws {
    let folder = try TemporaryFolder()
    expectRefusal(try folder.write(text, to: "tokens.csv"), sentence)
  }

  @Test func textThatIsNotUTF8() throws {
    let folder = try TemporaryFolder()
    expectRefusal(
      try folder.write([0x31, 0x2C, 0xFF], to: "tokens.csv"),
      "found bytes that are not UTF-8, allowed: a text file")
  }

  // MARK: NumPy

  /// The bytes of a .npy file.
  private static func npy(
    descr: String = "'<f8'", order: String = "False", shape: String = "(2, 2)", version: UInt8 = 1,
    _ data: [UInt8]
  ) -> [UInt8] {
    let header = "{'descr': \(descr), 'fortran_order': \(order), 'shape': \(shape), }\n"
    let length = header.utf8.count
    var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [version, 0]
    bytes += [UInt8(length & 0xFF), UInt8(length >> 8)] + (version == 1 ? [] : [0, 0])
    return bytes + Array(header.utf8) + data
  }

  private static func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value) { Array($0) }
  }

  /// The rows (3, 4) and (0, 5) in every number type.
  private static let types: [(descr: String, data: [UInt8])] = {
    let row: [Double] = [3, 4, 0, 5]
    func join(_ parts: [[UInt8]]) -> [UInt8] { Array(parts.joined()) }
    return [
      ("'<f8'", join(row.map { bytes($0.bitPattern.littleEndian) })),
      ("'>f8'", join(row.map { bytes($0.bitPattern.bigEndian) })),
      ("'=f8'", join(row.map { bytes($0.bitPattern) })),
      ("\"<f4\"", join(row.map { bytes(Float($0).bitPattern.littleEndian) })),
      ("'>f4'", join(row.map { bytes(Float($0).bitPattern.bigEndian) })),
      ("'|i1'", row.map { UInt8($0) }),
      ("'|u1'", row.map { UInt8($0) }),
      ("'<i2'", join(row.map { bytes(Int16($0).littleEndian) })),
      ("'>i2'", join(row.map { bytes(Int16($0).bigEndian) })),
      ("'<u2'", join(row.map { bytes(UInt16($0).littleEndian) })),
      ("'>i4'", join(row.map { bytes(Int32($0).bigEndian) })),
      ("'<u4'", join(row.map { bytes(UInt32($0).littleEndian) })),
      ("'<i8'", join(row.map { bytes(Int64($0).littleEndian) })),
      ("'>u8'", join(row.map { bytes(UInt64($0).bigEndian) })),
    ]
  }()

  @Test(arguments: types.indices, [1, 2, 3] as [UInt8])
  func everyNumberType(type: Int, version: UInt8) throws {
    let (descr, data) = Self.types[type]
    let folder = try TemporaryFolder()
    let path = try folder.write(
      Self.npy(descr: descr, version: version, data), to: "tokens.npy")
    #expect(try tokens(path).points == [atan2(4, 3), Double.pi / 2])
  }

  @Test func negativeIntegers() throws {
    let folder = try TemporaryFolder()
    for (descr, data) in [
      ("'|i1'", [0xFF, 0x00, 0x00, 0xFF]),
      ("'<i2'", [0xFF, 0xFF, 0, 0, 0, 0, 0xFF, 0xFF]),
      ("'>i2'", [0xFF, 0xFF, 0, 0, 0, 0, 0xFF, 0xFF]),
    ] as [(String, [UInt8])] {
      let path = try folder.write(Self.npy(descr: descr, data), to: "tokens.npy")
      #expect(try tokens(path).points == [Double.pi, -Double.pi / 2])
    }
  }

  @Test func columnsFirst() throws {
    let folder = try TemporaryFolder()
    // Columns (1, 0, −1), (0, 1, 0) and weights (1, 1, 2).
    let path = try folder.write(
      Self.npy(
        descr: "'|i1'", order: "True", shape: "(3, 3)", [1, 0, 0xFF, 0, 1, 0, 1, 1, 2]),
      to: "tokens.npy")
    let tokens = try tokens(path)
    #expect(tokens.points == [0, Double.pi / 2, Double.pi])
    #expect(tokens.masses == [0.25, 0.25, 0.5])
  }

  private static let good = npy(descr: "'|i1'", [1, 0, 0, 1])

  private static let wrong: [(bytes: [UInt8], sentence: String)] = [
    ([], "found no NumPy array, allowed: a .npy file"),
    (Array("1,0\n0,1\n".utf8), "found no NumPy array, allowed: a .npy file"),
    (Array(good[..<7]), "found no NumPy array, allowed: a .npy file"),
    (Array(good[..<9]), "found a truncated header"),
    (Array(good[..<40]), "found a truncated header"),
    (npy(version: 4, []), "found version 4 of the format, allowed: 1 to 3"),
    (Array(good.dropLast()), "row 2: found the end of the file, allowed: 2 rows"),
    (Array(good.dropLast(4)), "row 1: found the end of the file, allowed: 2 rows"),
    (
      npy(descr: "'|i1'", shape: "(9223372036854775807, 2)", [1, 0]),
      "row 2: found the end of the file, allowed: 9223372036854775807 rows"
    ),
    (
      npy(descr: "'|i1'", shape: "(9223372036854775808, 2)", []),
      "found the shape (9223372036854775808, 2)"
    ),
    (
      npy(descr: "'|i1'", order: "True", shape: "(3, 2)", [1, 1, 1, 1]),
      "row 2: found the end of the file, allowed: 3 rows"
    ),
    (npy(shape: "(0, 2)", []), "found no rows, allowed: at least one"),
    (
      npy(shape: "(4,)", []),
      "found an array of shape (4), allowed: (rows, 2), or (rows, 3) with weights"
    ),
    (
      npy(shape: "()", []),
      "found an array of shape (), allowed: (rows, 2), or (rows, 3) with weights"
    ),
    (
      npy(shape: "(1, 2, 3)", []),
      "found an array of shape (1, 2, 3), allowed: (rows, 2), or (rows, 3) with weights"
    ),
    (
      npy(shape: "(2, 4)", []),
      "found an array of shape (2, 4), allowed: (rows, 2), or (rows, 3) with weights"
    ),
    (npy(shape: "(-1, 2)", []), "found the shape (-1, 2)"),
    (npy(shape: "7", []), "found no shape in the header"),
    (npy(order: "Perhaps", []), "found no fortran_order in the header"),
    (
      npy(descr: "'<c16'", []),
      "found values of type '<c16', allowed: 4 and 8 byte floating point, 1 to 8 byte integers"
    ),
    (
      npy(descr: "'|b1'", []),
      "found values of type '|b1', allowed: 4 and 8 byte floating point, 1 to 8 byte integers"
    ),
    (
      npy(descr: "[('x', '<f8'), ('y', '<f8')]", []),
      "found values of type [('x', '<f8'), ('y', '<f8')], "
        + "allowed: 4 and 8 byte floating point, 1 to 8 byte integers"
    ),
    (
      npy(descr: "'|i1'", [1, 0, 0, 0]),
      "row 2: found the zero vector, allowed: a vector with a direction"
    ),
    (
      npy(descr: "'>f4'", shape: "(1, 2)", [0x7F, 0xC0, 0, 0, 0, 0, 0, 0]),
      "row 1: found nan, allowed: finite numbers"
    ),
    (
      npy(descr: "'|i1'", shape: "(1, 3)", [1, 0, 0]), "row 1: found the weight 0.0, allowed: > 0"
    ),
  ]

  @Test(arguments: wrong)
  func wrongArrays(bytes: [UInt8], sentence: String) throws {
    let folder = try TemporaryFolder()
    expectRefusal(try folder.write(bytes, to: "tokens.npy"), sentence)
  }

  @Test func randomBytesNeverCrash() throws {
    var random = SplitMix(state: 11)
    let folder = try TemporaryFolder()
    for _ in 0..<1000 {
      var bytes = Self.good
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: 6..<bytes.count, using: &random)] = .random(
          in: 0...255, using: &random)
      }
      bytes.removeLast(Int.random(in: 0...3, using: &random))
      _ = try? tokens(try folder.write(bytes, to: "tokens.npy"))
    }
  }

  // MARK: Spheres

  /// Unit vectors, however long the rows: (3, 0, 4)/5, and lengths whose squares are no numbers.
  @Test(arguments: ["sphere", "{zonal: {dimension: 3}}"])
  func rowsOnSpheresAreNormalized(manifold: String) throws {
    let folder = try TemporaryFolder()
    let text = "x,y,z,w\n3,0,4,1\n0,-1e300,0,1\n0,0,1e-300,2\n"
    let tokens = try tokens(try folder.write(text, to: "tokens.csv"), manifold: manifold)
    let expected = [0.6, 0, 0.8, 0, -1, 0, 0, 0, 1]
    try #require(tokens.points.count == 9)
    #expect(zip(tokens.points, expected).allSatisfy { abs($0 - $1) <= 1e-16 })
    #expect(tokens.masses == [0.25, 0.25, 0.5])
    #expect(tokens.count == 3)
  }

  @Test(arguments: [
    ("1,0\n", "sphere", "row 1 (line 1): found 2 columns, allowed: 3, or 4 with weights"),
    (
      "x,y,z\n1,0,0\n1,0,0,1,1\n", "sphere",
      "row 2 (line 3): found 5 columns, allowed: 3, or 4 with weights"
    ),
    ("1,0,0,1\n0,1,0\n", "sphere", "row 2 (line 2): found 3 columns, allowed: 4, as in row 1"),
    (
      "0,0,0\n", "sphere",
      "row 1 (line 1): found the zero vector, allowed: a vector with a direction"
    ),
    ("1,0,0,0\n", "sphere", "row 1 (line 1): found the weight 0.0, allowed: > 0"),
    (
      "1,0,0\n", "{sphere: {dimension: 8}}",
      "row 1 (line 1): found 3 columns, allowed: 8, or 9 with weights"
    ),
    (
      "1,0,0\n", "{zonal: {dimension: 5}}",
      "row 1 (line 1): found 3 columns, allowed: 5, or 6 with weights"
    ),
  ])
  func wrongTextOnSpheres(text: String, manifold: String, sentence: String) throws {
    let folder = try TemporaryFolder()
    expectRefusal(try folder.write(text, to: "tokens.csv"), manifold: manifold, sentence)
  }

  @Test func wrongArraysOnSpheres() throws {
    let folder = try TemporaryFolder()
    expectRefusal(
      try folder.write(Self.good, to: "tokens.npy"), manifold: "sphere",
      "found an array of shape (2, 2), allowed: (rows, 3), or (rows, 4) with weights")
  }

  // MARK: Files and run files

  @Test func filesThatCannotBeRead() throws {
    let folder = try TemporaryFolder()
    expectRefusal(folder.path + "/none.csv", "not found", exitCode: 74)
    try FileManager.default.createDirectory(
      atPath: folder.path + "/folder.npy", withIntermediateDirectories: false)
    expectRefusal(
      folder.path + "/folder.npy", "found a folder, allowed: a file", exitCode: 74)
    expectRefusal(
      try folder.write("1 0", to: "tokens.txt"), "found an unknown ending, allowed: .csv, .npy")
  }

  @Test func tokensHaveNoDensity() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("1,0\n0,1\n", to: "tokens.csv")
    let initial = "initial: {tokens: {file: \"\(path)\"}}"
    Samples.expectRefusal(
      Samples.least(initial, "noise: 0.1"),
      "circle.yaml:1:1: density: missing, but initial.tokens has no density to solve, "
        + "allowed: density: none")
    Samples.expectRefusal(
      Samples.least(initial, "density: {spectral: {points: 64}}"),
      "circle.yaml:5:10: density: found spectral, but initial.tokens has no density to solve, "
        + "allowed: none, panels")
    Samples.expectRefusal(
      Samples.least(initial, "density: none"),
      "circle.yaml:5:10: density: found none and no particles, "
        + "allowed: a density, particles or both")
  }

  @Test func particlesStartAtTheTokens() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("1,0\n0,1\n1,1\n", to: "tokens.csv")
    #expect(try run(path).particles?.count == 3)
    #expect(try run(path, ["particles.count=3"]).particles?.count == 3)
    #expect(try run(path, ["particles.members=5", "noise=0.1"]).particles?.members == 5)

    #expect(throws: RunFileError.self) { try run(path, ["particles.count=1024"]) }
    do {
      _ = try run(path, ["particles.count=4"])
    } catch {
      #expect(
        error.message == "--set particles.count=4: particles.count: found 4, "
          + "allowed: 3, the rows of initial.tokens, or no count")
    }
    do {
      _ = try run(path, ["particles.members=2"])
      Issue.record("members without noise were accepted")
    } catch {
      #expect(
        error.message == "--set particles.members=2: particles.members: found 2, "
          + "allowed: 1, as tokens without noise move alike in every member")
    }
  }
}
