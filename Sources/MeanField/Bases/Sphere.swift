internal import Foundation
internal import Transforms

/// S^{d−1} in ambient coordinates: on S² densities in spherical harmonics, particles in any d.
public struct Sphere: Geometry {
  /// d.
  public let dimension: Int

  public init(dimension: Int = 3) { self.dimension = dimension }

  private var manifold: Manifold { .sphere(dimension: dimension) }

  public var judgedDegree: Int { 2 }

  public func chart(resolution: Int, modes: Int) -> Chart {
    var chart = Chart(
      axes: [], weights: [], indices: [], tables: [], meanWidth: dimension,
      tokenMeanWidth: dimension,
      clusterPosition: Chart.Quantity(
        name: "cluster_position", longName: "unit vector of a cluster, by descending mass",
        units: "1", width: dimension),
      token: Chart.Quantity(
        name: "position", longName: "unit vector of a token", units: "1", width: dimension),
      distances: [])
    guard dimension == 3 else { return chart }
    let rule = GaussLegendre(count: resolution + 1)
    let columns = 2 * (resolution + 1)
    chart.axes = [
      Chart.Axis(
        name: "theta", longName: "colatitude, from +z", values: rule.colatitudes),
      Chart.Axis(
        name: "phi", longName: "longitude, from +x towards +y",
        values: (0..<columns).map { 2 * Double.pi * Double($0) / Double(columns) }),
    ]
    chart.weights = rule.weights.flatMap {
      [Double](repeating: $0 / Double(2 * columns), count: columns)
    }
    chart.indices = [
      Chart.Index(name: "degree", longName: "degree l", values: Array(0...resolution)),
      Chart.Index(
        name: "order", longName: "order m", values: Array(-resolution...resolution)),
    ]
    chart.tables = [
      Chart.Table(
        name: "harmonic",
        longName: "integral of Y_lm dmu, real harmonics orthonormal for the uniform probability",
        indices: ["degree", "order"])
    ]
    chart.distances = [
      Chart.Quantity(
        name: "sliced_wasserstein1",
        longName: "mean over fixed directions n of W1 of the laws of <x,n>", units: "1", width: 1),
      Chart.Quantity(
        name: "sobolev",
        longName: "Sobolev distance (sum over l >= 1 of |dh_lm|^2 / (l(l+1))^(3/2))^(1/2)",
        units: "1", width: 1),
    ]
    chart.judgedMoments = (1...judgedDegree).flatMap { l in (-l...l).map { "Y_\(l),\($0)" } }
    return chart
  }

  public func density(
    _ equation: Equation, from law: InitialLaw, numerics: DensityNumerics
  ) throws(SimulationFailure) -> any LawEvolution {
    try Evolution.density(
      equation, from: law, basis: SphericalHarmonicBasis(degree: numerics.resolution),
      numerics: numerics)
  }

  public func fluctuation(
    _ equation: Equation, around law: InitialLaw, numerics: TokenNumerics
  ) throws(SimulationFailure) -> any ResponseEvolution {
    precondition(dimension == 3, "densities on spheres are those of S²")
    return Evolution<SpectralFluctuationDynamics<SphericalHarmonicBasis>>.fluctuation(
      equation, around: law, numerics: numerics)
  }

  public func draws(
    from law: InitialLaw, count: Int, members: Range<Int>, seed: UInt64, threads: Int
  ) -> [[Double]] {
    let source: SphereSampler.Law
    switch law {
    case .vonMises(let bumps): source = .vonMises(bumps)
    case .harmonics, .perturbedUniform:
      let degree = law.sphericalDegree ?? 1
      let series = SphericalHarmonics(
        degree: degree, coefficients: law.sphericalMoments(degree: degree))
      // |Y_lm| ≤ √(2l + 1), by the addition theorem.
      let bound = law.sphericalTerms.reduce(1) { sum, term in
        sum + (abs(term.cosine) + abs(term.sine)) * Double(2 * term.degree + 1).squareRoot()
      }
      source = .density(bound: bound) { x in
        max(0, series.jet(at: SIMD3(x[0], x[1], x[2])).value)
      }
    case .uniform, .tokens, .orthogonal: source = .uniform
    }
    return SphereSampler(dimension: dimension, law: source)
      .members(members, count: count, seed: seed, threads: threads)
  }

  // MARK: What a run takes

  public func densityLoad(_ equation: Equation, resolution: Int) -> Load {
    let degree = Double(resolution)
    return Load(numbers: degree * degree, operations: 20 * degree * degree * degree)
  }

  public func fluctuationLoad(_ equation: Equation) -> Load {
    SpectralFluctuation.sphereLoad(equation)
  }

  // MARK: Starts

  public func smallestDensity(of law: InitialLaw) -> (value: Double, place: String) {
    switch law {
    case .harmonics, .perturbedUniform: break
    case .uniform, .vonMises, .tokens, .orthogonal: return (0, "")
    }
    let least = law.smallestSphericalDensity()
    let place = String(
      format: "(%.6f, %.6f, %.6f)", least.place.x, least.place.y, least.place.z)
    return (least.value, place)
  }

  public func amplitude(of law: InitialLaw) -> Double {
    switch law {
    case .uniform: return 0
    case .tokens, .orthogonal: return .nan
    case .harmonics, .perturbedUniform:
      return law.sphericalTerms
        .reduce(0) { $0 + $1.cosine * $1.cosine + $1.sine * $1.sine }.squareRoot()
    case .vonMises(let bumps):
      guard dimension == 3 else { return .nan }
      let degree = bumps.map { KernelSpectrum(beta: $0.concentration, dimension: 3).modes }
      let moments = law.sphericalMoments(degree: min(2047, degree.max() ?? 1))
      return moments.dropFirst().reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
  }
}

extension Evolution where D == SphereTokenDynamics {
  /// Tokens on S^{d−1} at given points, row after row; their masses sum to one, nil for equal ones.
  public static func tokens(
    _ equation: Equation, points: [Double], masses: [Double]? = nil, numerics: TokenNumerics
  ) -> Evolution {
    let count = points.count / equation.manifold.dimension
    let dynamics = SphereTokenDynamics(
      equation: equation, count: count, masses: masses, momentCount: numerics.momentCount)
    return Evolution(
      dynamics: dynamics, state: dynamics.state(points: points),
      stepping: .tokens(equation, draws: count, numerics))
  }
}
