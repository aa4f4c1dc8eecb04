internal import Foundation

/// The fluctuation of independent draws carried along the flow of their law, in harmonics.
///
/// A state is ∫ e df of the law f and, after it, of every column δ of a square root of the covariance.
/// A column moves by the linearized right-hand side,
///
///     d/dt ∫ e dδ = ∫ X·∇e dδ + ∫ δX·∇e df + D ∫ Δe dδ,
///     δX = clock ∇δΦ,  under softmax (∇δΦ − X δZ̄)/Z̄,
///
/// where the law has the flow X (literature 5.8, C37). With N draws the law differs from f by
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
  public private(set) var basis: Basis
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
  private var flow: GridFlow
  private var damping: [Double] = []
  private var laplacian: TriangularMap?
  private var diffusion: Diffusion?
  /// Columns of every sector together.
  private let sectorColumns: Int
  /// g_b of every sample.
  private let factors: [[Double]]
  /// One combination of all columns.
  private var mixture: [Double] = []
  private let selfAttention: (Basis) -> SelfAttention
  private var lackingSelf = SelfAttention()

  /// - Parameters:
  ///   - basis: where refinement starts.
  ///   - respond: what a density, its columns and the samples of second order, one after the other, say
  ///     on their manifold.
  ///   - sectorColumns: of fluctuations that break a symmetry of the law, in each sector.
  ///   - selfAttention: what sources lack of a token's attention to itself.
  init(
    equation: Equation, basis: Basis, maximum: Int, columnCount: Int,
    sectorColumns: Int = 0,
    selfAttention: @escaping (Basis) -> SelfAttention = { _ in SelfAttention() },
    respond: @escaping Respond
  ) {
    self.selfAttention = selfAttention
    self.sectorColumns = sectorColumns
    factors = SecondOrder.factors(columnCount + sectorColumns)
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
      + lackingSelf.sectors.flatMap { _ in sectors }
  }

  /// The law, its columns, the samples of second order and the columns of sectors.
  private var memberCount: Int { firstSector + sectorColumns * lackingSelf.sectors.count }
  private var firstSector: Int { 1 + columnCount + SecondOrder.members }

  /// Columns beyond 100 say only that chance decides: they need no absolute accuracy.
  public func errorUnit(of state: [Double]) -> Double {
    var largest = 0.0
    for value in state[basis.coefficientCount...] { largest = max(largest, abs(value)) }
    return max(1, 0.01 * largest)
  }

  // MARK: The right-hand side

  public mutating func writeRate(
    of state: UnsafePointer<Double>, into rate: UnsafeMutablePointer<Double>
  ) {
    basis.loadMasses(state)
    basis.loadSlopes(state, kernel)
    if divides { basis.loadPartition(state, kernel) }
    flow.take(basis, clock: divides ? nil : clock, selfAttention: lackingSelf)
    basis.writeDivergence(into: rate)
    let count = basis.coefficientCount
    for column in stride(from: count, to: (columnCount + 1) * count, by: count) {
      load(state + column)
      flow.disturb(basis, divides: divides, isCounted: true)
      basis.writeDivergence(into: rate + column)
    }
    for (s, sector) in lackingSelf.sectors.enumerated() {
      let place = (firstSector + s * sectorColumns) * count
      flow.move(
        sector, state + place, number: sectorColumns, rate: rate + place, divides: divides)
    }
    flow.addMeans(of: lackingSelf.sectors)
    for r in 0..<SecondOrder.members {
      let place = (1 + columnCount + r) * count
      // The first one is the mean.
      if r > 0 {
        mix(state, factors[r - 1])
        mixture.withUnsafeBufferPointer { if let base = $0.baseAddress { load(base) } }
        flow.keepQuadratic(
          basis, lackingSelf.sectors, factors[r - 1][columnCount...], divides: divides)
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

  // MARK: Noise

  public mutating func diffuse(
    _ state: inout [Double], spread: Double, stream: RandomStream, draw: Int
  ) {
    guard let diffusion = diffusion(of: spread) else { return }
    let count = basis.coefficientCount
    let points = basis.pointCount
    let components = basis.tangentCount
    var sizes = [Double](repeating: 0, count: points)
    var noise = [Double](repeating: 0, count: count)
    // Columns carry R^{−1/2}.
    let scale = 2 * spread / (basis.massUnit * Double(columnCount))
    state.withUnsafeMutableBufferPointer { buffer in
      guard let state = buffer.baseAddress else { return }
      diffusion.half.apply(to: state)
      basis.loadMasses(state)
      for j in 0..<points { sizes[j] = (scale * max(0, basis.masses[j])).squareRoot() }
      diffusion.half.apply(to: state)
      for r in 0..<columnCount {
        let column = state + (r + 1) * count
        diffusion.whole.apply(to: column)
        for component in 0..<components {
          let slope = basis.slope(component)
          stream.writeSigns(
            index: r * components + component, draw: draw, into: slope, count: points)
          for j in 0..<points { slope[j] *= sizes[j] }
        }
        basis.writeDivergence(into: &noise)
        diffusion.gain.apply(to: &noise)
        for i in 0..<count { column[i] += noise[i] }
      }
      for r in 0..<SecondOrder.members {
        diffusion.whole.apply(to: state + (1 + columnCount + r) * count)
      }
    }
  }

  /// The diffusion of a spread's first 44 bits, whatever came before.
  private mutating func diffusion(of spread: Double) -> Diffusion? {
    let spread = TriangularMap.duration(spread)
    if diffusion?.spread != spread {
      diffusion = laplacian.map { Diffusion($0, spread: spread) }
    }
    return diffusion
  }

  // MARK: Resolution

  private var canRefine: Bool { basis.finerCount <= maximum }

  private mutating func use(_ basis: Basis) {
    if basis.pointCount != flow.pointCount {
      flow = GridFlow(pointCount: basis.pointCount, tangentCount: basis.tangentCount)
    }
    self.basis = basis
    mixture = [Double](repeating: 0, count: basis.coefficientCount)
    lackingSelf = selfAttention(basis)
    laplacian = equation.noise > 0 ? basis.laplacian : nil
    diffusion = nil
    damping = []
    if !canRefine {
      let eigenvalues = basis.eigenvalues
      // Nothing below half of the degrees, all of the last one.
      let highest = eigenvalues.max() ?? 1
      damping = eigenvalues.map { exp(-36 * pow($0 / highest, 8)) }
    }
  }

  private func isResolved(_ state: [Double]) -> Bool {
    state.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { basis.tail(of: $0) <= Self.tailTolerance } ?? true
    }
  }

  public mutating func resolves(
    _ candidate: [Double], time: Double
  ) throws(SimulationFailure) -> Bool {
    !damping.isEmpty || isResolved(candidate)
  }

  public mutating func refine(
    _ state: inout [Double], lost candidate: [Double], time: Double
  ) throws(SimulationFailure) {
    refine(&state)
  }

  private mutating func refine(_ state: inout [Double]) {
    let coarser = basis
    let count = coarser.coefficientCount
    use(coarser.refined())
    state = stride(from: 0, to: state.count, by: count).flatMap { start in
      basis.adopt(Array(state[start..<(start + count)]), from: coarser)
    }
  }

  public mutating func finishStep(_ state: inout [Double]) {
    guard damping.isEmpty else {
      let count = basis.coefficientCount
      for start in stride(from: 0, to: state.count, by: count) {
        for i in 0..<count { state[start + i] *= damping[i] }
      }
      return
    }
    // The stochastic scheme takes what it gets; the adaptive one has asked before.
    if equation.noise > 0, !isResolved(state) { refine(&state) }
  }

  public mutating func adopt(stateCount: Int, from present: Int) -> Bool {
    while memberCount * basis.coefficientCount < stateCount && canRefine {
      use(basis.refined())
    }
    return memberCount * basis.coefficientCount == stateCount
  }
}

/// e^{τDΔ} and its parts, τD the spread.
///
/// White noise that comes in over the whole of τ and is smoothed from then on has the covariance of
/// noise that comes in at once and is seen through ((1/τ) ∫₀^τ e^{2sDΔ} ds)^{1/2}, where its
/// covariance commutes with Δ, as that of the uniform law does.
private struct Diffusion {
  let spread: Double
  let half: TriangularMap
  let whole: TriangularMap
  let gain: TriangularMap

  init(_ laplacian: TriangularMap, spread: Double) {
    self.spread = spread
    let flows = laplacian.flows([0.5 * spread, spread])
    half = flows[0]
    whole = flows[1]
    gain = laplacian.rootMeanSquareFlow(over: spread)
  }
}

/// The flow of a law on the grid, kept while its columns use the basis.
private final class GridFlow {
  let pointCount: Int
  private let tangentCount: Int
  /// X, component after component.
  private let velocity: UnsafeMutablePointer<Double>
  /// What multiplies ∇δΦ in the flux: clock · m, or m/Z̄.
  private let response: UnsafeMutablePointer<Double>
  /// clock, or 1/Z̄.
  private let factor: UnsafeMutablePointer<Double>
  /// A flux of second order, component after component.
  private let quadratic: UnsafeMutablePointer<Double>
  /// The mean of it, of all columns and of what tokens do to themselves beyond what columns hold.
  private let mean: UnsafeMutablePointer<Double>

  /// Where Z̄ is below this part of its maximum there is no mass that could be moved, and a
  /// spectrum cut off says nothing about it.
  private static let leastPartition = 1e-7

  init(pointCount: Int, tangentCount: Int) {
    self.pointCount = pointCount
    self.tangentCount = tangentCount
    let size = (3 * tangentCount + 2) * pointCount
    velocity = .allocate(capacity: size)
    velocity.initialize(repeating: 0, count: size)
    response = velocity + tangentCount * pointCount
    factor = response + pointCount
    quadratic = factor + pointCount
    mean = quadratic + tangentCount * pointCount
  }

  deinit { velocity.deallocate() }

  /// Keeps the flow of the law that has been loaded and puts its flux in the slopes.
  ///
  /// - Parameter clock: X/X̄ where that is a constant, nil under softmax.
  func take(_ basis: some SpectralBasis, clock: Double?, selfAttention: SelfAttention) {
    let masses = basis.masses
    if let clock {
      for j in 0..<pointCount {
        factor[j] = clock
        response[j] = clock * masses[j]
      }
    } else {
      let partition = basis.partition
      var most = 0.0
      for j in 0..<pointCount { most = max(most, partition[j]) }
      let least = Self.leastPartition * most
      for j in 0..<pointCount {
        partition[j] = 1 / max(partition[j], least)
        factor[j] = partition[j]
        response[j] = masses[j] * partition[j]
      }
    }
    for j in 0..<(tangentCount * pointCount) { mean[j] = 0 }
    for component in 0..<tangentCount {
      let slope = basis.slope(component)
      let velocity = velocity + component * pointCount
      if let clock {
        for j in 0..<pointCount { velocity[j] = clock * slope[j] }
      } else {
        let inverse = basis.partition
        for j in 0..<pointCount { velocity[j] = slope[j] * inverse[j] }
      }
      selfAttention.writeFlux(
        component, velocity: velocity, response: response, factor: factor, masses: masses,
        divides: clock == nil, into: mean + component * pointCount)
      for j in 0..<pointCount { slope[j] = masses[j] * velocity[j] }
    }
  }

  /// slope ← δm X + m δX of the column that has been loaded.
  ///
  /// - Parameter isCounted: whether it is one of those whose quadratic fluxes add up to the mean.
  func disturb(_ basis: some SpectralBasis, divides: Bool, isCounted: Bool = false) {
    let masses = basis.masses
    let partition = basis.partition
    // m δX = response (∇δΦ − X δZ̄).
    if divides {
      for j in 0..<pointCount { masses[j] -= response[j] * partition[j] }
    }
    for component in 0..<tangentCount {
      let slope = basis.slope(component)
      let velocity = velocity + component * pointCount
      if isCounted {
        let mean = mean + component * pointCount
        for j in 0..<pointCount {
          let change = divides ? slope[j] - velocity[j] * partition[j] : slope[j]
          mean[j] += masses[j] * factor[j] * change
        }
      }
      for j in 0..<pointCount {
        slope[j] = masses[j] * velocity[j] + response[j] * slope[j]
      }
    }
  }

  /// Keeps (δm − m δZ̄/Z̄) δX of the combination that has been loaded.
  func keepQuadratic(
    _ basis: some SpectralBasis, _ sectors: [ZonalSector], _ factors: ArraySlice<Double>,
    divides: Bool
  ) {
    let masses = basis.masses
    let partition = basis.partition
    if divides {
      for j in 0..<pointCount { masses[j] -= response[j] * partition[j] }
    }
    for component in 0..<tangentCount {
      let slope = basis.slope(component)
      let velocity = velocity + component * pointCount
      let result = quadratic + component * pointCount
      for j in 0..<pointCount {
        let change = divides ? slope[j] - velocity[j] * partition[j] : slope[j]
        result[j] = masses[j] * factor[j] * change
      }
    }
    for sector in sectors { sector.addScatter(factors, to: quadratic) }
  }

  /// Writes the rates of a sector's columns.
  func move(
    _ sector: ZonalSector, _ columns: UnsafePointer<Double>, number: Int,
    rate: UnsafeMutablePointer<Double>, divides: Bool
  ) {
    sector.move(
      columns, number: number, rate: rate, velocity: velocity, response: response,
      factor: factor, divides: divides)
  }

  /// Completes the mean.
  func addMeans(of sectors: [ZonalSector]) {
    for sector in sectors { sector.addMean(to: mean) }
  }

  /// Adds the mean flux of second order to that in the slopes, or what a sample differs by.
  func addQuadratic(to basis: some SpectralBasis, isMean: Bool) {
    let scale = SecondOrder.scale
    for component in 0..<tangentCount {
      let slope = basis.slope(component)
      let quadratic = quadratic + component * pointCount
      let mean = mean + component * pointCount
      if isMean {
        for j in 0..<pointCount { slope[j] += scale * mean[j] }
      } else {
        for j in 0..<pointCount { slope[j] += scale * quadratic[j] }
      }
    }
  }
}
