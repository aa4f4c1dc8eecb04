internal import Foundation

/// How far a moment of a member is from the density's, in predicted standard deviations.
public struct MomentDeviation: Sendable, Equatable {
  public var time: Double
  public var member: Int
  /// Its number among the judged moments of the chart.
  public var moment: Int
  /// (found − expected)/predicted standard deviation.
  public var value: Double

  public init(time: Double, member: Int, moment: Int, value: Double) {
    self.time = time
    self.member = member
    self.moment = moment
    self.value = value
  }

  /// The larger of the largest one of some of a snapshot's moments and an earlier one.
  static func largest(
    of entry: Comparison.Entry, where isCounted: [Bool], and earlier: Self?
  ) -> Self? {
    var largest = earlier
    for (member, deviations) in entry.momentDeviations.enumerated() {
      for (moment, value) in deviations.enumerated()
      where isCounted[moment] && abs(value) > abs(largest?.value ?? 0) {
        largest = Self(time: entry.time, member: member, moment: moment, value: value)
      }
    }
    return largest
  }
}

extension Comparison.Verdict {
  /// How many standard deviations of a normal variable each p-value stands for: p = erfc(σ/√2).
  ///
  /// NaN where nothing was judged, infinite where p has underflowed (beyond 38).
  public var standardDeviations: [Double] {
    pValues.map { degrees > 0 ? sigmas(ofTwoSidedLevel: $0) : .nan }
  }
}

/// The σ beyond whose two-sided level lies p in [0, 1]: the inverse of `twoSidedLevel(sigmas:)`.
public func sigmas(ofTwoSidedLevel p: Double) -> Double {
  guard p > 0 else { return p.isNaN ? .nan : .infinity }
  var (low, high) = (0.0, 40.0)
  // erfc falls: halve until the bounds are neighbours.
  while true {
    let middle = 0.5 * (low + high)
    guard low < middle, middle < high else { return middle }
    if twoSidedLevel(sigmas: middle) > p { low = middle } else { high = middle }
  }
}
