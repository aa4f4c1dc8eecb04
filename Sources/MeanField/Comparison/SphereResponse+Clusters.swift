internal import Transforms

/// Clusters of a law on S² and how columns move them.
///
/// What a disturbance δ does is a sum over its moments: at a maximum p of Z, −(∇²Z)⁻¹ ∇δZ; to the mass
/// of a basin, the flux of ∇u through its border, Δu = δ, and what the border sweeps over
/// (`SphereBorderResponse`).
extension SphereResponse {
  func clusterSpreads(
    of law: any Law, _ clusters: [Cluster], attention: Attention, tokens: Int
  ) -> [ClusterSpread] {
    guard let law = law as? SphereLaw, var landscape = law.landscape(attention) else {
      return clusters.map { _ in .unknown }
    }
    let top = HarmonicLayout(degree: max(Self.leastTop, degree))
    let kernel = KernelSpectrum(beta: attention.beta, dimension: 3).landscape
    let variances = SphereVariances(self, top: top)
    var slopes = HarmonicSlopes(top)
    var border: SphereBorderResponse?
    if landscape.maxima.count > 1 {
      let (pieces, isTraced) = landscape.border(of: law.harmonics, degree: law.degree)
      border = SphereBorderResponse(
        pieces.pieces, isTraced: isTraced, landscape,
        density: SphericalHarmonics(degree: degree, coefficients: density), kernel: kernel,
        slopes: &slopes)
    }
    return clusters.map { cluster in
      let place = SIMD3(cluster.position[0], cluster.position[1], cluster.position[2])
      let curvature = landscape.curvature(at: place)
      // A ridge of maxima breaks up.
      guard curvature.isMaximum, !curvature.isDegenerate(1e-4) else { return .unknown }
      let square = [
        (curvature.directions.0, curvature.values.0), (curvature.directions.1, curvature.values.1),
      ].reduce(0) { sum, axis in
        var slope = slopes.slopes(at: place, along: axis.0)
        top.multiply(&slope, byDegree: kernel)
        return sum + variances.of(slope) / (axis.1 * axis.1)
      }
      let nearest = landscape.maxima.indices.min {
        (landscape.maxima[$0].place - place).length < (landscape.maxima[$1].place - place).length
      }
      var mass = 0.0
      if let border, let nearest {
        mass =
          border.isComplete(nearest, mass: cluster.mass)
          ? variances.of(border.functional(nearest)) : .nan
      }
      let unit = 1 / Double(tokens)
      return ClusterSpread(
        position: (unit * square).squareRoot(), mass: (unit * mass).squareRoot())
    }
  }
}

/// Variances, for one draw, of sums over moments.
private struct SphereVariances {
  private let response: SphereResponse
  private let top: HarmonicLayout
  private let lacking: [Double]
  private let transform: SphericalHarmonicTransform
  private let masses: [Double]

  init(_ response: SphereResponse, top: HarmonicLayout) {
    self.response = response
    self.top = top
    lacking = response.lackingShares(top.degree)
    (transform, masses) = response.grid(top)
  }

  /// Σ over columns of squares, and the variance of what they leave out.
  func of(_ functional: [Double]) -> Double {
    let layout = response.layout
    let kept = layout.resized(functional, from: top)
    var sum = 0.0
    for start in stride(from: 0, to: response.columns.count, by: layout.count) {
      var product = 0.0
      for i in 0..<layout.count { product += kept[i] * response.columns[start + i] }
      sum += product * product
    }
    var fine = functional
    top.multiply(&fine, byDegree: lacking)
    var values = [Double](repeating: 0, count: masses.count)
    transform.synthesize(fine, into: &values)
    let mean = zip(values, masses).reduce(0) { $0 + $1.0 * $1.1 }
    return zip(values, masses).reduce(sum) { $0 + $1.1 * ($1.0 - mean) * ($1.0 - mean) }
  }
}
