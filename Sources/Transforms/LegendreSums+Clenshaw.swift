internal import CVector

/// A series without the Legendre functions themselves (Clenshaw).
///
/// With t_j = a_j x² + b_j and q_{j+1} = t_j q_j + q_{j−1} the sum from j = i on is q_i B_i + q_{i−1} B_{i+1},
/// where B_j = (c_j + B_{j+2}) + t_j B_{j+1}. That takes five multiply-adds for every j and vector, where
/// functions and sums take six, and additions, for which processors have units of their own.
///
/// Two vectors read the same numbers through two pointers: seen to be the same, they would be loaded
/// into registers first, which takes more time than what is saved.
extension LegendreSums {
  /// B_j from B_{j+2}, which stands here, and B_{j+1}.
  @inline(__always)
  private mutating func descend(
    _ following: borrowing LegendreSums, _ squares: borrowing InlineArray<width, Vector>,
    _ steps: (UnsafePointer<Double>, UnsafePointer<Double>),
    _ coefficients: (UnsafePointer<Double>, UnsafePointer<Double>)
  ) {
    let a = Vector(repeating: steps.0[0])
    for v in 0..<width {
      let c = v == 0 ? coefficients.0 : coefficients.1
      let b = v == 0 ? steps.0 : steps.1
      let t = vector_multiply_add(Vector(repeating: b[1]), a, squares[v])
      evenCosine[v] = vector_sum(evenCosine[v], Vector(repeating: c[0]))
      evenSine[v] = vector_sum(evenSine[v], Vector(repeating: c[1]))
      oddCosine[v] = vector_sum(oddCosine[v], Vector(repeating: c[2]))
      oddSine[v] = vector_sum(oddSine[v], Vector(repeating: c[3]))
      add(following, t, v)
    }
  }

  /// Adds t times other sums in one vector.
  @inline(__always)
  private mutating func add(_ other: borrowing LegendreSums, _ t: Vector, _ v: Int) {
    evenCosine[v] = vector_multiply_add(evenCosine[v], t, other.evenCosine[v])
    evenSine[v] = vector_multiply_add(evenSine[v], t, other.evenSine[v])
    oddCosine[v] = vector_multiply_add(oddCosine[v], t, other.oddCosine[v])
    oddSine[v] = vector_multiply_add(oddSine[v], t, other.oddSine[v])
  }

  /// A series on one tile of at most two vectors; four coefficients for every j from the first on, and
  /// an even number of j, zero beyond the degree.
  @inline(never)
  static func synthesize(
    _ tile: LegendreTile, _ coefficients: UnsafePointer<Double>, again: UnsafePointer<Double>,
    into target: LegendreTarget
  ) {
    let pairs = (tile.count &+ 1) / 2
    let squares = InlineArray<width, Vector> { tile.squares[$0] }
    var here = LegendreSums()
    var beyond = LegendreSums()
    var c = (coefficients + 8 &* pairs, again + 8 &* pairs)
    var steps = (tile.recurrence + 4 &* pairs, tile.recurrenceAgain + 4 &* pairs)
    for _ in 0..<pairs {
      c = (c.0 - 8, c.1 - 8)
      steps = (steps.0 - 4, steps.1 - 4)
      beyond.descend(here, squares, (steps.0 + 2, steps.1 + 2), (c.0 + 4, c.1 + 4))
      here.descend(beyond, squares, steps, c)
    }
    here.multiply(tile.starts, adding: beyond)
    here.store(tile.cosines, into: target)
  }

  @inline(__always)
  private mutating func multiply(
    _ starts: UnsafePointer<Vector>, adding following: borrowing LegendreSums
  ) {
    for v in 0..<width {
      evenCosine[v] *= starts[2 &* v]
      evenSine[v] *= starts[2 &* v]
      oddCosine[v] *= starts[2 &* v]
      oddSine[v] *= starts[2 &* v]
      add(following, starts[2 &* v &+ 1], v)
    }
  }
}
