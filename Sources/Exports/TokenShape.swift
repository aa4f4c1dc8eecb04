import Foundation
import SnapshotIO

/// Tokens as points in space.
///
/// Circle: on the unit circle in the plane z = 0. Sphere: x ∈ S², or the first three components
/// of x ∈ S^{d−1}. Zonal: (sin θ, 0, cos θ), θ the angle from the last axis.
struct TokenShape {
  private let group: NetCDFFile.Group
  private let space: ExportedRun.Space
  private let memberCount: Int
  private let tokenCount: Int
  /// Components of a token; none for an angle.
  private let components: [Int]

  /// Nil without positions.
  init?(_ run: ExportedRun) throws {
    guard let group = try run.group("particles") else { return nil }
    self.group = group
    let lead = ["time", "member", "particle"]
    if try group.hasVariable("angle"), try group.variable("angle").dimensions == lead {
      space = .circle
    } else if try group.hasVariable("position"),
      try group.variable("position").dimensions == lead + ["component"]
    {
      // Clusters of zonal laws have one polar angle, though tokens have all components.
      let clusters =
        try group.hasVariable("cluster_position")
        ? try group.variable("cluster_position").dimensions : []
      space = clusters.last == "cluster" ? .zonal : .sphere
    } else {
      return nil
    }
    let lengths = try group.variable(space == .circle ? "angle" : "position").lengths
    (memberCount, tokenCount) = (lengths[1], lengths[2])
    components = Array(lengths.dropFirst(3))
    guard components.allSatisfy({ $0 >= 3 }) else { return nil }
  }

  /// Writes one snapshot.
  func write(_ snapshot: Int, to file: FileWriter) throws {
    var points: [Double] = []
    // Of many components only a few are kept, so tokens are not all read at once.
    let limit = max(1, (1 << 18) / (components.first ?? 1))
    try forEachBlock(of: [memberCount, tokenCount], atMost: limit) { start, count in
      points += try group.doubles(
        space == .circle ? "angle" : "position",
        start: [snapshot] + start + components.map { _ in 0 }, count: [1] + count + components
      ).places(in: space, components.first ?? 1)
    }
    let count = memberCount * tokenCount
    let values = [
      VTKArray("member", (0..<count).map { $0 / tokenCount }),
      VTKArray("particle", (0..<count).map { $0 % tokenCount }),
    ]
    try PolyData(points: points).write(values, to: file)
  }
}

extension [Double] {
  /// x, y, z of every token, where one takes `width` numbers.
  fileprivate func places(in space: ExportedRun.Space, _ width: Int) -> [Double] {
    switch space {
    case .circle: flatMap { [cos($0), sin($0), 0] }
    case .sphere where width == 3: self
    case .sphere: stride(from: 0, to: count, by: width).flatMap { self[$0..<$0 + 3] }
    case .zonal:
      stride(from: 0, to: count, by: width).flatMap { first in
        let pole = first + width - 1
        // The root of 1 − cos² would be zero near the poles.
        let sine = self[first..<pole].reduce(0) { $0 + $1 * $1 }.squareRoot()
        return [sine, 0, self[pole]]
      }
    }
  }
}
