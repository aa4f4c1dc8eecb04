internal import Foundation
internal import Transforms

/// A density on S^{d−1} that is symmetric about the last axis: a law of the polar angle.
public struct ZonalLaw: Law {
  /// ∫ R_l dμ, l = 0…L (`ZonalGeometry`).
  public var coefficients: [Double]
  public var dimension: Int
  /// Densities of the polar angle below it are rounding.
  public var floor: Double
  private let kernel: KernelSpectrum

  init(coefficients: [Double], dimension: Int, kernel: KernelSpectrum, floor: Double) {
    self.coefficients = coefficients
    self.dimension = dimension
    self.kernel = kernel
    self.floor = floor
  }

  public var mass: Double { coefficients[0] }
  /// ∫ cos θ dμ: the first reference polynomial in every dimension.
  public var mean: [Double] { [coefficients.count > 1 ? coefficients[1] : 0] }
  public var points: [Double] { [] }
  public var tokenCount: Int { 0 }

  var geometry: ZonalGeometry { ZonalGeometry(dimension: dimension) }

  /// The density of the polar angle with respect to the reference sphere.
  var referenceSeries: GegenbauerSeries {
    let geometry = geometry
    return GegenbauerSeries(
      dimension: geometry.referenceDimension,
      coefficients: coefficients.enumerated().map { geometry.multiplicity($0) * $1 })
  }

  /// Masses at nodes, summed exactly with polynomials of this degree.
  private func masses(forDegree degree: Int) -> (angles: [Double], masses: [Double]) {
    let transform = ZonalTransform(
      dimension: dimension, degree: coefficients.count - 1,
      nodes: max(coefficients.count, (coefficients.count + degree) / 2 + 1), kernelDegree: 0)
    var masses = [Double](repeating: 0, count: transform.nodes)
    transform.masses(of: coefficients, into: &masses)
    return (transform.angles, masses)
  }

  /// ∫ P_l(cos θ) dμ, l = 0…degree.
  public func zonalMoments(degree: Int) -> [Double] {
    let (angles, masses) = masses(forDegree: degree)
    var result = [Double](repeating: 0, count: degree + 1)
    angles.withUnsafeBufferPointer { angles in
      gegenbauerMoments(
        of: angles, masses: masses, dimension: dimension, degree: degree, into: &result)
    }
    return result
  }

  // MARK: Clusters

  public func clusters(_ attention: Attention) -> [Cluster] {
    let moments = zonalMoments(degree: kernel.modes)
    let part: KernelSpectrum.Part = attention.beta > 0 ? .partition : .potential
    let landscape = ZonalLandscape(
      dimension: dimension, terms: zip(kernel.weights(part), moments).map { $0 * $1 },
      // Moments are sums of masses: wrong by some units of rounding.
      errors: kernel.weights(part).map { 1e-14 * $0 }, attention: attention)
    let mass = massBelow
    return Cluster.ranked(
      landscape.basins().map { basin in
        Cluster(position: [basin.top], mass: mass(basin.end) - mass(basin.start))
      })
  }

  // MARK: On the grid of a file

  public func density(on chart: Chart) -> [Double]? {
    let series = referenceSeries
    let geometry = geometry
    return chart.axes[0].values.map { angle in
      let value = series(at: angle).value
      let logarithm = log(abs(value)) - geometry.logUniform(at: angle)
      // Where the reference density is rounding, so is this one, and it may be any size.
      guard abs(value) > threshold, logarithm < 709 else { return .nan }
      return value < 0 ? -exp(logarithm) : exp(logarithm)
    }
  }

  public func logDensity(on chart: Chart) -> [Double]? {
    let series = referenceSeries
    let geometry = geometry
    return chart.axes[0].values.map { angle in
      let value = series(at: angle).value
      return value > threshold ? log(value) - geometry.logUniform(at: angle) : .nan
    }
  }

  private var threshold: Double { max(floor, 1e-13) }

  public func moments(for chart: Chart) -> [[Double]] {
    chart.tables.map { zonalMoments(degree: chart.count(of: $0) - 1) }
  }

  // MARK: Against other laws

  public func moments(degrees: [Int]) -> [Double] {
    let moments = zonalMoments(degree: degrees.max() ?? 0)
    return degrees.map { moments[$0] }
  }

  public func distances(to tokens: [any Law], threads: Int) -> [[Double]] {
    let curve = curve
    let clouds = tokens.compactMap { $0 as? CloudLaw }
    precondition(clouds.count == tokens.count, "tokens of zonal laws are clouds")
    return parallelMap(count: clouds.count, threads: threads) { m in
      Self.values(
        LineDistances(curve, LineCurve(atoms: clouds[m].polarAngles, masses: clouds[m].masses)))
    }
  }

  /// In the order of the chart: W₁, W₂, and (Σ_{k≠0} |Δ∫ cos kθ dμ|²/k²)^{1/2}, which is
  /// (π ∫₀^π (F − G)² dθ)^{1/2}.
  static func values(_ distances: LineDistances) -> [Double] {
    [
      distances.wasserstein1, distances.wasserstein2,
      (Double.pi * distances.squareIntegral).squareRoot(),
    ]
  }

  /// Mass below a polar angle; the integral of the series itself.
  ///
  /// e = 2: (1/π)(c₀ θ + 2 sin θ Σ_l c_l P_{l−1}^{(4)}(cos θ)), since sin lθ = l sin θ P_{l−1}^{(4)}.
  /// e = 3: ½ Σ_k (c_{k+1} − c_{k−1}) P_k(cos θ) with c_{−1} = −c₀, since
  /// (2l + 1) ∫_x^1 P_l = P_{l−1}(x) − P_{l+1}(x).
  struct MassBelow {
    private let series: GegenbauerSeries
    private let isCircular: Bool
    private let total: Double

    init(_ c: [Double], isCircular: Bool) {
      self.isCircular = isCircular
      total = c[0]
      if isCircular {
        series = GegenbauerSeries(dimension: 4, coefficients: c.dropFirst() + [0])
      } else {
        let padded = [-c[0]] + c + [0, 0]
        series = GegenbauerSeries(
          dimension: 3, coefficients: (0...c.count).map { 0.5 * (padded[$0 + 2] - padded[$0]) })
      }
    }

    func callAsFunction(_ angle: Double) -> Double { min(max(signed(angle), 0), total) }

    /// The same for what need not be positive.
    func signed(_ angle: Double) -> Double {
      let value = series(at: angle).value
      return isCircular ? (total * angle + 2 * sin(angle) * value) / Double.pi : value
    }
  }

  var massBelow: MassBelow {
    MassBelow(coefficients, isCircular: geometry.referenceDimension == 2)
  }

  /// Mass below every polar angle, exact at the vertices.
  var curve: LineCurve {
    let mass = massBelow
    let count = max(1024, 8 * coefficients.count)
    let positions = (0...count).map { Double.pi * Double($0) / Double(count) }
    // Densities that dip below zero by rounding must not make the curve fall.
    var reached = 0.0
    var levels = positions.map { angle in
      reached = max(reached, mass(angle) / coefficients[0])
      return reached
    }
    // Not even rounding lies before the north pole or beyond the south pole.
    levels[0] = 0
    levels[count] = 1
    return LineCurve(positions: positions, levels: levels)
  }
}
