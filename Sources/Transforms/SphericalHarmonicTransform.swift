internal import Foundation

/// Spherical harmonic transforms on S²: coefficients ↔ samples on a Gauss–Legendre grid.
///
///     f(θ_i, φ_j) = Σ_{l ≤ L} Σ_{|m| ≤ l} c_lm Y_lm(θ_i, φ_j)
///
/// with the harmonics and the order of coefficients of `HarmonicLayout`. The grid has n latitudes
/// from north to south, cos θ_i the nodes of `GaussLegendre`, and M longitudes φ_j = 2πj/M; sample
/// (i, j) stands at i · M + j. With n ≥ L + 1 and M ≥ 2L + 1 the adjoint of weighted samples gives
/// the coefficients back; products of two series are free of aliasing in degrees up to L with
/// n ≥ (3L + 2)/2 and M ≥ 3L + 1.
///
/// Associated Legendre functions are computed as they are needed (`LegendreRecurrence`), or read for the
/// highest orders (`LegendreTable`), several vectors of latitudes in registers, north and south together,
/// and a northern row and the southern one opposite go through complex Fourier transforms, eight such
/// pairs side by side. Towards the poles, where Y_lm is below rounding, it is left out (`LegendreStarts`).
///
/// Work arrays belong to the transform: nothing is allocated later, and one transform serves one
/// thread at a time. Degrees up to 2047.
public final class SphericalHarmonicTransform {
  /// L.
  public let degree: Int
  /// n.
  public let latitudes: Int
  /// M.
  public let longitudes: Int
  /// The order of the coefficients.
  public let layout: HarmonicLayout
  /// The nodes cos θ_i, θ_i and their weights on [−1, 1].
  public let quadrature: GaussLegendre
  /// The weight for σ of one point of row i, w_i/(2M); all n · M of them sum to one.
  public let weights: [Double]

  let recurrence: LegendreRecurrence
  let starts: LegendreStarts
  /// What the recurrence gives for the highest orders.
  let table: LegendreTable
  /// How many grids of longitudes are transformed apart: four, or one if M is no multiple of four.
  let grids: Int
  /// Transforms of one grid, of length n' = M / `grids`.
  let rows: ComplexFourierTransform
  /// Vectors from one grid to the next, two for every longitude.
  let gridStride: Int
  /// Vectors from one longitude to the next three, and from four longitudes to the next four.
  let neighborStride: Int
  let fourStride: Int
  /// Before and after their transforms: a grid goes to the place of the one before, which is free by
  /// then, lest twice the memory be gone through.
  let sources: UnsafeMutablePointer<Vector>
  let targets: UnsafeMutablePointer<Vector>
  private let gridBuffer: VectorBuffer
  /// For k = 0…n' − 1: cosine and sine of 2πsk/M, s = 1, 2, 3.
  let turns: VectorBuffer
  /// How many vectors the northern latitudes fill; an equator counts as northern.
  let blocks: Int
  /// Vectors of a field from one block to the next: four for every order, and four more lest blocks
  /// meet in the same places of the cache.
  let fieldStride: Int
  /// By northern latitude: x² or −sin²θ, cos θ, sin θ, 1/sin θ.
  let squares: VectorBuffer
  let cosines: VectorBuffer
  let sines: VectorBuffer
  let inverseSines: VectorBuffer
  /// How many orders of the present transform matter, by block.
  let orders: UnsafeMutablePointer<Int>
  /// Factors of the rows of the present transform.
  let northFactors: VectorBuffer
  let southFactors: VectorBuffer
  /// The same times 1/sin θ.
  let northSlopeFactors: VectorBuffer
  let southSlopeFactors: VectorBuffer
  /// For every block and order four vectors: of rows (Z_m, Z_{−m}) or (even, odd).
  let fields: [VectorBuffer]
  /// Coefficients of one order: as pairs by degree, and as the kernels want them.
  let terms: VectorBuffer
  let slopes: VectorBuffer
  let mixed: VectorBuffer
  /// Moments of one order, lanes apart: eight vectors where `mixed` has one.
  let sums: VectorBuffer
  /// What stands before the first tile's moments.
  let zeros = VectorBuffer(count: 8)

