/// A law on the circle as a curve (angle, mass below it): vertices of a nondecreasing polygon.
///
/// Vertical pieces are atoms, horizontal ones voids. The curve goes on with period (2π, 1).
public struct MassCurve: Sendable {
  /// Ascending, in [0, 2π).
  public let angles: [Double]
  /// Mass in [0, angle), nondecreasing, spanning at most one.
  public let levels: [Double]

  init(angles: [Double], levels: [Double]) {
    self.angles = angles
    self.levels = levels
  }

  public init(_ law: CumulativeLaw) {
    if law.isAtomic {
      var angles: [Double] = []
      var levels: [Double] = []
      angles.reserveCapacity(2 * law.angles.count)
      levels.reserveCapacity(2 * law.angles.count)
      for i in law.angles.indices {
        angles.append(law.angles[i])
        angles.append(law.angles[i])
        levels.append(i == 0 ? 0 : law.levels[i - 1])
        levels.append(law.levels[i])
      }
      self.init(angles: angles, levels: levels)
    } else {
      let kept = Self.essentialVertices(law.angles, law.levels, tolerance: 1e-10)
      self.init(angles: kept.map { law.angles[$0] }, levels: kept.map { law.levels[$0] })
    }
  }

  /// Vertices such that the polygon through them passes within `tolerance` of all others: sharp
  /// clusters need a fine grid, the voids between them none.
  private static func essentialVertices(
    _ angles: [Double], _ levels: [Double], tolerance: Double
  ) -> [Int] {
    var kept = [0]
    var anchor = 0
    // Slopes from the anchor that pass every vertex since within the tolerance.
    var least = -Double.infinity
    var most = Double.infinity
    for i in angles.indices.dropFirst() {
      let width = angles[i] - angles[anchor]
      let slope = (levels[i] - levels[anchor]) / width
      if slope < least || slope > most {
        anchor = i - 1
        kept.append(anchor)
        least = -Double.infinity
        most = Double.infinity
      }
      let reach = angles[i] - angles[anchor]
      least = max(least, (levels[i] - tolerance - levels[anchor]) / reach)
      most = min(most, (levels[i] + tolerance - levels[anchor]) / reach)
    }
    if anchor != angles.count - 1 { kept.append(angles.count - 1) }
    return kept
  }

  /// Equal or unequal masses spread evenly between the middles of neighbouring points.
  ///
  /// - Parameters:
  ///   - points: any real angles.
  ///   - masses: sum one; a negative one makes the curve go back.
  public static func through(_ points: [Double], masses: [Double]) -> MassCurve {
    let wrapped = points.map(wrappedAngle)
    let order = wrapped.indices.sorted { wrapped[$0] < wrapped[$1] }
    var level = 0.0
    var levels: [Double] = []
    for i in order {
      levels.append(level + masses[i] / 2)
      level += masses[i]
    }
    return MassCurve(angles: order.map { wrapped[$0] }, levels: levels)
  }

  /// Level of vertex i of the periodic continuation.
  fileprivate func level(_ i: Int) -> Double {
    let turn = i >= angles.count ? 1.0 : (i < 0 ? -1.0 : 0.0)
    return levels[i - Int(turn) * angles.count] + turn
  }

  fileprivate func angle(_ i: Int) -> Double {
    let turn = i >= angles.count ? 1.0 : (i < 0 ? -1.0 : 0.0)
    return angles[i - Int(turn) * angles.count] + turn * 2 * Double.pi
  }
}

/// Distances between two laws on the circle, geodesic cost.
public struct CircularDistances: Sendable, Equatable {
  /// W₁ = min_c ∫ |F − G − c| dθ.
  public var wasserstein1: Double
  /// W₂² = min_s ∫ (F⁻¹(u) − G⁻¹(u + s))² du.
  public var wasserstein2: Double
  /// (Σ_{k≠0} |Δm_k|²/k²)^{1/2} = (2π ∫ (F − G − mean)² dθ)^{1/2}.
  public var sobolev: Double

