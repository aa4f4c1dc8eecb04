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
  /// (Delon, Salomon & Sobolevski, SIAM J. Appl. Math. 70, 2010). NaN where a law has no points, or some that
  /// are no numbers.
  public init(_ first: MassCurve, _ second: MassCurve) {
    guard first.isFinite, second.isFinite else {
      (wasserstein1, wasserstein2, sobolev) = (.nan, .nan, .nan)
      return
    }
    let difference = LevelDifference(first.distribution, second.distribution)
    let turn = 2 * Double.pi
    sobolev = (turn * difference.squareIntegral(minus: difference.integral / turn)).squareRoot()
    let median = difference.median
    wasserstein1 = difference.absoluteIntegral(minus: median)
    // F⁻¹(u + s) meets G⁻¹(u) where F − G = s.
    let square = minimum(
      of: { second.quantiles.squaredDistance(to: first.quantiles, shift: $0) },
      difference.low, difference.high, near: median)
    // That of equal laws is rounding, of either sign.
    wasserstein2 = max(0, square).squareRoot()
  }
}

/// F − G on the circle.
private struct LevelDifference {
  private var pieces: [Piece] = []
  private(set) var integral = 0.0
  private(set) var low = Double.infinity
  private(set) var high = -Double.infinity

  init(_ f: PeriodicPieces, _ g: PeriodicPieces) {
    let room = f.count + g.count + 1
    pieces = [Piece](unsafeUninitializedCapacity: room) { buffer, count in
      f.visitPieces(with: g, shift: 0) { width, f, g in
        let piece = Piece(width: width, left: f.left - g.left, right: f.right - g.right)
        // Rounding may make the first width negative, and the last piece another one.
        guard width > 0, count < room else { return }
        buffer.initializeElement(at: count, to: piece)
        count += 1
        integral += width * (piece.left + piece.right) / 2
        low = min(low, min(piece.left, piece.right))
        high = max(high, max(piece.left, piece.right))
      }
    }
  }

  func squareIntegral(minus c: Double) -> Double {
    pieces.reduce(0) { $0 + $1.squareIntegral(minus: c) }
  }

  func absoluteIntegral(minus c: Double) -> Double {
    pieces.reduce(0) { $0 + $1.absoluteIntegral(minus: c) }
  }

  /// The median of F − G under dθ.
  ///
  /// Halves the range; pieces on one side of it are settled, and only the others are looked at again. Which ones
  /// those are is as good as random: no branch could foresee it.
  var median: Double {
    pieces.withUnsafeBufferPointer { pieces in
      withUnsafeTemporaryAllocation(of: Piece.self, capacity: pieces.count) { open in
        var (low, high) = (low, high)
        var source = pieces
        var settled = 0.0
        for _ in 0..<48 where high > low {
          let middle = 0.5 * (low + high)
          var below = settled
          var kept = 0
          for piece in source {
            let (bottom, top) = (min(piece.left, piece.right), max(piece.left, piece.right))
            // A level piece is on one side: 0/0 is neither.
            let share = (middle - bottom) / (top - bottom)
            below += piece.width * (share >= 1 ? 1 : (share > 0 ? share : 0))
            settled += top <= low ? piece.width : 0
            open.initializeElement(at: kept, to: piece)
            kept &+= (top > low ? 1 : 0) & (bottom < high ? 1 : 0)
          }
          source = UnsafeBufferPointer(rebasing: open[..<kept])
          if below < Double.pi { low = middle } else { high = middle }
        }
        return 0.5 * (low + high)
      }
    }
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
  }
}
