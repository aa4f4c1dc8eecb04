import Foundation
import SnapshotIO

/// The grid of a density as a curve or a surface in space.
///
/// Circle: the unit circle in the plane z = 0, closed. Zonal: the meridian (sin θ, 0, cos θ).
/// Sphere: the unit sphere with θ from +z, closed at the poles by a polygon whose corners are the
/// first and the last latitude, so that no value is made up.
struct DensityShape {
  private let root: NetCDFFile.Group
  private let shape: PolyData
  private let names: [String]
  private let lengths: [Int]

  /// Nil without a density.
  init?(_ run: ExportedRun) throws {
    root = run.root
    guard let space = try run.gridSpace() else { return nil }
    let θ = try root.doubles("theta")
    let φ = space == .sphere ? try root.doubles("phi") : []
    lengths = [θ.count] + (space == .sphere ? [φ.count] : [])
    let dimensions = ["time", "theta"] + (space == .sphere ? ["phi"] : [])
    var names: [String] = []
    for name in ["density", "log_density"] where try root.hasVariable(name) {
      if try root.variable(name).dimensions == dimensions { names.append(name) }
    }
    guard !names.isEmpty else { return nil }
    self.names = names
    shape =
      switch space {
      case .circle:
        PolyData(
          points: θ.flatMap { [cos($0), sin($0), 0] }, .lines, [Array(θ.indices) + [0]])
      case .zonal:
        PolyData(points: θ.flatMap { [sin($0), 0, cos($0)] }, .lines, [Array(θ.indices)])
      case .sphere:
        PolyData(
          points: θ.flatMap { θ in φ.flatMap { [sin(θ) * cos($0), sin(θ) * sin($0), cos(θ)] } },
          .polygons, Self.surface(rows: θ.count, columns: φ.count))
      }
  }

  /// Corners counterclockwise as seen from outside.
  private static func surface(rows: Int, columns: Int) -> [[Int]] {
    let last = (rows - 1) * columns
    var cells = [Array(0..<columns), Array((last..<last + columns).reversed())]
    for i in 0..<rows - 1 {
      for j in 0..<columns {
        let next = (j + 1) % columns
        let (north, south) = (i * columns, (i + 1) * columns)
        cells.append([north + j, south + j, south + next, north + next])
      }
    }
    return cells
  }

  /// Writes one snapshot.
  func write(_ snapshot: Int, to file: FileWriter) throws {
    let (start, count) = ([snapshot] + lengths.map { _ in 0 }, [1] + lengths)
    var values: [VTKArray] = []
    for name in names {
      values.append(VTKArray(name, try root.doubles(name, start: start, count: count)))
    }
    try shape.write(values, to: file)
  }
}
