internal import Foundation

/// Masses of regions of S² by sums over their borders.
///
/// With Δu = dμ/dσ − 1 the mass of a region is its area plus the flux of ∇u out of it, over 4π: line
/// integrals, spectrally exact but for the course of the border. Areas are those of triangles fanned
/// out from one point; the region that holds the opposite point gets the whole sphere besides.
struct SphereBorder {
  /// A point of a border, and which way the border runs there if that is known.
  struct Point {
    var place: SIMD3<Double>
    /// Tangent to the sphere, of length one or zero; its sign is open.
    var tangent: SIMD3<Double>
  }

  /// A piece of border, as seen going along it.
  struct Piece {
    var start: Point
    var end: Point
    var left: Int
    var right: Int
  }

  /// Everything that has been added.
  private(set) var pieces: [Piece] = []
  /// Masses and areas, sum 1.
  private(set) var masses: [Double]
  private(set) var areas: [Double]
  /// The field of ∇u.
  private let flux: SphereField
  /// Opposite to a point inside `home`.
  private let apex: SIMD3<Double>

  /// - Parameters:
  ///   - count: regions.
  ///   - home: a region.
  ///   - inside: a point inside it, not on its border.
  init(count: Int, flux: SphereField, home: Int, inside: SIMD3<Double>) {
    masses = [Double](repeating: 0, count: count)
    areas = masses
    masses[home] = 1
    areas[home] = 1
    self.flux = flux
    apex = -inside
  }

  /// Adds a piece of border between two regions, as seen going along it; −1 is no region.
  mutating func add(_ p: Point, _ q: Point, left: Int, right: Int) {
    if left == right { return }
    let chord = q.place - p.place
    let length = chord.length
    if length == 0 { return }
    pieces.append(Piece(start: p, end: q, left: left, right: right))
    // Hermite's cubic; where a tangent is not known or off the way, the chord's direction.
    func velocity(_ tangent: SIMD3<Double>) -> SIMD3<Double> {
      let along = tangent.dot(chord)
      return abs(along) > 0.5 * length ? (along > 0 ? length : -length) * tangent : chord
    }
    let (v, w) = (velocity(p.tangent), velocity(q.tangent))
    let middle = (p.place + q.place).direction
    var out = 0.0
    var swept = 0.0
    for (t, weight) in Self.rule {
      let s = 1 - t
      let leaving: SIMD3<Double> = (1 + 2 * t) * p.place + t * v
      let arriving: SIMD3<Double> = (1 + 2 * s) * q.place - s * w
      let cubic = s * s * leaving + t * t * arriving
      let bends: SIMD3<Double> = s * (1 - 3 * t) * v + t * (1 - 3 * s) * w
      let moving = 6 * s * t * chord + bends
      let place = cubic.direction
      out += weight * flux.gradient(at: place).dot(moving.cross(place))
      swept += weight * middle.dot(cubic.cross(moving))
    }
    let lens = 0.5 * (swept - middle.dot(p.place.cross(q.place)))
    let fan =
      2
      * atan2(
        apex.dot(p.place.cross(q.place)),
        1 + apex.dot(p.place) + p.place.dot(q.place) + q.place.dot(apex))
    let area = (fan + lens) / (4 * Double.pi)
    let mass = area + out / (4 * Double.pi)
    if left >= 0 {
      masses[left] += mass
      areas[left] += area
    }
    if right >= 0 {
      masses[right] -= mass
      areas[right] -= area
    }
  }

  /// Gauss's rule of three points on [0, 1].
  private static let rule: [(Double, Double)] = {
    let offset = 0.15.squareRoot()
    return [(0.5 - offset, 5.0 / 18), (0.5, 4.0 / 9), (0.5 + offset, 5.0 / 18)]
  }()
}

extension SphereLandscape {
  /// Masses of the basins of a density.
  ///
  /// - Parameters:
  ///   - moments: ∫ Y_lm dμ, of total mass one.
  ///   - degree: of the moments.
  mutating func masses(of moments: [Double], degree: Int) -> [Double] {
    if maxima.count < 2 { return [Double](repeating: 1, count: maxima.count) }
    return border(of: moments, degree: degree).border.masses
  }

  /// The borders of at least two basins of a density.
  ///
  /// Along the lines that run down from the saddles, where these divide the sphere; where some lines
  /// end in a void, or a ring has no saddles, along the border between the labels of the grid.
  mutating func border(
    of moments: [Double], degree: Int
  ) -> (border: SphereBorder, isTraced: Bool) {
    let factors = (0...degree).map { (l: Int) -> Double in l == 0 ? 0 : -1 / Double(l * (l + 1)) }
    let flux = SphereField(
      degree: degree, coefficients: moments, degreeFactors: factors,
      latitudes: max(64, 3 * degree / 2 + 1),
      longitudes: SphericalHarmonicBasis.smoothCount(atLeast: max(128, 3 * degree + 1)))
    let start = SphereBorder(
      count: maxima.count, flux: flux, home: 0, inside: maxima[0].place)
    if let border = borderBySeparatrices(start) { return (border, true) }
    labelGrid()
    return (borderByLabels(start), false)
  }
}
