internal import CVector

/// What the kernels read for one order on one tile: a few vectors of northern latitudes.
struct LegendreTile {
  /// x² or −sin²θ, whichever is less in size.
  var squares: UnsafePointer<Vector>
  /// x = cos θ.
  var cosines: UnsafePointer<Vector>
  /// q_j and q_{j−1} for the first j, one vector's after the other's.
  var starts: UnsafePointer<Vector>
  /// The pairs (a_j, b_j), or (a_j, a_j + b_j), from the first j on.
  var recurrence: UnsafePointer<Double>
  /// The same place.
  var recurrenceAgain: UnsafePointer<Double>
  /// The first j, an even one.
  var first: Int
  /// How many j there are from there on.
  var count: Int
}

/// The coefficients of one step of the recurrence.
struct LegendrePair {
  var a: Vector
  var b: Vector

  @inline(__always)
  init(_ pair: UnsafePointer<Double>) {
    a = Vector(repeating: pair[0])
    b = Vector(repeating: pair[1])
  }
}

/// The recurrence on a tile of `width` vectors.
struct LegendreState<let width: Int> {
  var square: InlineArray<width, Vector>
  var value: InlineArray<width, Vector>
  var previous: InlineArray<width, Vector>

  /// From q_j to q_{j+1}.
  @inline(__always)
  mutating func advance(_ pair: UnsafePointer<Double>) {
    let a = Vector(repeating: pair[0])
    let b = Vector(repeating: pair[1])
    for v in 0..<width {
      let next = vector_multiply_add(previous[v], vector_multiply_add(b, a, square[v]), value[v])
      previous[v] = value[v]
      value[v] = next
    }
  }

  /// From q_j to q_{j+2} in one vector; returns q_j and q_{j+1}.
  @inline(__always)
  mutating func advance(_ v: Int, _ first: LegendrePair, _ second: LegendrePair) -> (Vector, Vector)
  {
    let y = square[v]
    let here = value[v]
    let next = vector_multiply_add(previous[v], vector_multiply_add(first.b, first.a, y), here)
    previous[v] = next
    value[v] = vector_multiply_add(here, vector_multiply_add(second.b, second.a, y), next)
    return (here, next)
  }
}

extension LegendreState {
  @inline(__always)
  init(_ tile: LegendreTile) {
    square = InlineArray { tile.squares[$0] }
    value = InlineArray { tile.starts[2 &* $0] }
    previous = InlineArray { tile.starts[2 &* $0 &+ 1] }
  }
}
