import Foundation
import Testing

@testable import Pictures

@Suite("Clusters of one snapshot are found again in the next")
struct ClusterTreeTests {
  typealias Cluster = ClusterTree.Cluster
  typealias Merger = ClusterTree.Merger

  private func tree(
    _ snapshots: [[(Double, Double)]], _ mergers: [Merger] = [],
    on coordinate: Coordinate = .angle(from: 0)
  ) -> ClusterTree {
    let clusters = snapshots.enumerated().map { i, row in
      (time: Double(i), clusters: row.map { Cluster(value: $0.0, mass: $0.1) })
    }
    return ClusterTree(clusters, mergers: mergers, on: coordinate)
  }

  private func merger(
    _ time: Double, _ value: Double, _ mass: Double, _ parents: [Double]
  ) -> Merger {
    Merger(point: .init(time: time, value: value, mass: mass), parentMasses: parents)
  }

  /// Where lines begin and end.
  private func ends(_ tree: ClusterTree) -> [[Double]] {
    tree.lines.map { [$0[0].value, $0[$0.count - 1].value] }.sorted { $0[0] < $1[0] }
  }

  @Test("equal clusters keep their order, unequal ones their mass")
  func identity() {
    #expect(
      ends(tree([[(1, 0.5), (2, 0.5)], [(2.3, 0.5), (1.4, 0.5)]])) == [[1, 1.4], [2, 2.3]])
    // All of it turned by more than the way to the neighbour.
    let turned = tree([
      [(1, 0.2), (2, 0.3), (4, 0.5)], [(2.5, 0.2), (3.5, 0.3), (5.5, 0.5)],
    ])
    #expect(ends(turned) == [[1, 2.5], [2, 3.5], [4, 5.5]])
    #expect(turned.joints.isEmpty)
  }

  @Test("a cluster crosses the seam of a circle, and no end of an interval")
  func seam() {
    let seam = 2 * Double.pi
    let round = tree([[(0.1, 0.5), (3, 0.5)], [(seam - 0.1, 0.5), (2.9, 0.5)]])
    #expect(ends(round) == [[0.1, seam - 0.1], [3, 2.9]])
    // Far from each other on an interval: the first is gone, and another one has come.
    let straight = tree([[(0.1, 0.3)], [(3.0, 0.7)]], on: .polarAngle)
    #expect(ends(straight) == [[0.1, 0.1], [3, 3]])
    #expect(straight.joints.isEmpty)
  }

  @Test("a recorded merger joins two lines at its time and place, as heavy as they were")
  func recorded() throws {
    let tree = tree(
      [[(1, 0.6), (2, 0.4)], [(1.2, 0.6), (1.9, 0.4)], [(1.4, 1)]],
      [merger(1.25, 1.3, 1, [0.6, 0.4])])
    #expect(tree.joints == [.init(time: 1.25, value: 1.3, mass: 1)])
    try #require(tree.lines.count == 3)
    for (line, mass) in zip(tree.lines, [0.6, 0.4]) {
      #expect(line.allSatisfy { $0.mass == mass })
      #expect(line.last?.time == 1.25)
    }
    #expect(tree.lines[2].map(\.time) == [1.25, 2])
  }

  @Test("several mergers between two snapshots, one of what another one left")
  func several() {
    let before = [(1.0, 0.3), (1.3, 0.2), (1.7, 0.1), (3.0, 0.15), (3.2, 0.15), (5, 0.1)]
    let after = [(1.35, 0.6), (3.1, 0.3), (5, 0.1)]
    let mergers = [
      merger(0.2, 3.1, 0.3, [0.15, 0.15]), merger(0.3, 1.2, 0.5, [0.3, 0.2]),
      merger(0.6, 1.3, 0.6, [0.5, 0.1]),
    ]
    let told = tree([before, after], mergers)
    #expect(told.joints == mergers.map(\.point))
    #expect(told.lines.count == 6 + 3)
    #expect(
      ends(told) == [
        [1, 1.2], [1.2, 1.3], [1.3, 1.2], [1.3, 1.35], [1.7, 1.3], [3, 3.1], [3.1, 3.1],
        [3.2, 3.1], [5, 5],
      ])
    // Without the record they meet at the snapshot.
    let found = tree([before, after])
    #expect(found.joints.map(\.value) == [1.35, 3.1])
    #expect(found.joints.allSatisfy { $0.time == 1 })
    #expect(found.lines.count == 6 + 2)
  }

  @Test("equal pairs round a circle, each joined at its own place, one across the seam")
  func equalPairs() {
    let sixth = Double.pi / 3
    let before = (0..<6).map { (sixth * (Double($0) + 0.5), 1.0 / 6) }
    // 5 and 0 across the seam, then 1 and 2, 3 and 4.
    let after = [0.0, 2 * sixth, 4 * sixth].map { ($0, 1.0 / 3) }
    let mergers = [2, 0, 4].map { k in
      merger(0.5 + 0.01 * Double(k), Double(k) * sixth, 1.0 / 3, [1.0 / 6, 1.0 / 6])
    }.sorted { $0.point.time < $1.point.time }
    let tree = tree([before, after], mergers)
    #expect(tree.joints == mergers.map(\.point))
    for line in tree.lines.prefix(6) {
      let way = Coordinate.angle(from: 0).distance(line[0].value, line[1].value)
      #expect(abs(way - 0.5 * sixth) < 1e-12)
    }
  }

  @Test("a cluster that fades joins nobody, and a new one comes from nobody")
  func births() {
    let fading = tree([[(1, 0.5), (2, 0.001), (3, 0.499)], [(1, 0.5), (3, 0.499)]])
    #expect(fading.joints.isEmpty)
    #expect(ends(fading) == [[1, 1], [2, 2], [3, 3]])
    let growing = tree([[], [(1, 0.6), (3, 0.4)], [(1, 0.5), (2, 0.1), (3.1, 0.4)]])
    #expect(growing.joints.isEmpty)
    #expect(ends(growing) == [[1, 1], [2, 2], [3, 3.1]])
  }

  /// Check C26: n equal clusters that join a growing one have Σ p² = (k² + n − k)/n² after k − 1
  /// mergers.
  @Test("the staircase has its steps at the mergers")
  func staircase() {
    var rows: [[(Double, Double)]] = []
    var mergers: [Merger] = []
    for k in 1...5 {
      let mass = 0.2 * Double(k)
      rows.append([(1, mass)] + (k..<5).map { (1 + 0.5 * Double($0), 0.2) })
      if k > 1 { mergers.append(merger(Double(k) - 1.5, 1, mass, [mass - 0.2, 0.2])) }
    }
    let steps = tree(rows, mergers).staircase
    for k in 1...5 {
      let level = Double(k * k + 5 - k) / 25
      let (from, to) = (Double(k) - 1.5, Double(k) - 0.5)
      let stay = steps.filter { $0.time > from && $0.time < to }
      // Sums of a few numbers.
      #expect(stay.allSatisfy { abs($0.value - level) < 1e-14 })
      #expect(!stay.isEmpty)
      let jump = steps.filter { $0.time == to }.map { $0.value }
      if k < 5 { #expect(jump.count == 2 && jump[0] < jump[1]) }
    }
  }
}
