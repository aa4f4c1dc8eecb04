internal import Foundation
internal import Transforms

/// The clusters of members beside those of their density, at one time.
///
/// Clusters are matched so that the geodesic distances sum to the least possible. One of the
/// density's is left alone at the price of its reach: the distance to the nearest other one of the
/// density, beyond which it would have changed places, and at most a quarter turn, beyond which
/// ⟨x, y⟩ < 0. So no pair is farther apart than that, whatever the counts.
public struct ClusterComparison: Sendable, Equatable {
  /// matches[member][cluster]: the index of the member's cluster; nil where it has none.
  public var matches: [[Int?]]
  /// Geodesic distances of matched clusters, in radians; NaN where there is none.
  public var positionDifferences: [[Double]]
  /// Mass of the member's cluster minus that of the density's; NaN where there is none.
  public var massDifferences: [[Double]]
  /// What to expect of the differences, for every cluster of the density.
  public var spreads: [ClusterSpread]

  /// Nothing to compare.
  public init() {
    matches = []
    positionDifferences = []
    massDifferences = []
    spreads = []
  }

  /// - Parameters:
  ///   - density: clusters of the density.
  ///   - members: those of every member.
  ///   - spreads: one for every cluster of the density.
  ///   - threads: how many may be used; every member is matched in one.
  public init(
    density: [Cluster], members: [[Cluster]], spreads: [ClusterSpread], threads: Int = 1
  ) {
    precondition(spreads.count == density.count, "one spread for every cluster")
    let matches = parallelMap(count: members.count, threads: threads) {
      Self.match(density, with: members[$0])
    }
    func differences(_ difference: (Cluster, Cluster) -> Double) -> [[Double]] {
      zip(matches, members).map { match, clusters in
        zip(match, density).map { index, cluster in
          index.map { difference(clusters[$0], cluster) } ?? .nan
        }
      }
    }
    positionDifferences = differences { $0.geodesicDistance(to: $1) }
    massDifferences = differences { $0.mass - $1.mass }
    self.matches = matches
    self.spreads = spreads
  }

  /// For every cluster of the density the member's that is the same; nil where there is none.
  static func match(_ clusters: [Cluster], with others: [Cluster]) -> [Int?] {
    let distances = clusters.map { cluster in others.map { cluster.geodesicDistance(to: $0) } }
    let reaches = clusters.indices.map { i in
      clusters.indices.reduce(0.5 * Double.pi) { reach, j in
        i == j ? reach : min(reach, clusters[i].geodesicDistance(to: clusters[j]))
      }
    }
    // One column more for every row, where it is alone at its own price.
    let columns = cheapestAssignment(rows: clusters.count, columns: others.count + clusters.count) {
      $1 < others.count ? distances[$0][$1] : reaches[$0]
    }
    return columns.map { $0 < others.count ? $0 : nil }
  }
}

/// How far a cluster of N independent tokens should be from the density's, in linear response.
///
/// NaN where nothing can be said: at ridges of maxima, which break up in members, and where chance
/// decides.
public struct ClusterSpread: Sendable, Equatable {
  /// Root mean square of the geodesic distance, in radians.
  public var position: Double
  /// Standard deviation of the mass.
  public var mass: Double

  public static let unknown = ClusterSpread(position: .nan, mass: .nan)
}

extension Cluster {
  /// |Δ angle| round the circle, or the arc between two unit vectors.
  func geodesicDistance(to other: Cluster) -> Double {
    let distance = distance(to: other)
    return position.count == 1 ? distance : 2 * asin(min(1, 0.5 * distance))
  }
}

extension Comparison {
  /// Adds a frame; returns its distances and what became of its clusters.
  public mutating func record(_ frame: Simulation.Frame) -> Entry? {
    guard let density = frame.density else { return nil }
    var entry = record(
      density: density, members: frame.members, response: frame.response, ladder: frame.ladder)
    let clusters = frame.densityClusters
    let spreads =
      needsResponse
      ? frame.response?.clusterSpreads(
        of: density.law, clusters, attention: density.equation.attention, tokens: tokens) : nil
    entry.clusters = ClusterComparison(
      density: clusters, members: frame.memberClusters,
      spreads: spreads ?? clusters.map { _ in .unknown }, threads: threads)
    return entry
  }
}
