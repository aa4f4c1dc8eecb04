import Foundation

/// World lines of clusters: from where each appears, or others become it, to where it ends.
struct ClusterTree {
  typealias Cluster = ClusterMatch.Cluster

  /// A cluster at one time.
  struct Point: Equatable {
    var time, value, mass: Double
  }

  /// Two clusters that became one, as the file tells it.
  struct Merger {
    var point: Point
    var parentMasses: [Double]
  }

  private(set) var lines: [[Point]] = []
  /// Where lines end in another.
  private(set) var joints: [Point] = []
  /// Σ p² over the masses of the clusters, the energy of clusters that do not see each other, since
  /// the last of them appeared: the corners of its staircase.
  private(set) var staircase: [(time: Double, value: Double)] = []

  private let match: ClusterMatch
  /// The last snapshot's clusters in ascending order, and their lines.
  private var living: [(cluster: Cluster, line: Int)] = []

  /// Farther than this a cluster is another one, unless its mass says that it is not.
  private static let reach = 0.8
  private static let sameMass = 0.02
  /// A recorded merger whose masses are farther from those of two clusters is of others.
  private static let fit = 0.1

  /// - Parameters:
  ///   - snapshots: clusters by time, in any order.
  ///   - mergers: those that the file has, by time; others are found between the snapshots.
  init(
    _ snapshots: [(time: Double, clusters: [Cluster])], mergers: [Merger], on coordinate: Coordinate
  ) {
    match = ClusterMatch(coordinate: coordinate)
    var last = -Double.infinity
    for (time, clusters) in snapshots {
      let between = mergers.filter { $0.point.time > last && $0.point.time <= time }
      advance(to: time, clusters.sorted { $0.value < $1.value }, between)
      last = time
    }
  }
}

// MARK: - From one snapshot to the next

extension ClusterTree {
  private mutating func advance(to time: Double, _ clusters: [Cluster], _ mergers: [Merger]) {
    var families = parents(of: clusters)
    for merger in mergers { join(merger, &families) }
    living = []
    for (cluster, family) in zip(clusters, families) {
      let point = Point(time: time, value: cluster.value, mass: cluster.mass)
      // Several that are left met unrecorded, some time before this.
      if family.count > 1 { end(family, at: point) }
      if family.count == 1 { lines[family[0]].append(point) } else { lines.append([point]) }
      living.append((cluster, family.count == 1 ? family[0] : lines.count - 1))
    }
    // While clusters are still being born there are no stairs to climb.
    if families.contains([]) { staircase = [] }
    climb(to: clusters.reduce(0) { $0 + $1.mass * $1.mass }, at: time)
  }

  /// The lines that go on as each of the next clusters.
  private func parents(of clusters: [Cluster]) -> [[Int]] {
    let before = living.map(\.cluster)
    if before.count < clusters.count {
      // Some are new: whoever fits best goes on.
      var families = clusters.map { _ in [Int]() }
      for (i, group) in match.groups(of: clusters, into: before).enumerated() {
        let heir = group.min {
          match.cost(clusters[$0...$0], before[i]) < match.cost(clusters[$1...$1], before[i])
        }
        if let heir, isSame(before[i...i], clusters[heir]) { families[heir] = [living[i].line] }
      }
      return families
    }
    let groups = match.groups(of: before, into: clusters)
    return zip(groups, clusters).map { group, cluster in
      guard isSame(group.map { before[$0] }[...], cluster) else { return [] }
      let excess = group.reduce(0) { $0 + before[$1].mass } - cluster.mass
      // One whose mass did not arrive has faded, not joined.
      return group.filter { excess <= 0.5 * before[$0].mass }.map { living[$0].line }
    }
  }

  private func isSame(_ parts: ArraySlice<Cluster>, _ whole: Cluster) -> Bool {
    match.distance(parts, whole) < Self.reach
      || abs(parts.reduce(0) { $0 + $1.mass } - whole.mass) < Self.sameMass
  }

  /// Joins the two lines of one family that fit a recorded merger best, at its time and place.
  private mutating func join(_ merger: Merger, _ families: inout [[Int]]) {
    var best: (cost: Double, family: Int, pair: [Int]) = (Self.fit, 0, [])
    for (i, family) in families.enumerated() {
      for (k, first) in family.enumerated() {
        for second in family[(k + 1)...] {
          let ends = [first, second].compactMap { lines[$0].last }
          let masses = zip(ends.map(\.mass).sorted(by: >), merger.parentMasses)
          let gap = ends.reduce(0) {
            $0 + match.coordinate.distance($1.value, merger.point.value)
          }
          let cost = masses.reduce(0.01 * gap) { $0 + abs($1.0 - $1.1) }
          if cost < best.cost { best = (cost, i, [first, second]) }
        }
      }
    }
    guard let heir = best.pair.first else { return }
    let place = families[best.family].firstIndex(of: heir) ?? 0
    end(best.pair, at: merger.point)
    lines.append([merger.point])
    families[best.family].removeAll(where: best.pair.contains)
    families[best.family].insert(lines.count - 1, at: place)
    let masses = merger.parentMasses.reduce(0) { $0 + $1 * $1 }
    let level = (staircase.last?.value ?? 0) - masses + merger.point.mass * merger.point.mass
    climb(to: level, at: merger.point.time)
  }

  /// Every line comes to the joint as heavy as it is.
  private mutating func end(_ ending: [Int], at point: Point) {
    for line in ending {
      let mass = lines[line].last?.mass ?? 0
      lines[line].append(Point(time: point.time, value: point.value, mass: mass))
    }
    joints.append(point)
  }

  private mutating func climb(to level: Double, at time: Double) {
    if let last = staircase.last { staircase.append((time, last.value)) }
    staircase.append((time, level))
  }
}
