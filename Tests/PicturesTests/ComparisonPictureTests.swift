import Foundation
import SnapshotIO
import TestSupport
import Testing

@testable import Pictures

@Suite("A comparison becomes a page: distances against N and clusters one by one")
struct ComparisonPictureTests {
  let folder: TemporaryFolder
  private static let times = [0.0, 1, 2]
  private static let counts = [100.0, 400, 1600]

  init() throws { folder = try TemporaryFolder() }

  /// What the comparison of an output file has.
  private struct Content {
    var hasLadder = true
    var hasMatches = true
    /// Snapshots from which on nothing is fitted and nothing expected.
    var chance = 2
  }

  /// Two members whose distances fall like N^{−1/2} and N^{−1/4}, and two clusters.
  private func write(_ content: Content, to path: String) throws {
    let file = try NetCDFFile(creating: path)
    let root = file.root
    let times = Self.times
    try root.setAttribute("title", to: "A page")
    try root.setAttribute("run_file", to: "manifold: circle\nattention: {beta: 9}\n")
    try root.defineDimension("time", length: nil)
    try root.defineVariable("time", .double, dimensions: ["time"])
    try root.put(times, into: "time", start: [0], count: [times.count])
    try root.defineDimension("member", length: 2)
    try root.defineDimension("cluster", length: 3)
    let group = try root.group(named: "comparison")
    func put(
      _ name: String, _ dimensions: [String], _ lengths: [Int], _ values: (Int) -> [Double]
    ) throws {
      try group.defineVariable(name, .double, dimensions: ["time"] + dimensions)
      try group.put(
        times.indices.flatMap(values), into: name, start: [0] + lengths.map { _ in 0 },
        count: [times.count] + lengths)
    }
    try put("wasserstein1", ["member"], [2]) { _ in [0.1, 0.2] }
    try group.setAttribute("verdict", to: "outside")
    try group.setAttribute("sigmas", to: .doubles([3]))
    if content.hasLadder {
      try group.defineDimension("count", length: Self.counts.count)
      try group.defineVariable("count", .double, dimensions: ["count"])
      try group.put(Self.counts, into: "count")
      for (name, rate) in [("wasserstein1", -0.5), ("wasserstein2", -0.25)] {
        try put("ladder_\(name)", ["count", "member"], [Self.counts.count, 2]) { n in
          Self.counts.flatMap { [pow($0, rate), Double(n + 1) * pow($0, rate)] }
        }
        try put("rate_\(name)", [], []) { $0 < content.chance ? [rate] : [.nan] }
        try put("rate_\(name)_error", [], []) { _ in [0.0123] }
      }
    }
    if content.hasMatches {
      for (name, unit) in [("position", 0.1), ("mass", 0.01)] {
        try put("cluster_\(name)_difference", ["member", "cluster"], [2, 3]) { n in
          [unit, 2 * unit, .nan, Double(n) * unit, .nan, .nan]
        }
        try put("cluster_\(name)_spread", ["cluster"], [3]) { n in
          n < content.chance ? [3 * unit, 4 * unit, .nan] : [.nan, .nan, .nan]
        }
      }
    }
    try file.close()
  }

  private func drawing(_ content: Content) throws -> (run: DrawnRun, text: String) {
    let path = folder.file("\(UUID()).nc")
    try write(content, to: path)
    let picture = folder.file("\(UUID()).svg")
    try draw(outputFile: path, picture: picture)
    let run = try DrawnRun(reading: try NetCDFFile(opening: path).root)
    return (run, try String(contentsOfFile: picture, encoding: .utf8))
  }

  @Test func ladder() throws {
    let (run, text) = try drawing(Content())
    let ladder = try #require(run.comparison?.ladder)
    // The last snapshot at which something was fitted.
    #expect(ladder.time == 1)
    #expect(ladder.counts == Self.counts)
    #expect(ladder.rungs.map(\.name) == ["wasserstein1", "wasserstein2"])
    #expect(ladder.rungs[1].distances[2] == [pow(1600, -0.25), 2 * pow(1600, -0.25)])
    #expect(text.contains("−0.500 ± 0.012"))
    #expect(text.contains("−0.250 ± 0.012"))
    #expect(text.contains("verdict: outside 3 sigmas"))
  }

  @Test func clusters() throws {
    let (run, text) = try drawing(Content())
    let comparison = try #require(run.comparison)
    #expect(comparison.matchTime == 1)
    // No member has a third one, and nothing is expected of it.
    #expect(comparison.matches.count == 2)
    #expect(comparison.matches[0].positions == [0.1, 0.1])
    #expect(comparison.matches[1].masses == [0.02])
    #expect(comparison.matches[1].positionSpread == 4 * 0.1)
    #expect(text.contains("± 2 spreads"))
  }

  @Test("what was matched is shown where nothing is expected of it")
  func chance() throws {
    let (run, text) = try drawing(Content(chance: 0))
    let comparison = try #require(run.comparison)
    #expect(comparison.ladder == nil)
    #expect(comparison.matchTime == 2)
    #expect(comparison.matches.count == 2)
    #expect(!text.contains("± 2 spreads"))
  }

  @Test("each half takes the whole width where the other is missing")
  func halves() throws {
    #expect(try drawing(Content(hasMatches: false)).text.contains("tokens"))
    #expect(try drawing(Content(hasLadder: false)).text.contains("heaviest first"))
    let neither = try drawing(Content(hasLadder: false, hasMatches: false))
    #expect(neither.run.comparison?.isEmpty == true)
    #expect(!neither.text.contains("heaviest first"))
  }
}
