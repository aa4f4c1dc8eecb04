import Foundation

/// Where the values of a swept key, or times, stand along a side of a panel.
struct SweepScale {
  let label: String
  let isLogarithmic: Bool
  /// Places of the values.
  let places: [Double]
  /// Half a cell beyond the first and the last.
  let range: ClosedRange<Double>

  /// Values that differ by a factor of 20 or more, in about equal ratios, stand by their logarithm.
  init(_ label: String, _ values: [Double]) {
    self.label = label
    let sorted = values.sorted()
    let (least, most) = (sorted[0], sorted[sorted.count - 1])
    let middle = sorted[sorted.count / 2]
    isLogarithmic = least > 0 && most >= 20 * least && middle < 0.25 * most
    places = isLogarithmic ? values.map { log10($0) } : values
    let ordered = places.sorted()
    let last = ordered.count - 1
    let before = last > 0 ? 0.5 * (ordered[1] - ordered[0]) : 0.5
    let after = last > 0 ? 0.5 * (ordered[last] - ordered[last - 1]) : 0.5
    range = (ordered[0] - before)...(ordered[last] + after)
  }

  func place(_ value: Double) -> Double { isLogarithmic ? log10(value) : value }

  /// For each of `count` pixels along the side the nearest value.
  func pixels(_ count: Int) -> [Int] {
    (0..<count).map { pixel in
      let part = (Double(pixel) + 0.5) / Double(count)
      let place = range.lowerBound + part * (range.upperBound - range.lowerBound)
      return places.indices.min { abs(places[$0] - place) < abs(places[$1] - place) } ?? 0
    }
  }

  /// Range and tics of axis `x` or `y`, as gnuplot's commands.
  func commands(_ axis: String) -> String {
    let head =
      "set \(axis)range [\(Script.number(range.lowerBound)):\(Script.number(range.upperBound))]; "
    guard isLogarithmic else {
      return head + "set \(axis)tics autofreq; set format \(axis) '%g'"
    }
    let powers = Int(range.lowerBound.rounded(.up))...Int(range.upperBound.rounded(.down))
    return head + "set \(axis)tics \(Tics.powers(powers) { Double($0) })"
  }
}
