internal import Foundation
internal import Transforms

/// Laws on S^{d−1} symmetric about the last axis: densities of the polar angle, particles in R^d.
public struct Zonal: Geometry {
  /// d.
  public let dimension: Int

  public init(dimension: Int) { self.dimension = dimension }

  public var judgedDegree: Int { 4 }

  public func chart(resolution: Int, modes: Int) -> Chart {
    // Angles as close near the equator, where most of a high-dimensional sphere is, as near the poles.
    let nodes = 4 * (resolution + 1)
    let transform = ZonalTransform(
      dimension: dimension, degree: 0, nodes: nodes, kernelDegree: 0)
    let geometry = ZonalGeometry(dimension: dimension)
    let weights = zip(transform.angles, transform.weights).map {
      $1 * exp(geometry.logUniform(at: $0))
    }
    let sum = weights.reduce(0, +)
    return Chart(
      axes: [
        Chart.Axis(
          name: "theta", longName: "polar angle, from the north pole", values: transform.angles)
      ],
      weights: weights.map { $0 / sum },
      indices: [
        Chart.Index(name: "degree", longName: "degree l", values: Array(0...resolution))
      ],
      tables: [
        Chart.Table(
          name: "moment",
          longName: "integral of P_l(cos theta) dmu, Gegenbauer polynomials with P_l(1) = 1",
          indices: ["degree"])
      ],
      meanWidth: 1, tokenMeanWidth: dimension,
      clusterPosition: Chart.Quantity(
        name: "cluster_position", longName: "polar angle of a cluster, by descending mass",
        units: "radian", width: 1),
      token: Chart.Quantity(
        name: "position", longName: "unit vector of a token", units: "1", width: dimension),
      distances: [
        Chart.Quantity(
          name: "wasserstein1", longName: "Wasserstein distance W1 of polar angles",
          units: "1", width: 1),
        Chart.Quantity(
          name: "wasserstein2", longName: "Wasserstein distance W2 of polar angles",
          units: "1", width: 1),
        Chart.Quantity(
          name: "sobolev",
          longName:
            "Sobolev distance (sum over k != 0 of |d integral cos(k theta) dmu|^2 / k^2)^(1/2)",
          units: "1", width: 1),
      ],
      judgedMoments: (1...judgedDegree).map { "P_\($0)" })
  }

  public func density(
    _ equation: Equation, from law: InitialLaw, numerics: DensityNumerics
  ) throws(SimulationFailure) -> any LawEvolution {
    try Evolution.density(
      equation, from: law,
      basis: ZonalBasis(
        dimension: dimension, degree: numerics.resolution, kernel: equation.kernel),
      numerics: numerics)
  }

  public func panels(
    _ equation: Equation, from law: InitialLaw, numerics: PanelNumerics
  ) -> (any LawEvolution)? {
    guard law.hasDensity else { return nil }
    return Evolution.panels(
      equation, from: law, on: ZonalPanelLine(dimension: dimension), numerics: numerics)
  }

  public func fluctuation(
    _ equation: Equation, around law: InitialLaw, numerics: TokenNumerics
  ) throws(SimulationFailure) -> any ResponseEvolution {
    Evolution<SpectralFluctuationDynamics<ZonalBasis>>.fluctuation(
      equation, around: law, numerics: numerics)
  }

  public func draws(
    from law: InitialLaw, count: Int, members: Range<Int>, seed: UInt64, threads: Int
  ) -> [[Double]] {
    let source: SphereSampler.Law
    switch law {
    case .vonMises(let bumps):
      source = .vonMises(
        bumps.map { bump in
          var mean = [Double](repeating: 0, count: dimension)
          mean[dimension - 1] = bump.mean[0]
          return InitialLaw.VonMises(
            mean: mean, concentration: bump.concentration, weight: bump.weight)
        })
    case .harmonics, .perturbedUniform:
      let terms = law.zonalTerms(dimension: dimension)
      let series = GegenbauerSeries(dimension: dimension, coefficients: terms)
      source = .zonal(bound: terms.reduce(0) { $0 + abs($1) }) { height in
        max(0, series(at: acos(min(max(height, -1), 1))).value)
      }
    case .uniform, .tokens, .orthogonal: source = .uniform
    }
    return SphereSampler(dimension: dimension, law: source)
      .members(members, count: count, seed: seed, threads: threads)
  }

  // MARK: What a run takes

  public func densityLoad(_ equation: Equation, resolution: Int) -> Load {
    let degree = Double(resolution)
    return Load(numbers: degree, operations: 12 * degree * degree)
  }

  public func fluctuationLoad(_ equation: Equation) -> Load {
    SpectralFluctuation.zonalLoad(equation)
  }

  // MARK: Starts

  public func smallestDensity(of law: InitialLaw) -> (value: Double, place: String) {
    switch law {
    case .harmonics, .perturbedUniform: break
    case .uniform, .vonMises, .tokens, .orthogonal: return (0, "")
    }
    let least = law.smallestZonalDensity(dimension: dimension)
    return (least.value, String(format: "polar angle %.6g", least.angle))
  }

  public func amplitude(of law: InitialLaw) -> Double {
    switch law {
    case .uniform: return 0
    case .harmonics, .perturbedUniform:
      // ∫ P_l² dσ = 1/dim_l.
      let kernel = KernelSpectrum(beta: 0, dimension: dimension)
      return law.zonalTerms(dimension: dimension).enumerated().dropFirst()
        .reduce(0) { $0 + $1.element * $1.element / kernel.multiplicity($1.offset) }.squareRoot()
    case .vonMises, .tokens, .orthogonal:
      // A bump in high dimension is so far from uniform that its norm is no number.
      return .nan
    }
  }
}
