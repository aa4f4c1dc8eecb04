import Foundation
import MeanField
import RunFiles

/// How distances fall with N, and how many standard deviations members are away.
extension Report {
  /// A table of the ladder at the last snapshot that could be judged, and at the end.
  static func ladderLines(_ summary: RunSession.Summary) -> [String] {
    guard let chart = summary.chart, let last = summary.distances?.ladder else { return [] }
    var lines: [String] = []
    if let judged = summary.judgedLadder, judged.time < last.time {
      lines += table(judged, chart, remark: ", the last snapshot that could be judged")
    }
    return lines + table(last, chart, remark: "")
  }

  private static func table(_ ladder: Ladder, _ chart: Chart, remark: String) -> [String] {
    func row(_ title: String, _ cells: [String], _ rate: String) -> String {
      let columns = cells.map { String(repeating: " ", count: max(0, 10 - $0.count)) + $0 }
      return "  " + title.padding(toLength: 20, withPad: " ", startingAt: 0) + columns.joined()
        + "   " + rate
    }
    let members = count(ladder.values.first?.first?.count ?? 0, "member")
    var lines = ["", "ladder at t = \(number(ladder.time))\(remark): mean of \(members) of N"]
    lines.append(row("N", ladder.counts.map { String($0) }, "exponent"))
    for (kind, (values, rate)) in zip(Ladder.kinds(of: chart), zip(ladder.values, ladder.rates)) {
      let fitted =
        rate.exponent.isNaN
        ? "not a power of N"
        : String(format: "%.3f", rate.exponent)
          + (rate.error.isNaN ? "" : String(format: " ± %.3f", rate.error))
      lines.append(row(kind.name, values.map { short(mean($0)) }, fitted))
    }
    return lines
  }

  private static func mean(_ values: [Double]) -> Double {
    values.reduce(0, +) / Double(values.count)
  }

  /// How many standard deviations away, overall and for the moment that is farthest.
  static func deviationLines(
    _ summary: RunSession.Summary, _ verdict: Comparison.Verdict
  ) -> [String] {
    let sigmas = verdict.standardDeviations.map { short($0) }.joined(separator: ", ")
    var lines = ["standard deviations of the members, all moments together: \(sigmas)"]
    if let largest = summary.largestDeviation, let name = summary.name(of: largest) {
      lines.append(
        "largest deviation of a single moment: \(short(largest.value)) standard deviations, "
          + "\(name) of member \(largest.member) at t = \(number(largest.time))")
    }
    return lines
  }

  /// A deviation as JSON.
  struct DeviationRecord: Encodable {
    var member: Int
    var moment: String
    var time: Double
    var standardDeviations: Double

    init?(_ summary: RunSession.Summary) {
      guard let largest = summary.largestDeviation, let name = summary.name(of: largest) else {
        return nil
      }
      member = largest.member
      moment = name
      time = largest.time
      standardDeviations = largest.value
    }
  }

  /// The ladder as JSON.
  struct LadderRecord: Encodable {
    struct Kind: Encodable {
      /// members[rung][member].
      var members: [[Double]]
      /// Absent where no power of N fits.
      var exponent: Double?
      var error: Double?
    }
    struct Snapshot: Encodable {
      var time: Double
      var distances: [String: Kind]

      init(_ ladder: Ladder, _ chart: Chart) {
        func known(_ value: Double) -> Double? { value.isNaN ? nil : value }
        time = ladder.time
        distances = [:]
        for (kind, (values, rate)) in zip(
          Ladder.kinds(of: chart), zip(ladder.values, ladder.rates))
        {
          distances[kind.name] = Kind(
            members: values, exponent: known(rate.exponent), error: known(rate.error))
        }
      }
    }
    var counts: [Int]
    /// The last snapshot that could be judged.
    var judged: Snapshot?
    var end: Snapshot

    init?(_ summary: RunSession.Summary) {
      guard let chart = summary.chart, let last = summary.distances?.ladder else { return nil }
      counts = last.counts
      judged = summary.judgedLadder.map { Snapshot($0, chart) }
      end = Snapshot(last, chart)
    }
  }
}

extension RunSession.Summary {
  /// The moment that deviates.
  fileprivate func name(of deviation: MomentDeviation) -> String? {
    guard let names = chart?.judgedMoments, names.indices.contains(deviation.moment) else {
      return nil
    }
    return names[deviation.moment]
  }
}
