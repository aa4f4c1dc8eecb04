/// Steps dx = X dt + √(2D) dW with a fixed step: drift and noise in turn, weak order 2.
///
///     half a Brownian motion, a step of Heun's method along X, half a Brownian motion
///
/// The splitting is symmetric (Strang), Heun's method is of order 2 and the Brownian motion is up to the
/// dynamics, at least of weak order 2 too. The normal numbers depend on (seed, member, token, step)
/// alone, so a resumed run draws what the interrupted one would have.
public struct StochasticStepper {
  /// The longest step; the way to an appointed time is divided equally.
  public let step: Double
  public let noise: Double
  public let stream: RandomStream
  public var memory = Stepper.Memory()

  private var first: [Double] = []
  private var second: [Double] = []
  private var probe: [Double] = []

  public init(step: Double, noise: Double, stream: RandomStream) {
    precondition(step > 0, "a step is positive")
    self.step = step
    self.noise = noise
    self.stream = stream
  }

  /// Steps until `target`, exactly.
  public mutating func advance<D: Dynamics>(
    _ dynamics: inout D, _ state: inout [Double], to target: Double,
    shouldStop: () -> Bool = { false }
  ) throws(SimulationFailure) {
    var memory = memory
    defer { self.memory = memory }
    try takeEqualSteps(&memory, to: target, step: step, shouldStop: shouldStop) { h, number in
      take(&dynamics, &state, h, number)
      return state.allSatisfy(\.isFinite)
    }
  }

  private mutating func take<D: Dynamics>(
    _ dynamics: inout D, _ state: inout [Double], _ h: Double, _ number: Int
  ) {
    let count = state.count
    if first.count != count {
      first = [Double](repeating: 0, count: count)
      second = first
      probe = first
    }
    let draw = 2 * number
    dynamics.diffuse(&state, spread: 0.5 * h * noise, stream: stream, draw: draw)
    dynamics.writeRate(of: state, into: &first)
    for i in 0..<count { probe[i] = state[i] + h * first[i] }
    dynamics.writeRate(of: probe, into: &second)
    for i in 0..<count { state[i] += 0.5 * h * (first[i] + second[i]) }
    dynamics.finishStep(&state)
    dynamics.diffuse(&state, spread: 0.5 * h * noise, stream: stream, draw: draw + 1)
    dynamics.finishStep(&state)
  }

  /// A step of the stochastic scheme whose weak error, of second order, is below the sampling error.
  ///
  /// h Λ ≤ min(1/10, n^{−1/4}) for n independent draws, so (h Λ)² ≤ n^{−1/2}; and noise moves a
  /// token by at most a fifth of the kernel's width (1 + β)^{−1/2} in a step.
  public static func step(_ equation: Equation, draws: Int) -> Double {
    let reach = min(0.1, 1 / Double(max(1, draws)).squareRoot().squareRoot())
    let drift = reach / LinearTheory(equation: equation).lipschitzBound
    return min(drift, 0.02 / (equation.noise * (1 + equation.attention.beta)))
  }
}
