internal import Foundation

/// A linear map of leading entries of a state: the stiff part L of a dynamics, or a function of it.
///
/// It is diagonal, or takes from entry i to entries i, i + 2, i + 4, ….
public struct TriangularMap: Sendable {
  private enum Form {
    case diagonal([Double])
    /// Entries 0, 2, … and entries 1, 3, ….
    case parities([Triangle])
  }

  private let form: Form

  /// The map that multiplies leading entries by these numbers.
  public init(diagonal: [Double]) { form = .diagonal(diagonal) }

  /// The map of the leading entries that has these columns.
  ///
  /// - Parameters:
  ///   - count: how many entries.
  ///   - column: entries of number i, which are zero above i and at every other place.
  public init(count: Int, column: (Int) -> [Double]) {
    form = .parities(
      (0..<2).map { parity in
        Triangle(size: (count - parity + 1) / 2) { j in
          let whole = column(2 * j + parity)
          return stride(from: 2 * j + parity, to: count, by: 2).map { whole[$0] }
        }
      })
  }

  private init(_ form: Form) { self.form = form }

  /// Whether the map is no more than its diagonal.
  public var isDiagonal: Bool {
    if case .diagonal = form { true } else { false }
  }

  public func scaled(by factor: Double) -> TriangularMap {
    switch form {
    case .diagonal(let numbers): TriangularMap(diagonal: numbers.map { factor * $0 })
    case .parities(let parts): TriangularMap(.parities(parts.map { $0.scaled(by: factor) }))
    }
  }

  /// Puts the map of leading entries in their place.
  func apply(to values: UnsafeMutablePointer<Double>) {
    switch form {
    case .diagonal(let numbers):
      numbers.withUnsafeBufferPointer { numbers in
        for i in numbers.indices { values[i] *= numbers[i] }
      }
    case .parities(let parts):
      for (parity, part) in parts.enumerated() { part.apply(to: values + parity) }
    }
  }

  /// e^{tL} for every t of a list, L this map.
  func flows(_ times: [Double]) -> [TriangularMap] {
    functions(times, of: { exp($0) }, orOf: { $0.flows(times) })
  }

  /// (1/t) ∫₀ᵗ e^{sL} ds for every t of a list, L this map.
  func meanFlows(_ times: [Double]) -> [TriangularMap] {
    functions(times, of: { $0 == 0 ? 1 : expm1($0) / $0 }, orOf: { $0.meanFlows(times) })
  }

  /// A function of tL for every t of a list.
  private func functions(
    _ times: [Double], of diagonal: (Double) -> Double, orOf triangles: (Triangle) -> [Triangle]
  ) -> [TriangularMap] {
    switch form {
    case .diagonal(let rates):
      return times.map { time in
        // Neighbours share a rate: real and imaginary part of one mode.
        var last = 0.0
        var value = diagonal(0)
        return TriangularMap(
          diagonal: rates.map { rate in
            if rate != last { (last, value) = (rate, diagonal(time * rate)) }
            return value
          })
      }
    case .parities(let parts):
      let columns = parts.map(triangles)
      return times.indices.map { i in TriangularMap(.parities(columns.map { $0[i] })) }
    }
  }

  /// ((1/t) ∫₀ᵗ e^{2sL} ds)^{1/2}, L this map, with a diagonal that is nowhere positive.
  func rootMeanSquareFlow(over time: Double) -> TriangularMap {
    switch form {
    case .diagonal(let rates):
      TriangularMap(
        diagonal: rates.map { rate in
          let decay = -2 * time * rate
          return decay > 0 ? (-expm1(-decay) / decay).squareRoot() : 1
        })
    case .parities(let parts):
      TriangularMap(.parities(parts.map { $0.meanFlow(over: 2 * time).squareRoot }))
    }
  }

  /// A duration's first 44 bits.
  ///
  /// Equal parts of the way to an appointment differ by rounding, and maps are dear: those of all parts
  /// are the maps of one duration, which depends on nothing that came before.
  static func duration(_ duration: Double) -> Double {
    Double(
      sign: .plus, exponent: duration.exponent,
      significand: (duration.significand * 0x1p44).rounded() * 0x1p-44)
  }
}

/// A lower triangular matrix, packed by columns: column j has its rows j…n − 1.
private struct Triangle {
  let size: Int
  private var values: [Double]

  init(size: Int, column: (Int) -> [Double]) {
    self.size = size
    values = (0..<size).flatMap(column)
  }

  private init(size: Int, values: [Double]) {
    self.size = size
    self.values = values
  }

  func scaled(by factor: Double) -> Triangle {
    Triangle(size: size, values: values.map { factor * $0 })
  }

  /// Puts the product with values two apart in their place.
  func apply(to x: UnsafeMutablePointer<Double>) {
    values.withUnsafeBufferPointer { values in
      var place = values.count
      // From the last column on: what a column is multiplied by has not been touched.
      for j in stride(from: size - 1, through: 0, by: -1) {
        place -= size - j
        let factor = x[2 * j]
        x[2 * j] = factor * values[place]
        for i in stride(from: j + 1, to: size, by: 1) {
          x[2 * i] += factor * values[place + i - j]
        }
      }
    }
  }

  /// a A + b B + c A B, c = 1 unless given.
  private static func combination(
    _ a: Double, _ first: Triangle, _ b: Double, _ second: Triangle, product c: Double = 1
  ) -> Triangle {
    let n = first.size
    var result = zip(first.values, second.values).map { a * $0 + b * $1 }
    guard c != 0 else { return Triangle(size: n, values: result) }
    result.withUnsafeMutableBufferPointer { result in
      first.values.withUnsafeBufferPointer { first in
        second.values.withUnsafeBufferPointer { second in
          var target = 0
          for j in 0..<n {
            var source = target
            for k in j..<n {
              let factor = c * second[target + k - j]
              for i in 0..<(n - k) { result[target + k - j + i] += factor * first[source + i] }
              source += n - k
            }
            target += n - j
          }
        }
      }
    }
    return Triangle(size: n, values: result)
  }

