internal import Foundation

/// A linear map of leading entries of a state that takes from entry i to entries i, i + 2, i + 4, …: a stiff
/// part L that is not diagonal, or e^{tL}.
public struct TriangularMap: Sendable {
  /// Entries 0, 2, … and entries 1, 3, ….
  private var parts: [Triangle]

  /// The map of the leading entries that has these columns.
  ///
  /// - Parameters:
  ///   - count: how many entries.
  ///   - column: entries of number i, which are zero above i and at every other place.
  public init(count: Int, column: (Int) -> [Double]) {
    parts = (0..<2).map { parity in
      Triangle(size: (count - parity + 1) / 2) { j in
        let whole = column(2 * j + parity)
        return stride(from: 2 * j + parity, to: count, by: 2).map { whole[$0] }
      }
    }
  }

  private init(parts: [Triangle]) { self.parts = parts }

  public func scaled(by factor: Double) -> TriangularMap {
    TriangularMap(parts: parts.map { $0.scaled(by: factor) })
  }

  /// result += the map of x; entries beyond the map's are added as they are.
  func add(_ x: UnsafePointer<Double>, to result: UnsafeMutablePointer<Double>, count: Int) {
    for (parity, part) in parts.enumerated() { part.add(x + parity, to: result + parity) }
    for i in parts.reduce(0, { $0 + $1.size })..<count { result[i] += x[i] }
  }

  /// e^{t L} for every t of a list, L this map.
  func flows(_ times: [Double]) -> [TriangularMap] {
    let columns = parts.map { $0.flows(times) }
    return times.indices.map { i in TriangularMap(parts: columns.map { $0[i] }) }
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

  /// result += the product with x; both have their entries two apart.
  func add(_ x: UnsafePointer<Double>, to result: UnsafeMutablePointer<Double>) {
    values.withUnsafeBufferPointer { values in
      var place = 0
      for j in 0..<size {
        let factor = x[2 * j]
        for i in j..<size { result[2 * i] += factor * values[place + i - j] }
        place += size - j
      }
    }
  }

  /// a A + b B + A B.
  private static func combination(
    _ a: Double, _ first: Triangle, _ b: Double, _ second: Triangle
  ) -> Triangle {
    let n = first.size
    var result = zip(first.values, second.values).map { a * $0 + b * $1 }
    result.withUnsafeMutableBufferPointer { result in
      first.values.withUnsafeBufferPointer { first in
        second.values.withUnsafeBufferPointer { second in
          var target = 0
          for j in 0..<n {
            var source = target
            for k in j..<n {
              let factor = second[target + k - j]
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
  ///
  /// Times that are multiples of one number, as the stages of a step are, are products of each other.
  func flows(_ times: [Double]) -> [Triangle] {
    let longest = times.max() ?? 0
    let unit = (1...240).first { n in
      times.allSatisfy { t in
        let multiple = t / longest * Double(n)
        return abs(multiple - multiple.rounded()) < 1e-9
      }
    }
    guard let unit else { return times.map { change(after: $0).plusIdentity } }
    var changes = [1: change(after: longest / Double(unit))]
    func power(_ multiple: Int) -> Triangle {
      if let known = changes[multiple] { return known }
      // e^{(s+t)A} − 1 = (e^{sA} − 1) + (e^{tA} − 1) + (e^{sA} − 1)(e^{tA} − 1).
      let result = Self.combination(1, power(multiple / 2), 1, power(multiple - multiple / 2))
      changes[multiple] = result
      return result
    }
    return times.map { power(Int(($0 / longest * Double(unit)).rounded())).plusIdentity }
  }

  /// e^{tA} − 1 by its series and repeated doubling of the time.
  ///
  /// What doubles is the change, not the exponential: that keeps the digits of slow parts.
  private func change(after time: Double) -> Triangle {
    var place = 0
    var norm = 0.0
    for j in 0..<size {
      let column = values[place..<(place + size - j)]
      norm = max(norm, column.reduce(0) { $0 + abs($1) })
      place += size - j
    }
    let halvings = max(0, (1 + log2(max(norm * time, 1e-300))).rounded(.up))
    let map = scaled(by: time * exp2(-halvings))
    // ‖map‖ ≤ 1/2: the first term left out is 2⁻¹⁴/15! of the first one.
    var sum = scaled(by: 0)
    for k in stride(from: 14, to: 1, by: -1) {
      sum = Self.combination(1, map, 0, sum).scaled(by: 1 / Double(k))
    }
    sum = Self.combination(1, map, 0, sum)
    for _ in 0..<Int(halvings) { sum = Self.combination(1, sum, 1, sum) }
    return sum
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
