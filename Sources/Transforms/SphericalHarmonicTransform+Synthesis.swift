extension SphericalHarmonicTransform {
  /// Synthesis: f_ij = g_i Σ_{l ≤ degree} a_l Σ_m c_lm Y_lm(θ_i, φ_j).
  ///
  /// - Parameters:
  ///   - coefficients: c, `layout.count` values; degrees above `degree` are not read.
  ///   - seriesDegree: the highest degree of the series, L if nil; a low one costs less.
  ///   - degreeFactors: a_l, l = 0…degree; ones if nil.
  ///   - rowFactors: g_i, one for every latitude; ones if nil.
  ///   - samples: n · M values, overwritten.
  public func synthesize(
    _ coefficients: UnsafePointer<Double>, degree seriesDegree: Int? = nil,
    degreeFactors: UnsafePointer<Double>? = nil, rowFactors: [Double]? = nil,
    into samples: UnsafeMutablePointer<Double>
  ) {
    let top = seriesDegree ?? degree
    precondition((0...degree).contains(top), "a series of a degree within the transform's")
    loadFactors(rowFactors)
    // Narrow tiles leave more out near the poles, wide ones begin and end less often.
    let tileWidth = blocks <= 4 ? 4 : 2
    countOrders(degree: top, tileWidth: tileWidth)
    startSeeds()
    for m in 0...top {
      let pairs = pairs(coefficients, order: m, degree: top, degreeFactors: degreeFactors)
      mix(pairs, order: m, degree: top, into: mixed.numbers, stride: 4)
      for block in stride(from: 0, to: blocks, by: tileWidth) where m < orders[block] {
        let width = min(tileWidth, blocks - block)
        let tile = tile(from: block, order: m, degree: top)
        let target = target(from: block, order: m)
        switch width {
        case 4: LegendreState<4>.synthesize(tile, mixed.numbers, into: target)
        case 3: LegendreState<3>.synthesize(tile, mixed.numbers, into: target)
        case 2: LegendreState<2>.synthesize(tile, mixed.numbers, into: target)
        default: LegendreState<1>.synthesize(tile, mixed.numbers, into: target)
        }
        advanceSeeds(block, width)
      }
    }
    synthesizeRows(fields[0], into: samples)
  }

  @inline(__always)
  private func target(from block: Int, order: Int) -> LegendreTarget {
    LegendreTarget(
      north: northFactors.base + block, south: southFactors.base + block,
      field: fields[0].base + fieldStride * block + 4 * order, stride: fieldStride)
  }
}