  /// - Parameters:
  ///   - degree: L, 0…2047.
  ///   - latitudes: n ≥ L + 1.
  ///   - longitudes: M ≥ 2L + 1; products of 2, 3 and 5 are fast.
  public init(degree: Int, latitudes: Int, longitudes: Int) {
    precondition((0...2047).contains(degree), "the degree of a transform is 0…2047")
    precondition(latitudes > degree, "the degree needs more latitudes")
    precondition(longitudes > 2 * degree, "the degree needs more longitudes")
    self.degree = degree
    self.latitudes = latitudes
    self.longitudes = longitudes
    layout = HarmonicLayout(degree: degree)
    let quadrature = GaussLegendre(count: latitudes)
    self.quadrature = quadrature
    weights = quadrature.weights.map { $0 / Double(2 * longitudes) }
    // The derivative along θ reaches one degree further.
    recurrence = LegendreRecurrence(degree: degree + 1)
    grids = longitudes % 4 == 0 ? 4 : 1
    let length = longitudes / grids
    rows = ComplexFourierTransform(count: length, width: 8)
    gridStride = 2 * length + 2
    (neighborStride, fourStride) = grids == 4 ? (gridStride, 2) : (2, 8)
    gridBuffer = VectorBuffer(count: (grids + 1) * gridStride)
    targets = gridBuffer.base
    sources = gridBuffer.base + gridStride
    turns = VectorBuffer(count: length)
    for k in 0..<length {
      for s in 1...3 {
        let angle = 2 * Double.pi * Double(s * k) / Double(longitudes)
        turns.numbers[8 * k + 2 * s - 2] = cos(angle)
        turns.numbers[8 * k + 2 * s - 1] = sin(angle)
      }
    }
    let north = (latitudes + 1) / 2
    let blocks = (north + 7) / 8
    let fieldStride = 4 * (degree + 2)
    self.blocks = blocks
    self.fieldStride = fieldStride
    orders = .allocate(capacity: blocks)
    orders.initialize(repeating: 0, count: blocks)
    squares = VectorBuffer(count: blocks)
    cosines = VectorBuffer(count: blocks)
    sines = VectorBuffer(count: blocks)
    inverseSines = VectorBuffer(count: blocks)
    northFactors = VectorBuffer(count: blocks)
    southFactors = VectorBuffer(count: blocks)
    northSlopeFactors = VectorBuffer(count: blocks)
    southSlopeFactors = VectorBuffer(count: blocks)
    fields = (0..<3).map { _ in VectorBuffer(count: blocks * fieldStride) }
    terms = VectorBuffer(count: (degree + 11) / 4)
    slopes = VectorBuffer(count: (degree + 11) / 4)
    mixed = VectorBuffer(count: LegendreRecurrence.steps(0, degree + 1))
    sums = VectorBuffer(count: 8 * mixed.count)
    for i in 0..<north {
      cosines.numbers[i] = quadrature.cosines[i]
      sines.numbers[i] = quadrature.sines[i]
      inverseSines.numbers[i] = 1 / quadrature.sines[i]
    }
    starts = LegendreStarts(blocks: blocks, degree: degree)
    table = LegendreTable(blocks: blocks, recurrence: recurrence)
    for b in (0..<blocks).reversed() {
      let x = cosines.base[b]
      let y = sines.base[b]
      squares.base[b] = isPolar(b) ? 0 - y * y : x * x
      fillTables(b)
    }
  }

  /// Enters all orders on a block.
  private func fillTables(_ block: Int) {
    var seed = Vector(repeating: LegendreRecurrence.seedScale)
    for m in 0...degree {
      starts.fill(
        order: m, block: block, seed: seed, square: squares.base[block],
        steps: steps(order: m, block: block), recurrence: recurrence)
      let first = starts.first(order: m, last: block + starts.width(from: block, size: 4) - 1)
      let tile = tile(from: block, size: 4, order: m, first: first, degree: degree)
      if m >= table.lowest { table.fill(order: m, block: block, tile: tile) }
      seed *= sines.base[block]
    }
  }

  deinit { orders.deallocate() }

  /// Whether a block's squares are −sin²θ; the same in a tile.
  @inline(__always)
  func isPolar(_ block: Int) -> Bool {
    let middle = max(block + starts.width(from: block, size: 4) - 2, 0)
    return cosines.base[middle][0] > 0.5.squareRoot()
  }

  /// Counts, for every block, the orders 0…top of which sums up to some degree have terms that matter.
  func countOrders(_ top: Int, degree: Int) {
    var m = 0
    for block in 0..<blocks {
      while m <= top, starts.first(order: m, last: block) < LegendreRecurrence.terms(m, degree) {
        m += 1
      }
      orders[block] = m
    }
  }

  /// The coefficients of the recurrence for one order on the tile of a block.
  @inline(__always)
  private func steps(order: Int, block: Int) -> UnsafePointer<Double> {
    let table = isPolar(block) ? recurrence.polar : recurrence.equatorial
    return UnsafePointer(table.numbers + 2 * recurrence.starts[order])
  }

  /// What the kernels read for one order on the tile that starts with a block.
  @inline(__always)
  func tile(from block: Int, size: Int, order: Int, first: Int, degree: Int) -> LegendreTile {
    let steps = steps(order: order, block: block) + 2 * first
    return LegendreTile(
      squares: squares.base + block, cosines: cosines.base + block,
      starts: starts.values(order: order, block: block, size: size),
      recurrence: steps, recurrenceAgain: steps, first: first,
      count: LegendreRecurrence.terms(order, degree) - first)
  }

  /// Loads the factors of all rows, or ones, and these times 1/sin θ.
  func loadFactors(_ rowFactors: [Double]?) {
    precondition(rowFactors == nil || rowFactors?.count == latitudes, "one factor for every row")
    for i in 0..<((latitudes + 1) / 2) {
      northFactors.numbers[i] = rowFactors?[i] ?? 1
      southFactors.numbers[i] = rowFactors?[latitudes - 1 - i] ?? 1
    }
    for b in 0..<blocks {
      northSlopeFactors.base[b] = northFactors.base[b] * inverseSines.base[b]
      southSlopeFactors.base[b] = southFactors.base[b] * inverseSines.base[b]
    }
  }
}
