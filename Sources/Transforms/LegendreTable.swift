internal import CVector

/// The functions q_j of the highest orders at all northern latitudes: of as many as a cache holds.
///
/// Read from the second cache they cost a third less than the recurrence that finds them anew.
struct LegendreTable {
  /// Half of a cache of 1 MiB, in vectors.
  static let limit = 8192

  /// The lowest order.
  let lowest: Int
  /// q_j of order m on block b stands at (starts[m] − starts[lowest] + j) · blocks + b.
  private let values: VectorBuffer
  private let starts: [Int]
  private let blocks: Int

  init(blocks: Int, recurrence: LegendreRecurrence) {
    let starts = recurrence.starts
    let end = starts[recurrence.degree + 1]
    let lowest = starts.firstIndex { (end - $0) * blocks <= Self.limit } ?? starts.count - 1
    self.lowest = lowest
    self.blocks = blocks
    self.starts = starts.map { $0 - starts[lowest] }
    values = VectorBuffer(count: max(1, (end - starts[lowest]) * blocks))
  }

  /// Enters the functions of one order on a block; those before the tile's first stay zero.
  func fill(order m: Int, block: Int, tile: LegendreTile) {
    var state = LegendreState<1>(tile)
    var recurrence = tile.recurrence
    for place in (starts[m] + tile.first)..<starts[m + 1] {
      values.base[place * blocks + block] = state.value[0]
      state.advance(recurrence)
      recurrence += 2
    }
  }

  /// The part of one order that starts with a block and the first j that matters.
  func part(order: Int, block: Int, first: Int, degree: Int) -> LegendrePart {
    LegendrePart(
      values: values.base + ((starts[order] + first) * blocks + block), stride: blocks,
      first: first, count: LegendreRecurrence.terms(order, degree) - first)
  }
}

/// The functions of one order on one tile.
struct LegendrePart {
  /// q_j on the tile's vectors for the first j.
  var values: UnsafePointer<Vector>
  /// Vectors from one j to the next.
  var stride: Int
  /// The first j, an even one.
  var first: Int
  /// How many j there are from there on.
  var count: Int
}

extension LegendreSums {
  /// A series on one tile of at most four vectors; four coefficients for every j.
  @inline(never)
  static func synthesize(
    _ part: LegendrePart, _ coefficients: UnsafePointer<Double>, cosines: UnsafePointer<Vector>,
    into target: LegendreTarget
  ) {
    var sums = LegendreSums()
    var coefficients = coefficients
    var values = part.values
    for _ in 0..<part.count {
      sums.add(InlineArray { values[$0] }, coefficients)
      coefficients += 4
      values += part.stride
    }
    sums.store(cosines, into: target)
  }

  /// Moments of one field, four for every j.
  ///
  /// Two j at a time, for which the field is read once.
  @inline(never)
  static func collect(
    _ part: LegendrePart, _ field: UnsafePointer<Vector>, stride: Int,
    into target: some MomentTarget
  ) {
    var values = part.values
    let start = part.first / 2
    for i in start..<(start &+ (part.count &+ 1) / 2) {
      var first = LegendreMoments()
      var second = LegendreMoments()
      for v in 0..<width {
        first.add(values[v], field + v &* stride)
        second.add(values[part.stride &+ v], field + v &* stride)
      }
      target.store(i, first, second)
      values += 2 &* part.stride
    }
  }
}
