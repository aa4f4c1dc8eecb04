/// Chooses the few times at which a law is shown in full.
enum TellingTimes {
  static let count = 4

  /// The first snapshot, the last, and others in between that divide the way of the law into equal
  /// parts, so that no two of them look alike.
  ///
  /// - Parameter change: how far the law moved between a snapshot and the one before it.
  static func choose(of total: Int, change: (Int) -> Double) -> [Int] {
    guard total > count else { return Array(0..<total) }
    var way = [0.0]
    for i in 1..<total { way.append(way[i - 1] + change(i)) }
    guard let length = way.last, length > 0 else {
      return DrawnRun.spread(total, atMost: count)
    }
    var chosen: [Int] = [0]
    for part in 1..<count - 1 {
      let goal = length * Double(part) / Double(count - 1)
      let nearest = way.indices.min { abs(way[$0] - goal) < abs(way[$1] - goal) } ?? 0
      let left = total - (count - part)
      chosen.append(min(max(nearest, (chosen.last ?? 0) + 1), left))
    }
    return chosen + [total - 1]
  }
}
