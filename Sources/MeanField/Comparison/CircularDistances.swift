/// Distances between two laws on the circle, geodesic cost.
public struct CircularDistances: Sendable, Equatable {
  /// W₁ = min_c ∫ |F − G − c| dθ.
  public var wasserstein1: Double
  /// W₂² = min_s ∫ (F⁻¹(u) − G⁻¹(u + s))² du.
  public var wasserstein2: Double
  /// (Σ_{k≠0} |Δm_k|²/k²)^{1/2} = (2π ∫ (F − G − mean)² dθ)^{1/2}.
  public var sobolev: Double

  /// In the order of the circle's chart.
  var values: [Double] { [wasserstein1, wasserstein2, sobolev] }

  /// Distances between two curves, exact for polygons.
  ///
  /// For cubic distribution functions they are so up to the distance of cubic and polygon
  /// (Delon, Salomon & Sobolevski, SIAM J. Appl. Math. 70, 2010).
  public init(_ first: MassCurve, _ second: MassCurve) {
    let pieces = Self.difference(first, second)
    let turn = 2 * Double.pi
    let mean = pieces.reduce(0) { $0 + $1.width * ($1.left + $1.right) / 2 } / turn
    sobolev = (turn * pieces.reduce(0) { $0 + $1.squareIntegral(minus: mean) }).squareRoot()
    let low = pieces.reduce(Double.infinity) { min($0, min($1.left, $1.right)) }
    let high = pieces.reduce(-Double.infinity) { max($0, max($1.left, $1.right)) }
    let median = Self.median(of: pieces, low, high)
    wasserstein1 = pieces.reduce(0) { $0 + $1.absoluteIntegral(minus: median) }
    let f = QuantilePieces(second)
    let g = QuantilePieces(first)
    // F⁻¹(u + s) meets G⁻¹(u) where F − G = s.
    wasserstein2 = minimum(
      of: { f.squaredDistance(to: g, shift: $0) }, low, high, near: median
    ).squareRoot()
  }

  /// The median of F − G under dθ.
  ///
  /// Halves the range; pieces on one side of it are settled, and only the others are looked at again.
  private static func median(of pieces: [Piece], _ low: Double, _ high: Double) -> Double {
    var (low, high) = (low, high)
    var open = pieces
    var settled = 0.0
    for _ in 0..<48 where high > low {
      let middle = 0.5 * (low + high)
      let below = open.reduce(settled) { $0 + $1.widthBelow(middle) }
      if below < Double.pi { low = middle } else { high = middle }
      var kept = 0
      for piece in open {
        if max(piece.left, piece.right) <= low {
          settled += piece.width
        } else if min(piece.left, piece.right) < high {
          open[kept] = piece
          kept += 1
        }
      }
      open.removeSubrange(kept...)
    }
    return 0.5 * (low + high)
  }

  /// F − G on an arc of the circle, linear from left to right.
  private struct Piece {
    var width: Double
    var left: Double
    var right: Double

    func squareIntegral(minus c: Double) -> Double {
      let a = left - c
      let b = right - c
      return width * (a * a + a * b + b * b) / 3
    }

    func absoluteIntegral(minus c: Double) -> Double {
      let a = left - c
      let b = right - c
      if a * b >= 0 { return width * abs(a + b) / 2 }
      return width * (a * a + b * b) / (2 * abs(b - a))
    }

    func widthBelow(_ c: Double) -> Double {
      let low = min(left, right)
      let high = max(left, right)
      if high <= c { return width }
      return low >= c ? 0 : width * (c - low) / (high - low)
    }
  }

  /// The pieces of F − G between all vertices of both, from 0 to 2π.
  private static func difference(_ f: MassCurve, _ g: MassCurve) -> [Piece] {
    var pieces: [Piece] = []
    pieces.reserveCapacity(f.angles.count + g.angles.count + 2)
    // i, j: the next vertex of f, g; levels on [place, next) are linear from vertex i − 1 to i.
    var i = 0
    var j = 0
    var place = 0.0
    let turn = 2 * Double.pi
    while place < turn {
      while f.angle(i) <= place && i < f.angles.count { i += 1 }
      while g.angle(j) <= place && j < g.angles.count { j += 1 }
      let next = min(turn, min(f.angle(i), g.angle(j)))
      let piece = Piece(
        width: next - place,
        left: height(f, i, place) - height(g, j, place),
        right: height(f, i, next) - height(g, j, next))
      if piece.width > 0 { pieces.append(piece) }
      place = next
    }
    return pieces
  }

  /// Height at an angle of the edge that ends in vertex i.
  private static func height(_ f: MassCurve, _ i: Int, _ angle: Double) -> Double {
    let left = f.angle(i - 1)
    let right = f.angle(i)
    guard right > left else { return f.level(i) }
    let s = (angle - left) / (right - left)
    return (1 - s) * f.level(i - 1) + s * f.level(i)
  }
}
