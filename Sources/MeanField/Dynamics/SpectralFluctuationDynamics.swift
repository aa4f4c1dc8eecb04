/// The fluctuation of independent draws carried along the flow of their law, in harmonics.
///
/// A state is ∫ e df of the law f and, after it, of every column δ of a square root of the covariance.
/// A column moves by the linearized right-hand side,
///
///     d/dt ∫ e dδ = ∫ X·∇e dδ + ∫ δX·∇e df + D ∫ Δe dδ,
///     δX = clock ∇δΦ,  under softmax (∇δΦ − X δZ̄)/Z̄,
///
/// where the law has the flow X (Sznitman 1991). With N draws the law differs from f by
/// N^{−1/2} Σ_b g_b (column b), g Gaussian: influences of a few smooth sources suffice.
///
/// With noise the columns are R random samples divided by √R, and all of them meet noise of the
/// covariance 2D ∫ ∇e·∇e′ df per unit of time; variances have a relative error √(2/R). Diffusion is
/// exact, and the noise of a while is that at its middle (`Diffusion`): of weak order 2, and
/// diffusion leaves the fluctuations of the uniform law as they are for any τ.
///
/// The next order in 1/N comes along (`SecondOrder`): for v = Σ_b g_b (column b) the law moves by
/// N^{−1/2} v + N^{−1} w, where w obeys the linearized equation with the source
///
///     ∫ (δm − m δZ̄/Z̄) δX·∇e,    δm, δZ̄ and δX those of v.
///
/// Its mean, from the sum over all columns, contains what the sources of a manifold leave out
/// of a token's attention to itself.
///
/// The density that decides whether a run fails is another one: here refinement ends at `maximum`,
/// and from there on the highest degrees are damped.
public struct SpectralFluctuationDynamics<Basis: SpectralBasis>: ResponseDynamics {
  public let equation: Equation
  /// How many columns there are.
  public let columnCount: Int
  /// Where refinement ends.
  public let maximum: Int
  public internal(set) var basis: Basis
  /// Densities are refined where the tail of their spectrum exceeds this: less than what columns
  /// leave out of a variance.
  public static var tailTolerance: Double { 1e-3 }

  typealias Respond = (
    Basis, _ density: [Double], _ columns: [Double], _ seconds: [Double]
  ) -> any LinearResponse

  private let kernel: KernelSpectrum
  private let clock: Double
  private let divides: Bool
  private let respond: Respond
  var flow: GridFlow
  var damping: [Double] = []
  var laplacian: TriangularMap?
  /// Of the law and its columns, and then of every sector.
  var diffusions: [Diffusion] = []
  /// How many columns every sector has.
  let sectorColumns: [Int]
  /// g_b of every sample.
  private let factors: [[Double]]
  /// One combination of all columns.
  var mixture: [Double] = []
  let selfAttention: (Basis) -> SelfAttention
  var lackingSelf = SelfAttention()

  /// - Parameters:
  ///   - basis: where refinement starts.
  ///   - respond: what a density, its columns and the samples of second order, one after the other, say
  ///     on their manifold.
  ///   - sectorColumns: of fluctuations that break a symmetry of the law, in each sector.
  ///   - selfAttention: what sources lack of a token's attention to itself.
  init(
    equation: Equation, basis: Basis, maximum: Int, columnCount: Int,
    sectorColumns: [Int] = [],
    selfAttention: @escaping (Basis) -> SelfAttention = { _ in SelfAttention() },
    respond: @escaping Respond
  ) {
    self.selfAttention = selfAttention
    self.sectorColumns = sectorColumns
    factors = SecondOrder.factors(columnCount + sectorColumns.reduce(0, +))
    self.equation = equation
    self.basis = basis
    self.maximum = maximum
    self.columnCount = columnCount
    self.respond = respond
    kernel = equation.kernel
    clock = equation.attention.clock
    divides = equation.attention.normalization == .softmax
    flow = GridFlow(pointCount: basis.pointCount, tangentCount: basis.tangentCount)
    use(basis)
  }

