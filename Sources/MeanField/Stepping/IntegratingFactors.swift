internal import Foundation

/// e^{δ hL} for the differences δ of a scheme's abscissae, and sums weighted by them.
struct IntegratingFactors {
  private var step = Double.nan
  private var rateCount = 0
  private var differences: [Double] = []
  private var tables: [[Double]] = []
  /// The same where L is more than a diagonal; empty elsewhere.
  private var flows: [TriangularMap] = []
  /// places[i][j]: the table for c_i − c_j; places[i].last: for c_i − 0.
  private var places: [[Int]] = []
  private var scheme = ""

  /// - Parameters:
  ///   - rates: the diagonal of L.
  ///   - map: L, where it is more than that.
  mutating func prepare(scheme: Scheme, step: Double, rates: [Double], map: TriangularMap?) {
    if self.scheme != scheme.name { index(scheme) }
    // Equal parts of the way to an appointment differ by rounding, and matrices are dear: they are those
    // of the step's first 44 bits, whatever step came before.
    let step = map == nil ? step : Self.shortened(step)
    if step == self.step && rates.count == rateCount { return }
    self.step = step
    rateCount = rates.count
    if let map {
      flows = map.flows(differences.map { $0 * step })
      return
    }
    tables = differences.map { difference in
      var table = [Double](repeating: 1, count: rates.count)
      // Neighbours share a rate: real and imaginary part of one mode.
      var last = 0.0
      var value = 1.0
      for i in rates.indices {
        if rates[i] != last {
          last = rates[i]
          value = exp(difference * step * last)
        }
        table[i] = value
      }
      return table
    }
  }

  private static func shortened(_ step: Double) -> Double {
    Double(
      sign: .plus, exponent: step.exponent,
      significand: (step.significand * 0x1p44).rounded() * 0x1p-44)
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
  func combine(
    _ base: UnsafePointer<Double>?, _ weights: [Double], _ terms: [UnsafeMutablePointer<Double>],
    stage: Int, into result: UnsafeMutablePointer<Double>, count: Int
  ) {
    let row = places[stage]
    if !flows.isEmpty {
      flow(base, weights, terms, row, into: result, count: count)
      return
    }
    if let base {
      tables[row[row.count - 1]].withUnsafeBufferPointer { factor in
        for i in 0..<count { result[i] = factor[i] * base[i] }
      }
    }
    for j in terms.indices where weights[j] != 0 {
      let weight = weights[j]
      let term = terms[j]
      tables[row[j]].withUnsafeBufferPointer { factor in
        for i in 0..<count { result[i] += weight * factor[i] * term[i] }
      }
    }
  }

  /// The same by matrices: terms that are as old go together.
  private func flow(
    _ base: UnsafePointer<Double>?, _ weights: [Double], _ terms: [UnsafeMutablePointer<Double>],
    _ row: [Int], into result: UnsafeMutablePointer<Double>, count: Int
  ) {
    if base != nil { result.update(repeating: 0, count: count) }
    for (place, flow) in flows.enumerated() {
      var sum = [Double](repeating: 0, count: count)
      var isUsed = false
      if let base, row[row.count - 1] == place {
        for i in 0..<count { sum[i] = base[i] }
        isUsed = true
      }
      for j in terms.indices where row[j] == place && weights[j] != 0 {
        let (weight, term) = (weights[j], terms[j])
        for i in 0..<count { sum[i] += weight * term[i] }
        isUsed = true
      }
      if isUsed { flow.add(sum, to: result, count: count) }
    }
  }
}
