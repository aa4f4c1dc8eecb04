import Foundation

extension RunFile.Schedule {
  /// Snapshots in one run, at most.
  static let largestCount = 1_000_000

  /// The times of the snapshots of a run: 0, every planned time before the end, the end.
  ///
  /// `k · every` is one product, so times do not drift; a planned time within 10⁻⁹ · every of the end
  /// is the end.
  public func snapshotTimes(end: Double) -> [Double] {
    var times = [0.0]
    func plan(_ time: Double) {
      // Rounding may make two points of a very fine range equal.
      if let last = times.last, last < time, time < end { times.append(time) }
    }
    switch self {
    case .every(let every):
      var k = 1.0
      while k * every < end - 1e-9 * every {
        plan(k * every)
        k += 1
      }
    case .times(let planned):
      planned.forEach(plan)
    case .range(let from, let to, let count, let spacing):
      for i in 0..<count {
        plan(Self.point(i, of: count, from: from, to: to, spacing: spacing))
      }
    }
    times.append(end)
    return times
  }

  /// Both ends of a range are met exactly.
  static func point(
    _ i: Int, of count: Int, from: Double, to: Double, spacing: Spacing
  ) -> Double {
    guard i > 0 else { return from }
    guard i < count - 1 else { return to }
    let fraction = Double(i) / Double(count - 1)
    return switch spacing {
    case .linear: from + (to - from) * fraction
    case .log: from * pow(to / from, fraction)
    }
  }

  /// Decodes `output.every` and `output.times`, of which one at most may be given.
  init(every: Field, times: Field, end: Double) throws(RunFileError) {
    guard !every.isGiven || !times.isGiven else {
      throw times.refusal("found output.every too, allowed: one of every, times")
    }
    guard times.isGiven else {
      let interval = try every.number(.positive, otherwise: end / 100)
      // k = 1… with k < end/every − 1e−9, the start and the end.
      let count = max(0, (end / interval - 1e-9).rounded(.up) - 1) + 2
      guard count <= Double(Self.largestCount) else {
        let snapshots = count < 1e15 ? "\(Int(count))" : Quoting.rounded(count)
        throw every.refusal(
          "\(every.found), which gives \(snapshots) snapshots, allowed: at most "
            + "\(Self.largestCount)")
      }
      self = .every(interval)
      return
    }
    let within = Bounds.from(0, to: end, named: "a number from 0 to time.end (\(end))")
    if case .list = times.value?.content {
      var planned: [Double] = []
      for field in try times.list(of: "times", counts: 0...Self.largestCount) {
        let time = try field.number(within)
        if let last = planned.last, time <= last {
          throw field.refusal(allowed: "more than the time before (\(last))")
        }
        planned.append(time)
      }
      self = .times(planned)
    } else if case .mapping = times.value?.content {
      self = try Self.range(times, within: within)
    } else {
      throw times.refusal(allowed: "a list of times or {from, to, count, spacing}")
    }
    let count = snapshotTimes(end: end).count
    guard count <= Self.largestCount else {
      throw times.refusal(
        "found \(count) snapshots with the start and the end, allowed: at most "
          + "\(Self.largestCount)")
    }
  }

  private static func range(
    _ field: Field, within bounds: Bounds
  ) throws(RunFileError) -> Self {
    let keys = try field.keys(["from", "to", "count", "spacing"])
    let spacing = try keys["spacing"].word(otherwise: Spacing.linear)
    let from = try keys["from"].number(bounds)
    guard spacing == .linear || from > 0 else {
      throw keys["from"].refusal(allowed: "a number > 0 with spacing: log")
    }
    let to = try keys["to"].number(bounds)
    guard from < to else {
      throw keys["to"].refusal(allowed: "a number > from (\(from))")
    }
    return .range(
      from: from, to: to, count: try keys["count"].wholeNumber(2...largestCount), spacing: spacing)
  }
}
