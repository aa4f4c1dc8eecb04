internal import Transforms

/// N weighted tokens on the circle: θ_i′ = X[μ](θ_i), μ = Σ_i w_i δ_{θ_i}, the token itself included.
///
/// The state is (θ₁, …, θ_N, W) with W = ∫ (dĒ/dt) dt as for densities. Noise is not part of the
/// rate: the stochastic stepper adds it.
public struct TokenDynamics: Dynamics {
  public let equation: Equation
  public let count: Int
  public var linearRates: [Double] { [] }

  private let masses: [Double]?
  private let field: TokenField
  private let clock: Double
  private let momentCount: Int
  private var partition: [Double]
  private var slope: [Double]

  /// - Parameters:
  ///   - masses: weights summing to one, or nil for 1/N each.
  ///   - momentCount: how many moments snapshots carry, at least; K(β) and the judged ones always.
  ///   - usesPairSums: true sums over all pairs, false goes by moments, nil takes the faster.
  public init(
    equation: Equation, count: Int, masses: [Double]? = nil, momentCount: Int = 0,
    usesPairSums: Bool? = nil
  ) {
    self.equation = equation
    self.count = count
    self.masses = masses
    let spectrum = KernelSpectrum(beta: equation.attention.beta)
    let road: TokenField.Road? = usesPairSums.map { $0 ? .direct : .moments }
    field = TokenField(spectrum: spectrum, count: count, masses: masses, road: road)
    clock = equation.attention.clock
    self.momentCount = max(momentCount, spectrum.modes + 1, Comparison.judgedModes + 1)
    partition = [Double](repeating: 1, count: count)
    slope = partition
  }

  /// A step of the stochastic scheme whose weak error, of second order, is below the sampling error.
  ///
  /// h Λ ≤ min(1/10, n^{−1/4}) for n independent draws, so (h Λ)² ≤ n^{−1/2}; and noise moves a
  /// token by at most a fifth of the kernel's width (1 + β)^{−1/2} in a step.
  public static func stochasticStep(_ equation: Equation, draws: Int) -> Double {
    let reach = min(0.1, 1 / Double(max(1, draws)).squareRoot().squareRoot())
    let drift = reach / LinearTheory(equation: equation).lipschitzBound
    return min(drift, 0.02 / (equation.noise * (1 + equation.attention.beta)))
  }

  /// The state of tokens at the given angles.
  public func state(angles: [Double]) -> [Double] {
    precondition(angles.count == count, "one angle for every token")
    return angles.map(wrappedAngle) + [0]
  }

  public func controlledCount(of stateCount: Int) -> Int { stateCount - 1 }

  public mutating func writeRate(
    of state: UnsafePointer<Double>, into rate: UnsafeMutablePointer<Double>
  ) {
    let divides = equation.attention.normalization == .softmax
    let angles = UnsafeBufferPointer(start: state, count: count)
    if let sum = field.evaluateFlow(factor: clock, divides: divides, at: angles, into: rate) {
      rate[count] = sum / Double(count)
      return
    }
    evaluateField(state)
    var budget = 0.0
    for i in 0..<count {
      let velocity = velocity(i)
      rate[i] = velocity
      budget += (masses?[i] ?? 1 / Double(count)) * velocity * slope[i]
    }
    rate[count] = budget
  }

  /// X at token i, once the field has been evaluated.
  private func velocity(_ i: Int) -> Double {
    equation.attention.normalization == .softmax ? slope[i] / partition[i] : clock * slope[i]
  }

  private mutating func evaluateField(_ state: UnsafePointer<Double>) {
    let angles = UnsafeBufferPointer(start: state, count: count)
    let needsPartition = equation.attention.normalization == .softmax
    partition.withUnsafeMutableBufferPointer { partition in
      slope.withUnsafeMutableBufferPointer { slope in
        guard let z = partition.baseAddress, let x = slope.baseAddress else { return }
        field.evaluate(at: angles, partition: z, slope: x, needsPartition: needsPartition)
      }
    }
  }

  /// Angles back into [0, 2π).
  public mutating func finishStep(_ state: inout [Double]) {
    state.withUnsafeMutableBufferPointer { state in
      for i in 0..<count where !(state[i] >= 0 && state[i] < 2 * Double.pi) {
        if state[i].isFinite { state[i] = wrappedAngle(state[i]) }
      }
    }
  }

  /// The state in physical terms.
  public mutating func snapshot(
    of state: [Double], time: Double, steps: Int, stepSize: Double
  ) -> Snapshot {
    state.withUnsafeBufferPointer { if let base = $0.baseAddress { evaluateField(base) } }
    let angles = Array(state.dropLast())
    let weights = masses ?? [Double](repeating: 1 / Double(count), count: count)
    let moments = InitialLaw.tokens(.init(angles: angles, masses: weights))
      .moments(modes: momentCount - 1)
    return Snapshot(
      time: time, steps: steps, stepSize: stepSize, equation: equation, angles: angles,
      masses: weights, densities: nil, velocities: (0..<count).map(velocity), gradients: slope,
      moments: moments, cumulative: .tokens(angles: angles, masses: weights),
      dissipated: equation.noise > 0 ? nil : state[count], resolution: nil)
  }
}
