import Foundation
import SnapshotIO
import TestSupport
import Testing

@Suite("A NetCDF call that fails says what, where and why")
struct NetCDFErrorTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func expectFailure(
    _ operation: String, _ reason: String, _ path: String,
    sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
  ) {
    let error = #expect(throws: NetCDFError.self, sourceLocation: sourceLocation) { try body() }
    guard let error else { return }
    #expect(error.operation == operation, sourceLocation: sourceLocation)
    #expect(error.path == path, sourceLocation: sourceLocation)
    #expect(error.reason.contains(reason), "\(error)", sourceLocation: sourceLocation)
    #expect(error.exitCode == 74, sourceLocation: sourceLocation)
    #expect(error.status != 0, sourceLocation: sourceLocation)
    #expect(
      error.description == "\(path): cannot \(operation): \(error.reason)",
      sourceLocation: sourceLocation)
  }

  @Test("a file that cannot be created")
  func creating() throws {
    let present = folder.file("present.nc")
    try Data("keep me".utf8).write(to: URL(fileURLWithPath: present))
    for (path, reason) in [
      (present, "it is there already"),
      (folder.path, "it is there already"),
      (folder.file("absent/x.nc"), "No such file or directory"),
      (present + "/x.nc", "Not a directory"),
      (folder.file(String(repeating: "x", count: 300)), "File name too long"),
      (folder.file("a\\b.nc"), "backslash"),
      ("", "the path is empty"),
    ] {
      expectFailure("create the file", reason, path) { _ = try NetCDFFile(creating: path) }
    }
    expectFailure("create the file", "Is a directory", folder.path) {
      _ = try NetCDFFile(creating: folder.path, overwrite: true)
    }
    #expect(try String(contentsOfFile: present, encoding: .utf8) == "keep me")
    try NetCDFFile(creating: present, overwrite: true).close()
    #expect(try NetCDFFile(opening: present).root.variableNames == [])
  }

  @Test("a folder that may not be written to", .enabled(if: geteuid() != 0, "root may do anything"))
  func unwritableFolder() throws {
    try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder.path)
    defer {
      try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
    }
    let path = folder.file("x.nc")
    expectFailure("create the file", "Permission denied", path) {
      _ = try NetCDFFile(creating: path)
    }
  }

  @Test("a file that cannot be opened")
  func opening() throws {
    let whole = folder.file("whole.nc")
    let file = try NetCDFFile(creating: whole)
    try file.root.defineDimension("x", length: 1000)
    try file.root.defineVariable("x", .double, dimensions: ["x"])
    try file.root.put((0..<1000).map(Double.init), into: "x")
    try file.close()
    let bytes = try Data(contentsOf: URL(fileURLWithPath: whole))
    for (name, content) in [
      ("garbage.nc", Data("manifold: circle\n".utf8)), ("empty.nc", Data()),
      ("six bytes.nc", bytes.prefix(6)),
    ] {
      try content.write(to: URL(fileURLWithPath: folder.file(name)))
      expectFailure("open the file", "not a NetCDF file", folder.file(name)) {
        _ = try NetCDFFile(opening: folder.file(name))
      }
    }
    for length in [100, 3000, bytes.count - 1] {
      let path = folder.file("cut at \(length).nc")
      try bytes.prefix(length).write(to: URL(fileURLWithPath: path))
      expectFailure("open the file", "truncated", path) { _ = try NetCDFFile(opening: path) }
    }
    expectFailure("open the file", "No such file", folder.file("absent.nc")) {
      _ = try NetCDFFile(opening: folder.file("absent.nc"))
    }
    expectFailure("open the file for writing", "Is a directory", folder.path) {
      _ = try NetCDFFile(opening: folder.path, writable: true)
    }
  }

  @Test("a file that another program is using")
  func inUse() throws {
    let path = folder.file("busy.nc")
    try NetCDFFile(creating: path).close()
    let descriptor = open(path, O_RDWR)
    #expect(flock(descriptor, LOCK_EX) == 0)
    expectFailure("open the file", "another program is using it", path) {
      _ = try NetCDFFile(opening: path)
    }
    expectFailure("create the file", "another program is using it", path) {
      _ = try NetCDFFile(creating: path, overwrite: true)
    }
    close(descriptor)
    #expect(try NetCDFFile(opening: path).root.variableNames == [])
  }

  @Test("names that are not there, are there twice, or do not fit")
  func names() throws {
    let path = folder.file("names.nc")
    let file = try NetCDFFile(creating: path)
    let root = file.root
    try root.defineDimension("x", length: 3)
    try root.defineVariable("v", .double, dimensions: ["x"])
    try root.defineVariable("s", .string, dimensions: ["x"])
    expectFailure("find variable 'w'", "not found", path) { _ = try root.doubles("w") }
    expectFailure("find variable 'w'", "not found", path) {
      try root.setAttribute("units", to: "1", of: "w")
    }
    expectFailure("find dimension 'y'", "Invalid dimension", path) {
      try root.defineVariable("w", .double, dimensions: ["y"])
    }
    expectFailure("define dimension 'x'", "in use", path) {
      try root.defineDimension("x", length: 3)
    }
    expectFailure("define variable 'v'", "in use", path) {
      try root.defineVariable("v", .double, dimensions: ["x"])
    }
    expectFailure("find group 'a/b'", "illegal characters", path) {
      _ = try root.group(named: "a/b")
    }
    expectFailure("write variable 'v'", "exceeds dimension", path) {
      try root.put([1, 2], into: "v", start: [2], count: [2])
    }
    expectFailure("read variable 'v'", "exceeds dimension", path) {
      _ = try root.doubles("v", start: [2], count: [2])
    }
    expectFailure("read variable 's'", "data type", path) { _ = try root.doubles("s") }
    expectFailure("choose the chunks of variable 'c'", "chunk", path) {
      try root.defineVariable("c", .double, dimensions: ["x"], chunks: [4])
    }
    try file.close()
  }

  @Test("a closed file, and one that was opened for reading only")
  func closedOrReadOnly() throws {
    let path = folder.file("closed.nc")
    let file = try NetCDFFile(creating: path)
    let root = file.root
    try file.close()
    try file.close()
    // The library gives the number of the closed file to the next one, which must not be touched.
    let other = try NetCDFFile(creating: folder.file("other.nc"))
    expectFailure("write attribute 'title'", "Not a valid ID", path) {
      try root.setAttribute("title", to: "late")
    }
    expectFailure("write to the file", "Not a valid ID", path) { try file.sync() }
    #expect(try other.root.attribute("title") == nil)
    let readOnly = try NetCDFFile(opening: path)
    expectFailure("write attribute 'title'", "Write to read only", path) {
      try readOnly.root.setAttribute("title", to: "no")
    }
  }

  @Test("an error on a thread of its own is thrown, not printed")
  func errorsAreNotPrinted() async throws {
    let path = folder.file("cut.nc")
    try NetCDFFile(creating: path).close()
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    try bytes.prefix(100).write(to: URL(fileURLWithPath: path))
    let result = await #expect(
      processExitsWith: .success, observing: [\.standardErrorContent]
    ) { [path = path as String] in
      let thread = Thread { _ = try? NetCDFFile(opening: path) }
      thread.start()
      while !thread.isFinished { usleep(1000) }
    }
    let printed = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(!printed.contains("HDF5-DIAG"), "\(printed)")
  }

  @Test("as many values as places is a duty of the caller")
  func valueCount() async {
    let path = folder.file("x.nc")
    await #expect(processExitsWith: .failure) { [path = path as String] in
      let file = try NetCDFFile(creating: path)
      try file.root.defineDimension("x", length: 3)
      try file.root.defineVariable("x", .double, dimensions: ["x"])
      try file.root.put([1, 2], into: "x")
    }
  }
}
