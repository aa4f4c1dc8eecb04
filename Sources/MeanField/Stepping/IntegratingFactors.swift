/// e^{δ hL} for the differences δ of a scheme's abscissae, and sums weighted by them.
struct IntegratingFactors {
  private var step = Double.nan
  private var count = 0
  private var differences: [Double] = []
  private var flows: [TriangularMap] = []
  /// places[i][j]: the flow for c_i − c_j; places[i].last: for c_i − 0.
  private var places: [[Int]] = []
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
    flows = map.flows(differences.map { $0 * step })
  }

  private mutating func index(_ scheme: Scheme) {
    self.scheme = scheme.name
    differences = []
    step = .nan
    let times = scheme.c + [1]
    places = times.indices.map { i in
      guard i > 0 else { return [] }
      let weights = i < scheme.a.count ? scheme.a[i] : nil
      // Stages of weight zero are not asked for.
      return (0..<(weights?.count ?? scheme.stageCount)).map { j in
        weights?[j] == 0 ? 0 : place(times[i] - scheme.c[j])
      } + [place(times[i])]
    }
  }

  private mutating func place(_ difference: Double) -> Int {
    if let found = differences.firstIndex(where: { abs($0 - difference) < 1e-12 }) {
      return found
    }
    differences.append(difference)
    return differences.count - 1
  }

  /// result = e^{c hL} base + Σ_j weights_j e^{(c − c_j) hL} terms_j; stage `stageCount` is the end.
  mutating func combine(
    _ base: UnsafePointer<Double>?, _ weights: [Double], _ terms: [UnsafeMutablePointer<Double>],
    stage: Int, into result: UnsafeMutablePointer<Double>
  ) {
    let row = places[stage]
    let count = count
    result.update(repeating: 0, count: count)
    sum.withUnsafeMutableBufferPointer { buffer in
      guard let sum = buffer.baseAddress else { return }
      // Terms that are as old go together.
      for (place, flow) in flows.enumerated() {
        var isUsed = false
        if let base, row[row.count - 1] == place {
          sum.update(from: base, count: count)
          isUsed = true
        }
        for j in terms.indices where row[j] == place && weights[j] != 0 {
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