  /// The coarsest basis from one on that holds a law as well as columns need it.
  static func basis(for law: InitialLaw, from basis: Basis, maximum: Int) -> Basis {
    var basis = basis
    while basis.coefficients(of: law).tail > tailTolerance {
      guard basis.finerCount <= maximum else { break }
      basis = basis.refined()
    }
    return basis
  }

  public func response(of state: [Double]) -> any LinearResponse {
    let count = basis.coefficientCount
    let end = (columnCount + 1) * count
    return respond(
      basis, Array(state[..<count]), Array(state[count..<end]),
      state[end..<(firstSector * count)].map { $0 / SecondOrder.scale })
  }

  /// The state at t = 0: no draw has moved anything yet.
  func state(density: [Double], columns: [Double], sectors: [Double] = []) -> [Double] {
    density + columns
      + [Double](repeating: 0, count: SecondOrder.members * density.count)
      + sectors
  }

  /// The law, its columns, the samples of second order and the columns of sectors.
  var memberCount: Int { firstSector + sectorColumns.reduce(0, +) }
  var firstSector: Int { 1 + columnCount + SecondOrder.members }

  /// Columns beyond 100 say only that chance decides: they need no absolute accuracy.
  public func errorUnit(of state: [Double]) -> Double {
    var largest = 0.0
    for value in state[basis.coefficientCount...] { largest = max(largest, abs(value)) }
    return max(1, 0.01 * largest)
  }

  public mutating func writeRate(
    of state: UnsafePointer<Double>, into rate: UnsafeMutablePointer<Double>
  ) {
    basis.loadMasses(state)
    basis.loadSlopes(state, kernel)
    if divides {
      basis.loadPartition(state, kernel)
      // In voids columns are what a cut-off spectrum leaves there: velocities may err as much.
      basis.fillVoids(kernel, tolerance: 10 * Self.tailTolerance)
    }
    flow.take(basis, clock: divides ? nil : clock, selfAttention: lackingSelf)
    basis.writeDivergence(into: rate)
    let count = basis.coefficientCount
    for column in stride(from: count, to: (columnCount + 1) * count, by: count) {
      load(state + column)
      flow.disturb(basis, divides: divides, isCounted: true)
      basis.writeDivergence(into: rate + column)
    }
    var place = firstSector * count
    for (sector, number) in zip(lackingSelf.sectors, sectorColumns) {
      flow.move(sector, state + place, number: number, rate: rate + place, divides: divides)
      place += number * count
    }
    flow.addMeans(of: lackingSelf.sectors)
    for r in 0..<SecondOrder.members {
      let place = (1 + columnCount + r) * count
      // The first one is the mean.
      if r > 0 {
        mix(state, factors[r - 1])
        mixture.withUnsafeBufferPointer { if let base = $0.baseAddress { load(base) } }
        flow.keepQuadratic(
          basis, lackingSelf.sectors, sectorFactors(r - 1), divides: divides)
      }
      load(state + place)
      flow.disturb(basis, divides: divides)
      flow.addQuadratic(to: basis, isMean: r == 0)
      basis.writeDivergence(into: rate + place)
    }
  }

  private func load(_ column: UnsafePointer<Double>) {
    basis.loadMasses(column)
    basis.loadSlopes(column, kernel)
    if divides { basis.loadPartition(column, kernel) }
  }

  /// g_b of a sample for the columns of every sector.
  private func sectorFactors(_ sample: Int) -> [ArraySlice<Double>] {
    var rest = factors[sample][columnCount...]
    return sectorColumns.map { number in
      defer { rest = rest.dropFirst(number) }
      return rest.prefix(number)
    }
  }

  /// mixture ← Σ_b g_b (column b).
  private mutating func mix(_ state: UnsafePointer<Double>, _ factors: [Double]) {
    let count = basis.coefficientCount
    for i in 0..<count { mixture[i] = 0 }
    for b in 0..<columnCount {
      let column = state + (b + 1) * count
      let factor = factors[b]
      for i in 0..<count { mixture[i] += factor * column[i] }
    }
  }
}
