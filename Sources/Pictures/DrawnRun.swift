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

  /// The law at one time.
  struct Profile {
    var time: Double
    /// log₁₀ dμ/dσ on `grid`.
    var density: [Double]?
    /// The angles of the tokens of all members.
    var tokens: [Double]
  }

  var title: String
  /// Values of the run file worth a mention, such as "β = 9".
  var parameters: [String]
  var times: [Double]
  /// Angles of `density`: in [0, 2π) on the circle, in [0, π] for zonal laws.
  var grid: [Double] = []
  var isCircle = true
  /// log₁₀ dμ/dσ, by time and angle.
  var density: [[Double]]?
  /// Angles of the clusters, by time.
  var clusters: [[Double]] = []
  /// Angles of some tokens of the first member, by time.
  var trajectories: [[Double]] = []
  var profiles: [Profile] = []
  var energy = Series()
  var clusterCount = Series()
  var distances: [(name: String, distance: Distance)] = []
}

// MARK: - Reading

extension DrawnRun {
  private static let snapshotLimit = 800
  private static let trajectoryCount = 60
  private static let memberLimit = 32
  private static let profileCount = 4
  private static let profileTokenLimit = 200_000

  init(reading root: NetCDFFile.Group) throws(NetCDFError) {
    let allTimes = try root.hasVariable("time") ? root.doubles("time") : []
    let chosen = Self.spread(allTimes.count, atMost: Self.snapshotLimit)
    let reader = SnapshotReader(snapshots: chosen, snapshotCount: allTimes.count)
    times = chosen.map { allTimes[$0] }
    title = try root.attribute("title")?.text ?? ""
    parameters = RunFileScan.parameters(try root.attribute("run_file")?.text ?? "")

    try readDensity(root, reader)
    energy.density = try reader.series(root, "normalized_energy")
    clusterCount.density = try reader.series(root, "cluster_count")
    clusters = try reader.rows(root, "cluster_position", rank: 2) ?? []
    if try root.hasGroup(named: "particles") {
      let particles = try root.group(named: "particles")
      energy.members = try reader.members(particles, "normalized_energy", Self.memberLimit)
      clusterCount.members = try reader.members(particles, "cluster_count", Self.memberLimit)
      if clusters.isEmpty, density == nil {
        clusters = try reader.rows(particles, "cluster_position", rank: 3, [1, .max]) ?? []
      }
      trajectories = try readTrajectories(particles, reader)
    }
    try readProfiles(root, reader)
    if try root.hasGroup(named: "comparison") {
      try readDistances(try root.group(named: "comparison"), reader)
    }
  }

  /// log₁₀ of nothing, below every scale.
  private static let emptiness = -300.0

  private mutating func readDensity(
    _ root: NetCDFFile.Group, _ reader: SnapshotReader
  ) throws(NetCDFError) {
    guard try root.hasVariable("theta"), try !root.hasVariable("phi") else { return }
    grid = try root.doubles("theta")
    isCircle = (grid.max() ?? 0) > 1.01 * .pi
    let values = try reader.rows(root, "density", rank: 2)
    if let logarithms = try reader.rows(root, "log_density", rank: 2) {
      density = logarithms.map { $0.map { $0 / M_LN10 } }
      // A density too small to have a logarithm, as in voids that Fourier sums do not resolve, is
      // the palest colour; what was never written stays white.
      for (i, row) in (values ?? []).enumerated() {
        for (j, value) in row.enumerated()
        where value.isFinite && logarithms[i][j].isNaN { density?[i][j] = Self.emptiness }
      }
    } else if let values {
      density = values.map { $0.map { $0.isNaN ? .nan : $0 > 0 ? log10($0) : Self.emptiness } }
    }
    if density?.contains(where: { $0.contains { !$0.isNaN } }) != true { density = nil }
  }

  private func readTrajectories(
    _ particles: NetCDFFile.Group, _ reader: SnapshotReader
  ) throws(NetCDFError) -> [[Double]] {
    guard try particles.hasVariable("angle") else { return [] }
    let lengths = try particles.variable("angle").lengths
    guard lengths.count == 3 else { return [] }
    // A few tokens of many are picked from all of them, unless reading all of them takes long.
    let readCount = lengths[2] <= 100_000 ? lengths[2] : Self.trajectoryCount
    let picked = Self.spread(readCount, atMost: Self.trajectoryCount)
    let rows = try reader.rows(particles, "angle", rank: 3, [1, readCount]) { row in
      picked.map { row[$0] }
    }
    return rows ?? []
  }

  private mutating func readProfiles(
    _ root: NetCDFFile.Group, _ reader: SnapshotReader
  ) throws(NetCDFError) {
    let particles = try root.hasGroup(named: "particles") ? root.group(named: "particles") : nil
    var hasAngles = false
    if let particles { hasAngles = try particles.hasVariable("angle") }
    guard density != nil || hasAngles else { return }
    for index in telling(Self.profileCount) {
      var profile = Profile(time: times[index], density: density?[index], tokens: [])
      if hasAngles, let particles {
        let lengths = try particles.variable("angle").lengths
        let memberCount = max(1, min(lengths[1], Self.profileTokenLimit / max(1, lengths[2])))
        let count = [1, memberCount, min(lengths[2], Self.profileTokenLimit)]
        profile.tokens = try particles.doubles(
          "angle", start: [reader.snapshots[index], 0, 0], count: count)
        profile.tokens.removeAll { !$0.isFinite }
      }
      profiles.append(profile)
    }
  }

  private mutating func readDistances(
    _ comparison: NetCDFFile.Group, _ reader: SnapshotReader
  ) throws(NetCDFError) {
    for name in ["wasserstein1", "wasserstein2", "sliced_wasserstein1"] {
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

// MARK: - Telling times

extension DrawnRun {
  /// The first snapshot, the last, and others in between that divide the way of the law into equal
  /// parts, so that no two of them look alike.
  func telling(_ count: Int) -> [Int] {
    guard times.count > count else { return Array(times.indices) }
    var way = [0.0]
    for i in 1..<times.count { way.append(way[i - 1] + change(to: i)) }
    guard let length = way.last, length > 0 else { return Self.spread(times.count, atMost: count) }
    var chosen: [Int] = [0]
    for part in 1..<count - 1 {
      let goal = length * Double(part) / Double(count - 1)
      let nearest = way.indices.min { abs(way[$0] - goal) < abs(way[$1] - goal) } ?? 0
      let left = times.count - (count - part)
      chosen.append(min(max(nearest, (chosen.last ?? 0) + 1), left))
    }
    return chosen + [times.count - 1]
  }

  /// How far the law moved between a snapshot and the one before it.
  private func change(to i: Int) -> Double {
    if let density {
      // L¹, of cell averages over many points: a sharp peak that moves by one point has not moved.
      let size = max(1, grid.count / 64)
      var change = 0.0
      for start in stride(from: 0, to: grid.count, by: size) {
        var difference = 0.0
        for j in start..<min(start + size, grid.count) {
          let step = pow(10, min(density[i][j], 3)) - pow(10, min(density[i - 1][j], 3))
          if step.isFinite { difference += step }
        }
        change += abs(difference) / Double(grid.count)
      }
      return change
    }
    guard trajectories.indices.contains(i) else { return 0 }
    return zip(trajectories[i], trajectories[i - 1]).reduce(0) { sum, pair in
      let step = abs(remainder(pair.0 - pair.1, 2 * .pi))
      return step.isFinite ? sum + step : sum
    }
  }
}
