internal import CVector

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
      evenCosine[v] = vector_multiply_add(evenCosine[v], value[v], c0)
      evenSine[v] = vector_multiply_add(evenSine[v], value[v], c1)
      oddCosine[v] = vector_multiply_add(oddCosine[v], value[v], c2)
      oddSine[v] = vector_multiply_add(oddSine[v], value[v], c3)
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

  /// Writes (Z_m, Z_{−m}) of every vector: N + i S and conj N + i conj S, where c − is is the
  /// coefficient N of the northern rows, or S of the southern ones.
  @inline(__always)
  func store(_ cosines: UnsafePointer<Vector>, into target: LegendreTarget) {
    for v in 0..<width {
      let place = target.field + v * target.stride
      let x = cosines[v]
      let north = target.north[v]
      let south = target.south[v]
      let northCosine = vector_multiply_add(evenCosine[v], x, oddCosine[v]) * north
      let northSine = vector_multiply_add(evenSine[v], x, oddSine[v]) * north
      let southCosine = (evenCosine[v] - x * oddCosine[v]) * south
      let southSine = (evenSine[v] - x * oddSine[v]) * south
      place[0] = northCosine + southSine
      place[1] = southCosine - northSine
      place[2] = northCosine - southSine
      place[3] = southCosine + northSine
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

extension LegendreState {
  /// A series and sin θ times its slope on one tile: their four coefficients each for every j.
  @inline(never)
  static func synthesizeGradient(
    _ tile: LegendreTile, _ coefficients: UnsafePointer<Double>, into target: GradientTarget
  ) {
    var state = LegendreState(tile)
    var sums = LegendreSums<width>()
    var slopes = LegendreSums<width>()
    let last = tile.count &- 1
    var coefficients = coefficients
    var recurrence = tile.recurrence
    for _ in 0..<last {
      sums.add(state.value, coefficients)
      slopes.add(state.value, coefficients + 4)
      state.advance(recurrence)
      coefficients += 8
      recurrence += 2
    }
    sums.add(state.value, coefficients)
    slopes.add(state.value, coefficients + 4)
    if let value = target.value { sums.store(tile.cosines, into: value) }
    slopes.store(tile.cosines, into: target.theta)
    sums.differentiate(order: target.order)
    sums.store(tile.cosines, into: target.phi)
  }
}
