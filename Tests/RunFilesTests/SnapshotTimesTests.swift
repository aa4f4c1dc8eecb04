import Foundation
import RunFiles
import Testing

/// When snapshots are taken.
struct SnapshotTimesTests {
  @Test func everyIsOneProduct() {
    let times = RunFile.Schedule.every(0.1).snapshotTimes(end: 10)
    #expect(times.count == 101)
    #expect(times == (0..<100).map { Double($0) * 0.1 } + [10])
    // 0.1 added three times is 0.30000000000000004 too, but added seven times it is not 7 · 0.1.
    #expect(times[7] == 7 * 0.1)
  }

  private static let everyAndEnd: [(every: Double, end: Double, times: [Double])] = [
    (0.3, 1, [0, 0.3, 0.6, 3 * 0.3, 1]),
    (0.5, 1, [0, 0.5, 1]),
    (1, 1, [0, 1]),
    (3, 1, [0, 1]),
    (0.25, 0.9, [0, 0.25, 0.5, 0.75, 0.9]),
    // 3 · 0.1 is above 0.3 by one rounding.
    (0.1, 0.3, [0, 0.1, 0.2, 0.3]),
    // Within 10⁻⁹ · every of the end, on either side, and just outside.
    (1, 2.0000000005, [0, 1, 2.0000000005]),
    (1, 1.9999999995, [0, 1, 1.9999999995]),
    (1, 2.000000002, [0, 1, 2, 2.000000002]),
  ]

  @Test(arguments: everyAndEnd)
  func everyMeetsTheEndOnce(every: Double, end: Double, times: [Double]) {
    #expect(RunFile.Schedule.every(every).snapshotTimes(end: end) == times)
  }

  @Test(arguments: 1...200)
  func aFractionOfTheEndNeverGivesAnExtraSnapshot(parts: Int) {
    for end in [1.0, 0.7, 2410.23228] {
      let times = RunFile.Schedule.every(end / Double(parts)).snapshotTimes(end: end)
      #expect(times.count == parts + 1)
      #expect(times.last == end)
      #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 })
    }
  }

  @Test(
    arguments: [
      ([], [0, 2]), ([0], [0, 2]), ([0, 2], [0, 2]), ([1], [0, 1, 2]), ([0.5, 2], [0, 0.5, 2]),
      ([0.1, 0.2, 1.9], [0, 0.1, 0.2, 1.9, 2]),
    ] as [([Double], [Double])])
  func listsAreCompleted(planned: [Double], times: [Double]) {
    #expect(RunFile.Schedule.times(planned).snapshotTimes(end: 2) == times)
  }

  @Test func linearRanges() {
    let range = RunFile.Schedule.range(from: 0, to: 1, count: 5, spacing: .linear)
    #expect(range.snapshotTimes(end: 1) == [0, 0.25, 0.5, 0.75, 1])
    #expect(range.snapshotTimes(end: 2) == [0, 0.25, 0.5, 0.75, 1, 2])
    let later = RunFile.Schedule.range(from: 0.5, to: 1.5, count: 2, spacing: .linear)
    #expect(later.snapshotTimes(end: 2) == [0, 0.5, 1.5, 2])
  }

  @Test func logarithmicRangesMeetBothEndsExactly() {
    let times = RunFile.Schedule.range(from: 0.1, to: 0.7, count: 40, spacing: .log)
      .snapshotTimes(end: 0.7)
    #expect(times.count == 41)
    #expect(times[1] == 0.1)
    #expect(times.last == 0.7)
    let ratios = zip(times.dropFirst(), times.dropFirst(2)).map { $1 / $0 }
    #expect(ratios.allSatisfy { abs($0 - pow(7, 1.0 / 39)) < 1e-14 })
  }

  @Test func aRangeFinerThanRoundingHasNoDuplicates() {
    let times = RunFile.Schedule.range(from: 1, to: 1 + 1e-15, count: 100, spacing: .linear)
      .snapshotTimes(end: 2)
    #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 })
    #expect(times.count < 10)
  }

  /// At most 10⁶ snapshots, the first and the last among them.
  @Test(arguments: [(999_999, true), (1_000_000, false)])
  func aMillionAtMost(intervals: Int, isAllowed: Bool) throws {
    let text = Samples.least("time: {end: \(intervals)}", "output: {every: 1}")
    if isAllowed {
      let run = try Samples.runFile(text)
      #expect(run.output.schedule.snapshotTimes(end: run.time.end).count == intervals + 1)
    } else {
      Samples.expectRefusal(
        text,
        "circle.yaml:5:17: output.every: found 1, which gives \(intervals + 1) snapshots, "
          + "allowed: at most 1000000")
    }
  }
}
