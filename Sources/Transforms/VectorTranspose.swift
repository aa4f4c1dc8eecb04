/// Eight vectors, the rows of an 8 × 8 matrix.
typealias VectorRows = (Vector, Vector, Vector, Vector, Vector, Vector, Vector, Vector)

/// The 8 × 8 transpose as three rounds of two-register shuffles.
@inline(__always)
func transpose(
  _ a: Vector, _ b: Vector, _ c: Vector, _ d: Vector,
  _ e: Vector, _ f: Vector, _ g: Vector, _ h: Vector
) -> VectorRows {
  let ab0 = interleaveEven(a, b)
  let ab1 = interleaveOdd(a, b)
  let cd0 = interleaveEven(c, d)
  let cd1 = interleaveOdd(c, d)
  let ef0 = interleaveEven(e, f)
  let ef1 = interleaveOdd(e, f)
  let gh0 = interleaveEven(g, h)
  let gh1 = interleaveOdd(g, h)
  let abcd0 = pairsEven(ab0, cd0)
  let abcd2 = pairsOdd(ab0, cd0)
  let abcd1 = pairsEven(ab1, cd1)
  let abcd3 = pairsOdd(ab1, cd1)
  let efgh0 = pairsEven(ef0, gh0)
  let efgh2 = pairsOdd(ef0, gh0)
  let efgh1 = pairsEven(ef1, gh1)
  let efgh3 = pairsOdd(ef1, gh1)
  return (
    halvesLow(abcd0, efgh0), halvesLow(abcd1, efgh1),
    halvesLow(abcd2, efgh2), halvesLow(abcd3, efgh3),
    halvesHigh(abcd0, efgh0), halvesHigh(abcd1, efgh1),
    halvesHigh(abcd2, efgh2), halvesHigh(abcd3, efgh3)
  )
}

/// The sums over the lanes of eight vectors, in one vector.
@inline(__always)
func laneSums(
  _ a: Vector, _ b: Vector, _ c: Vector, _ d: Vector,
  _ e: Vector, _ f: Vector, _ g: Vector, _ h: Vector
) -> Vector {
  Vector(
    lowHalf: laneSums(
      a.lowHalf + a.highHalf, b.lowHalf + b.highHalf, c.lowHalf + c.highHalf,
      d.lowHalf + d.highHalf),
    highHalf: laneSums(
      e.lowHalf + e.highHalf, f.lowHalf + f.highHalf, g.lowHalf + g.highHalf,
      h.lowHalf + h.highHalf))
}

@inline(__always)
private func laneSums(
  _ a: SIMD4<Double>, _ b: SIMD4<Double>, _ c: SIMD4<Double>, _ d: SIMD4<Double>
) -> SIMD4<Double> {
  let ab = SIMD4(a[0], b[0], a[2], b[2]) + SIMD4(a[1], b[1], a[3], b[3])
  let cd = SIMD4(c[0], d[0], c[2], d[2]) + SIMD4(c[1], d[1], c[3], d[3])
  return SIMD4(ab[0], ab[1], cd[0], cd[1]) + SIMD4(ab[2], ab[3], cd[2], cd[3])
}

@inline(__always)
private func interleaveEven(_ a: Vector, _ b: Vector) -> Vector {
  Vector(a[0], b[0], a[2], b[2], a[4], b[4], a[6], b[6])
}

@inline(__always)
private func interleaveOdd(_ a: Vector, _ b: Vector) -> Vector {
  Vector(a[1], b[1], a[3], b[3], a[5], b[5], a[7], b[7])
}

@inline(__always)
private func pairsEven(_ a: Vector, _ b: Vector) -> Vector {
  Vector(a[0], a[1], b[0], b[1], a[4], a[5], b[4], b[5])
}

@inline(__always)
private func pairsOdd(_ a: Vector, _ b: Vector) -> Vector {
  Vector(a[2], a[3], b[2], b[3], a[6], a[7], b[6], b[7])
}

@inline(__always)
private func halvesLow(_ a: Vector, _ b: Vector) -> Vector {
  Vector(a[0], a[1], a[2], a[3], b[0], b[1], b[2], b[3])
}

@inline(__always)
private func halvesHigh(_ a: Vector, _ b: Vector) -> Vector {
  Vector(a[4], a[5], a[6], a[7], b[4], b[5], b[6], b[7])
}

/// The two columns of eight rows of two: rows 0…3 stand in `a`, 4…7 in `b`.
@inline(__always)
func columns(_ a: Vector, _ b: Vector) -> (Vector, Vector) {
  (
    Vector(lowHalf: a.evenHalf, highHalf: b.evenHalf),
    Vector(lowHalf: a.oddHalf, highHalf: b.oddHalf)
  )
}

/// The sums of every two neighbors in `a`, then in `b`.
@inline(__always)
func neighborSums(_ a: Vector, _ b: Vector) -> Vector {
  let pairs: (Vector, Vector) = columns(a, b)
  return pairs.0 + pairs.1
}

/// The four columns of four rows of four: rows 0 and 1 stand in `a`, 2 and 3 in `b`.
@inline(__always)
func columns(
  _ a: Vector, _ b: Vector
) -> (SIMD4<Double>, SIMD4<Double>, SIMD4<Double>, SIMD4<Double>) {
  (
    SIMD4(a[0], a[4], b[0], b[4]), SIMD4(a[1], a[5], b[1], b[5]),
    SIMD4(a[2], a[6], b[2], b[6]), SIMD4(a[3], a[7], b[3], b[7])
  )
}
