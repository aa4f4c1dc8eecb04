internal import Foundation
internal import Transforms

/// Clusters at the poles and how columns move their borders.
///
/// A basin ends at a minimum b of Z, which moves by −δZ′(b)/Z″(b); its mass changes by the mass of
/// the column inside and by ρ(b) δb. Where a member's cluster stands, and what becomes of a ring of
/// maxima, is decided by fluctuations that are not symmetric about the pole: they are not followed.
extension ZonalResponse {
  func clusterSpreads(
    of density: any Law, _ clusters: [Cluster], attention: Attention, tokens: Int
  ) -> [ClusterSpread] {
    let kernel = KernelSpectrum(beta: attention.beta, dimension: law.dimension)
    let weights = kernel.weights(attention.beta > 0 ? .partition : .potential)
    let degrees = Array(0...kernel.modes)
    let terms = zip(weights, density.moments(degrees: degrees)).map { $0 * $1 }
    let basins = ZonalLandscape(
      dimension: law.dimension, terms: terms, errors: weights.map { 1e-14 * $0 },
      attention: attention
    ).basins()
    let series = GegenbauerSeries(dimension: law.dimension, coefficients: terms)
    // δZ of every column.
    let moments = influences(degrees: degrees).map { $0[0] }
    let changes = (0..<columnCount).map { b in
      GegenbauerSeries(
        dimension: law.dimension,
        coefficients: zip(weights, moments).map { weight, row in weight * row[b] })
    }
    let masses = (0..<columnCount).map { b in
      ZonalLaw.MassBelow(column(b), isCircular: geometry.referenceDimension == 2)
    }
    /// The mass that every column adds below a border.
    func levels(_ border: Double) -> [Double] {
      guard border > 0, border < Double.pi else { return masses.map { _ in 0 } }
      let density = law.angularDensity(at: border)
      let bend = series(at: border).second
      return zip(masses, changes).map { mass, change in
        mass.signed(border) - density * change(at: border).first / bend
      }
    }
    return clusters.map { cluster in
      let top = cluster.position[0]
      guard top <= 0 || top >= Double.pi, let basin = basins.first(where: { $0.top == top }) else {
        return .unknown
      }
      let changes = zip(levels(basin.end), levels(basin.start)).map { $0 - $1 }
      let square = changes.reduce(0) { $0 + $1 * $1 }
      return ClusterSpread(position: .nan, mass: (square / Double(tokens)).squareRoot())
    }
  }

  private var geometry: ZonalGeometry { law.geometry }
}

extension ZonalLaw {
  /// Mass per radian of the polar angle.
  fileprivate func angularDensity(at angle: Double) -> Double {
    let density = max(0, referenceSeries(at: angle).value)
    return density * (geometry.referenceDimension == 2 ? 1 / Double.pi : 0.5 * sin(angle))
  }
}
