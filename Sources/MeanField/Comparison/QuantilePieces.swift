/// The quantile function as pieces of positive mass: position linear in the level.
struct QuantilePieces {
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

  /// ∫ (Q(u) − R(u + s))² du over one turn, and its derivative −2 ∫ (Q(u) − R(u + s)) dR(u + s).
  ///
  /// Where jumps of Q and R meet, one between those from the left and from the right.
  func squaredDistance(
    to other: QuantilePieces, shift: Double
  ) -> (value: Double, slope: Double) {
    guard let begin = starts.first, !other.starts.isEmpty else { return (0, 0) }
    var first = Cursor(self, at: begin)
    var second = Cursor(other, at: begin + shift)
    var u = begin
    var sum = 0.0
    var slope = 0.0
    // Every jump of R counts once, also where one end of the turn or both meet it.
    var jumps = other.starts.count
    func jump() {
      let before = second.last
      second.advance()
      guard jumps > 0 else { return }
      jumps -= 1
      let (x, y) = (first.position(u) - before, first.position(u) - second.base)
      slope += y * y - x * x
    }
    while u < begin + 1 {
      while first.end <= u { first.advance() }
      while second.end - shift <= u { jump() }
      let next = min(begin + 1, min(first.end, second.end - shift))
      guard next > u else { break }
      let x = first.position(u) - second.position(u + shift)
      let y = first.position(next) - second.position(next + shift)
      sum += (next - u) * (x * x + x * y + y * y) / 3
      slope -= (next - u) * (x + y) * second.slope
      u = next
    }
    while jumps > 0 { jump() }
    return (sum, slope)
  }

  /// A piece of the periodic continuation, moving up.
  private struct Cursor {
    private let pieces: QuantilePieces
    private var index: Int
    private var turns: Double
    private(set) var end = 0.0
    private var begin = 0.0
    /// Positions where the piece begins and ends.
    private(set) var base = 0.0
    var last: Double { pieces.right[index] + turns * 2 * Double.pi }
    private(set) var slope = 0.0

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
