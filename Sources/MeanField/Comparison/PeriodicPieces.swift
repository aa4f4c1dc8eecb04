/// A function made of straight pieces, with jumps between them, that goes on with a period and a rise.
///
/// The distribution function F of a law on the circle is one (2π and 1), its quantile function another (1 and 2π).
struct PeriodicPieces: Sendable {
  private struct Piece {
    var start: Double
    /// The value at the start.
    var value: Double
    var slope: Double
  }

  /// Through one period, at their end the place where the first one comes again; empty for none.
  private let pieces: [Piece]
  private let period: Double
  private let rise: Double

  /// How many through one period.
  var count: Int { max(0, pieces.count - 1) }

  /// - Parameters:
  ///   - places: at most so many.
  ///   - margin: added to every width, so that slopes are finite.
  ///   - addPieces: adds all pieces of one period in order, of positive width.
  private init(
    _ places: Int, period: Double, rise: Double, margin: Double,
    _ addPieces: (_ add: (_ start: Double, _ end: Double, _ left: Double, _ right: Double) -> Void)
      -> Void
  ) {
    self.period = period
    self.rise = rise
    pieces = [Piece](unsafeUninitializedCapacity: places + 1) { buffer, count in
      addPieces { start, end, left, right in
        let slope = (right - left) / (end - start + margin)
        buffer.initializeElement(at: count, to: Piece(start: start, value: left, slope: slope))
        count += 1
      }
      guard count > 0 else { return }
      let end = Piece(start: buffer[0].start + period, value: buffer[0].value + rise, slope: 0)
      buffer.initializeElement(at: count, to: end)
      count += 1
    }
  }

  /// F of a curve; where the curve is vertical F jumps.
  static func levels(_ angles: [Double], _ levels: [Double]) -> PeriodicPieces {
    let turn = 2 * Double.pi
    return PeriodicPieces(
      angles.count, period: turn, rise: 1, margin: .leastNormalMagnitude
    ) { add in
      for i in angles.indices {
        let isLast = i + 1 == angles.count
        let end = isLast ? angles[0] + turn : angles[i + 1]
        guard end > angles[i] else { continue }
        add(angles[i], end, levels[i], isLast ? levels[0] + 1 : levels[i + 1])
      }
    }
  }

  /// Q = F⁻¹ of a curve; where the curve is horizontal Q jumps.
  static func angles(_ angles: [Double], _ levels: [Double]) -> PeriodicPieces {
    let turn = 2 * Double.pi
    // Shifted pieces as narrow as rounding may come out wider than they are, but their values must not: what
    // is missing at their ends becomes a jump.
    return PeriodicPieces(angles.count, period: 1, rise: turn, margin: 4 * 1.0.ulp) { add in
      guard var last = angles.last, let top = levels.last else { return }
      last -= turn
      // A polygon that goes back (negative masses) is replaced by its running maximum.
      var reached = top - 1
      for i in angles.indices {
        let to = min(levels[i], top)
        if to > reached {
          add(reached, to, last, angles[i])
          reached = to
        }
        last = angles[i]
      }
    }
  }

  /// Visits the pieces between all places where f(x) or g(x + shift) break, through one period of f.
  ///
  /// - Parameter visit: takes the width of a piece, what both are at its ends, and their slopes. Rounding may make
  ///   the first width negative.
  @inline(__always)
  func visitPieces(
    with other: PeriodicPieces, shift: Double,
    _ visit: (
      _ width: Double, _ f: (left: Double, right: Double, slope: Double),
      _ g: (left: Double, right: Double, slope: Double)
    ) -> Void
  ) {
    guard let first = pieces.first, let otherFirst = other.pieces.first else { return }
    let begin = first.start + shift
    var turns = ((begin - otherFirst.start) / period).rounded(.down)
    var j = other.index(at: begin - turns * period)
    var i = 0
    var periods = 3
    var place = first.start
    var (offset, raise) = (turns * period - shift, turns * rise)
    let ends = (pieces.count - 1, other.pieces.count - 1)
    pieces.withUnsafeBufferPointer { f in
      other.pieces.withUnsafeBufferPointer { g in
        while i < ends.0 {
          let (p, q) = (f[i], g[j])
          let (start, value) = (q.start + offset, q.value + raise)
          let (fEnd, gEnd) = (f[i + 1].start, g[j + 1].start + offset)
          let next = fEnd < gEnd ? fEnd : gEnd
          visit(
            next - place,
            (p.value + p.slope * (place - p.start), p.value + p.slope * (next - p.start), p.slope),
            (value + q.slope * (place - start), value + q.slope * (next - start), q.slope))
          // Which one ends first is as good as random: no branch could foresee it. Both go on where an end is not
          // a number, so that this ends.
          i &+= gEnd < fEnd ? 0 : 1
          j &+= fEnd < gEnd ? 0 : 1
          place = next
          if j == ends.1 {
            // One period of f meets parts of two of g, or three by rounding; beyond 10¹⁶ turns none would be the last.
            periods -= 1
            guard periods > 0 else { return }
            j = 0
            turns += 1
            (offset, raise) = (turns * period - shift, turns * rise)
          }
        }
      }
    }
  }

  /// The last piece that starts at or before a place, the first one if there is none.
  private func index(at place: Double) -> Int {
    var low = 0
    var high = pieces.count - 1
    while high - low > 1 {
      let middle = (low + high) / 2
      if pieces[middle].start <= place { low = middle } else { high = middle }
    }
    return low
  }

  /// h = ∫ (Q(u) − R(u + s))² du over one period, h′ = −2 ∫ (Q(u) − R(u + s)) dR(u + s) and h″ = 2 ∫ Q′ dR without
  /// what is infinite of it.
  ///
  /// Where jumps of Q and R meet, h′ is one of those between the left and the right one.
  func squaredDistance(
    to other: PeriodicPieces, shift: Double
  ) -> (value: Double, slope: Double, bend: Double) {
    var (value, slope, bend) = (0.0, 0.0, 0.0)
    // Q, R and Q − R where the piece before ended, and slopes behind the place.
    var last: (q: Double, r: Double, difference: Double) = (0, 0, 0)
    func jump(
      to q: Double, _ r: Double, _ difference: Double, slopes: (q: Double, r: Double)
    ) {
      slope += (r - last.r) * (difference + last.difference)
      bend += (q - last.q) * slopes.r + (r - last.r) * slopes.q
    }
    var first = (q: 0.0, r: 0.0, slopes: (q: 0.0, r: 0.0))
    var isFirst = true
    visitPieces(with: other, shift: shift) { width, q, r in
      let (x, y) = (q.left - r.left, q.right - r.right)
      if isFirst {
        isFirst = false
        first = (q.left, r.left, (q.slope, r.slope))
        last = (q.left, r.left, x)
      }
      jump(to: q.left, r.left, x, slopes: (q.slope, r.slope))
      value += width * (x * x + x * y + y * y)
      slope += (r.right - r.left) * (x + y)
      bend += width * q.slope * r.slope
      last = (q.right, r.right, y)
    }
    guard !isFirst else { return (0, 0, 0) }
    jump(to: first.q + rise, first.r + rise, first.q - first.r, slopes: first.slopes)
    return (value / 3, -slope, 2 * bend)
  }
}
