import Exports
import Foundation
import SnapshotIO
import TestSupport
import Testing

@Suite("vtk: curves, surfaces and points where they belong, with the values of the file")
struct ShapeTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func documents(
    _ sample: SampleFile, _ name: String
  ) throws -> [VTKDocument] {
    try sample.write(to: folder.file("run.nc"))
    try export(outputFile: folder.file("run.nc"), format: .vtk, folder: folder.file("vtk"))
    let list = try VTKDocument(contentsOf: folder.file("vtk/\(name).pvd"))
    #expect(list.root["type"] == "Collection")
    #expect(list.sets.map { $0["timestep"].flatMap(Double.init) } == sample.times)
    return try list.sets.map {
      let document = try VTKDocument(contentsOf: folder.file("vtk/\($0["file"] ?? "")"))
      #expect(document.root["type"] == "PolyData")
      #expect(document.root["byte_order"] == "LittleEndian")
      #expect(document.root["header_type"] == "UInt64")
      return document
    }
  }

  // MARK: Densities

  @Test(
    "the density of every snapshot at the points of the grid",
    arguments: [SampleFile.Manifold.circle, .sphere, .zonal])
  func density(manifold: SampleFile.Manifold) throws {
    let sample = SampleFile(manifold: manifold)
    let expected: [[Double]] =
      switch manifold {
      case .circle: sample.theta.map { [cos($0), sin($0), 0] }
      case .zonal: sample.theta.map { [sin($0), 0, cos($0)] }
      case .sphere, .tokens:
        sample.theta.flatMap { θ in
          sample.phi.map { [sin(θ) * cos($0), sin(θ) * sin($0), cos(θ)] }
        }
      }
    for (n, document) in try documents(sample, "density").enumerated() {
      // One rounding of a product of two functions with half an ulp each.
      for (point, place) in zip(try document.points, expected) {
        #expect(zip(point, place).allSatisfy { abs($0 - $1) <= 0x1p-52 })
      }
      #expect(try document.points.count == expected.count)
      for (name, sign) in [("density", 1.0), ("log_density", -1.0)] {
        let values = try document.doubles("PointData/\(name)")
        #expect(values.count == sample.pointCount)
        for (value, truth) in zip(values, sample.density(n)) {
          #expect(value == sign * truth || value.isNaN && truth.isNaN)
        }
      }
    }
  }

  @Test("the circle is closed, the meridian is not")
  func curves() throws {
    let circle = try #require(try documents(SampleFile(manifold: .circle), "density").first)
    #expect(try circle.cells("Lines") == [[0, 1, 2, 3, 4, 5, 6, 7, 0]])
    try FileManager.default.removeItem(atPath: folder.file("vtk"))
    try FileManager.default.removeItem(atPath: folder.file("run.nc"))
    let zonal = try #require(try documents(SampleFile(manifold: .zonal), "density").first)
    #expect(try zonal.cells("Lines") == [[0, 1, 2, 3, 4]])
  }

  @Test("the surface is closed, has the topology of a sphere and faces outwards")
  func surface() throws {
    let document = try #require(try documents(SampleFile(manifold: .sphere), "density").first)
    let (points, cells) = (try document.points, try document.cells("Polys"))
    var edges: Set<[Int]> = []
    for cell in cells {
      for (a, b) in zip(cell, cell.dropFirst() + cell.prefix(1)) {
        #expect(edges.insert([a, b]).inserted, "an edge is gone along once in each direction")
      }
      // The sum of the cross products of neighbouring corners is twice the area times the normal.
      var normal = [0.0, 0, 0]
      for (a, b) in zip(cell, cell.dropFirst() + cell.prefix(1)) {
        for k in 0..<3 {
          let (i, j) = ((k + 1) % 3, (k + 2) % 3)
          normal[k] += points[a][i] * points[b][j] - points[a][j] * points[b][i]
        }
      }
      let outwards = cell.reduce(0) { sum, corner in
        sum + zip(points[corner], normal).reduce(0) { $0 + $1.0 * $1.1 }
      }
      #expect(outwards > 0)
    }
    #expect(edges.allSatisfy { edges.contains($0.reversed()) })
    #expect(points.count - edges.count / 2 + cells.count == 2)
  }

  // MARK: Particles

  @Test(
    "particles are where they are, or where their shadow falls",
    arguments: [
      (SampleFile.Manifold.circle, 2), (.sphere, 3), (.tokens, 6), (.zonal, 3), (.zonal, 9),
    ])
  func particles(manifold: SampleFile.Manifold, dimension: Int) throws {
    var sample = SampleFile(manifold: manifold)
    sample.dimension = dimension
    for (n, document) in try documents(sample, "particles").enumerated() {
      let points = try document.points
      #expect(try document.cells("Verts") == (0..<6).map { [$0] })
      #expect(try document.integers("PointData/member") == [0, 0, 0, 1, 1, 1])
      #expect(try document.integers("PointData/particle") == [0, 1, 2, 0, 1, 2])
      #expect(points.count == 6)
      for (i, point) in points.enumerated() {
        let token = sample.token(n, i / 3, i % 3)
        switch manifold {
        case .circle: #expect(point == [cos(token[0]), sin(token[0]), 0])
        case .sphere, .tokens: #expect(point == Array(token.prefix(3)))
        case .zonal:
          let θ = acos(token[dimension - 1])
          #expect(point[1] == 0 && point[2] == token[dimension - 1])
          // The arc cosine doubles a rounding error at most where |cos θ| < 0.9, and components
          // of a few waves of sines stay there.
          #expect(abs(point[0] - sin(θ)) < 1e-14)
        }
      }
    }
  }
}
