internal import Foundation

/// S¹: angles, Fourier series.
public struct Circle: Geometry {
  public init() {}

  public var dimension: Int { 2 }
  public var judgedDegree: Int { 4 }
  public var startResolution: Int { 256 }
  public var finestResolution: Int { 131_072 }

  public func chart(resolution: Int, modes: Int) -> Chart {
    let angles = (0..<resolution).map { 2 * Double.pi * Double($0) / Double(resolution) }
    return Chart(
      axes: [Chart.Axis(name: "theta", longName: "angle on the circle", values: angles)],
      weights: [Double](repeating: 1 / Double(resolution), count: resolution),
      indices: [
        Chart.Index(name: "mode", longName: "wave number k of a moment", values: Array(0...modes))
      ],
      tables: [("moment_re", "real"), ("moment_im", "imaginary")].map { name, part in
        Chart.Table(
          name: name, longName: "\(part) part of the moment m_k = integral of exp(-ik theta) dmu",
          indices: ["mode"])
      },
      meanWidth: 2, tokenMeanWidth: 2,
      clusterPosition: Chart.Quantity(
        name: "cluster_position", longName: "angle of a cluster, by descending mass",
        units: "radian", width: 1),
      token: Chart.Quantity(name: "angle", longName: "angle of a token", units: "radian", width: 1),
      distances: [
        Chart.Quantity(
          name: "wasserstein1", longName: "geodesic Wasserstein distance W1", units: "1", width: 1),
        Chart.Quantity(
          name: "wasserstein2", longName: "geodesic Wasserstein distance W2", units: "1", width: 1),
        Chart.Quantity(
          name: "sobolev",
          longName: "Sobolev distance (sum over k != 0 of |dm_k|^2 / k^2)^(1/2)", units: "1",
          width: 1),
      ],
      judgedMoments: (1...judgedDegree).flatMap { ["Re m_\($0)", "Im m_\($0)"] })
  }

  public func density(
    _ equation: Equation, from law: InitialLaw, numerics: DensityNumerics
  ) throws(SimulationFailure) -> any LawEvolution {
    try Evolution.density(
      equation, from: law, basis: FourierBasis(points: numerics.resolution), numerics: numerics)
  }

  public func panels(
    _ equation: Equation, from law: InitialLaw, numerics: PanelNumerics
  ) -> (any LawEvolution)? {
    Evolution.panels(
      equation, from: law, on: CirclePanelLine(symmetry: numerics.symmetry), numerics: numerics)
  }

  public func tokens(
    _ equation: Equation, at points: [Double], masses: [Double]?, numerics: TokenNumerics
  ) -> any LawEvolution {
    Evolution.tokens(equation, angles: points, masses: masses, numerics: numerics)
  }

  public func fluctuation(
    _ equation: Equation, around law: InitialLaw, numerics: TokenNumerics
  ) throws(SimulationFailure) -> any ResponseEvolution {
    let dynamics = CircleFluctuationDynamics(
      equation: equation, law: law, count: CircleFluctuationDynamics.labelCount(for: equation),
      seed: numerics.seed)
    return Evolution(
      dynamics: dynamics, state: dynamics.initialState,
      stepping: .points(equation, draws: dynamics.count, .fluctuationNoise, numerics))
  }

  public func draws(
    from law: InitialLaw, count: Int, members: Range<Int>, seed: UInt64, threads: Int
  ) -> [[Double]] {
    CircleSampler(law: law).members(members, count: count, seed: seed, threads: threads)
  }

  public func densityLoad(_ equation: Equation, resolution: Int) -> Load {
    let points = Double(resolution)
    return Load(numbers: points, operations: 40 * points * log2(max(2, points)))
  }

  public func tokenLoad(_ equation: Equation, count: Int) -> Load {
    let count = Double(count)
    let cells = 96 * Double(equation.kernel.modes)
    return Load(numbers: count, operations: min(20 * count * count, 60 * count + 50 * cells))
  }

  public func fluctuationLoad(_ equation: Equation) -> Load {
    let labels = Double(CircleFluctuationDynamics.labelCount(for: equation))
    let samples = Double(SecondOrder.samples)
    // One product of matrices; for every pair of labels eleven sums of second order for every sample, and
    // the kernel.
    return Load(
      numbers: (labels + samples + 2) * labels,
      operations: (2 * labels + 22 * samples + 60) * labels * labels)
  }

  public func smallestDensity(of law: InitialLaw) -> (value: Double, place: String) {
    let least = law.smallestCircularDensity()
    return (least.value, String(format: "angle %.6g", wrappedAngle(least.angle)))
  }

  public func amplitude(of law: InitialLaw) -> Double {
    guard law.hasDensity else { return .nan }
    let moments = law.circularMoments(modes: max(1, law.circularModes))
    return (1..<moments.count).reduce(0) { $0 + 2 * moments.squaredMagnitude($1) }.squareRoot()
  }
}
