/// What the stiff linear part L does to the stages of a scheme: e^{δ hL} for the differences δ of its
/// abscissae, sums weighted by them, and the solution of v′ = L v + N₀.
struct IntegratingFactors {
  private var step = Double.nan
  private var count = 0
  /// Distinct differences c_i − c_j with j ≥ 1 and, as `ages`, the abscissae themselves.
  private var differences: [Double] = []
  private var ages: [Double] = []
  private var flows: [TriangularMap] = []
  private var starts: [TriangularMap] = []
  private var means: [TriangularMap] = []
  /// places[i][j]: the flow for c_i − c_j; agePlaces[i]: those for c_i − 0.
  private var places: [[Int]] = []
  private var agePlaces: [Int] = []
  private var scheme = ""
  private var sum: [Double] = []

  /// - Parameters:
  ///   - map: L.
  ///   - count: the length of states, which tells a finer representation.
  mutating func prepare(scheme: Scheme, step: Double, map: TriangularMap, count: Int) {
    if self.scheme != scheme.name { index(scheme) }
    let step = TriangularMap.duration(step)
    if step == self.step && count == self.count { return }
    self.step = step
    self.count = count
    sum = [Double](repeating: 0, count: count)
    let maps = map.flows((ages + differences).map { $0 * step })
    starts = Array(maps[..<ages.count])
    flows = Array(maps[ages.count...])
    means = map.meanFlows(ages.map { $0 * step })
  }

  private mutating func index(_ scheme: Scheme) {
    self.scheme = scheme.name
    differences = []
    ages = []
    step = .nan
    let times = scheme.c + [1]
    places = []
    agePlaces = []
    for i in times.indices {
      agePlaces.append(i == 0 ? 0 : Self.place(times[i], in: &ages))
      let weights = i < scheme.a.count ? scheme.a[i] : nil
      // The first rate is in `move`, and stages of weight zero are not asked for.
      places.append(
        (0..<(weights?.count ?? scheme.stageCount)).map { j in
          j == 0 || weights?[j] == 0 ? 0 : Self.place(times[i] - scheme.c[j], in: &differences)
        })
    }
  }

  private static func place(_ difference: Double, in known: inout [Double]) -> Int {
    if let found = known.firstIndex(where: { abs($0 - difference) < 1e-12 }) { return found }
    known.append(difference)
    return known.count - 1
  }

  /// e^{tL} u + ∫₀ᵗ e^{sL} N₀ ds, where u goes as long as N is N₀; t is the time of the stage.
  mutating func move(
    _ state: UnsafePointer<Double>, _ rate: UnsafePointer<Double>, time: Double, stage: Int,
    into result: UnsafeMutablePointer<Double>
  ) {
    let place = agePlaces[stage]
    let count = count
    for i in 0..<count { result[i] = time * rate[i] }
    means[place].apply(to: result)
    sum.withUnsafeMutableBufferPointer { buffer in
      guard let sum = buffer.baseAddress else { return }
      sum.update(from: state, count: count)
      starts[place].apply(to: sum)
      for i in 0..<count { result[i] += sum[i] }
    }
  }

  /// Adds Σ_j weights_j e^{(c − c_j) hL} terms_j, 1 ≤ j < the number of weights; stage `stageCount` is the end.
  mutating func add(
    _ weights: [Double], _ terms: [UnsafeMutablePointer<Double>], stage: Int,
    to result: UnsafeMutablePointer<Double>
  ) {
    let row = places[stage]
    let count = count
    sum.withUnsafeMutableBufferPointer { buffer in
      guard let sum = buffer.baseAddress else { return }
      // Terms that are as old go together.
      for (place, flow) in flows.enumerated() {
        var isUsed = false
        for j in weights.indices.dropFirst() where row[j] == place && weights[j] != 0 {
          if !isUsed { sum.update(repeating: 0, count: count) }
          isUsed = true
          let (weight, term) = (weights[j], terms[j])
          for i in 0..<count { sum[i] += weight * term[i] }
        }
        guard isUsed else { continue }
        flow.apply(to: sum)
        for i in 0..<count { result[i] += sum[i] }
      }
    }
  }
}
