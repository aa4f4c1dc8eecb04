import Foundation

/// Mollweide's map of the sphere: equal areas, parallels level, the whole sphere in an ellipse.
///
/// With latitude φ = π/2 − θ and λ the longitude from the middle of the map,
/// x = (2λ/π) cos ψ, y = sin ψ, 2ψ + sin 2ψ = π sin φ; the ellipse is x²/4 + y² = 1.
/// Source: Snyder, Map Projections: A Working Manual (1987), p. 249; lengths in units of √2 R.
struct Mollweide {
  /// The longitude in the middle.
  var middle: Double

  typealias Point = (x: Double, y: Double)

  /// The point of the map, the east at the right as on maps of the earth.
  func project(_ direction: SphereMaps.Direction) -> Point {
    let parallel = Self.parallel(direction.colatitude)
    let longitude = remainder(direction.longitude - middle, 2 * .pi)
    return (2 / .pi * longitude * cos(parallel), sin(parallel))
  }

  /// The direction shown at a point; nil outside the ellipse.
  func direction(_ point: Point) -> SphereMaps.Direction? {
    guard point.x * point.x / 4 + point.y * point.y < 1 else { return nil }
    let parallel = asin(point.y)
    let latitude = asin(min(max((2 * parallel + sin(2 * parallel)) / .pi, -1), 1))
    let longitude = 0.5 * .pi * point.x / cos(parallel)
    return .init(colatitude: 0.5 * .pi - latitude, longitude: middle + longitude)
  }

  /// ψ, by bisection: Newton's method fails at the poles, where the slope is 0.
  private static func parallel(_ colatitude: Double) -> Double {
    let goal = .pi * cos(colatitude)
    var (low, high) = (-0.5 * Double.pi, 0.5 * Double.pi)
    for _ in 0..<50 {
      let ψ = 0.5 * (low + high)
      if 2 * ψ + sin(2 * ψ) < goal { low = ψ } else { high = ψ }
    }
    return 0.5 * (low + high)
  }
}

// MARK: - Lines

extension Mollweide {
  /// The edge of the map, once around.
  static let outline = meridian(.pi) + meridian(-.pi).reversed()

  /// Meridians and parallels every π/6, as lines for gnuplot.
  static let graticule: [[Double]] = {
    var rows: [[Double]] = []
    for k in -5...5 { rows += meridian(Double(k) * .pi / 6) + [[]] }
    for k in 1...5 {
      let ψ = parallel(Double(k) * .pi / 6)
      rows += [[-2 * cos(ψ), sin(ψ)], [2 * cos(ψ), sin(ψ)], []]
    }
    return rows
  }()

  private static func meridian(_ longitude: Double) -> [[Double]] {
    (-60...60).map { k in
      let ψ = Double(k) * .pi / 120
      return [2 / .pi * longitude * cos(ψ), sin(ψ)]
    }
  }
}
