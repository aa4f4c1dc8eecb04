import Foundation
import SnapshotIO
import TestSupport
import Testing

@Suite("What is written to a NetCDF file is read back")
struct NetCDFRoundTripTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("values of every type, bit for bit")
  func everyType() throws {
    let path = folder.file("types.nc")
    let doubles = [0, -0.0, .pi, .infinity, -.infinity, .leastNonzeroMagnitude]
    let integers = [Int.min, -1, 0, 1, Int.max, 7]
    let words = [UInt64.max, 0, 1, 1 << 63, 42, 6]
    let texts = ["circle", "", "μ on S²", "two\nlines", "a b", "{sphere: {dimension: 8}}"]
    do {
      let file = try NetCDFFile(creating: path)
      let root = file.root
      try root.defineDimension("x", length: 6)
      try root.defineVariable("d", .double, dimensions: ["x"])
      try root.defineVariable("i", .int64, dimensions: ["x"])
      try root.defineVariable("small", .int32, dimensions: ["x"])
      try root.defineVariable("w", .uint64, dimensions: ["x"])
      try root.defineVariable("s", .string, dimensions: ["x"])
      try root.defineVariable("scalar", .double, dimensions: [])
      try root.put(doubles, into: "d")
      try root.put(integers, into: "i")
      try root.put([1, -2, 3, 4, 5, Int(Int32.max)], into: "small")
      try root.put(words, into: "w")
      try root.put(texts, into: "s")
      try root.put([2.5], into: "scalar")
      try file.close()
    }
    let root = try NetCDFFile(opening: path).root
    #expect(try root.doubles("d").map(\.bitPattern) == doubles.map(\.bitPattern))
    #expect(try root.integers("i") == integers)
    #expect(try root.integers("small") == [1, -2, 3, 4, 5, Int(Int32.max)])
    #expect(try root.unsignedIntegers("w") == words)
    #expect(try root.strings("s") == texts)
    #expect(try root.doubles("scalar") == [2.5])
    #expect(try root.variableNames == ["d", "i", "small", "w", "s", "scalar"])
    #expect(
      try root.variableNames.map { try root.variable($0).type }
        == [.double, .int64, .int32, .uint64, .string, .double])
  }

  @Test("attributes of every type, on the file, a group and a variable")
  func attributes() throws {
    let path = folder.file("attributes.nc")
    // Longer than the 64 kB that HDF5 keeps beside an object: a run file may have 1 MB.
    let long = String(repeating: "β: 9 # é\n", count: 100_000)
    do {
      let file = try NetCDFFile(creating: path)
      let root = file.root
      try root.setAttribute("title", to: "Metastable “clusters”")
      try root.setAttribute("title", to: "Metastable clusters on S¹, β = \(9)")
      try root.setAttribute("run_file", to: .text(long))
      try root.setAttribute("empty", to: "")
      try root.setAttribute("seed", to: .unsignedIntegers([.max]))
      let group = try root.group(named: "comparison")
      try group.setAttribute("verdict", to: "inside")
      try group.setAttribute("levels", to: .doubles([0.5, -.infinity]))
      try group.setAttribute("members", to: 8)
      try root.defineVariable(
        "energy", .double, dimensions: [],
        attributes: ["units": "1", "long_name": "energy", "bound": 1.5])
      try file.close()
    }
    let root = try NetCDFFile(opening: path).root
    #expect(try root.attribute("title") == "Metastable clusters on S¹, β = 9")
    #expect(try root.attribute("run_file")?.text == long)
    #expect(try root.attribute("empty")?.text == "")
    #expect(try root.attribute("seed")?.unsignedIntegers == [.max])
    #expect(try root.attribute("absent") == nil)
    let group = try root.group(named: "comparison")
    #expect(try group.attribute("verdict")?.text == "inside")
    #expect(try group.attribute("levels")?.doubles == [0.5, -.infinity])
    #expect(try group.attribute("members")?.integers == [8])
    #expect(try group.attribute("members")?.doubles == [8])
    #expect(try group.attribute("title") == nil)
    #expect(try root.attribute("units", of: "energy") == "1")
    #expect(try root.attribute("bound", of: "energy") == 1.5)
    #expect(try root.attribute("scale", of: "energy") == nil)
  }

  @Test("a dimension without a length grows with every record")
  func growth() throws {
    let path = folder.file("growth.nc")
    let file = try NetCDFFile(creating: path)
    let root = file.root
    try root.defineDimension("time", length: nil)
    try root.defineDimension("theta", length: 4)
    try root.defineVariable("time", .double, dimensions: ["time"])
    try root.defineVariable("density", .double, dimensions: ["time", "theta"], chunks: [8, 4])
    for record in 0..<100 {
      let t = Double(record)
      try root.put([t], into: "time", start: [record], count: [1])
      try root.put(
        [t, t + 0.25, t + 0.5, t + 0.75], into: "density", start: [record, 0], count: [1, 4])
      #expect(try root.dimensionLength("time") == record + 1)
    }
    #expect(try root.doubles("density") == (0..<400).map { Double($0) / 4 })
    #expect(
      try root.doubles("density", start: [98, 1], count: [2, 2]) == [98.25, 98.5, 99.25, 99.5])
    #expect(try root.doubles("density", start: [99, 2]) == [99.5, 99.75])
    #expect(try root.doubles("density", start: [3, 0], count: [0, 4]) == [])
    try file.close()
  }

  @Test("a file that is opened for writing goes on growing")
  func reopening() throws {
    let path = folder.file("resumed.nc")
    let first = try NetCDFFile(creating: path)
    try first.root.defineDimension("time", length: nil)
    try first.root.defineVariable("time", .double, dimensions: ["time"])
    try first.root.put([0, 1], into: "time", start: [0], count: [2])
    try first.close()
    let second = try NetCDFFile(opening: path, writable: true)
    try second.root.put([2], into: "time", start: [2], count: [1])
    try second.root.group(named: "particles").defineVariable("step", .double, dimensions: ["time"])
    try second.close()
    let root = try NetCDFFile(opening: path).root
    #expect(try root.doubles("time") == [0, 1, 2])
    #expect(try root.group(named: "particles").doubles("step").count == 3)
  }

  @Test("groups see the dimensions around them, and have names of their own")
  func groups() throws {
    let path = folder.file("groups.nc")
    let file = try NetCDFFile(creating: path)
    try file.root.defineDimension("time", length: nil)
    #expect(try !file.root.hasGroup(named: "particles"))
    let particles = try file.root.group(named: "particles")
    try particles.defineDimension("member", length: 2)
    try particles.defineVariable("energy", .double, dimensions: ["time", "member"])
    try particles.put([1, 2], into: "energy", start: [0, 0], count: [1, 2])
    let inner = try particles.group(named: "inner")
    try inner.defineVariable("mean", .double, dimensions: ["time", "member"])
    #expect(try file.root.hasGroup(named: "particles"))
    #expect(try file.root.group(named: "particles").doubles("energy") == [1, 2])
    #expect(try file.root.groupNames == ["particles"])
    #expect(try particles.groupNames == ["inner"])
    #expect(try file.root.dimensionNames == ["time"])
    #expect(try particles.dimensionNames == ["member"])
    #expect(try inner.dimensionLength("time") == 1)
    #expect(try !file.root.hasVariable("energy"))
    #expect(try particles.hasVariable("energy"))
    let energy = try particles.variable("energy")
    #expect(energy.dimensions == ["time", "member"])
    #expect(energy.lengths == [1, 2])
    try file.close()
  }

  @Test("what was never written is NaN, or the fill value that was chosen; time has none")
  func fillValues() throws {
    let file = try NetCDFFile(creating: folder.file("fill.nc"))
    let root = file.root
    try root.defineDimension("time", length: nil)
    for (name, type) in [("entropy", NetCDFFile.ValueType.double), ("time", .double)] {
      try root.defineVariable(name, type, dimensions: ["time"])
    }
    try root.defineVariable("count", .int64, dimensions: ["time"], integerFill: -1)
    try root.defineVariable("label", .int32, dimensions: ["time"], integerFill: -2)
    try root.defineVariable("word", .uint64, dimensions: ["time"], integerFill: 3)
    try root.put([1.0], into: "entropy", start: [1], count: [1])
    #expect(try root.doubles("entropy")[0].isNaN)
    #expect(try root.doubles("entropy")[1] == 1)
    #expect(try root.integers("count") == [-1, -1])
    #expect(try root.integers("label") == [-2, -2])
    #expect(try root.unsignedIntegers("word") == [3, 3])
    #expect(try root.attribute("_FillValue", of: "entropy")?.doubles?.first?.isNaN == true)
    #expect(try root.attribute("_FillValue", of: "count") == -1)
    #expect(try root.attribute("_FillValue", of: "time") == nil)
    try file.close()
  }

  @Test(
    "paths are taken literally",
    arguments: [
      "two words.nc", "Verteilung auf S¹, β = 9.nc", "a#mode=zarr.nc", "a?b%20c.nc", "c:x.nc",
      " leading.nc", "trailing.nc ", "[1]*.nc", "~x.nc", "no extension",
    ])
  func paths(name: String) throws {
    let path = folder.file(name)
    let file = try NetCDFFile(creating: path)
    try file.root.setAttribute("title", to: .text(name))
    try file.close()
    #expect(FileManager.default.fileExists(atPath: path))
    #expect(try NetCDFFile(opening: path).root.attribute("title")?.text == name)
  }

  @Test("many threads use many files, and one file, at once")
  func threads() async throws {
    let shared = try NetCDFFile(creating: folder.file("shared.nc"))
    try shared.root.defineDimension("x", length: 1000)
    try await withThrowingTaskGroup { tasks in
      for task in 0..<16 {
        let path = folder.file("thread\(task).nc")
        tasks.addTask {
          let name = "v\(task)"
          try shared.root.defineVariable(name, .double, dimensions: ["x"])
          let file = try NetCDFFile(creating: path)
          try file.root.defineDimension("time", length: nil)
          try file.root.defineVariable("time", .double, dimensions: ["time"])
          for i in 0..<50 {
            try file.root.put([Double(task * i)], into: "time", start: [i], count: [1])
            try shared.root.put([Double(task + i)], into: name, start: [i], count: [1])
            #expect(throws: NetCDFError.self) { try file.root.doubles("absent") }
          }
          try file.close()
        }
      }
      try await tasks.waitForAll()
    }
    for task in 0..<16 {
      let own = try NetCDFFile(opening: folder.file("thread\(task).nc")).root.doubles("time")
      #expect(own == (0..<50).map { Double(task * $0) })
      let part = try shared.root.doubles("v\(task)", start: [0], count: [51])
      #expect(part.dropLast() == (0..<50).map { Double(task + $0) }[...])
      #expect(part[50].isNaN)
    }
    try shared.close()
  }
}
