internal import Foundation

/// Uniform directions, and what one random number is for within a draw on a sphere.
extension RandomStream {
  /// Places on the `draw` axis within one attempt at a point.
  enum SpherePlace: Int {
    case component = 0
    case height = 1
    case acceptance = 2
    /// And as many more as pairs of normal numbers are needed, fewer than 2¹⁶.
    case direction = 3
  }

  /// Attempts do not share a number, however many coordinates a point has.
  static func draw(_ place: SpherePlace, attempt: Int = 0) -> Int {
    attempt << 16 | place.rawValue
  }

  /// A uniform direction of R^n, n ≥ 1: n values of `rows` from `offset` on, overwritten.
  ///
  /// In closed form up to n = 3, beyond it n normal numbers divided by their length.
  func direction(
    dimension n: Int, index: Int, attempt: Int = 0, into rows: inout [Double], at offset: Int
  ) {
    let draw = Self.draw(.direction, attempt: attempt)
    if n == 1 {
      rows[offset] = uniform(index: index, draw: draw) < 0.5 ? -1 : 1
    } else if n == 2 {
      let angle = 2 * Double.pi * uniform(index: index, draw: draw)
      rows[offset] = cos(angle)
      rows[offset + 1] = sin(angle)
    } else if n == 3 {
      // Archimedes: the height is uniform.
      let (level, turn) = uniforms(index: index, draw: draw)
      let radius = 2 * (level * (1 - level)).squareRoot()
      rows[offset] = radius * cos(2 * Double.pi * turn)
      rows[offset + 1] = radius * sin(2 * Double.pi * turn)
      rows[offset + 2] = 1 - 2 * level
    } else {
      var square = 0.0
      // Sums of 64 keep the rounding of the length to a few ulps in any dimension.
      for start in stride(from: 0, to: n, by: 64) {
        var part = 0.0
        for j in stride(from: start, to: min(start + 64, n), by: 2) {
          let (x, y) = normals(index: index, draw: draw + j / 2)
          rows[offset + j] = x
          part += x * x
          if j + 1 < n {
            rows[offset + j + 1] = y
            part += y * y
          }
        }
        square += part
      }
      let scale = 1 / square.squareRoot()
      for j in offset..<offset + n { rows[j] *= scale }
    }
  }

  /// Height s = ⟨u, e⟩ of a uniform direction u of R^d above an equator, and 1 − s².
  ///
  /// Without drawing u (Ulrich 1984): its projection on a plane has a uniform angle φ and a radius
  /// r with 1 − r² = U^{2/(d−2)}, and s = r cos φ. Nothing is subtracted in 1 − s².
  func uniformHeight(
    dimension: Int, index: Int, attempt: Int
  ) -> (height: Double, squaredRadius: Double) {
    let (turn, level) = uniforms(index: index, draw: Self.draw(.height, attempt: attempt))
    // On the circle the projection is the point itself.
    let logarithm = dimension == 2 ? -Double.infinity : 2 * log(level) / Double(dimension - 2)
    let planar = -expm1(logarithm)
    let (cosine, sine) = (cos(2 * Double.pi * turn), sin(2 * Double.pi * turn))
    return (planar.squareRoot() * cosine, exp(logarithm) + planar * sine * sine)
  }
}
