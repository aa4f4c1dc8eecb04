internal import Foundation
internal import Transforms

/// A smooth function on S² and its gradient from tables: interpolation of degree seven.
///
/// Gradients are kept in ambient coordinates, in which nothing is singular at the poles; beyond a pole
/// the rows go on down the opposite meridian. A point costs 64 multiply-adds of four numbers, whatever
/// the degree. For a Gaussian of width w the error is (0.5 h/w)⁸ of what there is within 4 h, h the
/// spacing.
struct SphereField {
  let latitudes: Int
  let longitudes: Int
  /// The longest distance between neighbours on the grid.
  let spacing: Double
  /// θ of the rows, by 4 more at either end.
  private let angles: [Double]
  /// (sin θ, cos θ) of the rows.
  private let heights: [SIMD2<Double>]
  /// (cos φ, sin φ) of the columns.
  private let directions: [SIMD2<Double>]
  /// Barycentric weights of the eight rows from each one on.
  private let rowWeights: [Vector]
  /// Gradient and value, 4 more rows and columns at either end.
  private let samples: [SIMD4<Double>]

  /// Rows and columns beyond the grid on each side.
  private static let margin = 4
  /// Barycentric weights of eight equidistant nodes.
  private static let columnWeights = Vector(-1, 7, -21, 35, -35, 21, -7, 1)
  private static let offsets = Vector(0, 1, 2, 3, 4, 5, 6, 7)

  /// - Parameters:
  ///   - degree: of the series.
  ///   - coefficients: c in the order of `HarmonicLayout`.
  ///   - degreeFactors: a_l: the function is Σ a_l c_lm Y_lm; ones if nil.
  ///   - latitudes: rows, more than `degree`.
  ///   - longitudes: columns, an even number, more than twice `degree`.
  init(
    degree: Int, coefficients: [Double], degreeFactors: [Double]? = nil, latitudes: Int,
    longitudes: Int
  ) {
    self.latitudes = latitudes
    self.longitudes = longitudes
    spacing = max(Double.pi / Double(latitudes), 2 * Double.pi / Double(longitudes))
    let transform = SphericalHarmonicTransform(
      degree: degree, latitudes: latitudes, longitudes: longitudes)
    let count = latitudes * longitudes
    var value = [Double](repeating: 0, count: count)
    var theta = value
    var phi = value
    let factors = degreeFactors ?? [Double](repeating: 1, count: degree + 1)
    transform.synthesizeGradient(
      coefficients, degreeFactors: factors, value: &value, theta: &theta, phi: &phi)

    let rule = transform.quadrature
    let margin = Self.margin
    angles =
      (0..<margin).map { -rule.colatitudes[margin - 1 - $0] } + rule.colatitudes
      + (0..<margin).map { 2 * Double.pi - rule.colatitudes[latitudes - 1 - $0] }
    let step = 1 / spacing
    let angles = angles
    rowWeights = (0...latitudes).map { start in
      var weights = Vector(repeating: 1)
      for k in 0..<8 {
        for m in 0..<8 where m != k {
          weights[k] /= (angles[start + k] - angles[start + m]) * step
        }
      }
      return weights
    }
    heights = (0..<latitudes).map { SIMD2(rule.sines[$0], rule.cosines[$0]) }
    let directions = (0..<longitudes).map { j in
      let longitude = 2 * Double.pi * Double(j) / Double(longitudes)
      return SIMD2(cos(longitude), sin(longitude))
    }
    self.directions = directions
    let width = longitudes + 2 * margin
    samples = [SIMD4<Double>](unsafeUninitializedCapacity: (latitudes + 2 * margin) * width) {
      table, filled in
      for i in 0..<latitudes {
        let (c, s) = (rule.cosines[i], rule.sines[i])
        for j in 0..<longitudes {
          let (along, across) = (theta[i * longitudes + j], phi[i * longitudes + j])
          let east = directions[j]
          table.initializeElement(
            at: (i + margin) * width + j + margin,
            to: SIMD4(
              along * c * east.x - across * east.y, along * c * east.y + across * east.x,
              -along * s, value[i * longitudes + j]))
        }
      }
      for i in -margin..<(latitudes + margin) {
        let isBeyond = i < 0 || i >= latitudes
        let source = i < 0 ? -1 - i : (i < latitudes ? i : 2 * latitudes - 1 - i)
        let turn = isBeyond ? longitudes / 2 : 0
        for j in -margin..<(longitudes + margin)
        where isBeyond || j < 0 || j >= longitudes {
          let column = (j + turn + 2 * longitudes) % longitudes
          table.initializeElement(
            at: (i + margin) * width + j + margin,
            to: table[(source + margin) * width + column + margin])
        }
      }
      filled = (latitudes + 2 * margin) * width
    }
  }

  /// Row and column of the grid point to the north-west of a point; row −1 is beyond the pole.
  func cell(of point: SIMD3<Double>) -> (row: Int, column: Int) {
    let place = coordinates(of: point)
    return (place.row, place.column)
  }

