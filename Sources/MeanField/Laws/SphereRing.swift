internal import Foundation
internal import Transforms

/// A circle of maxima of equal height, as laws with an axis have.
struct SphereRing {
  /// The northernmost point of the circle; on a circle of latitude the one at longitude 0.
  let place: SIMD3<Double>
  private let axis: SIMD3<Double>
  private let height: Double
  private let value: Double
  private let tolerance: Double

  /// The circle through a maximum along its flat direction, nil where the function varies along it.
  init?(
    through top: SphereLandscape.CriticalPoint, of series: SphericalHarmonics, spacing: Double,
    range: Double
  ) {
    guard top.curvature.isDegenerate(1e-4), top.curvature.values.0 < 0 else { return nil }
    // The ridge on either side: along the flat direction, then up the steep one.
    let flat = top.curvature.directions.1
    func ridge(_ start: SIMD3<Double>) -> SIMD3<Double> {
      var place = start.direction
      for _ in 0..<8 {
        let curvature = SphereCurvature(at: place, distance: 1e-4 * spacing.squareRoot()) {
          series.jet(at: $0).gradient
        }
        let steep = curvature.directions.0
        let slope = series.jet(at: place).gradient.dot(steep)
        guard curvature.values.0 < 0 else { break }
        place = (place - (slope / curvature.values.0) * steep).direction
      }
      return place
    }
    let middle = ridge(top.place)
    let ahead = ridge(middle + 4 * spacing * flat)
    let behind = ridge(middle - 4 * spacing * flat)
    let normal = (ahead - middle).cross(behind - middle)
    guard normal.length > 0 else { return nil }
    let axis = normal.direction
    let height = axis.dot(middle)
    let radius = (1 - height * height).squareRoot()
    let (u, v) = axis.tangents
    let value = series.jet(at: middle).value
    for k in 0..<24 {
      let angle = 2 * Double.pi * Double(k) / 24
      let point = (height * axis + radius * (cos(angle) * u + sin(angle) * v)).direction
      guard abs(series.jet(at: point).value - value) < 1e-8 * range else { return nil }
    }
    let north = SIMD3(0, 0, 1) - axis.z * axis
    // On a circle of latitude all are equally far north.
    let towards = north.length > 1e-6 ? north : SIMD3(1, 0, 0) - axis.x * axis
    place = (height * axis + radius * towards.direction).direction
    self.axis = axis
    self.height = height
    self.value = value
    tolerance = 1e-7 * range
  }

  /// Whether a maximum is one of the circle's.
  func holds(_ top: SphereLandscape.CriticalPoint) -> Bool {
    abs(top.place.dot(axis) - height) < 1e-4 && abs(top.value - value) < tolerance
  }
}
