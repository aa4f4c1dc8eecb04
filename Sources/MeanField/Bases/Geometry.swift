/// What a manifold brings to a run: its starts, its dynamics and the chart its laws are written on.
///
/// Everything else sees laws, dynamics and charts and does not ask where they live.
public protocol Geometry: Sendable {
  /// d: tokens live in R^d.
  var dimension: Int { get }

  /// The coordinates of an output.
  ///
  /// - Parameters:
  ///   - resolution: points of the grid on the circle, the degree on spheres.
  ///   - modes: the highest moment written, where that is another number.
  func chart(resolution: Int, modes: Int) -> Chart

  /// Where the resolution of a density starts unless told otherwise, and where it gives up: points on
  /// the circle, degrees on spheres.
  var startResolution: Int { get }
  var finestResolution: Int { get }

  /// Moments of degrees 1 to this one are judged by a comparison.
  var judgedDegree: Int { get }

  /// A density on its way from an initial law that has one.
  ///
  /// - Throws: `SimulationFailure` when the start itself cannot be resolved.
  func density(
    _ equation: Equation, from law: InitialLaw, numerics: DensityNumerics
  ) throws(SimulationFailure) -> any LawEvolution

  /// A law without noise on its way from an initial law, carried along its flow; nil where laws do not
  /// depend on one angle alone.
  ///
  /// Points are atoms from the beginning.
  func panels(
    _ equation: Equation, from law: InitialLaw, numerics: PanelNumerics
  ) -> (any LawEvolution)?

  /// Tokens on their way from given points, row after row; their masses sum to one, nil for equal ones.
  func tokens(
    _ equation: Equation, at points: [Double], masses: [Double]?, numerics: TokenNumerics
  ) -> any LawEvolution

  /// What sampling does to the law, as it moves.
  func fluctuation(
    _ equation: Equation, around law: InitialLaw, numerics: TokenNumerics
  ) throws(SimulationFailure) -> any ResponseEvolution

  /// N independent draws for every one of some members, from a law that has a density.
  func draws(
    from law: InitialLaw, count: Int, members: Range<Int>, seed: UInt64, threads: Int
  ) -> [[Double]]

  /// What a right-hand side of each kind takes.
  func densityLoad(_ equation: Equation, resolution: Int) -> Load
  func panelLoad(_ equation: Equation) -> Load
  func tokenLoad(_ equation: Equation, count: Int) -> Load
  func fluctuationLoad(_ equation: Equation) -> Load

  /// Smallest value of a density that could be negative, and the place in words; zero for others.
  func smallestDensity(of law: InitialLaw) -> (value: Double, place: String)

  /// L²(σ) norm of dμ/dσ − 1; NaN for points.
  func amplitude(of law: InitialLaw) -> Double
}

/// What all spheres share.
extension Geometry {
  public func panels(
    _ equation: Equation, from law: InitialLaw, numerics: PanelNumerics
  ) -> (any LawEvolution)? { nil }

  /// About a hundred panels, each of as many nodes as tokens would be.
  public func panelLoad(_ equation: Equation) -> Load {
    tokenLoad(equation, count: 100 * PanelRule.count)
  }

  public var startResolution: Int { 31 }
  public var finestResolution: Int { 511 }

  public func tokens(
    _ equation: Equation, at points: [Double], masses: [Double]?, numerics: TokenNumerics
  ) -> any LawEvolution {
    Evolution.tokens(equation, points: points, masses: masses, numerics: numerics)
  }

  public func tokenLoad(_ equation: Equation, count: Int) -> Load {
    SphereTokenField.load(dimension: dimension, count: count, modes: equation.kernel.modes)
  }
}

extension Geometry {
  /// N independent draws for every one of members 0…members − 1, from a law that has a density.
  public func draws(
    from law: InitialLaw, count: Int, members: Int, seed: UInt64, threads: Int
  ) -> [[Double]] {
    draws(from: law, count: count, members: 0..<members, seed: seed, threads: threads)
  }
}

/// How a density is solved.
public struct DensityNumerics: Sendable, Equatable {
  /// Where the resolution starts: points on the circle, the degree on spheres.
  public var resolution: Int
  /// Where it gives up.
  public var maximum: Int
  /// Local error of the time stepper.
  public var tolerance: Double
  /// Largest error of any moment that space may cause.
  public var spaceTolerance: Double
  /// No step is longer than this.
  public var end: Double

  public init(
    resolution: Int, maximum: Int, tolerance: Double, spaceTolerance: Double, end: Double
  ) {
    self.resolution = resolution
    self.maximum = maximum
    self.tolerance = tolerance
    self.spaceTolerance = spaceTolerance
    self.end = end
  }
}

/// How a law is carried along its flow.
public struct PanelNumerics: Sendable, Equatable {
  /// Local error of the time stepper.
  public var tolerance: Double
  /// Largest error of any moment that space may cause.
  public var spaceTolerance: Double
  /// k ≥ 1: the start is k-fold symmetric, and one k-th of the circle is solved.
  public var symmetry: Int
  /// No step is longer than this.
  public var end: Double

  public init(tolerance: Double, spaceTolerance: Double, symmetry: Int = 1, end: Double) {
    self.tolerance = tolerance
    self.spaceTolerance = spaceTolerance
    self.symmetry = symmetry
    self.end = end
  }
}

/// How tokens step in time.
public enum TokenScheme: Sendable, Equatable {
  /// To the tolerance; with noise the stochastic scheme.
  case adaptive
  /// x ← (x + step · attention(x)) / |·|, the papers' scheme (arXiv 2312.10794, figure 3).
  case euler(step: Double)
}

/// How tokens are moved.
public struct TokenNumerics: Sendable, Equatable {
  /// Local error of the adaptive stepper.
  public var tolerance: Double
  public var scheme: TokenScheme
  /// Seed and member of the random numbers, used where there is noise.
  public var seed: UInt64
  public var member: Int
  /// Step of the stochastic scheme; nil lets it be chosen.
  public var step: Double?
  /// Moments that snapshots carry, at least.
  public var momentCount: Int
  /// No step is longer than this.
  public var end: Double

  public init(
    tolerance: Double, scheme: TokenScheme = .adaptive, seed: UInt64 = 0, member: Int = 0,
    step: Double? = nil, momentCount: Int = 0, end: Double
  ) {
    self.tolerance = tolerance
    self.scheme = scheme
    self.seed = seed
    self.member = member
    self.step = step
    self.momentCount = momentCount
    self.end = end
  }
}

/// Numbers in a state, and about how many operations its right-hand side takes.
public struct Load: Sendable, Equatable {
  public var numbers: Double
  public var operations: Double
  /// Numbers of tables, of which there is one copy however many stages a step has.
  public var tables: Double

  public init(numbers: Double, operations: Double, tables: Double = 0) {
    self.numbers = numbers
    self.operations = operations
    self.tables = tables
  }

  public static func += (sum: inout Load, load: Load) {
    sum.numbers += load.numbers
    sum.operations += load.operations
    sum.tables += load.tables
  }
}

extension Manifold {
  /// The mathematics behind the name: the one place where a manifold is chosen.
  public var geometry: any Geometry {
    switch self {
    case .circle: Circle()
    case .sphere(let dimension): Sphere(dimension: dimension)
    case .zonal(let dimension): Zonal(dimension: dimension)
    }
  }
}
