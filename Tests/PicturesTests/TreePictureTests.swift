import Foundation
import SnapshotIO
import TestSupport
import Testing

@testable import Pictures

@Suite("A run of panels becomes a tree of trajectories over a staircase")
struct TreePictureTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A script's blocks of data by name, split where lines break, and its other commands.
  private struct Drawing {
    var blocks: [String: [[[Double]]]] = [:]
    var commands: [String] = []

    init(_ script: String) {
      var name: String?
      for line in script.split(separator: "\n", omittingEmptySubsequences: false) {
        if line == "END_OF_DATA" {
          name = nil
        } else if let block = name {
          let row = line.split(separator: " ").compactMap { Double($0) }
          if row.isEmpty {
            blocks[block, default: [[]]].append([])
          } else {
            blocks[block, default: [[]]][blocks[block, default: [[]]].count - 1].append(row)
          }
        } else if line.hasSuffix("<< END_OF_DATA") {
          name = String(line.prefix { $0 != " " })
          blocks[name ?? ""] = [[]]
        } else {
          commands.append(String(line))
        }
      }
    }

    /// The pieces of the lines of clusters, and not of the staircase.
    var worldLines: [[[Double]]] {
      data("lc rgb '\(Palette.clusters)'", butNot: " dt ").filter { $0.count > 1 }
    }

    /// The data of plots in a style, in the order in which they are drawn.
    func data(_ style: String, butNot other: String = "×") -> [[[Double]]] {
      let plots = commands.filter { $0.hasPrefix("plot ") }.flatMap {
        $0.dropFirst(5).split(separator: ", $").map { $0.hasPrefix("$") ? $0 : "$" + $0 }
      }
      return plots.filter { $0.contains(style) && !$0.contains(other) }.flatMap { plot in
        (blocks[String(plot.prefix { $0 != " " })] ?? []).filter { !$0.isEmpty }
      }
    }
  }

  private func drawing(_ file: PanelFile) throws -> Drawing {
    let path = folder.file("\(UUID()).nc")
    try file.write(to: path)
    let run = try DrawnRun(reading: try NetCDFFile(opening: path).root)
    return Drawing(try #require(Figure(run).script(.svg)))
  }

  private static let cluster = Palette.clusters

  /// Three clusters, two of them either side of θ = 0, that are two from t = 40 and one from 3000.
  private static let merging = PanelFile(
    times: [0] + (0...60).map { 0.1 * pow(10, Double($0) / 10) },
    clusters: { time in
      time < 40
        ? [(0.2, 0.5), (2 * .pi - 0.3, 0.25), (2, 0.25)]
        : time < 3000 ? [(6.2, 0.75), (2, 0.25)] : [(0.4, 1)]
    },
    mergers: [
      .init(time: 40, position: 0, mass: 0.75, parents: [0.5, 0.25]),
      .init(time: 3000, position: 0.3, mass: 1, parents: [0.75, 0.25]),
    ])

  @Test("lines are as thick as they are heavy, and joined at the mergers, over log t")
  func tree() throws {
    let drawing = try drawing(Self.merging)
    // Thickness 0.8 + 5 p.
    for (mass, thickness, count) in [(0.25, 2.05, 2), (0.5, 3.3, 1), (0.75, 4.55, 1), (1, 5.8, 1)] {
      let lines = drawing.data("with lines lw \(Script.number(thickness)) lc rgb '\(Self.cluster)'")
      #expect(lines.count == count, "of mass \(mass)")
      // Two rows or more, and never back in time.
      for line in lines { #expect(zip(line, line.dropFirst()).allSatisfy { $0[0] < $1[0] }) }
    }
    let rings = drawing.data("with points pt 7 ps 0.58")
    #expect(rings.count == 1)
    for (row, merger) in zip(rings.joined(), Self.merging.mergers) {
      // The script has seven digits.
      #expect(abs(row[0] - log10(merger.time)) < 1e-5)
      #expect(abs(remainder(row[1] - merger.position, 2 * .pi)) < 1e-5)
    }
    #expect(rings.joined().count == 2)
    #expect(drawing.commands.contains { $0.contains("set xrange [-1:5]") })
    #expect(drawing.commands.contains { $0.contains("'mergers'") })
  }

  @Test("the staircase steps at the mergers from Σ p² to Σ p²")
  func staircase() throws {
    let drawing = try drawing(Self.merging)
    let steps = drawing.data("title 'Σ").joined()
    for (time, before, after) in [(40.0, 0.375, 0.625), (3000, 0.625, 1)] {
      let step = steps.filter { abs($0[0] - log10(time)) < 1e-5 }.map { $0[1] }
      #expect(step == [before, after])
    }
    // How many there are the tree tells; without members there is nothing else to count.
    #expect(!drawing.commands.contains { $0.contains("'clusters' at screen 0.0") })
  }

  @Test("no line goes across the picture where the circle is cut", arguments: [true, false])
  func seam(hasDensity: Bool) throws {
    var file = Self.merging
    file.hasDensity = hasDensity
    // Six times round the circle, whatever it is cut at.
    file.clusters = { time in
      let angle = 2 * Double.pi * log10(10 * max(time, 0.1))
      return [(0.0, 0.5), (2.0, 0.3), (3.5, 0.2)].map { start, mass in
        ((angle + start).truncatingRemainder(dividingBy: 2 * .pi), mass)
      }
    }
    file.mergers = []
    let lines = try drawing(file).worldLines
    #expect(lines.count >= 3 * 6)
    for line in lines {
      for (row, next) in zip(line, line.dropFirst()) where next[0] > row[0] {
        // A tenth of a decade of time.
        #expect(abs(next[1] - row[1]) < 0.2 * .pi + 1e-5)
      }
    }
  }

  @Test("polar angles end at the poles: nothing wraps")
  func zonal() throws {
    let file = PanelFile(
      runFile: "manifold: {zonal: {dimension: 8}}\n", times: (0...20).map(Double.init),
      clusters: { [(0.02, 0.5), (3.1 - 0.001 * $0, 0.5)] })
    let drawing = try drawing(file)
    let lines = drawing.worldLines
    #expect(lines.count == 2)
    #expect(lines.allSatisfy { $0.count == 21 })
  }

  @Test(
    "time is by logarithm where the run is long",
    arguments: [(0.1, 50, false), (0.1, 500, true), (2, 200, true), (1, 20, false)])
  func axis(step: Double, count: Int, isLogarithmic: Bool) throws {
    let times = (0...count).map { step * Double($0) }
    let axis = try #require(TimeAxis(times, isLawFollowed: true))
    #expect(axis.isLogarithmic == isLogarithmic)
    // Other runs are shown as they are planned.
    #expect(try #require(TimeAxis(times)).isLogarithmic == false)
  }

  @Test("atoms close to one another fill the picture, wherever they are")
  func zoom() throws {
    let seam = 2 * Double.pi
    var coordinate = Coordinate.angle(from: 0)
    coordinate.zoom(to: [0.3, seam - 0.3, 0.1, .nan])
    let part = try #require(coordinate.part)
    #expect(part.lowerBound < -0.3 && part.lowerBound > -0.7)
    #expect(part.upperBound > 0.3 && part.upperBound < 0.7)
    #expect(coordinate.tics.map(\.name) == ["−π/8", "−π/16", "0", "π/16", "π/8"])
    #expect(abs(coordinate.place(seam - 0.3) + 0.3) < 1e-12)
    var wide = Coordinate.angle(from: 0)
    wide.zoom(to: [0, 2, 4])
    #expect(wide.part == nil)
  }

  @Test(
    "all the kinds of pictures, with atoms and with a density", arguments: ["png", "svg", "pdf"])
  func kinds(kind: String) throws {
    for hasDensity in [true, false] {
      var file = Self.merging
      file.hasDensity = hasDensity
      file.isAtoms = !hasDensity
      let output = folder.file("\(hasDensity).nc")
      try file.write(to: output)
      let picture = folder.file("picture.\(kind)")
      try draw(outputFile: output, picture: picture)
      let data = try Data(contentsOf: URL(fileURLWithPath: picture))
      let start = String(decoding: data.prefix(8), as: UTF8.self)
      #expect(start.contains(["png": "PNG", "svg": "<?xml", "pdf": "%PDF"][kind] ?? ""))
      guard kind == "svg" else { continue }
      let text = String(decoding: data, as: UTF8.self)
        .replacing(/<[^>]*>/, with: "").replacing(/\s+/, with: " ")
      for word in ["clusters", "mergers", "angle θ", "time t", "of clusters"] {
        #expect(text.contains(word), "\(word)")
      }
      #expect(text.contains("dμ/dσ") == hasDensity)
      #expect(text.contains("atoms") != hasDensity)
    }
  }
}
