import Exports
import Foundation
import SnapshotIO
import TestSupport
import Testing

@Suite("npy: every numeric variable as it is in the file")
struct ArrayTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The header's text and the values, as the format is described in numpy.lib.format.
  private func read(_ name: String) throws -> (header: String, bytes: [UInt8]) {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file(name))))
    try #require(bytes.starts(with: [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0]))
    let end = 10 + Int(bytes[8]) + 256 * Int(bytes[9])
    #expect(end % 64 == 0)
    #expect(bytes[end - 1] == 0x0A)
    let header = String(decoding: bytes[10..<end - 1], as: UTF8.self)
    return (header.trimmingCharacters(in: .whitespaces), Array(bytes[end...]))
  }

  private func words(_ bytes: [UInt8]) -> [UInt64] {
    stride(from: 0, to: bytes.count, by: 8).map { first in
      bytes[first..<first + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
  }

  private func header(_ type: String, _ shape: String) -> String {
    "{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }"
  }

  @Test("types, shapes and bits, groups as folders; texts are left out")
  func values() throws {
    let sample = SampleFile(manifold: .sphere)
    try sample.write(to: folder.file("run.nc"))
    try export(outputFile: folder.file("run.nc"), format: .npy, folder: folder.file("npy"))
    let density = try read("npy/density.npy")
    #expect(density.header == header("<f8", "(3, 5, 8,)"))
    let expected = sample.times.indices.flatMap(sample.density)
    for (word, value) in zip(words(density.bytes), expected) {
      #expect(word == value.bitPattern || Double(bitPattern: word).isNaN && value.isNaN)
    }
    #expect(density.bytes.count == 8 * expected.count)
    let step = try read("npy/step.npy")
    #expect(step.header == header("<i8", "(3,)"))
    #expect(words(step.bytes).map { Int64(bitPattern: $0) } == [-1, 0, 1])
    #expect(try read("npy/particles/position.npy").header == header("<f8", "(3, 2, 3, 3,)"))
    #expect(folder.holds("npy/mergers/time.npy"))
    #expect(folder.holds("npy/comparison/p_value.npy"))
    #expect(!folder.holds("npy/comparison/verdict.npy"))
  }

  @Test(
    "arrays cut anywhere into pieces are the same",
    // A piece has 131072 values: whole snapshots in it, one snapshot of several, rows of one.
    arguments: [[7, 50_000], [3, 140_000], [2, 3, 131_073], [1, 1, 131_072], [0, 4], []])
  func pieces(shape: [Int]) throws {
    let count = shape.reduce(1, *)
    let file = try NetCDFFile(creating: folder.file("run.nc"))
    try file.root.setAttribute("run_file", to: "x: 1\n")
    try file.root.defineDimension("time", length: nil)
    try file.root.defineVariable("time", .double, dimensions: ["time"])
    for (i, length) in shape.enumerated() {
      try file.root.defineDimension("d\(i)", length: length > 0 ? length : nil)
    }
    try file.root.defineVariable("v", .int64, dimensions: shape.indices.map { "d\($0)" })
    try file.root.put(
      Array(0..<count), into: "v", start: shape.map { _ in 0 }, count: shape)
    try file.close()
    try export(outputFile: folder.file("run.nc"), format: .npy, folder: folder.file("npy"))
    let (text, bytes) = try read("npy/v.npy")
    let tuple = shape.map { "\($0)," }.joined(separator: " ")
    #expect(text == header("<i8", "(\(tuple))"))
    #expect(words(bytes) == (0..<count).map { UInt64($0) })
  }
}
