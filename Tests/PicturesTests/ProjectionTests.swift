import Foundation
import SnapshotIO
import TestSupport
import Testing

@testable import Pictures

@Suite("Mollweide's map keeps areas and comes back to where it started")
struct MollweideTests {
  /// Latitudes in degrees; the parallel ψ solves 2ψ + sin 2ψ = π sin φ (mpmath, 30 digits).
  @Test(
    "parallels are where the equation puts them",
    arguments: [
      (30, 0.403972753299517, 0.914771017573036), (45, 0.59204174983226, 0.805907293958527),
      (75, 0.906055361963839, 0.423159167520423), (0, 0, 1), (90, 1, 0),
    ])
  func parallels(latitude: Double, y: Double, cosine: Double) {
    let colatitude = .pi / 2 - latitude * .pi / 180
    let point = Mollweide(middle: 0).project(.init(colatitude: colatitude, longitude: 1))
    // Bisection ends at the last digits, of which a root without slope, the pole, has a third.
    #expect(abs(point.y - y) < (latitude == 90 ? 1e-9 : 1e-12))
    #expect(abs(point.x - 2 / .pi * cosine) < (latitude == 90 ? 1e-4 : 1e-12))
  }

  @Test("a point of the map goes to the sphere and back", arguments: [0, 0.5 * Double.pi, 3])
  func roundTrip(middle: Double) throws {
    let mollweide = Mollweide(middle: middle)
    for (x, y) in [(0.0, 0.0), (1.9, 0.1), (-1.2, 0.7), (0.3, -0.95), (-0.1, 0.99)] {
      let direction = try #require(mollweide.direction((x, y)))
      let back = mollweide.project(direction)
      #expect(abs(back.x - x) < 1e-10)
      #expect(abs(back.y - y) < 1e-10)
    }
    #expect(mollweide.direction((1.9, 0.5)) == nil)
    #expect(mollweide.direction((0, 1.01)) == nil)
  }

  @Test("a cap takes its share of the ellipse", arguments: [0.3, 1.0, 2.5])
  func areas(cap: Double) {
    let mollweide = Mollweide(middle: 1)
    var (inside, all) = (0, 0)
    for i in 0..<400 {
      for j in 0..<200 {
        let point = (x: (Double(i) + 0.5) / 100 - 2, y: (Double(j) + 0.5) / 100 - 1)
        guard let direction = mollweide.direction(point) else { continue }
        all += 1
        if direction.colatitude < cap { inside += 1 }
      }
    }
    // Of the box 4 × 2 the ellipse is π/4; pixels on the edge count as a whole or not.
    #expect(abs(Double(all) / 80_000 - .pi / 4) < 2e-3)
    #expect(abs(Double(inside) / Double(all) - (1 - cos(cap)) / 2) < 5e-3)
  }
}

@Suite("Interpolation on a grid of the sphere")
struct SphereInterpolationTests {
  @Test("components of x are as they should be everywhere, the poles included")
  func components() throws {
    let folder = try TemporaryFolder()
    try SphereFile("sphere", snapshots: 1).write(to: folder.file("sphere.nc"))
    let file = try NetCDFFile(opening: folder.file("sphere.nc"))
    let maps = try #require(try SphereMaps(reading: file.root, times: [0]))
    let grid = SphereInterpolation(maps)
    func values(_ function: (SphereMaps.Direction) -> Double) -> [Double] {
      maps.colatitudes.flatMap { θ in
        maps.longitudes.map { function(.init(colatitude: θ, longitude: $0)) }
      }
    }
    let components: [(SphereMaps.Direction) -> Double] = [
      { sin($0.colatitude) * cos($0.longitude) }, { sin($0.colatitude) * sin($0.longitude) },
      { cos($0.colatitude) },
    ]
    for component in components {
      let given = values(component)
      for i in 0...60 {
        for j in -30...30 {
          let direction = SphereMaps.Direction(
            colatitude: .pi * Double(i) / 60, longitude: 0.2 * Double(j))
          // h²/8 of the second derivative, 1 at most, in either direction, with h = π/12.
          let error = abs(grid.place(direction).value(given) - component(direction))
          #expect(error < 2 * pow(.pi / 12, 2) / 8)
        }
      }
    }
  }
}

@Suite("Densities of the polar angle")
struct PolarLawTests {
  /// dμ/dσ = e^{κ cos θ} / C, with log₁₀ C of C = Γ(ν+1) (2/κ)^ν I_ν(κ), ν = d/2 − 1 (mpmath).
  private static let laws: [(dimension: Int, κ: Double, logarithm: Double)] = [
    (3, 0, 0), (64, 0, 0), (4096, 0, 0), (3, 5, 1.1714526921297), (64, 40, 4.71076407020109),
    (1024, 400, 31.7572143922307), (4096, 2000, 192.44421037428),
  ]

