/// What the kernels read for one order on one tile: a few vectors of northern latitudes.
struct LegendreTile {
  /// x² or −sin²θ, whichever is less in size.
  var squares: UnsafePointer<Vector>
  /// x = cos θ.
  var cosines: UnsafePointer<Vector>
  /// q_0.
  var seeds: UnsafePointer<Vector>
  /// The pairs (a_j, b_j), or (a_j, a_j + b_j).
  var recurrence: UnsafePointer<Double>
  /// How many j there are; even.
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
  var previous = InlineArray<width, Vector>(repeating: .zero)

  @inline(__always)
  init(_ tile: LegendreTile) {
    square = InlineArray { tile.squares[$0] }
    value = InlineArray { tile.seeds[$0] }
  }

  /// From q_j to q_{j+1}.
  @inline(__always)
  mutating func advance(_ pair: UnsafePointer<Double>) {
    let a = Vector(repeating: pair[0])
    let b = Vector(repeating: pair[1])
    for v in 0..<width {
      let next = previous[v].addingProduct(b.addingProduct(a, square[v]), value[v])
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
    let next = previous[v].addingProduct(first.b.addingProduct(first.a, y), here)
    previous[v] = next
    value[v] = here.addingProduct(second.b.addingProduct(second.a, y), next)
    return (here, next)
  }
}

/// Σ_j q_j times four coefficients: even degrees, cosine and sine, then odd ones.
struct LegendreSums<let width: Int> {
  var evenCosine = InlineArray<width, Vector>(repeating: .zero)
  var evenSine = InlineArray<width, Vector>(repeating: .zero)
  var oddCosine = InlineArray<width, Vector>(repeating: .zero)
  var oddSine = InlineArray<width, Vector>(repeating: .zero)

  @inline(__always)
  init() {}

  @inline(__always)
  mutating func add(
    _ value: borrowing InlineArray<width, Vector>, _ coefficients: UnsafePointer<Double>
  ) {
    let c0 = Vector(repeating: coefficients[0])
    let c1 = Vector(repeating: coefficients[1])
    let c2 = Vector(repeating: coefficients[2])
    let c3 = Vector(repeating: coefficients[3])
    for v in 0..<width {
      evenCosine[v] = evenCosine[v].addingProduct(value[v], c0)
      evenSine[v] = evenSine[v].addingProduct(value[v], c1)
      oddCosine[v] = oddCosine[v].addingProduct(value[v], c2)
      oddSine[v] = oddSine[v].addingProduct(value[v], c3)
    }
  }

  /// The slopes along φ: c cos mφ + s sin mφ becomes ms cos mφ − mc sin mφ.
  @inline(__always)
  mutating func differentiate(order m: Double) {
    for v in 0..<width {
      (evenCosine[v], evenSine[v]) = (m * evenSine[v], -m * evenCosine[v])
      (oddCosine[v], oddSine[v]) = (m * oddSine[v], -m * oddCosine[v])
    }
  }

  /// Writes (north cosine, north sine, south cosine, south sine) of every vector.
  @inline(__always)
  func store(_ cosines: UnsafePointer<Vector>, into target: LegendreTarget) {
    for v in 0..<width {
      let place = target.field + v * target.stride
      let x = cosines[v]
      let north = target.north[v]
      let south = target.south[v]
      place[0] = evenCosine[v].addingProduct(x, oddCosine[v]) * north
      place[1] = evenSine[v].addingProduct(x, oddSine[v]) * north
      place[2] = (evenCosine[v] - x * oddCosine[v]) * south
      place[3] = (evenSine[v] - x * oddSine[v]) * south
    }
  }
}

/// Where a tile's sums for one order go.
struct LegendreTarget {
  /// Factors of the rows, a vector for every vector of the tile.
  var north: UnsafePointer<Vector>
  var south: UnsafePointer<Vector>
  /// The field; four vectors for every vector of the tile.
  var field: UnsafeMutablePointer<Vector>
  /// Vectors from one vector of the tile to the next.
  var stride: Int
}

/// Where a tile's sums for a gradient of order m go; factors of the rows include 1/sin θ.
struct GradientTarget {
  var theta: LegendreTarget
  var phi: LegendreTarget
  /// The series itself, if it is wanted.
  var value: LegendreTarget?
  /// m.
  var order: Double
}

/// A series on one tile; four coefficients for every j.
@inline(__always)
func synthesizeTile<let width: Int>(
  _ tile: LegendreTile, _ coefficients: UnsafePointer<Double>, into target: LegendreTarget,
  state: consuming LegendreState<width>
) {
  var sums = LegendreSums<width>()
  for j in 0..<tile.count {
    sums.add(state.value, coefficients + 4 * j)
    state.advance(tile.recurrence + 2 * j)
  }
  sums.store(tile.cosines, into: target)
}

/// A series and sin θ times its slope on one tile: their four coefficients each for every j.
@inline(__always)
func synthesizeGradientTile<let width: Int>(
  _ tile: LegendreTile, _ coefficients: UnsafePointer<Double>, into target: GradientTarget,
  state: consuming LegendreState<width>
) {
  var sums = LegendreSums<width>()
  var slopes = LegendreSums<width>()
  for j in 0..<tile.count {
    sums.add(state.value, coefficients + 8 * j)
    slopes.add(state.value, coefficients + 8 * j + 4)
    state.advance(tile.recurrence + 2 * j)
  }
  if let value = target.value { sums.store(tile.cosines, into: value) }
  slopes.store(tile.cosines, into: target.theta)
  sums.differentiate(order: target.order)
  sums.store(tile.cosines, into: target.phi)
}

/// Σ over the vectors of a tile of q_j times (even cosine, even sine, odd cosine, odd sine).
struct LegendreMoments {
  var evenCosine = Vector.zero
  var evenSine = Vector.zero
  var oddCosine = Vector.zero
  var oddSine = Vector.zero

