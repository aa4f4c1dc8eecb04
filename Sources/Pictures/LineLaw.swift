import Foundation

/// A law laid out along one coordinate, by time.
struct LineLaw {
  /// The law at one time.
  struct Profile {
    var time: Double
    /// log₁₀ of the density on the grid.
    var density: [Double]?
    /// Values of the coordinate of the tokens, or pairs, of all members.
    var samples: [Double]
  }

  /// Fewer samples than this are drawn one by one: a histogram of them says less.
  static let fewSamples = 300

  var coordinate: Coordinate
  /// Values of the coordinate that `density` is given at.
  var grid: [Double] = []
  /// log₁₀ of the density, by time and grid: at every snapshot, and at even times between them
  /// where `rowsPerSnapshot` is more than 1.
  var density: [[Double]]?
  var rowsPerSnapshot = 1
  /// Values of the coordinate of the clusters, by time.
  var clusters: [[Double]] = []
  /// World lines of the clusters.
  var tree: ClusterTree?
  /// World lines of the atoms, of a law that starts as a few of them.
  var atoms: ClusterTree?
  /// Values of the coordinate of a few tokens, or pairs, of the first member, by time.
  var trajectories: [[Double]] = []
  var profiles: [Profile] = []

  var hasClusters: Bool { clusters.contains { $0.contains(where: \.isFinite) } }

  /// Whether there is something to show over time.
  var hasSpace: Bool { density != nil || !trajectories.isEmpty || hasClusters }
}

extension LineLaw {
  /// The times of the rows of `density`.
  func rowTimes(_ times: [Double]) -> [Double] {
    guard rowsPerSnapshot > 1 else { return times }
    var rows = Array(times.prefix(1))
    for (start, end) in zip(times, times.dropFirst()) {
      rows += (1...rowsPerSnapshot).map {
        start + (end - start) * Double($0) / Double(rowsPerSnapshot)
      }
    }
    return rows
  }

  /// How far the law moved between a snapshot and the one before it.
  func change(to i: Int) -> Double {
    if let density {
      // L¹, of cell averages over many points: a sharp peak that moves by one point has not moved.
      let size = max(1, grid.count / 64)
      let (before, now) = (density[(i - 1) * rowsPerSnapshot], density[i * rowsPerSnapshot])
      var change = 0.0
      for start in stride(from: 0, to: grid.count, by: size) {
        var difference = 0.0
        for j in start..<min(start + size, grid.count) {
          let step = pow(10, min(now[j], 3)) - pow(10, min(before[j], 3))
          if step.isFinite { difference += step }
        }
        change += abs(difference) / Double(grid.count)
      }
      return change
    }
    guard trajectories.indices.contains(i) else { return 0 }
    return zip(trajectories[i], trajectories[i - 1]).reduce(0) { sum, pair in
      let step = coordinate.distance(pair.0, pair.1)
      return step.isFinite ? sum + step : sum
    }
  }

  /// Cuts the circle at 0 or at π, whichever is farther from tokens and clusters towards the end.
  mutating func cutCircle() {
    var weights = (zero: 0.0, pi: 0.0)
    func weigh(_ angle: Double, _ weight: Double) {
      guard angle.isFinite, weight.isFinite else { return }
      if cos(angle) > 0.94 { weights.zero += weight }
      if cos(angle) < -0.94 { weights.pi += weight }
    }
    let timeCount = max(density?.count ?? 0, clusters.count, trajectories.count)
    for i in (0..<timeCount).suffix((timeCount + 1) / 2) {
      if let density {
        let scale = 1 / Double(grid.count)
        for (angle, value) in zip(grid, density[i]) {
          weigh(angle, scale * pow(10, min(value, 3)))
        }
      }
      if clusters.indices.contains(i) {
        for angle in clusters[i] { weigh(angle, 0.1) }
      }
      if trajectories.indices.contains(i) {
        for angle in trajectories[i] { weigh(angle, 1 / Double(trajectories[i].count)) }
      }
    }
    coordinate = .angle(from: weights.zero <= weights.pi ? 0 : -.pi)
  }
}
