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
    countOrders(top, degree: top)
    var north = 0
    for m in 0...top {
      while m >= orders[north] { north += 1 }
      let pairs = pairs(coefficients, order: m, degree: top, degreeFactors: degreeFactors)
      mix(pairs, order: m, degree: top, into: mixed.numbers, stride: 4)
      if m >= table.lowest {
        synthesizeByTable(order: m, degree: top, from: north)
      } else {
        synthesize(order: m, degree: top, from: north)
      }
    }
    synthesizeRows(fields[0], into: samples)
  }

  /// One order by the recurrence.
  @inline(__always)
  private func synthesize(order m: Int, degree: Int, from north: Int) {
    var block = north
    while block < blocks {
      let width = starts.width(from: block, size: 2)
      let first = starts.first(order: m, last: block + width - 1)
      let tile = tile(from: block, size: 2, order: m, first: first, degree: degree)
      let mixed = UnsafePointer(mixed.numbers + 4 * first)
      let target = target(from: block, order: m)
      if width == 2 {
        LegendreSums<2>.synthesize(tile, mixed, again: mixed, into: target)
      } else {
        LegendreSums<1>.synthesize(tile, mixed, again: mixed, into: target)
      }
      block += width
    }
  }

  /// One order by the table.
  @inline(__always)
  private func synthesizeByTable(order m: Int, degree: Int, from north: Int) {
    var block = north
    while block < blocks {
      let width = starts.width(from: block, size: 4)
      let first = starts.first(order: m, last: block + width - 1)
      let part = table.part(order: m, block: block, first: first, degree: degree)
      let mixed = UnsafePointer(mixed.numbers + 4 * first)
      let cosines = UnsafePointer(cosines.base + block)
      let target = target(from: block, order: m)
      switch width {
      case 4: LegendreSums<4>.synthesize(part, mixed, cosines: cosines, into: target)
      case 3: LegendreSums<3>.synthesize(part, mixed, cosines: cosines, into: target)
      case 2: LegendreSums<2>.synthesize(part, mixed, cosines: cosines, into: target)
      default: LegendreSums<1>.synthesize(part, mixed, cosines: cosines, into: target)
      }
      block += width
    }
  }

  @inline(__always)
  private func target(from block: Int, order: Int) -> LegendreTarget {
    LegendreTarget(
      north: northFactors.base + block, south: southFactors.base + block,
      field: fields[0].base + fieldStride * block + 4 * order, stride: fieldStride)
  }
}