  @inline(__always)
  private func coordinates(
    of point: SIMD3<Double>
  ) -> (row: Int, column: Int, colatitude: Double, fraction: Double) {
    let colatitude = atan2((point.x * point.x + point.y * point.y).squareRoot(), point.z)
    var turns = atan2(point.y, point.x) * (0.5 / Double.pi)
    if turns < 0 { turns += 1 }
    let scaled = turns * Double(longitudes)
    let column = min(Int(scaled), longitudes - 1)
    // Gauss–Legendre colatitudes are nearly equidistant: a guess, then a step.
    let guess = colatitude / Double.pi * (Double(latitudes) + 0.5) - 0.75
    var row = min(max(Int(guess.rounded(.down)), -1), latitudes - 1)
    if angles[row + Self.margin] > colatitude && row > -1 { row -= 1 }
    if angles[row + 1 + Self.margin] <= colatitude && row < latitudes - 1 { row += 1 }
    return (row, column, colatitude, scaled - Double(column))
  }

  /// The gradient in the first three places, the value in the last.
  func jet(at point: SIMD3<Double>) -> SIMD4<Double> {
    let place = coordinates(of: point)
    let start = place.row + 1
    let gaps = angles.withUnsafeBytes {
      $0.loadUnaligned(fromByteOffset: 8 * start, as: Vector.self)
    }
    let rows = Self.weights(rowWeights[start], Vector(repeating: place.colatitude) - gaps)
    let columns = Self.weights(
      Self.columnWeights, Vector(repeating: place.fraction + 3) - Self.offsets)
    let width = longitudes + 2 * Self.margin
    let first = start * width + place.column + 1
    // Two samples are one vector.
    let c0 = Self.pair(columns[0], columns[1])
    let c1 = Self.pair(columns[2], columns[3])
    let c2 = Self.pair(columns[4], columns[5])
    let c3 = Self.pair(columns[6], columns[7])
    return samples.withUnsafeBytes { samples in
      @inline(__always)
      func row(_ k: Int) -> Vector {
        let base = samples.baseAddress.unsafelyUnwrapped + 32 * (first + k * width)
        let left = base.loadUnaligned(as: Vector.self) * c0
        let right = (base + 64).loadUnaligned(as: Vector.self) * c1
        return left.addingProduct(c2, (base + 128).loadUnaligned(as: Vector.self))
          + right.addingProduct(c3, (base + 192).loadUnaligned(as: Vector.self))
      }
      var north = Vector(repeating: rows[0]) * row(0)
      var south = Vector(repeating: rows[4]) * row(4)
      north = north.addingProduct(Vector(repeating: rows[1]), row(1))
      south = south.addingProduct(Vector(repeating: rows[5]), row(5))
      north = north.addingProduct(Vector(repeating: rows[2]), row(2))
      south = south.addingProduct(Vector(repeating: rows[6]), row(6))
      north = north.addingProduct(Vector(repeating: rows[3]), row(3))
      south = south.addingProduct(Vector(repeating: rows[7]), row(7))
      let sum = north + south
      return sum.lowHalf + sum.highHalf
    }
  }

  @inline(__always)
  private static func pair(_ first: Double, _ second: Double) -> Vector {
    Vector(lowHalf: SIMD4(repeating: first), highHalf: SIMD4(repeating: second))
  }

  @inline(__always)
  private static func weights(_ barycentric: Vector, _ gaps: Vector) -> Vector {
    // On a node its weight outgrows the others.
    let safe = gaps.replacing(with: 1e-60, where: gaps .== 0)
    let weights = barycentric / safe
    return weights / weights.sum()
  }

  /// The gradient alone, tangent to the sphere.
  @inline(__always)
  func gradient(at point: SIMD3<Double>) -> SIMD3<Double> {
    let jet = jet(at: point)
    let ambient = SIMD3(jet.x, jet.y, jet.z)
    return ambient - (ambient * point).sum() * point
  }

  // MARK: The grid

  /// Grid point j, row after row; after them the poles.
  func point(_ j: Int) -> SIMD3<Double> {
    if j >= latitudes * longitudes {
      return SIMD3(0, 0, j == latitudes * longitudes ? 1 : -1)
    }
    let height = heights[j / longitudes]
    let east = directions[j % longitudes]
    return SIMD3(height.x * east.x, height.x * east.y, height.y)
  }

  /// The value at grid point j.
  func value(_ j: Int) -> Double {
    if j >= latitudes * longitudes { return jet(at: point(j)).w }
    let width = longitudes + 2 * Self.margin
    return samples[(j / longitudes + Self.margin) * width + j % longitudes + Self.margin].w
  }
}

extension SIMD3<Double> {
  @inline(__always)
  var length: Double { (self * self).sum().squareRoot() }
  @inline(__always)
  var direction: SIMD3<Double> { self / length }

  @inline(__always)
  func dot(_ other: SIMD3<Double>) -> Double { (self * other).sum() }

  @inline(__always)
  func cross(_ other: SIMD3<Double>) -> SIMD3<Double> {
    SIMD3(
      y * other.z - z * other.y, z * other.x - x * other.z, x * other.y - y * other.x)
  }

  /// Two orthonormal vectors tangent to the sphere at this point.
  var tangents: (SIMD3<Double>, SIMD3<Double>) {
    let axis: SIMD3<Double> = abs(z) < 0.7 ? SIMD3(0, 0, 1) : SIMD3(1, 0, 0)
    let first = (axis - axis.dot(self) * self).direction
    return (first, cross(first))
  }
}
