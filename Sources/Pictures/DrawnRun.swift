import Foundation
import SnapshotIO

/// What a picture shows of an output file, thinned to what can be seen.
///
/// Values by time are at `times`; what the file does not have is nil or empty.
struct DrawnRun {
  /// A quantity of the continuum and of every member.
  struct Series {
    var density: [Double]?
    var members: [[Double]] = []
  }

  /// A distance between every member and the continuum, with its expectation and spread averaged
  /// over members.
  struct Distance {
    var members: [[Double]]
    var expected: [Double]?
    var spread: [Double]?
  }

  var title: String
  /// The space and values of the run file worth a mention, such as "β = 9".
  var parameters: [String]
  var times: [Double]
  /// Whether the law is carried along its flow, however sharp it becomes, to the last merger.
  var hasNodes = false
  /// The law along a coordinate; nil on S².
  var line: LineLaw?
  /// The law on S².
  var maps: SphereMaps?
  var energy = Series()
  var clusterCount = Series()
  var distances: [(name: String, distance: Distance)] = []
  var comparison: DrawnComparison?
}

// MARK: - Reading

extension DrawnRun {
  private static let snapshotLimit = 800
  private static let memberLimit = 32

  init(reading root: NetCDFFile.Group) throws(NetCDFError) {
    let allTimes = try root.hasVariable("time") ? root.doubles("time") : []
    let chosen = Self.spread(allTimes.count, atMost: Self.snapshotLimit)
    let reader = SnapshotReader(snapshots: chosen, snapshotCount: allTimes.count)
    times = chosen.map { allTimes[$0] }
    title = try root.attribute("title")?.text ?? ""
    let runFile = try root.attribute("run_file")?.text ?? ""
    let space = try Space(reading: root, runFile: runFile)
    parameters = [space.name].compactMap(\.self) + RunFileScan.parameters(runFile)

    hasNodes = try root.hasGroup(named: "nodes")
    line = try LineLaw(space, reading: root, reader, times: times)
    if space == .sphere { maps = try SphereMaps(reading: root, times: allTimes) }
    energy.density = try reader.series(root, "normalized_energy")
    clusterCount.density = try reader.series(root, "cluster_count")
    if try root.hasGroup(named: "particles") {
      let particles = try root.group(named: "particles")
      energy.members = try reader.members(particles, "normalized_energy", Self.memberLimit)
      clusterCount.members = try reader.members(particles, "cluster_count", Self.memberLimit)
    }
    if try root.hasGroup(named: "comparison") {
      let group = try root.group(named: "comparison")
      try readDistances(group, reader)
      comparison = try DrawnComparison(
        reading: group, snapshotCount: allTimes.count, times: allTimes)
    }
  }

  private mutating func readDistances(
    _ comparison: NetCDFFile.Group, _ reader: SnapshotReader
  ) throws(NetCDFError) {
    for name in DrawnComparison.distances {
      let members = try reader.members(comparison, name, Self.memberLimit)
      let expected = try reader.members(comparison, "\(name)_expected", Self.memberLimit)
      let spread = try reader.members(comparison, "\(name)_spread", Self.memberLimit)
      guard members.joined().contains(where: \.isFinite) else { continue }
      let distance = Distance(
        members: members, expected: Self.average(expected), spread: Self.average(spread))
      distances.append((name, distance))
    }
  }

  /// The mean over members at every time, of those that have a value.
  private static func average(_ members: [[Double]]) -> [Double]? {
    guard let first = members.first else { return nil }
    return first.indices.map { i in
      let values = members.map { $0[i] }.filter(\.isFinite)
      return values.isEmpty ? .nan : values.reduce(0, +) / Double(values.count)
    }
  }

  /// At most `limit` of `count` indices, evenly spread, the first and the last among them.
  static func spread(_ count: Int, atMost limit: Int) -> [Int] {
    guard count > limit, limit > 1 else { return Array(0..<min(count, limit)) }
    return (0..<limit).map { $0 * (count - 1) / (limit - 1) }
  }
}
