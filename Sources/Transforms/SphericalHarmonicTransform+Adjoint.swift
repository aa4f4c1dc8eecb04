extension SphericalHarmonicTransform {
  /// The adjoint of synthesis: c_lm = Σ_ij g_i s_ij Y_lm(θ_i, φ_j) for all l ≤ L.
  ///
  /// No quadrature weights: with g_i = `weights[i]` it is analysis.
  ///
  /// - Parameters:
  ///   - samples: s, n · M values.
  ///   - rowFactors: g_i, one for every latitude; ones if nil.
  ///   - coefficients: `layout.count` values, overwritten.
  public func adjoint(
    _ samples: UnsafePointer<Double>, rowFactors: [Double]? = nil,
    into coefficients: UnsafeMutablePointer<Double>
  ) {
    loadFactors(rowFactors)
    // Wide tiles: every tile adds four vectors to memory for every j.
    countOrders(degree: degree, tileWidth: 4)
    analyzeRows(samples, factors: (northFactors, southFactors), orders: orders, into: fields[0])
    startSeeds()
    for m in 0...degree {
      let steps = LegendreRecurrence.steps(m, degree)
      var adding = false
      for block in stride(from: 0, to: blocks, by: 4) {
        let width = min(4, blocks - block)
        if m >= orders[block] { continue }
        let tile = tile(from: block, order: m, degree: degree)
        let field = UnsafePointer(fields[0].base + fieldStride * block + 4 * m)
        let stride = fieldStride
        let sums = sums.base
        switch width {
        case 4:
          collectTile(
            tile, field, stride: stride, into: sums, adding: adding, state: LegendreState<4>(tile))
        case 3:
          collectTile(
            tile, field, stride: stride, into: sums, adding: adding, state: LegendreState<3>(tile))
        case 2:
          collectTile(
            tile, field, stride: stride, into: sums, adding: adding, state: LegendreState<2>(tile))
        default:
          collectTile(
            tile, field, stride: stride, into: sums, adding: adding, state: LegendreState<1>(tile))
        }
        adding = true
        advanceSeeds(block, width)
      }
      addLanes(sums.base, count: steps / 2, into: mixed.base)
      // An order may write into the place of the next, which then overwrites it.
      if m + 3 < degree {
        let pairs = coefficients + 2 * layout.place(m, m)
        unmix(mixed.numbers, stride: 4, order: m, degree: degree, into: pairs)
      } else {
        unmix(mixed.numbers, stride: 4, order: m, degree: degree, into: terms.numbers)
        storeTerms(order: m, into: coefficients)
      }
    }
  }

  /// Stores the pairs of one order.
  func storeTerms(order m: Int, into coefficients: UnsafeMutablePointer<Double>) {
    (coefficients + 2 * layout.place(m, m)).update(
      from: terms.numbers, count: 2 * (degree - m + 1))
  }
}
