internal import Transforms

/// How columns represent the fluctuations of laws on spheres.
///
/// Without noise they are smooth functions times the law, with noise random samples.
enum SpectralFluctuation {
  /// With noise: as many as labels on the circle.
  static let samples = 384
  /// S²: the sources are harmonics up to this degree.
  ///
  /// They hold the variance of what is smooth, and all but 6 % of that of a step between two halves of
  /// the sphere.
  static let functionDegree = 9
  /// S²: where the degree starts.
  static let sphereDegree = 31
  /// Zonal laws: powers of the cosine, and waves in the mass below an angle; these miss 1 % of a step.
  static let powers = 8
  static let waves = 40

  static func maximumSphereDegree(_ equation: Equation) -> Int {
    degree(from: sphereDegree, atLeast: kernelDegree(equation), most: 127)
  }

  /// Sixteen degrees for every d^{−1/2}, the width of the uniform law.
  static func zonalDegree(_ dimension: Int) -> Int {
    degree(from: 127, atLeast: 16 * Double(dimension).squareRoot(), most: 511)
  }

  static func maximumZonalDegree(_ equation: Equation) -> Int {
    degree(
      from: zonalDegree(equation.manifold.dimension), atLeast: kernelDegree(equation), most: 511)
  }

  /// Eight degrees for every β^{−1/2}, the width of the kernel: what is finer moves nothing, and no
  /// cluster need be as sharp here as in the density itself.
  private static func kernelDegree(_ equation: Equation) -> Double {
    8 * equation.attention.beta.squareRoot()
  }

  private static func degree(from first: Int, atLeast least: Double, most: Int) -> Int {
    var degree = first
    while Double(degree + 1) < least && degree < most { degree = 2 * degree + 1 }
    return degree
  }

  static func sphereLoad(_ equation: Equation) -> Load {
    let count = equation.noise > 0 ? samples : (functionDegree + 1) * (functionDegree + 1) - 1
    return load(
      equation, columns: count, each: Sphere().densityLoad(equation, resolution: sphereDegree))
  }

  static func zonalLoad(_ equation: Equation) -> Load {
    let dimension = equation.manifold.dimension
    let degree = zonalDegree(dimension)
    // Two tables between all points for every sector, two of what sources lack.
    let sectors = ZonalSector.degrees
    let points = Double(ZonalTransform.nodes(degree: degree))
    var load = load(
      equation,
      columns: equation.noise > 0
        ? samples + sectors * ZonalSector.samples
        : powers + waves + sectors * ZonalSector.columns,
      each: Zonal(dimension: dimension).densityLoad(equation, resolution: degree))
    load.tables = Double(2 * sectors + 2) * points * points
    return load
  }

  /// A column takes what a density does; one of a sector has two transforms less, and two products with
  /// tables.
  private static func load(_ equation: Equation, columns: Int, each: Load) -> Load {
    // The law itself and the columns; what is of second order, for which the columns of every sample are mixed.
    let first = Double(1 + columns)
    let second = Double(SecondOrder.members)
    return Load(
      numbers: (first + second) * each.numbers,
      operations: (first + second + Double(SecondOrder.samples)) * each.operations)
  }
}

extension Evolution where D == SpectralFluctuationDynamics<SphericalHarmonicBasis> {
  /// What sampling does to a law on S².
  static func fluctuation(
    _ equation: Equation, around law: InitialLaw, numerics: TokenNumerics
  ) -> Evolution {
    let maximum = SpectralFluctuation.maximumSphereDegree(equation)
    let basis = D.basis(
      for: law, from: SphericalHarmonicBasis(degree: SpectralFluctuation.sphereDegree),
      maximum: maximum)
    let sources = FluctuationSources.sphere(
      law, degree: basis.degree, functionDegree: SpectralFluctuation.functionDegree)
    let hasNoise = equation.noise > 0
    let columns =
      hasNoise
      ? sources.samples(count: SpectralFluctuation.samples, seed: numerics.seed)
      : sources.projections()
    let dynamics = D(
      equation: equation, basis: basis, maximum: maximum,
      columnCount: columns.count / basis.coefficientCount,
      selfAttention: { basis in
        hasNoise
          ? SelfAttention()
          : .sphere(basis, equation.kernel, degree: SpectralFluctuation.functionDegree)
      }
    ) { basis, density, columns, seconds in
      SphereResponse(
        degree: basis.degree, density: density, columns: columns, seconds: seconds,
        completeDegree: hasNoise ? basis.degree : SpectralFluctuation.functionDegree)
    }
    return Evolution(
      dynamics: dynamics,
      state: dynamics.state(density: basis.coefficients(of: law).state, columns: columns),
      stepping: .points(equation, draws: dynamics.columnCount, .fluctuationNoise, numerics))
  }
}

extension Evolution where D == SpectralFluctuationDynamics<ZonalBasis> {
  /// What sampling does to a law of the polar angle.
  static func fluctuation(
    _ equation: Equation, around law: InitialLaw, numerics: TokenNumerics
  ) -> Evolution {
    let dimension = equation.manifold.dimension
    let maximum = SpectralFluctuation.maximumZonalDegree(equation)
    let basis = D.basis(
      for: law,
      from: ZonalBasis(
        dimension: dimension, degree: SpectralFluctuation.zonalDegree(dimension),
        kernel: equation.kernel),
      maximum: maximum)
    let sources = FluctuationSources.zonal(
      law, dimension: dimension, degree: basis.degree, powers: SpectralFluctuation.powers,
      waves: SpectralFluctuation.waves)
    let hasNoise = equation.noise > 0
    let columns =
      hasNoise
      ? sources.samples(count: SpectralFluctuation.samples, seed: numerics.seed)
      : sources.projections()
    let sectorColumns = (1...ZonalSector.degrees).map { k in
      let sources = FluctuationSources.zonal(
        law, dimension: dimension, degree: basis.degree, powers: ZonalSector.powers,
        waves: ZonalSector.waves, sector: k)
      return hasNoise
        ? sources.samples(
          count: ZonalSector.samples, seed: numerics.seed,
          first: SpectralFluctuation.samples + (k - 1) * ZonalSector.samples)
        : sources.projections()
    }
    let start = basis.coefficients(of: law).state
    let kernel = equation.kernel
    let dynamics = D(
      equation: equation, basis: basis, maximum: maximum,
      columnCount: columns.count / basis.coefficientCount,
      sectorColumns: sectorColumns.map { $0.count / basis.coefficientCount },
      selfAttention: { .zonal($0, kernel) }
    ) { _, density, columns, seconds in
      ZonalResponse(
        law: ZonalLaw(
          coefficients: density, dimension: dimension, kernel: kernel, floor: 0),
        start: start, columns: columns, seconds: seconds,
        completeDegree: hasNoise ? basis.degree : SpectralFluctuation.powers)
    }
    return Evolution(
      dynamics: dynamics,
      state: dynamics.state(
        density: start, columns: columns, sectors: sectorColumns.flatMap { $0 }),
      stepping: .points(equation, draws: dynamics.columnCount, .fluctuationNoise, numerics))
  }
}
