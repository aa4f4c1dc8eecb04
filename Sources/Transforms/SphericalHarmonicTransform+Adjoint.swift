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
    countOrders(degree, degree: degree)
    analyzeRows(samples, factors: (northFactors, southFactors), into: fields[0])
    var north = 0
    for m in 0...degree {
      while m >= orders[north] { north += 1 }
      var before = MomentSums(base: sums.base, first: Int.max, zeros: zeros.base)
      var block = north
      while block < blocks {
        let width = starts.width(from: block, size: 4)
        let first = starts.first(order: m, last: block + width - 1)
        if block + width < blocks {
          let target = PartialMoments(before: before, sums: sums.base)
          collect(from: block, width, order: m, first: first, into: target)
        } else {
          let target = TotalMoments(before: before, totals: mixed.base)
          collect(from: block, width, order: m, first: first, into: target)
        }
        before.first = first / 2
        block += width
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
    from block: Int, _ width: Int, order m: Int, first: Int, into target: some MomentTarget
  ) {
    let field = UnsafePointer(fields[0].base + fieldStride * block + 4 * m)
    let step = fieldStride
    if m >= table.lowest {
      let part = table.part(order: m, block: block, first: first, degree: degree)
      switch width {
      case 4: LegendreSums<4>.collect(part, field, stride: step, into: target)
      case 3: LegendreSums<3>.collect(part, field, stride: step, into: target)
      case 2: LegendreSums<2>.collect(part, field, stride: step, into: target)
      default: LegendreSums<1>.collect(part, field, stride: step, into: target)
      }
    } else {
      let tile = tile(from: block, size: 4, order: m, first: first, degree: degree)
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
