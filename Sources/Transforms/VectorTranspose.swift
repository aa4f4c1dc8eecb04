internal import CVector

/// Eight vectors, the rows of an 8 × 8 matrix.
typealias VectorRows = (Vector, Vector, Vector, Vector, Vector, Vector, Vector, Vector)

/// The 8 × 8 transpose as three rounds of two-register shuffles.
@inline(__always)
func transpose(
  _ a: Vector, _ b: Vector, _ c: Vector, _ d: Vector,
  _ e: Vector, _ f: Vector, _ g: Vector, _ h: Vector
) -> VectorRows {
  let ab0 = interleave_even(a, b)
  let ab1 = interleave_odd(a, b)
  let cd0 = interleave_even(c, d)
  let cd1 = interleave_odd(c, d)
  let ef0 = interleave_even(e, f)
  let ef1 = interleave_odd(e, f)
  let gh0 = interleave_even(g, h)
  let gh1 = interleave_odd(g, h)
  let abcd0 = pairs_even(ab0, cd0)
  let abcd2 = pairs_odd(ab0, cd0)
  let abcd1 = pairs_even(ab1, cd1)
  let abcd3 = pairs_odd(ab1, cd1)
  let efgh0 = pairs_even(ef0, gh0)
  let efgh2 = pairs_odd(ef0, gh0)
  let efgh1 = pairs_even(ef1, gh1)
  let efgh3 = pairs_odd(ef1, gh1)
  return (
    halves_low(abcd0, efgh0), halves_low(abcd1, efgh1),
    halves_low(abcd2, efgh2), halves_low(abcd3, efgh3),
    halves_high(abcd0, efgh0), halves_high(abcd1, efgh1),
    halves_high(abcd2, efgh2), halves_high(abcd3, efgh3)
  )
}

/// The sums over the lanes of eight vectors, in one vector.
@inline(__always)
func laneSums(
  _ a: Vector, _ b: Vector, _ c: Vector, _ d: Vector,
  _ e: Vector, _ f: Vector, _ g: Vector, _ h: Vector
) -> Vector {
  // Halves of the lanes, then pairs of them, then single ones: e lands beside a.
  let ae = vector_sum(halves_low(a, e), halves_high(a, e))
  let cg = vector_sum(halves_low(c, g), halves_high(c, g))
  let bf = vector_sum(halves_low(b, f), halves_high(b, f))
  let dh = vector_sum(halves_low(d, h), halves_high(d, h))
  let aceg = vector_sum(pairs_even(ae, cg), pairs_odd(ae, cg))
  let bdfh = vector_sum(pairs_even(bf, dh), pairs_odd(bf, dh))
  return vector_sum(interleave_even(aceg, bdfh), interleave_odd(aceg, bdfh))
}

/// The two columns of eight rows of two: rows 0…3 stand in `a`, 4…7 in `b`.
@inline(__always)
func columns(_ a: Vector, _ b: Vector) -> (Vector, Vector) { (lanes_even(a, b), lanes_odd(a, b)) }

/// Eight rows of two, four in a vector, from their columns.
@inline(__always)
func inTurn(_ a: Vector, _ b: Vector) -> (Vector, Vector) {
  (interleave_low(a, b), interleave_high(a, b))
}

/// Four doubles.
typealias Four = SIMD4<Double>

/// The 4 × 4 transpose.
@inline(__always)
func transpose(_ a: Four, _ b: Four, _ c: Four, _ d: Four) -> (Four, Four, Four, Four) {
  let ab0 = four_interleave_even(a, b)
  let ab1 = four_interleave_odd(a, b)
  let cd0 = four_interleave_even(c, d)
  let cd1 = four_interleave_odd(c, d)
  return (
    four_halves_low(ab0, cd0), four_halves_low(ab1, cd1),
    four_halves_high(ab0, cd0), four_halves_high(ab1, cd1)
  )
}