  @inline(__always)
  mutating func add(_ value: Vector, _ field: UnsafePointer<Vector>) {
    evenCosine = evenCosine.addingProduct(value, field[0])
    evenSine = evenSine.addingProduct(value, field[1])
    oddCosine = oddCosine.addingProduct(value, field[2])
    oddSine = oddSine.addingProduct(value, field[3])
  }

  /// Stores the moments, or adds them to what is there.
  @inline(__always)
  func store(_ sums: UnsafeMutablePointer<Vector>, adding: Bool) {
    if adding {
      sums[0] += evenCosine
      sums[1] += evenSine
      sums[2] += oddCosine
      sums[3] += oddSine
    } else {
      sums[0] = evenCosine
      sums[1] = evenSine
      sums[2] = oddCosine
      sums[3] = oddSine
    }
  }
}

/// Moments of one field, four vectors for every j, lanes apart; stored, or added to what is there.
///
/// Two j at a time, for which the field is read once.
@inline(__always)
func collectTile<let width: Int>(
  _ tile: LegendreTile, _ field: UnsafePointer<Vector>, stride: Int,
  into sums: UnsafeMutablePointer<Vector>, adding: Bool, state: consuming LegendreState<width>
) {
  for i in 0..<(tile.count / 2) {
    let pair = LegendrePair(tile.recurrence + 4 * i)
    let following = LegendrePair(tile.recurrence + 4 * i + 2)
    var first = LegendreMoments()
    var second = LegendreMoments()
    for v in 0..<width {
      let values = state.advance(v, pair, following)
      first.add(values.0, field + v * stride)
      second.add(values.1, field + v * stride)
    }
    first.store(sums + 8 * i, adding: adding)
    second.store(sums + 8 * i + 4, adding: adding)
  }
}

/// The same for two fields: eight vectors for every j, the first field's four first.
@inline(__always)
func collectTwo<let width: Int>(
  _ tile: LegendreTile, _ field: UnsafePointer<Vector>, and other: UnsafePointer<Vector>,
  stride: Int, into sums: UnsafeMutablePointer<Vector>, adding: Bool,
  state: consuming LegendreState<width>
) {
  for j in 0..<tile.count {
    var moments = LegendreMoments()
    var others = LegendreMoments()
    for v in 0..<width {
      moments.add(state.value[v], field + v * stride)
      others.add(state.value[v], other + v * stride)
    }
    moments.store(sums + 8 * j, adding: adding)
    others.store(sums + 8 * j + 4, adding: adding)
    state.advance(tile.recurrence + 2 * j)
  }
}

/// Sums over the lanes of every eight vectors, as one; the vectors are overwritten.
///
/// First upper halves are added to lower ones through memory, which costs no shuffle.
func addLanes(
  _ sums: UnsafeMutablePointer<Vector>, count: Int, into target: UnsafeMutablePointer<Vector>
) {
  let halves = UnsafeMutableRawPointer(sums)
  for k in 0..<(8 * count) {
    let sum =
      halves.load(fromByteOffset: 64 * k, as: SIMD4<Double>.self)
      + halves.load(fromByteOffset: 64 * k + 32, as: SIMD4<Double>.self)
    halves.storeBytes(of: sum, toByteOffset: 32 * k, as: SIMD4<Double>.self)
  }
  for j in 0..<count {
    let s = sums + 4 * j
    target[j] = neighborSums(neighborSums(s[0], s[1]), neighborSums(s[2], s[3]))
  }
}
