import Foundation

/// Where times stand on the horizontal axis: evenly, or by logarithm if the snapshots are, or if
/// the run is long.
struct TimeAxis {
  let isLogarithmic: Bool
  /// The places of the first and the last time shown.
  let range: ClosedRange<Double>

  /// A run is long if it ends later than so many times its first positive time.
  private static let longRun = 50.0

  /// Nil where there is no extent in time.
  ///
  /// - Parameter isLawFollowed: whether what happens late matters as much as the beginning, as in a
  ///   law whose clusters wait ever longer for one another; a long run is then shown by logarithm.
  init?(_ times: [Double], isLawFollowed: Bool = false) {
    let positive = times.filter { $0 > 0 && $0.isFinite }.sorted()
    guard let last = positive.last, let start = times.first(where: \.isFinite) else { return nil }
    let isLong = isLawFollowed && last > Self.longRun * positive[0]
    let isLogarithmic =
      positive.count >= 8 && (isLong || positive[positive.count / 2] < 0.1 * last)
    let first = isLogarithmic ? log10(positive[0]) : start
    let end = isLogarithmic ? log10(last) : last
    guard first < end else { return nil }
    self.isLogarithmic = isLogarithmic
    range = first...end
  }

  /// The place of a time; NaN for time 0 on a logarithmic axis.
  func place(_ time: Double) -> Double {
    guard isLogarithmic else { return time }
    return time > 0 ? log10(time) : .nan
  }

  /// The tics as gnuplot's command, with or without their labels.
  func tics(labelled: Bool) -> String {
    guard isLogarithmic else {
      return "set xtics autofreq; set format x '\(labelled ? "%g" : "")'"
    }
    var tics: [String] = []
    for power in Int(range.lowerBound.rounded(.down))...Int(range.upperBound.rounded(.up)) {
      tics.append("'\(labelled ? Tics.power(power) : "")' \(power)")
      for digit in 2...9 {
        tics.append("'' \(Script.number(Double(power) + log10(Double(digit)))) 1")
      }
    }
    return "set xtics (\(tics.joined(separator: ", ")))"
  }
}

/// Labels of tics.
enum Tics {
  /// Powers of ten, written out while that is short.
  static func power(_ exponent: Int) -> String {
    switch exponent {
    case -2: "0.01"
    case -1: "0.1"
    case 0: "1"
    case 1: "10"
    case 2: "100"
    case ..<0: "10^{−\(-exponent)}"
    default: "10^{\(exponent)}"
    }
  }

  /// A round step, 1, 2 or 5 of some size, that divides a length into at most `count` parts.
  static func step(_ length: Double, count: Int) -> Double {
    guard length > 0, length.isFinite else { return 1 }
    let least = length / Double(count)
    let power = pow(10, log10(least).rounded(.down))
    return power * ([1.0, 2, 5].first { $0 * power >= 0.999 * least } ?? 10)
  }

  /// Every power of ten, or every second, third… if there are many, as a list for gnuplot.
  static func powers(_ range: ClosedRange<Int>, place: (Int) -> Double) -> String {
    let stride = (range.count + 4) / 5
    let tics = range.filter { $0 % stride == 0 }.map {
      "'\(power($0))' \(Script.number(place($0)))"
    }
    return "(\(tics.joined(separator: ", ")))"
  }
}
