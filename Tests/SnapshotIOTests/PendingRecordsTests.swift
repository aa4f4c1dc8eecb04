import Foundation
import TestSupport
import Testing

@testable import SnapshotIO

@Suite("Records that wait are the same in the file as those that do not")
struct PendingRecordsTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Lengths of the ragged records, two of which are stored together: of as many blocks and of others, and one
  /// that is left out.
  static let lengths = [3, 4, 9, 9, 2, 0, 5]

  private func file(_ name: String) throws -> NetCDFFile {
    let file = try NetCDFFile(creating: folder.file(name))
    try file.root.defineDimension("time", length: nil)
    try file.root.defineDimension("x", length: 2)
    try file.root.defineDimension("token", length: 9000)
    try file.root.defineDimension("node", length: nil)
    try file.root.defineVariable("even", .double, dimensions: ["time", "x"])
    // Too large to wait, or to be kept by the library.
    try file.root.defineVariable("large", .double, dimensions: ["time", "token"])
    try file.root.defineVariable("ragged", .double, dimensions: ["time", "node"], chunks: [2, 4])
    try file.root.defineVariable(
      "atom", .int32, dimensions: ["time", "node"], integerFill: -1, chunks: [2, 4])
    return file
  }

  /// - Parameter every: records after which they are written.
  @Test(arguments: [1, 2, 3, 100])
  func sameNumbers(every: Int) throws {
    let direct = try file("direct.nc")
    let waiting = try file("waiting.nc")
    let group = waiting.root
    var pending = PendingRecords()
    for (time, length) in Self.lengths.enumerated() {
      let even = [Double(time), 0.5]
      let large = (0..<9000).map { Double($0 + time) }
      let ragged = (0..<length).map { Double(10 * time + $0) }
      let atoms = (0..<length).map { $0 % 2 }
      try direct.root.put(even, into: "even", start: [time, 0], count: [1, 2])
      // One is left out: it reads as NaN.
      if time != 2 {
        try direct.root.put(large, into: "large", start: [time, 0], count: [1, 9000])
        try pending.add(.doubles(large), to: "large", of: group, at: time, shape: [9000])
        #expect(pending.bytes < 8 * 9000)
      }
      try direct.root.put(ragged, into: "ragged", start: [time, 0], count: [1, length])
      try direct.root.put(atoms, into: "atom", start: [time, 0], count: [1, length])
      try pending.add(.doubles(even), to: "even", of: group, at: time, shape: [2])
      try pending.add(
        .doubles(ragged), to: "ragged", of: group, at: time, shape: [length],
        chunk: (2, 4))
      try pending.add(
        .integers(atoms, fill: -1), to: "atom", of: group, at: time, shape: [length],
        chunk: (2, 4))
      if (time + 1) % every == 0 {
        try pending.write()
        #expect(pending.bytes == 0)
      }
    }
    try pending.write()
    let large = try group.doubles("large")
    #expect(large[18_000..<27_000].allSatisfy { $0.isNaN })
    #expect(large.last == 9005)
    for name in ["even", "large", "ragged", "atom"] {
      let found = try group.doubles(name).map(\.bitPattern)
      #expect(found == (try direct.root.doubles(name).map(\.bitPattern)))
      #expect(try group.variable(name) == (try direct.root.variable(name)))
    }
    try direct.close()
    try waiting.close()
  }

  /// A write that fails in the middle may leave the dimension longer than the times.
  @Test func snapshotsWithoutTimeDoNotCount() throws {
    let file = try file("count.nc")
    try file.root.defineVariable("time", .double, dimensions: ["time"])
    try file.root.put([0, 0.5], into: "time", start: [0], count: [2])
    try file.root.put([1, 2], into: "even", start: [3, 0], count: [1, 2])
    #expect(try file.root.dimensionLength("time") == 4)
    #expect(try file.root.snapshotCount == 2)
    try file.close()
  }
}
