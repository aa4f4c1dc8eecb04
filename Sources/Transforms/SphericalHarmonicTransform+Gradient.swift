extension SphericalHarmonicTransform {
  /// Gradient of f = Σ_{l ≤ degree} a_l Σ_m c_lm Y_lm: g_i ∂_θ f and g_i (1/sin θ_i) ∂_φ f.
  ///
  /// sin θ ∂_θ Y_l = l A_{l+1} Y_{l+1} − (l + 1) A_l Y_{l−1} makes the slope along θ a series with
  /// the same Legendre functions, which are computed once; f itself is free but for its rows.
  ///
  /// - Parameters:
  ///   - coefficients: c, `layout.count` values; degrees above `degree` are not read.
  ///   - seriesDegree: the highest degree of the series, L if nil; a low one costs less.
  ///   - degreeFactors: a_l, l = 0…degree; ones if nil.
  ///   - rowFactors: g_i, one for every latitude; ones if nil.
  ///   - value: n · M values g_i f, overwritten, or nil if they are not wanted.
  ///   - theta: n · M values, overwritten: the component towards the south.
  ///   - phi: n · M values, overwritten: the component towards the east.
  public func synthesizeGradient(
    _ coefficients: UnsafePointer<Double>, degree seriesDegree: Int? = nil,
    degreeFactors: UnsafePointer<Double>? = nil, rowFactors: [Double]? = nil,
    value: UnsafeMutablePointer<Double>? = nil, theta: UnsafeMutablePointer<Double>,
    phi: UnsafeMutablePointer<Double>
  ) {
    let top = seriesDegree ?? degree
    precondition((0...degree).contains(top), "a series of a degree within the transform's")
    loadFactors(rowFactors)
    countOrders(top, degree: top + 1)
    var north = 0
    for m in 0...top {
      while m >= orders[north] { north += 1 }
      loadTerms(coefficients, order: m, degree: top, degreeFactors: degreeFactors)
      loadSlopes(order: m, degree: top)
      mix(terms.numbers, order: m, degree: top + 1, into: mixed.numbers, stride: 8)
      mix(slopes.numbers, order: m, degree: top + 1, into: mixed.numbers + 4, stride: 8)
      var block = north
      while block < blocks {
        let width = starts.width(from: block, size: 2)
        let first = starts.first(order: m, last: block + width - 1)
        let tile = tile(from: block, size: 2, order: m, first: first, degree: top + 1)
        let mixed = UnsafePointer(mixed.numbers + 8 * first)
        let target = target(from: block, order: m, withValue: value != nil)
        if width == 2 {
          LegendreState<2>.synthesizeGradient(tile, mixed, into: target)
        } else {
          LegendreState<1>.synthesizeGradient(tile, mixed, into: target)
        }
        block += width
      }
    }
    if let value { synthesizeRows(fields[0], into: value) }
    synthesizeRows(fields[1], into: theta)
    synthesizeRows(fields[2], into: phi)
  }

  @inline(__always)
  private func target(from block: Int, order: Int, withValue: Bool) -> GradientTarget {
    let place = fieldStride * block + 4 * order
    func slope(_ field: VectorBuffer) -> LegendreTarget {
      LegendreTarget(
        north: northSlopeFactors.base + block, south: southSlopeFactors.base + block,
        field: field.base + place, stride: fieldStride)
    }
    let value = LegendreTarget(
      north: northFactors.base + block, south: southFactors.base + block,
      field: fields[0].base + place, stride: fieldStride)
    return GradientTarget(
      theta: slope(fields[1]), phi: slope(fields[2]), value: withValue ? value : nil,
      order: Double(order))
  }

  /// The adjoint of the gradient: c_lm = Σ_ij g_i (s_ij ∂_θ Y_lm + t_ij (1/sin θ_i) ∂_φ Y_lm) for all
  /// l ≤ L, s and t the components along θ and φ.
  ///
  /// With quadrature weights in g it is minus the divergence.
  ///
  /// - Parameters:
  ///   - theta: s, n · M values.
  ///   - phi: t, n · M values.
  ///   - rowFactors: g_i, one for every latitude; ones if nil.
  ///   - coefficients: `layout.count` values, overwritten.
  public func adjointGradient(
    theta: UnsafePointer<Double>, phi: UnsafePointer<Double>, rowFactors: [Double]? = nil,
    into coefficients: UnsafeMutablePointer<Double>
  ) {
    loadFactors(rowFactors)
    countOrders(degree, degree: degree + 1)
    let factors = (north: northSlopeFactors, south: southSlopeFactors)
    analyzeRows(phi, factors: factors, into: fields[0])
    analyzeRows(theta, factors: factors, into: fields[1])
    var north = 0
    for m in 0...degree {
      while m >= orders[north] { north += 1 }
      var before = MomentSums(base: sums.base, first: Int.max, zeros: zeros.base)
      var block = north
      while block < blocks {
        let width = starts.width(from: block, size: 4)
        let first = starts.first(order: m, last: block + width - 1)
        let tile = tile(from: block, size: 4, order: m, first: first, degree: degree + 1)
        let place = fieldStride * block + 4 * m
        let across = UnsafePointer(fields[0].base + place)
        let along = UnsafePointer(fields[1].base + place)
        if block + width < blocks {
          let target = PartialMoments(before: before, sums: sums.base)
          collect(tile, across, and: along, width: width, into: target)
        } else {
          let target = TotalMoments(before: before, totals: mixed.base)
          collect(tile, across, and: along, width: width, into: target)
        }
        before.first = first
        block += width
      }
      unmix(mixed.numbers, stride: 8, order: m, degree: degree + 1, into: terms.numbers)
      unmix(mixed.numbers + 4, stride: 8, order: m, degree: degree + 1, into: slopes.numbers)
      addSlopes(order: m)
      storeTerms(order: m, into: coefficients)
    }
  }

  @inline(__always)
  private func collect(
    _ tile: LegendreTile, _ field: UnsafePointer<Vector>, and other: UnsafePointer<Vector>,
    width: Int, into target: some MomentTarget
  ) {
    let step = fieldStride
    switch width {
    case 4:
      LegendreState<4>.collect(tile, field, and: other, stride: step, into: target)
    case 3:
      LegendreState<3>.collect(tile, field, and: other, stride: step, into: target)
    case 2:
      LegendreState<2>.collect(tile, field, and: other, stride: step, into: target)
    default:
      LegendreState<1>.collect(tile, field, and: other, stride: step, into: target)
    }
  }

  /// The transposes of `loadSlopes` and of the slope along φ, added.
  private func addSlopes(order m: Int) {
    let couplings = recurrence.couplings.numbers + recurrence.couplingLayout.place(m, m)
    let source = slopes.numbers
    let target = terms.numbers
    let order = Double(m)
    for k in 0...(degree - m) {
      let above = Double(m + k) * couplings[k + 1]
      let real = target[2 * k]
      target[2 * k] = above * source[2 * k + 2] - order * target[2 * k + 1]
      target[2 * k + 1] = above * source[2 * k + 3] + order * real
    }
    for k in stride(from: 1, through: degree - m, by: 1) {
      let below = Double(m + k + 1) * couplings[k]
      target[2 * k] -= below * source[2 * k - 2]
      target[2 * k + 1] -= below * source[2 * k - 1]
    }
  }
}
