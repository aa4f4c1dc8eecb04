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
    countOrders(degree: top, tileWidth: 2)
    startSeeds()
    for m in 0...top {
      let pairs = pairs(coefficients, order: m, degree: top, degreeFactors: degreeFactors)
      mix(pairs, order: m, degree: top, into: mixed.numbers, stride: 4)
      for block in stride(from: 0, to: blocks, by: 2) where m < orders[block] {
        let width = min(2, blocks - block)
        let tile = tile(from: block, order: m, degree: top)
        let target = target(from: block, order: m)
        let mixed = UnsafePointer(mixed.numbers)
        if width == 2 {
          LegendreSums<2>.synthesize(tile, mixed, again: mixed, into: target)
        } else {
          LegendreSums<1>.synthesize(tile, mixed, again: mixed, into: target)
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
