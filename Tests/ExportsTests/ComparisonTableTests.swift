import Exports
import Foundation
import SnapshotIO
import TestSupport
import Testing

@Suite("csv of a comparison: moments, matched clusters and the ladder")
struct ComparisonTableTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Two snapshots, two members; a rung of 10 and one of 1000 tokens.
  private func write() throws {
    let file = try NetCDFFile(creating: folder.file("run.nc"))
    let root = file.root
    try root.setAttribute("run_file", to: "manifold: any\n")
    try root.defineDimension("time", length: nil)
    try root.defineVariable("time", .double, dimensions: ["time"])
    try root.put([0, 0.5], into: "time", start: [0], count: [2])
    try root.defineDimension("member", length: 2)
    try root.defineDimension("cluster", length: nil)
    let group = try root.group(named: "comparison")
    try group.defineVariable("sobolev", .double, dimensions: ["time", "member"])
    try group.put([0.1, 0.2, 0.3, 0.4], into: "sobolev", start: [0, 0], count: [2, 2])
    try group.defineDimension("moment", length: 2)
    try group.defineVariable("moment_name", .string, dimensions: ["moment"])
    try group.put(["Re m_1", "Y_1,-1"], into: "moment_name")
    try group.defineVariable("moment_deviation", .double, dimensions: ["time", "member", "moment"])
    try group.put(
      [1, -2, 3, -4, 5, -6, 7, .nan], into: "moment_deviation", start: [0, 0, 0], count: [2, 2, 2])
    // One cluster at first, then two; the second member has lost the lighter one.
    try group.defineVariable(
      "cluster_match", .int64, dimensions: ["time", "member", "cluster"], integerFill: -1)
    try group.put(
      [0, -1, 0, -1, 1, 0, 0, -1], into: "cluster_match", start: [0, 0, 0], count: [2, 2, 2])
    try group.defineVariable(
      "cluster_mass_difference", .double, dimensions: ["time", "member", "cluster"])
    try group.put(
      [0.25, .nan, -0.5, .nan, 0.125, 2, -0.25, .nan], into: "cluster_mass_difference",
      start: [0, 0, 0], count: [2, 2, 2])
    try group.defineVariable("cluster_mass_spread", .double, dimensions: ["time", "cluster"])
    try group.put(
      [0.75, .nan, 1.5, 2.5], into: "cluster_mass_spread", start: [0, 0], count: [2, 2])
    try group.defineDimension("count", length: nil)
    try group.defineVariable("count", .int64, dimensions: ["count"])
    try group.put([10, 1000], into: "count", start: [0], count: [2])
    for (kind, factor) in [("sobolev", 1.0), ("moment", 2.0)] {
      try group.defineVariable(
        "ladder_\(kind)", .double, dimensions: ["time", "count", "member"])
      try group.put(
        (1...8).map { factor * Double($0) }, into: "ladder_\(kind)", start: [0, 0, 0],
        count: [2, 2, 2])
      for name in ["rate_\(kind)", "rate_\(kind)_error"] {
        try group.defineVariable(name, .double, dimensions: ["time"])
        try group.put([-0.5 * factor, .nan], into: name, start: [0], count: [2])
      }
    }
    try file.close()
  }

  private func table(_ name: String) throws -> String {
    try String(contentsOfFile: folder.file("csv/\(name)"), encoding: .utf8)
  }

  @Test("every table, with what belongs to a row in it")
  func tables() throws {
    try write()
    try export(outputFile: folder.file("run.nc"), format: .csv, folder: folder.file("csv"))
    #expect(
      folder.contents.filter { $0.hasSuffix(".csv") } == [
        "csv/comparison-clusters.csv", "csv/comparison-moments.csv", "csv/comparison.csv",
        "csv/ladder-rates.csv", "csv/ladder.csv",
      ])
    #expect(
      try table("comparison.csv")
        == "time,member,sobolev\n0.0,0,0.1\n0.0,1,0.2\n0.5,0,0.3\n0.5,1,0.4\n")
    #expect(
      try table("comparison-moments.csv") == """
        time,member,moment,moment_deviation
        0.0,0,Re m_1,1.0
        0.0,0,"Y_1,-1",-2.0
        0.0,1,Re m_1,3.0
        0.0,1,"Y_1,-1",-4.0
        0.5,0,Re m_1,5.0
        0.5,0,"Y_1,-1",-6.0
        0.5,1,Re m_1,7.0
        0.5,1,"Y_1,-1",

        """)
    // The spread is one for all members; a cluster of the density without a match keeps its row.
    #expect(
      try table("comparison-clusters.csv") == """
        time,member,cluster,cluster_match,cluster_mass_difference,cluster_mass_spread
        0.0,0,0,0,0.25,0.75
        0.0,1,0,0,-0.5,0.75
        0.5,0,0,1,0.125,1.5
        0.5,0,1,0,2.0,2.5
        0.5,1,0,0,-0.25,1.5
        0.5,1,1,,,2.5

        """)
    #expect(
      try table("ladder.csv") == """
        time,count,member,ladder_sobolev,ladder_moment
        0.0,10,0,1.0,2.0
        0.0,10,1,2.0,4.0
        0.0,1000,0,3.0,6.0
        0.0,1000,1,4.0,8.0
        0.5,10,0,5.0,10.0
        0.5,10,1,6.0,12.0
        0.5,1000,0,7.0,14.0
        0.5,1000,1,8.0,16.0

        """)
    #expect(
      try table("ladder-rates.csv") == """
        time,rate_sobolev,rate_sobolev_error,rate_moment,rate_moment_error
        0.0,-0.5,-0.5,-1.0,-1.0
        0.5,,,,

        """)
  }

  @Test("as arrays they are there already, under the names of the file")
  func arrays() throws {
    try write()
    try export(outputFile: folder.file("run.nc"), format: .npy, folder: folder.file("npy"))
    for name in [
      "count", "ladder_moment", "rate_moment_error", "cluster_match", "moment_deviation",
    ] {
      #expect(folder.holds("npy/comparison/\(name).npy"))
    }
  }
}
