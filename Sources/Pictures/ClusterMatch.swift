import Foundation

/// Finds who of the clusters of one snapshot went into whom of the next.
///
/// On a line or a circle clusters cannot pass one another: those that become one stand next to each
/// other. So the earlier row is cut into consecutive groups, one for each cluster of the later row,
/// around a circle from every start, and the cheapest way by mass and by place is taken.
struct ClusterMatch {
  /// A cluster as pictures know it.
  struct Cluster {
    var value: Double
    var mass: Double
  }

  /// What a radian is worth as mass: masses are kept, but places are not.
  private static let radian = 0.1

  let coordinate: Coordinate

  /// How badly a row of clusters fits one that is said to hold them all.
  func cost(_ parts: ArraySlice<Cluster>, _ whole: Cluster) -> Double {
    let mass = parts.reduce(0) { $0 + $1.mass }
    return abs(mass - whole.mass) + Self.radian * distance(parts, whole)
  }

  /// From the centre of mass of a row of clusters to another one.
  func distance(_ parts: ArraySlice<Cluster>, _ whole: Cluster) -> Double {
    guard let first = parts.first else { return .infinity }
    var (mass, moment) = (0.0, 0.0)
    var value = first.value
    for part in parts {
      value += step(value, part.value)
      mass += part.mass
      moment += part.mass * value
    }
    return coordinate.distance(mass > 0 ? moment / mass : value, whole.value)
  }

  /// The short way from one place to another.
  private func step(_ from: Double, _ to: Double) -> Double {
    coordinate.isPeriodic ? remainder(to - from, coordinate.length) : to - from
  }

  /// Cuts clusters into as many consecutive groups as there are wholes.
  ///
  /// - Parameters:
  ///   - parts: ascending; at least as many as wholes.
  ///   - wholes: ascending.
  /// - Returns: for every whole the indices of its parts.
  func groups(of parts: [Cluster], into wholes: [Cluster]) -> [[Int]] {
    guard !wholes.isEmpty, wholes.count <= parts.count else { return [] }
    var best: (cost: Double, groups: [[Int]]) = (.infinity, [])
    for start in coordinate.isPeriodic ? parts.indices : 0..<1 {
      let order = parts.indices.map { ($0 + start) % parts.count }
      let (cost, ends) = division(of: order.map { parts[$0] }, into: wholes)
      guard cost < best.cost else { continue }
      let starts = [0] + ends.dropLast()
      best = (cost, zip(starts, ends).map { Array(order[$0..<$1]) })
    }
    return best.groups
  }

  /// The cheapest cuts of a row, by dynamic programming, and where the groups end.
  private func division(
    of parts: [Cluster], into wholes: [Cluster]
  ) -> (cost: Double, ends: [Int]) {
    // The most parts a group can have.
    let room = parts.count - wholes.count
    var costs = [0.0] + parts.map { _ in .infinity }
    var starts: [[Int]] = []
    for (j, whole) in wholes.enumerated() {
      var next = costs.map { _ in Double.infinity }
      var start = Array(repeating: 0, count: costs.count)
      for end in j + 1...j + 1 + room {
        for from in j..<end {
          let total = costs[from] + cost(parts[from..<end], whole)
          if total < next[end] { (next[end], start[end]) = (total, from) }
        }
      }
      costs = next
      starts.append(start)
    }
    var ends = [parts.count]
    for start in starts.dropFirst().reversed() { ends.insert(start[ends[0]], at: 0) }
    return (costs[parts.count], ends)
  }
}
