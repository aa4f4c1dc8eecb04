internal import Transforms

/// A density carried by the harmonics of its manifold: a state is ∫ e dμ for every basis function.
///
///     d/dt ∫ e dμ = ∫ X·∇e dμ + D ∫ Δe dμ
///
/// The last entry of a state is W = ∫ (dĒ/dt) dt, which collects the dissipation, Ē = e^{−β} E, to be
/// compared with the energy. When the tail of the spectrum exceeds a tenth of the tolerance the
/// basis becomes twice as fine.
public struct SpectralDynamics<Basis: SpectralBasis>: LawDynamics {
  public let equation: Equation
  public let tolerance: Double
  /// Where refinement gives up.
  public let maximum: Int
  public private(set) var basis: Basis
  public private(set) var linearMap: TriangularMap?

  private let kernel: KernelSpectrum
  private let clock: Double
  private let divides: Bool

  /// - Parameters:
  ///   - basis: where refinement starts.
  ///   - maximum: the finest resolution allowed, as the basis counts it.
  ///   - tolerance: largest error of any moment that space may cause.
  public init(equation: Equation, basis: Basis, maximum: Int, tolerance: Double) {
    self.equation = equation
    self.tolerance = tolerance
    self.maximum = maximum
    self.basis = basis
    kernel = equation.kernel
    clock = equation.attention.clock
    divides = equation.attention.normalization == .softmax
    use(basis)
  }

  /// The state of an initial law, in a basis fine enough for it.
  ///
  /// - Throws: `SimulationFailure.resolutionLost` at time 0.
  public mutating func state(of law: InitialLaw) throws(SimulationFailure) -> [Double] {
    precondition(law.hasDensity, "points have no density")
    while true {
      let (state, tail) = basis.coefficients(of: law)
      if tail <= threshold { return state + [0] }
      guard canRefine else {
        if tail <= tolerance { return state + [0] }
        throw .resolutionLost(
          time: 0, tail: tail, tolerance: tolerance, resolution: basis.resolution)
      }
      use(basis.refined())
    }
  }

  public var resolution: Resolution? { basis.resolution }

  public func controlledCount(of stateCount: Int) -> Int { stateCount - 1 }

  private var canRefine: Bool { basis.finerCount <= maximum }

  private mutating func use(_ basis: Basis) {
    self.basis = basis
    linearMap = equation.noise > 0 ? basis.laplacian.scaled(by: equation.noise) : nil
  }

  public mutating func adopt(stateCount: Int, structure: [Double]) -> Bool {
    while basis.coefficientCount + 1 < stateCount && canRefine { use(basis.refined()) }
    return basis.coefficientCount + 1 == stateCount
  }

  // MARK: The right-hand side

  public mutating func writeRate(
    of state: UnsafePointer<Double>, into rate: UnsafeMutablePointer<Double>
  ) {
    load(state)
    let budget = divides ? divideAndMultiply() : multiply()
    basis.writeDivergence(into: rate)
    rate[basis.coefficientCount] = budget * basis.massUnit + noiseBudget(state)
  }

  private func load(_ state: UnsafePointer<Double>) {
    basis.loadMasses(state)
    basis.loadSlopes(state, kernel)
    guard divides else { return }
    basis.loadPartition(state, kernel)
    basis.fillVoids(kernel, tolerance: tolerance)
  }

  /// slope ← m X with X = clock · X̄; returns Σ m X·X̄.
  private func multiply() -> Double {
    var total = 0.0
    for component in 0..<basis.tangentCount {
      total += Self.multiply(
        basis.slope(component), by: basis.masses, clock: clock, count: basis.pointCount)
    }
    return total
  }

  private static func multiply(
    _ slope: UnsafeMutablePointer<Double>, by masses: UnsafePointer<Double>, clock: Double,
    count: Int
  ) -> Double {
    var sum = Vector.zero
    let factor = Vector(repeating: clock)
    var j = 0
    while j + 8 <= count {
      let x = loadVector(slope + j)
      let flux = loadVector(masses + j) * (factor * x)
      storeVector(flux, slope + j)
      sum = sum.addingProduct(flux, x)
      j += 8
    }
    var total = sum.sum()
    while j < count {
      let x = slope[j]
      slope[j] = masses[j] * (clock * x)
      total += slope[j] * x
      j += 1
    }
    return total
  }