  /// e^{tA} for every t of a list.
  func flows(_ times: [Double]) -> [Triangle] {
    guard let (unit, multiples) = Self.unit(of: times) else {
      return times.map { change(after: $0).plusIdentity }
    }
    var changes = [1: change(after: unit)]
    return multiples.map { Self.change(after: $0, &changes).plusIdentity }
  }

  /// (1/t) ∫₀ᵗ e^{sA} ds for every t of a list.
  func meanFlows(_ times: [Double]) -> [Triangle] {
    guard let (unit, multiples) = Self.unit(of: times) else { return times.map(meanFlow) }
    let first = changeAndMean(after: unit)
    var changes = [1: first.change]
    // Less the identity, as changes are.
    var means = [1: first.mean]
    func mean(_ multiple: Int) -> Triangle {
      if let known = means[multiple] { return known }
      let (m, n) = (multiple / 2, multiple - multiple / 2)
      // ∫ over both parts: that of the first, and e^{mA} times that of the second.
      let (a, b) = (Double(m) / Double(multiple), Double(n) / Double(multiple))
      let change = Self.change(after: m, &changes)
      let second = Self.combination(b, change, b, mean(n), product: b)
      let result = Self.combination(a, mean(m), 1, second, product: 0)
      means[multiple] = result
      return result
    }
    return multiples.map { mean($0).plusIdentity }
  }

  /// Times that are multiples of one number, as the stages of a step are, are products of each other.
  private static func unit(of times: [Double]) -> (unit: Double, multiples: [Int])? {
    let longest = times.max() ?? 0
    let parts = (1...240).first { n in
      times.allSatisfy { t in
        let multiple = t / longest * Double(n)
        return abs(multiple - multiple.rounded()) < 1e-9
      }
    }
    return parts.map { n in
      (longest / Double(n), times.map { Int(($0 / longest * Double(n)).rounded()) })
    }
  }

  /// e^{ktA} − 1 for a multiple k, from those that are known.
  private static func change(after multiple: Int, _ known: inout [Int: Triangle]) -> Triangle {
    if let change = known[multiple] { return change }
    // e^{(s+t)A} − 1 = (e^{sA} − 1) + (e^{tA} − 1) + (e^{sA} − 1)(e^{tA} − 1).
    let first = change(after: multiple / 2, &known)
    let second = change(after: multiple - multiple / 2, &known)
    let result = combination(1, first, 1, second)
    known[multiple] = result
    return result
  }

  /// e^{tA} − 1.
  ///
  /// What doubles is the change, not the exponential: that keeps the digits of slow parts.
  private func change(after time: Double) -> Triangle {
    var (change, _, doublings) = shortChange(of: time)
    for _ in 0..<doublings { change = Self.combination(1, change, 1, change) }
    return change
  }

  /// (1/t) ∫₀ᵗ e^{sA} ds.
  func meanFlow(over time: Double) -> Triangle { changeAndMean(after: time).mean.plusIdentity }

  /// e^{tA} − 1 and (1/t) ∫₀ᵗ e^{sA} ds − 1.
  private func changeAndMean(after time: Double) -> (change: Triangle, mean: Triangle) {
    var (change, mean, doublings) = shortChange(of: time)
    for _ in 0..<doublings {
      // The mean of both halves is that of the first times 1 + change/2.
      mean = Self.combination(1, change.scaled(by: 0.5), 1, mean)
      change = Self.combination(1, change, 1, change)
    }
    return (change, mean)
  }

  /// e^{sA} − 1 and (1/s) ∫₀ˢ e^{rA} dr − 1 by their series, s a 2^{−doublings}-th of the time.
  private func shortChange(
    of time: Double
  ) -> (change: Triangle, mean: Triangle, doublings: Int) {
    var place = 0
    var norm = 0.0
    for j in 0..<size {
      let column = values[place..<(place + size - j)]
      norm = max(norm, column.reduce(0) { $0 + abs($1) })
      place += size - j
    }
    let doublings = max(0, (1 + log2(max(norm * time, 1e-300))).rounded(.up))
    let map = scaled(by: time * exp2(-doublings))
    // ‖map‖ ≤ 1/2: the first term left out is 2⁻¹⁴/15! of the first one.
    var mean = scaled(by: 0)
    for k in stride(from: 14, to: 1, by: -1) {
      mean = Self.combination(1, map, 0, mean).scaled(by: 1 / Double(k))
    }
    return (Self.combination(1, map, 0, mean), mean, Int(doublings))
  }

  /// The square root with a positive diagonal (Björck & Hammarling 1983), column after column.
  var squareRoot: Triangle {
    var result = self
    result.values.withUnsafeMutableBufferPointer { root in
      var place = root.count
      for j in stride(from: size - 1, through: 0, by: -1) {
        place -= size - j
        let diagonal = root[place].squareRoot()
        root[place] = diagonal
        // Columns to the right are roots already.
        var other = place + size - j
        for k in stride(from: j + 1, to: size, by: 1) {
          let value = root[place + k - j] / (diagonal + root[other])
          root[place + k - j] = value
          for i in stride(from: k + 1, to: size, by: 1) {
            root[place + i - j] -= value * root[other + i - k]
          }
          other += size - k
        }
      }
    }
    return result
  }

  private var plusIdentity: Triangle {
    var result = self
    var place = 0
    for j in 0..<size {
      result.values[place] += 1
      place += size - j
    }
    return result
  }
}
