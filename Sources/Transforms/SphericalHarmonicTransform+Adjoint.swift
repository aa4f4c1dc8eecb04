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
    countOrders(degree: degree, tileWidth: 4)
    analyzeRows(samples, factors: (northFactors, southFactors), into: fields[0])
    startSeeds()
    for m in 0...degree {
      var before = MomentSums(base: zeros.base, step: 0)
      for block in stride(from: 0, to: blocks, by: 4) where m < orders[block] {
        let width = min(4, blocks - block)
        if block + 4 < blocks {
          let target = PartialMoments(before: before, sums: sums.base)
          collect(from: block, order: m, width: 4, into: target)
        } else {
          let target = TotalMoments(before: before, totals: mixed.base)
          collect(from: block, order: m, width: width, into: target)
        }
        before = MomentSums(base: sums.base, step: 8)
        advanceSeeds(block, width)
      }
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

  @inline(__always)
  private func collect(
    from block: Int, order m: Int, width: Int, into target: some MomentTarget
  ) {
    let field = UnsafePointer(fields[0].base + fieldStride * block + 4 * m)
    let step = fieldStride
    if let table {
      let part = table.part(order: m, block: block, degree: degree)
      switch width {
      case 4: LegendreSums<4>.collect(part, field, stride: step, into: target)
      case 3: LegendreSums<3>.collect(part, field, stride: step, into: target)
      case 2: LegendreSums<2>.collect(part, field, stride: step, into: target)
      default: LegendreSums<1>.collect(part, field, stride: step, into: target)
      }
    } else {
      let tile = tile(from: block, order: m, degree: degree)
      switch width {
      case 4: LegendreState<4>.collect(tile, field, stride: step, into: target)
      case 3: LegendreState<3>.collect(tile, field, stride: step, into: target)
      case 2: LegendreState<2>.collect(tile, field, stride: step, into: target)
      default: LegendreState<1>.collect(tile, field, stride: step, into: target)
      }
    }
  }

  /// Stores the pairs of one order.
  func storeTerms(order m: Int, into coefficients: UnsafeMutablePointer<Double>) {
    (coefficients + 2 * layout.place(m, m)).update(
      from: terms.numbers, count: 2 * (degree - m + 1))
  }
}
