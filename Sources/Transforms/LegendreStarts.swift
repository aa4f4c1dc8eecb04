internal import CVector

/// Where the functions q_j of every order begin to matter, by block of latitudes, and their values there.
///
/// Towards a pole the first functions of an order are as good as zero, as sin^m θ is. Those with
/// |w_j q_j| < 10⁻¹⁷ on a whole block, w_j the weight in sums, are left out: they belong to
/// |P_l| < 1.4 · 10⁻¹⁷, where the mean square of P_l over the sphere is one.
struct LegendreStarts {
  static let negligible = 1e-17

  private let blocks: Int
  /// The first j that matters, an even one, of order m on block b at m · blocks + b.
  ///
  /// It grows with m and towards the pole, and is beyond the last j where none matters. By the equator
  /// it is zero.
  private let firsts: IndexBuffer
  /// By order and block q_j and q_{j−1}, j the first of the tile, for tiles of two blocks and of four.
  private let twos: VectorBuffer
  private let fours: VectorBuffer

  init(blocks: Int, degree: Int) {
    self.blocks = blocks
    firsts = IndexBuffer(count: (degree + 1) * blocks)
    twos = VectorBuffer(count: 2 * firsts.count)
    fours = VectorBuffer(count: 2 * firsts.count)
  }

  /// Blocks from one on to the end of its tile: tiles of a size are counted from the equator.
  @inline(__always)
  func width(from block: Int, size: Int) -> Int { (blocks &- block &- 1) % size &+ 1 }

  /// The first j that matters on the tile that ends with a block.
  @inline(__always)
  func first(order: Int, last block: Int) -> Int { firsts.base[order &* blocks &+ block] }

  /// q_j and q_{j−1} in turn for the blocks of a tile of two or four.
  @inline(__always)
  func values(order: Int, block: Int, size: Int) -> UnsafePointer<Vector> {
    UnsafePointer((size == 2 ? twos : fours).base + 2 &* (order &* blocks &+ block))
  }

  /// Enters an order on a block, the one after it being done.
  ///
  /// - Parameters:
  ///   - seed: q_0.
  ///   - square: x² or −sin²θ.
  ///   - steps: the coefficients of the recurrence.
  func fill(
    order m: Int, block: Int, seed: Vector, square: Vector, steps: UnsafePointer<Double>,
    recurrence: LegendreRecurrence
  ) {
    let weights = recurrence.mixing + recurrence.starts[m]
    let terms = LegendreRecurrence.terms(m, recurrence.degree)
    let place = m * blocks + block
    let least = max(
      block + 1 < blocks ? firsts.base[place + 1] : 0, m > 0 ? firsts.base[place - blocks] : 0)
    var state = LegendreState<1>(square: [square], value: [seed], previous: [.zero])
    func keep(_ values: VectorBuffer) {
      values.base[2 * place] = state.value[0]
      values.base[2 * place + 1] = state.previous[0]
    }
    func matters(_ j: Int) -> Bool {
      let size = state.value[0] * weights[j][2]
      return any(size * size .>= Self.negligible * Self.negligible)
    }
    let lastOfTwo = block + width(from: block, size: 2) - 1
    let lastOfFour = block + width(from: block, size: 4) - 1
    var j = 0
    while true {
      if lastOfTwo > block, firsts.base[m * blocks + lastOfTwo] == j { keep(twos) }
      if lastOfFour > block, firsts.base[m * blocks + lastOfFour] == j { keep(fours) }
      let here = state
      guard j < terms else { break }
      let mattersHere = matters(j)
      state.advance(steps + 2 * j)
      if j >= least && (mattersHere || matters(j + 1)) {
        state = here
        break
      }
      state.advance(steps + 2 * j + 2)
      j += 2
    }
    firsts.base[place] = j
    if lastOfTwo == block { keep(twos) }
    if lastOfFour == block { keep(fours) }
  }
}
