import Foundation
import SnapshotIO
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite("What was synced outlives the process; a full disk is seen in advance")
struct DurabilityTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Writes `records` records, a sync after each.
  static func grow(_ path: String, records: Int) throws -> NetCDFFile {
    let file = try NetCDFFile(creating: path)
    try file.root.defineDimension("time", length: nil)
    try file.root.defineDimension("theta", length: 1000)
    try file.root.defineVariable("density", .double, dimensions: ["time", "theta"])
    let particles = try file.root.group(named: "particles")
    try particles.defineVariable("energy", .double, dimensions: ["time"])
    for record in 0..<records {
      let values = [Double](repeating: Double(record), count: 1000)
      try file.root.put(values, into: "density", start: [record, 0], count: [1, 1000])
      try particles.put([Double(record)], into: "energy", start: [record], count: [1])
      try file.sync()
    }
    return file
  }

  private func expectRecords(_ records: Int, in path: String) throws {
    let root = try NetCDFFile(opening: path).root
    let expected = (0..<records).map(Double.init)
    #expect(try root.group(named: "particles").doubles("energy") == expected)
    #expect(try root.doubles("density") == expected.flatMap { Array(repeating: $0, count: 1000) })
  }

  @Test("a copy made after sync is whole, though the original is still open")
  func copyAfterSync() throws {
    let original = folder.file("original.nc")
    let copy = folder.file("copy.nc")
    let file = try DurabilityTests.grow(original, records: 7)
    try FileManager.default.copyItem(atPath: original, toPath: copy)
    try expectRecords(7, in: copy)
    try file.close()
    try expectRecords(7, in: original)
  }

  @Test("a process that is killed leaves the records it had synced")
  func killed() async throws {
    let path = folder.file("killed.nc")
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      let file = try DurabilityTests.grow(path, records: 20)
      // Not synced: may be lost, but must not harm.
      try file.root.put(
        [Double](repeating: 20, count: 1000), into: "density", start: [20, 0], count: [1, 1000])
      kill(getpid(), SIGKILL)
      try file.close()
    }
    try expectRecords(20, in: path)
  }

  @Test("the room left is what the file system or the limit on file sizes leaves")
  func room() async throws {
    let path = folder.file("deep/er/x.nc")
    let free = try #require(DiskRoom.bytesAvailable(forFileAt: path))
    #expect(free > 0)
    #expect(DiskRoom.bytesAvailable(forFileAt: "x.nc") != nil)
    #expect(DiskRoom.bytesAvailable(forFileAt: "absent/x.nc") != nil)
    await #expect(processExitsWith: .success) {
      let folder = try TemporaryFolder()
      let path = folder.file("x")
      var limit = rlimit(rlim_cur: 1_000_000, rlim_max: 1_000_000)
      setFileSizeLimit(&limit)
      guard DiskRoom.bytesAvailable(forFileAt: path) == 1_000_000 else { exit(1) }
      try Data(count: 400_000).write(to: URL(fileURLWithPath: path))
      guard DiskRoom.bytesAvailable(forFileAt: path) == 600_000 else { exit(1) }
    }
  }

  @Test("beyond the limit on file sizes a write fails with an error, and the process lives")
  func fileSizeLimit() async throws {
    let path = folder.file("limited.nc")
    await #expect(processExitsWith: .exitCode(3)) { [path = path as String] in
      DiskRoom.ignoreFileSizeSignal()
      var limit = rlimit(rlim_cur: 100_000, rlim_max: 100_000)
      setFileSizeLimit(&limit)
      do {
        try DurabilityTests.grow(path, records: 50).close()
      } catch let error as NetCDFError {
        exit(error.exitCode == 74 && error.path == path ? 3 : 4)
      }
    }
  }
}

private func setFileSizeLimit(_ limit: inout rlimit) {
  #if canImport(Glibc)
    setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
  #else
    setrlimit(RLIMIT_FSIZE, &limit)
  #endif
}