  @Test("the density is closed form, interpolated from 64 nodes", arguments: laws)
  func closedForm(dimension: Int, κ: Double, logarithm: Double) {
    let nodes = (0..<64).map { .pi * (Double($0) + 0.5) / 64 }
    let law = PolarLaw(nodes: nodes, dimension: dimension)
    let values = law.logarithms(nodes.map { κ * cos($0) / log(10) - logarithm })
    let d = Double(dimension)
    let total = 0.5 * log(.pi) + lgamma((d - 1) / 2) - lgamma(d / 2)
    // Cubic interpolation over steps of π/64 errs by at most (3/128) κ (π/64)⁴ in the logarithm.
    let tolerance = 3.0 / 128 * κ * pow(.pi / 64, 4) / log(10) + 1e-9
    var mass = 0.0
    for (angle, value) in zip(law.angles, values) {
      let exact = (κ * cos(angle) + (d - 2) * log(sin(angle)) - total) / log(10) - logarithm
      #expect(abs(value - exact) < tolerance)
      mass += pow(10, value) * .pi / Double(law.angles.count)
    }
    // For d = 3 the midpoint rule errs by (π/1024)²/24 of p'(π) − p'(0).
    #expect(abs(mass - 1) < 3 * tolerance + 1e-5)
  }

  @Test("voids stay voids, what is missing stays missing")
  func voids() {
    let nodes = (0..<16).map { .pi * (Double($0) + 0.5) / 16 }
    let law = PolarLaw(nodes: nodes, dimension: 3)
    var row = nodes.map { _ in SnapshotReader.emptiness }
    #expect(law.logarithms(row).allSatisfy { $0 < -250 })
    row = nodes.map { $0 < 1 ? 0 : .nan }
    // The last node with a value is 9π/32.
    let values = zip(law.angles, law.logarithms(row))
    #expect(values.allSatisfy { $1.isFinite == ($0 < 9 * .pi / 32) })
  }
}

@Suite("Inner products of pairs")
struct InnerProductTests {
  private func pairs(
    _ members: [[[Double]]], _ body: (InnerProducts) throws -> Void
  ) throws {
    let folder = try TemporaryFolder()
    let file = try NetCDFFile(creating: folder.file("tokens.nc"))
    try file.root.defineDimension("time", length: nil)
    let group = try file.root.group(named: "particles")
    let size = [members.count, members[0].count, members[0][0].count]
    for (name, length) in zip(["member", "particle", "component"], size) {
      try group.defineDimension(name, length: length)
    }
    try group.defineVariable(
      "position", .double, dimensions: ["time", "member", "particle", "component"])
    try group.put(
      members.flatMap { $0.flatMap(\.self) }, into: "position", start: [0, 0, 0, 0],
      count: [1] + size)
    let tokens = try #require(try TokenReader(file.root, .manyDimensions(size[2])))
    try body(InnerProducts(tokens, snapshotCount: 1))
    try file.close()
  }

  @Test("every pair of every member once, in its order")
  func products() throws {
    let first = [[1.0, 0, 0, 0, 0], [0.6, 0.8, 0, 0, 0], [0, 0, 0, 0, 1]]
    let second = [[0.0, 0, 0, 0, 1], [0, 0, 0, 0.6, -0.8], [0, 0, 0, 0, -1]]
    try pairs([first, second]) { pairs in
      #expect(pairs.count == 6)
      let values = try pairs.values(at: 0)
      for (value, exact) in zip(values, [0.6, 0, 0, -0.8, -1, 0.8]) {
        #expect(abs(value - exact) < 1e-15)
      }
      #expect(values.count == 6)
    }
  }

  @Test("many tokens are thinned, and their law keeps its mass")
  func law() throws {
    let tokens = (0..<500).map { i in
      let angle = 0.01 * Double(i)
      return [cos(angle), sin(angle), 0, 0]
    }
    try pairs([tokens, tokens]) { pairs in
      let values = try pairs.values(at: 0)
      #expect(values.count == pairs.count)
      #expect(values.count <= 21_000)
      let law = pairs.histograms(from: values, to: values, steps: 2)
      #expect(law.count == 2)
      let mass = law[0].reduce(0) { $0 + ($1 > -2.99 ? pow(10, $1) : 0) } * 2
      // What is below the colours is left out: 160 bins of 10⁻³ at most.
      #expect(abs(mass / Double(pairs.bins.count) - 1) < 1e-3)
      #expect(pairs.logarithms([.nan]).allSatisfy { $0.isNaN })
    }
  }
}

@Suite("Telling times")
struct TellingTimesTests {
  @Test("they divide the way into equal parts, and are distinct")
  func times() {
    #expect(TellingTimes.choose(of: 3) { _ in 1 } == [0, 1, 2])
    #expect(TellingTimes.choose(of: 31) { _ in 1 } == [0, 10, 20, 30])
    #expect(TellingTimes.choose(of: 31) { _ in 0 } == [0, 10, 20, 30])
    // All of the way between snapshots 5 and 8.
    #expect(TellingTimes.choose(of: 31) { (6...8).contains($0) ? 1 : 0 } == [0, 6, 7, 30])
  }
}
