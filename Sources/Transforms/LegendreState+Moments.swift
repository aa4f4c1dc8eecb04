internal import CVector

/// Σ over the vectors of a tile of q_j times (even cosine, even sine, odd cosine, odd sine).
struct LegendreMoments {
  var evenCosine = Vector.zero
  var evenSine = Vector.zero
  var oddCosine = Vector.zero
  var oddSine = Vector.zero

  @inline(__always)
  mutating func add(_ value: Vector, _ field: UnsafePointer<Vector>) {
    evenCosine = vector_multiply_add(evenCosine, value, field[0])
    evenSine = vector_multiply_add(evenSine, value, field[1])
    oddCosine = vector_multiply_add(oddCosine, value, field[2])
    oddSine = vector_multiply_add(oddSine, value, field[3])
  }
}

/// Where the moments of one tile go, eight at a time.
protocol MomentTarget {
  func store(_ i: Int, _ a: LegendreMoments, _ b: LegendreMoments)
}

/// Sums of the tiles before, eight vectors for every eight moments, lanes apart.
struct MomentSums {
  let base: UnsafePointer<Vector>
  /// Where they begin; before that they are zero.
  var first: Int
  /// Eight zeros.
  let zeros: UnsafePointer<Vector>

  @inline(__always)
  func adding(_ i: Int, _ a: LegendreMoments, _ b: LegendreMoments) -> (
    LegendreMoments, LegendreMoments
  ) {
    let place = i < first ? zeros : base + 8 &* i
    return (
      LegendreMoments(
        evenCosine: vector_sum(a.evenCosine, place[0]), evenSine: vector_sum(a.evenSine, place[1]),
        oddCosine: vector_sum(a.oddCosine, place[2]), oddSine: vector_sum(a.oddSine, place[3])),
      LegendreMoments(
        evenCosine: vector_sum(b.evenCosine, place[4]), evenSine: vector_sum(b.evenSine, place[5]),
        oddCosine: vector_sum(b.oddCosine, place[6]), oddSine: vector_sum(b.oddSine, place[7]))
    )
  }
}

/// Adds a tile that others follow to the sums.
struct PartialMoments: MomentTarget {
  let before: MomentSums
  let sums: UnsafeMutablePointer<Vector>

  @inline(__always)
  func store(_ i: Int, _ a: LegendreMoments, _ b: LegendreMoments) {
    let (a, b) = before.adding(i, a, b)
    let place = sums + 8 &* i
    place[0] = a.evenCosine
    place[1] = a.evenSine
    place[2] = a.oddCosine
    place[3] = a.oddSine
    place[4] = b.evenCosine
    place[5] = b.evenSine
    place[6] = b.oddCosine
    place[7] = b.oddSine
  }
}

/// Adds the last tile to the sums, and their lanes: eight moments in a vector.
struct TotalMoments: MomentTarget {
  let before: MomentSums
  let totals: UnsafeMutablePointer<Vector>

  @inline(__always)
  func store(_ i: Int, _ a: LegendreMoments, _ b: LegendreMoments) {
    let (a, b) = before.adding(i, a, b)
    totals[i] = laneSums(
      a.evenCosine, a.evenSine, a.oddCosine, a.oddSine, b.evenCosine, b.evenSine, b.oddCosine,
      b.oddSine)
  }
}

extension LegendreState {
  /// Moments of one field, four for every j.
  ///
  /// Two j at a time, for which the field is read once.
  @inline(never)
  static func collect(
    _ tile: LegendreTile, _ field: UnsafePointer<Vector>, stride: Int,
    into target: some MomentTarget
  ) {
    var state = LegendreState(tile)
    // One or two are left for the end, where no further q_j is needed.
    let pairs = (tile.count &- 1) / 2
    let first = tile.first / 2
    var recurrence = tile.recurrence
    for i in first..<(first &+ pairs) {
      let pair = LegendrePair(recurrence)
      let following = LegendrePair(recurrence + 2)
      var a = LegendreMoments()
      var b = LegendreMoments()
      for v in 0..<width {
        let values = state.advance(v, pair, following)
        a.add(values.0, field + v &* stride)
        b.add(values.1, field + v &* stride)
      }
      target.store(i, a, b)
      recurrence += 4
    }
    var a = LegendreMoments()
    var b = LegendreMoments()
    for v in 0..<width { a.add(state.value[v], field + v &* stride) }
    if tile.count % 2 == 0 {
      state.advance(recurrence)
      for v in 0..<width { b.add(state.value[v], field + v &* stride) }
    }
    target.store(first &+ pairs, a, b)
  }

  /// The same for two fields: eight moments for every j, the first field's four first.
  @inline(never)
  static func collect(
    _ tile: LegendreTile, _ field: UnsafePointer<Vector>, and other: UnsafePointer<Vector>,
    stride: Int, into target: some MomentTarget
  ) {
    var state = LegendreState(tile)
    var recurrence = tile.recurrence
    let end = tile.first &+ tile.count
    for j in tile.first..<end {
      var moments = LegendreMoments()
      var others = LegendreMoments()
      for v in 0..<width {
        moments.add(state.value[v], field + v &* stride)
        others.add(state.value[v], other + v &* stride)
      }
      target.store(j, moments, others)
      state.advance(recurrence)
      recurrence += 2
    }
    // Two are read at a time.
    if end % 2 == 1 { target.store(end, LegendreMoments(), LegendreMoments()) }
  }
}