  /// Distances between two curves, exact for polygons.
  ///
  /// For cubic distribution functions they are so up to the distance of cubic and polygon
  /// (Delon, Salomon & Sobolevski, SIAM J. Appl. Math. 70, 2010).
  public init(_ first: MassCurve, _ second: MassCurve) {
    let pieces = Self.difference(first, second)
    let turn = 2 * Double.pi
    let mean = pieces.reduce(0) { $0 + $1.width * ($1.left + $1.right) / 2 } / turn
    sobolev = (turn * pieces.reduce(0) { $0 + $1.squareIntegral(minus: mean) }).squareRoot()
    var low = pieces.reduce(Double.infinity) { min($0, $1.left, $1.right) }
    var high = pieces.reduce(-Double.infinity) { max($0, $1.left, $1.right) }
    let range = (low, high)
    // The median of F − G under dθ.
    for _ in 0..<48 where high > low {
      let middle = 0.5 * (low + high)
      let below = pieces.reduce(0) { $0 + $1.widthBelow(middle) }
      if below < turn / 2 { low = middle } else { high = middle }
    }
    let median = 0.5 * (low + high)
    wasserstein1 = pieces.reduce(0) { $0 + $1.absoluteIntegral(minus: median) }
    let f = QuantilePieces(first)
    let g = QuantilePieces(second)
    // G⁻¹(u + s) meets F⁻¹(u) where G − F = s.
    wasserstein2 = minimum(of: { f.squaredDistance(to: g, shift: $0) }, -range.1, -range.0)
      .squareRoot()
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
      let next = min(turn, f.angle(i), g.angle(j))
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

/// The quantile function as pieces of positive mass: position linear in the level.
private struct QuantilePieces {
  /// Start level, start and end position of every piece; levels ascend through one turn.
  private var starts: [Double] = []
  private var left: [Double] = []
  private var right: [Double] = []

  init(_ curve: MassCurve) {
    let count = curve.angles.count
    starts.reserveCapacity(count)
    left.reserveCapacity(count)
    right.reserveCapacity(count)
    // A polygon that goes back (negative masses) is replaced by its running maximum.
    let bottom = curve.level(-1)
    var reached = bottom
    for i in 0..<count {
      let to = min(curve.levels[i], bottom + 1)
      guard to > reached else { continue }
      starts.append(reached)
      left.append(curve.angle(i - 1))
      right.append(curve.angles[i])
      reached = to
    }
  }

  /// ∫ (Q(u) − R(u + s))² du over one turn.
  func squaredDistance(to other: QuantilePieces, shift: Double) -> Double {
    guard let begin = starts.first, !other.starts.isEmpty else { return 0 }
    var first = Cursor(self, at: begin)
    var second = Cursor(other, at: begin + shift)
    var u = begin
    var sum = 0.0
    while u < begin + 1 {
      while first.end <= u { first.advance() }
      while second.end - shift <= u { second.advance() }
      let next = min(begin + 1, first.end, second.end - shift)
      guard next > u else { break }
      let x = first.position(u) - second.position(u + shift)
      let y = first.position(next) - second.position(next + shift)
      sum += (next - u) * (x * x + x * y + y * y) / 3
      u = next
    }
    return sum
  }

  /// A piece of the periodic continuation, moving up.
  private struct Cursor {
    private let pieces: QuantilePieces
    private var index: Int
    private var turns: Double
    private(set) var end = 0.0
    private var begin = 0.0
    private var base = 0.0
    private var slope = 0.0

    /// The last piece that starts at or below the level.
    init(_ pieces: QuantilePieces, at level: Double) {
      self.pieces = pieces
      turns = (level - pieces.starts[0]).rounded(.down)
      let rest = level - turns
      index = 0
      var high = pieces.starts.count
      while high - index > 1 {
        let middle = (index + high) / 2
        if pieces.starts[middle] <= rest { index = middle } else { high = middle }
      }
      load()
    }

    mutating func advance() {
      index += 1
      if index == pieces.starts.count {
        index = 0
        turns += 1
      }
      load()
    }

    private mutating func load() {
      let last = index + 1 == pieces.starts.count
      begin = pieces.starts[index] + turns
      end = (last ? pieces.starts[0] + 1 : pieces.starts[index + 1]) + turns
      base = pieces.left[index] + turns * 2 * Double.pi
      slope = (pieces.right[index] - pieces.left[index]) / (end - begin)
    }

    func position(_ level: Double) -> Double { base + slope * (level - begin) }
  }
}

/// Least value of a convex function on an interval, by Brent's method (Algorithms for
/// Minimization without Derivatives, 1973, chapter 5).
func minimum(of function: (Double) -> Double, _ low: Double, _ high: Double) -> Double {
  let golden = 0.3819660112501051
  var a = low
  var b = high
  var x = a + golden * (b - a)
  var w = x
  var v = x
  var fx = function(x)
  var fw = fx
  var fv = fx
  var d = 0.0
  var e = 0.0
  // The value is flat to second order: √ulp in the argument is all there is to gain.
  let tolerance = 1e-8 * max(abs(low), abs(high), 1e-3)
  for _ in 0..<80 {
    let middle = 0.5 * (a + b)
    if abs(x - middle) + 0.5 * (b - a) <= 2 * tolerance { break }
    var usesGolden = true
    if abs(e) > tolerance {
      let r = (x - w) * (fx - fv)
      var q = (x - v) * (fx - fw)
      var p = (x - v) * q - (x - w) * r
      q = 2 * (q - r)
      if q > 0 { p = -p }
      q = abs(q)
      let last = e
      e = d
      if abs(p) < abs(0.5 * q * last) && p > q * (a - x) && p < q * (b - x) {
        d = p / q
        let u = x + d
        if u - a < 2 * tolerance || b - u < 2 * tolerance {
          d = x < middle ? tolerance : -tolerance
        }
        usesGolden = false
      }
    }
    if usesGolden {
      e = x < middle ? b - x : a - x
      d = golden * e
    }
    let u = abs(d) >= tolerance ? x + d : x + (d > 0 ? tolerance : -tolerance)
    let fu = function(u)
    if fu <= fx {
      if u < x { b = x } else { a = x }
      (v, fv, w, fw, x, fx) = (w, fw, x, fx, u, fu)
    } else {
      if u < x { a = u } else { b = u }
      if fu <= fw || w == x {
        (v, fv, w, fw) = (w, fw, u, fu)
      } else if fu <= fv || v == x || v == w {
        (v, fv) = (u, fu)
      }
    }
  }
  return min(fx, function(low), function(high))
}