  /// slope ← m X with X = X̄/Z̄; returns Σ m X·X̄.
  private func divideAndMultiply() -> Double {
    var total = 0.0
    for component in 0..<basis.tangentCount {
      total += Self.divideAndMultiply(
        basis.slope(component), by: basis.masses, over: basis.partition, count: basis.pointCount)
    }
    return total
  }

  private static func divideAndMultiply(
    _ slope: UnsafeMutablePointer<Double>, by masses: UnsafePointer<Double>,
    over partition: UnsafePointer<Double>, count: Int
  ) -> Double {
    var sum = Vector.zero
    var j = 0
    while j + 8 <= count {
      let x = loadVector(slope + j)
      let flux = loadVector(masses + j) * x / loadVector(partition + j)
      storeVector(flux, slope + j)
      sum = sum.addingProduct(flux, x)
      j += 8
    }
    var total = sum.sum()
    while j < count {
      let x = slope[j]
      slope[j] = masses[j] * x / partition[j]
      total += slope[j] * x
      j += 1
    }
    return total
  }

  /// (D/β) ∫ ΔZ̄ dμ = −D Σ_l l(l+d−2) (b_l/β) ∫∫ P_l dμ dμ.
  private func noiseBudget(_ state: UnsafePointer<Double>) -> Double {
    guard equation.noise > 0 else { return 0 }
    let d = equation.manifold.dimension
    return -equation.noise
      * basis.kernelSum(state, kernel, .potential) { Double($0) * Double($0 + d - 2) }
  }

  // MARK: Resolution

  public mutating func resolves(_ candidate: [Double]) -> Bool {
    // In the finest basis a tail between threshold and tolerance is still within the promise.
    return tail(of: candidate) <= (canRefine ? threshold : tolerance)
  }

  public mutating func refine(
    _ state: inout [Double], lost candidate: [Double], time: Double
  ) throws(SimulationFailure) {
    guard canRefine else {
      throw .resolutionLost(
        time: time, tail: tail(of: candidate), tolerance: tolerance, resolution: basis.resolution)
    }
    let coarser = basis
    use(basis.refined())
    state = basis.adopt(Array(state.dropLast()), from: coarser) + [state[state.count - 1]]
  }

  /// The basis is refined before the tail reaches the tolerance; below 4·10⁻¹⁵ it would chase
  /// rounding.
  private var threshold: Double { max(0.1 * tolerance, 4e-15) }

  /// Largest entry of the last quarter of the degrees: what the basis is about to lose.
  public func tail(of state: [Double]) -> Double {
    state.withUnsafeBufferPointer { $0.baseAddress.map { basis.tail(of: $0) } ?? 0 }
  }

  // MARK: What observers see

  public mutating func snapshot(
    of state: [Double], time: Double, steps: Int, stepSize: Double
  ) -> Snapshot {
    state.withUnsafeBufferPointer { buffer in
      // A state holds at least ∫ dμ and W.
      let state = buffer.baseAddress.unsafelyUnwrapped
      load(state)
      let speed = largestSpeed()
      let budget = divides ? divideAndMultiply() : multiply()
      let (entropy, minimum) = basis.entropyAndMinimum()
      return Snapshot(
        time: time, steps: steps, stepSize: stepSize, equation: equation,
        law: basis.law(of: Array(buffer.dropLast())),
        normalizedEnergy: basis.kernelSum(state, kernel, .partition) { _ in 1 },
        energyAboveUniform: 0.5 * basis.kernelSum(state, kernel, .potential) { _ in 1 },
        scaledDissipation: budget * basis.massUnit + noiseBudget(state), largestSpeed: speed,
        entropy: entropy, minimumDensity: minimum, dissipated: buffer[buffer.count - 1],
        resolution: basis.tail(of: state))
    }
  }

  /// The largest |X| on the grid, once state and field are loaded.
  private func largestSpeed() -> Double {
    var best = 0.0
    for j in 0..<basis.pointCount {
      var square = 0.0
      for component in 0..<basis.tangentCount {
        let x = basis.slope(component)[j] * (divides ? 1 / basis.partition[j] : clock)
        square += x * x
      }
      best = max(best, square)
    }
    return best.squareRoot()
  }
}
