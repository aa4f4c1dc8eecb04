internal import Foundation
internal import Transforms

/// Weighted tokens on S^{d−1}, any d, in ambient coordinates; seen from the pole for zonal laws.
public struct CloudLaw: Law {
  /// N × d, row after row, of length one.
  public var points: [Double]
  public var masses: [Double]
  public var manifold: Manifold

  init(points: [Double], masses: [Double], manifold: Manifold) {
    self.points = points
    self.masses = masses
    self.manifold = manifold
  }

  private var dimension: Int { manifold.dimension }
  var isZonal: Bool { manifold == .zonal(dimension: dimension) }

  public var tokenCount: Int { masses.count }
  public var mass: Double { masses.reduce(0, +) }

  /// ∫ x dμ, all d components.
  public var mean: [Double] {
    var mean = [Double](repeating: 0, count: dimension)
    for i in masses.indices {
      for k in 0..<dimension { mean[k] += masses[i] * points[i * dimension + k] }
    }
    return mean
  }

  /// The angle of every token with the last axis.
  public var polarAngles: [Double] {
    masses.indices.map { polarAngle(points[($0 * dimension)..<(($0 + 1) * dimension)]) }
  }

  public func clusters(_ attention: Attention) -> [Cluster] {
    var landscape = CloudLandscape(self, beta: attention.beta)
    return Cluster.ranked(
      landscape.clusters().map { cluster in
        isZonal
          ? Cluster(position: [polarAngle(cluster.position[...])], mass: cluster.mass) : cluster
      })
  }

  public func density(on chart: Chart) -> [Double]? { nil }
  public func logDensity(on chart: Chart) -> [Double]? { nil }

  public func moments(for chart: Chart) -> [[Double]] {
    chart.tables.map { zonalMoments(degree: chart.count(of: $0) - 1) }
  }

  public func moments(degrees: [Int]) -> [Double] {
    let moments = zonalMoments(degree: degrees.max() ?? 0)
    return degrees.map { moments[$0] }
  }

  /// ∫ P_l(cos θ) dμ, l = 0…degree.
  func zonalMoments(degree: Int) -> [Double] {
    var result = [Double](repeating: 0, count: degree + 1)
    polarAngles.withUnsafeBufferPointer { angles in
      gegenbauerMoments(
        of: angles, masses: masses, dimension: dimension, degree: degree, into: &result)
    }
    return result
  }

  public func distances(to tokens: [any Law], threads: Int) -> [[Double]] {
    preconditionFailure("distances are taken from a density")
  }
}

/// The angle of a vector with the last axis, accurate near both poles.
func polarAngle(_ vector: ArraySlice<Double>) -> Double {
  let side = vector.dropLast().reduce(0) { $0 + $1 * $1 }.squareRoot()
  return atan2(side, vector[vector.endIndex - 1])
}
