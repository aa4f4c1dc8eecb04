internal import Foundation

/// A law on a manifold at one time, as clusters, distances and writers see it.
///
/// Densities and particles present themselves alike; what differs between manifolds is behind this
/// protocol, and nothing outside asks which one it is.
public protocol Law: Sendable {
  /// ∫ dμ.
  var mass: Double { get }
  /// ∫ x dμ ∈ R^d; for zonal laws the one component along the pole.
  var mean: [Double] { get }
  /// The tokens, row after row as the manifold counts points; empty for a density.
  var points: [Double] { get }

  /// How many tokens there are; 0 for a density.
  var tokenCount: Int { get }

  /// What the law is carried on, exactly; nil for laws that are not carried along their flow.
  var nodes: LawNodes? { get }

  /// Clusters by descending mass, then position; none where Z is constant to 10⁻¹² of itself.
  func clusters(_ attention: Attention) -> [Cluster]

  /// dμ/dσ on the chart's grid; nil for tokens, NaN where it overflows.
  func density(on chart: Chart) -> [Double]?
  /// log dμ/dσ on the chart's grid; nil for tokens, NaN below what the solver can see.
  func logDensity(on chart: Chart) -> [Double]?
  /// The values of every one of the chart's tables of moments.
  func moments(for chart: Chart) -> [[Double]]

  /// All moments of the given degrees, as reals.
  func moments(degrees: [Int]) -> [Double]
  /// Distances of tokens from this density: for every law one number for each of the chart's
  /// distances.
  func distances(to tokens: [any Law], threads: Int) -> [[Double]]
}

extension Law {
  public var nodes: LawNodes? { nil }
}

/// Where the flow has carried the nodes of a law on a line, in order along it.
public struct LawNodes: Sendable, Equatable {
  /// Positions now: angles in [0, 2π) on the circle, polar angles for zonal laws.
  public var angles: [Double]
  /// log dμ/dσ there; NaN for atoms.
  public var logDensities: [Double]
  /// Quadrature weight times density, the mass of an atom; summing to one.
  public var masses: [Double]
  /// Positions at t = 0, of an atom the mean of its mass.
  public var labels: [Double]
  public var isAtom: [Bool]

  public init(
    angles: [Double], logDensities: [Double], masses: [Double], labels: [Double], isAtom: [Bool]
  ) {
    self.angles = angles
    self.logDensities = logDensities
    self.masses = masses
    self.labels = labels
    self.isAtom = isAtom
  }

  public var count: Int { angles.count }
}

/// A mode of the law smoothed by the attention kernel itself.
public struct Cluster: Sendable, Equatable {
  /// The local maximum of Z, at β = 0 of ⟨x, ∫ y dμ⟩: an angle in [0, 2π) on the circle, a polar
  /// angle for zonal laws, a unit vector of R^d on spheres.
  public var position: [Double]
  /// Mass of its basin under the flow of ∇Z.
  public var mass: Double

  /// Modes with less mass than this are not counted.
  public static let smallestMass = 1e-3

  /// |Δ angle| round the circle, or the chord between two unit vectors.
  func distance(to other: Cluster) -> Double {
    if position.count == 1 {
      return abs(remainder(position[0] - other.position[0], 2 * Double.pi))
    }
    return zip(position, other.position).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      .squareRoot()
  }

  /// Those that count, by descending mass, then position.
  static func ranked(_ clusters: [Cluster]) -> [Cluster] {
    clusters.filter { $0.mass >= smallestMass }.sorted { first, second in
      first.mass != second.mass
        ? first.mass > second.mass : first.position.lexicographicallyPrecedes(second.position)
    }
  }
}
