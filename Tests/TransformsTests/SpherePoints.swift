import Foundation
import TestSupport
import Transforms

/// Points on S² to try transforms on.
enum SpherePoints {
  typealias Point = SIMD3<Double>

  /// Poles exactly and nearly, the half-meridian φ = 0 from both sides, the one opposite, the
  /// equator, and points whose squared distance from the axis is no number any more.
  static let special: [Point] =
    [
      [0, 0, 1], [0, 0, -1], [-0.0, 0, 1], [0, -0.0, -1], [1, 0, 0], [-1, 0, 0], [0, 1, 0],
      [0, -1, 0], [-1, -0.0, 0], [1, -0.0, 0], [1e-170, 1e-170, 1],
      [0, -Double.leastNonzeroMagnitude, -1],
    ]
    + [1e-12, 1e-8, 1e-3].flatMap { s -> [Point] in
      let z = ((1 - s) * (1 + s)).squareRoot()
      return [
        [s, 0, z], [-s, 0, -z], [0.6 * s, -0.8 * s, z], [-0.8 * s, 0.6 * s, -z], [z, s, 0],
        [z, -s, 0], [-z, s, 0], [-z, -s, 0], [0, z, s], [0, -z, -s],
      ]
    }
    + [1e-300, 1e-17, 1e-16].flatMap { y -> [Point] in
      [[0.6, y, 0.8], [0.6, -y, 0.8], [-0.6, y, -0.8], [-0.6, -y, -0.8]]
    }

  /// Independent uniform directions.
  static func uniform(_ count: Int, seed: UInt64) -> [Point] {
    var random = SplitMix(state: seed)
    return (0..<count).map { _ in
      let z = Double.random(in: -1...1, using: &random)
      let φ = Double.random(in: 0...(2 * Double.pi), using: &random)
      let s = ((1 - z) * (1 + z)).squareRoot()
      return unit([s * cos(φ), s * sin(φ), z])
    }
  }

  static func unit(_ p: Point) -> Point { p / (p * p).sum().squareRoot() }
}

extension SpherePointTransform {
  /// Places points and returns their rows.
  @discardableResult
  func place(_ points: [SpherePoints.Point]) -> [Double] {
    let rows = points.flatMap { [$0.x, $0.y, $0.z] }
    place(rows, count: points.count)
    return rows
  }

  func moments(of points: [SpherePoints.Point], masses: [Double]? = nil) -> [Double] {
    place(points)
    var result = [Double](repeating: .nan, count: layout.count)
    moments(masses: masses, into: &result)
    return result
  }
}

extension HarmonicLayout {
  /// Where the coefficient of Y_{l,m} stands, −l ≤ m ≤ l.
  func index(_ l: Int, _ m: Int) -> Int { 2 * place(l, abs(m)) + (m < 0 ? 1 : 0) }
}
