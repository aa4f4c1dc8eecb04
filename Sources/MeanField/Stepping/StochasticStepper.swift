/// Steps dθ = X dt + √(2D) dW with a fixed step: Heun's method for additive noise, weak order 2.
///
///     θ* = θ + h X(θ) + √(2Dh) ξ,    θ ← θ + (h/2)(X(θ) + X(θ*)) + √(2Dh) ξ
///
/// (Kloeden & Platen, Numerical Solution of SDEs, section 15.1.) The normal numbers depend on
/// (seed, member, token, step) alone, so a resumed run draws what the interrupted one would have.
public struct StochasticStepper {
  /// The longest step; the way to an appointed time is divided equally.
  public let step: Double
  public let noise: Double
  public let stream: RandomStream
  public var memory = Stepper.Memory()

  private var first: [Double] = []
  private var second: [Double] = []
  private var probe: [Double] = []
  private var kicks: [Double] = []

  public init(step: Double, noise: Double, stream: RandomStream) {
    precondition(step > 0, "a step is positive")
    self.step = step
    self.noise = noise
    self.stream = stream
  }

  /// Steps until `target`, exactly; the leading `controlledCount` entries are moved by noise.
  public mutating func advance<D: Dynamics>(
    _ dynamics: inout D, _ state: inout [Double], to target: Double,
    shouldStop: () -> Bool = { false }
  ) throws(SimulationFailure) {
    while memory.time < target {
      // Two planned times that rounding cannot tell apart are one.
      if memory.acceptedSteps > 0, target - memory.time <= 16 * memory.time.ulp {
        memory.time = target
        return
      }
      let remaining = target - memory.time
      let pieces = max(1, (remaining / step - 1e-9).rounded(.up))
      let h = remaining / pieces
      guard h > 16 * memory.time.ulp else {
        throw .stepTooSmall(time: memory.time, step: h)
      }
      take(&dynamics, &state, h)
      memory.time = pieces == 1 ? target : memory.time + h
      memory.lastStep = h
      memory.acceptedSteps += 1
      guard state.allSatisfy(\.isFinite) else { throw .stateNotFinite(time: memory.time) }
      dynamics.finishStep(&state)
      if shouldStop() { return }
    }
  }

  private mutating func take<D: Dynamics>(
    _ dynamics: inout D, _ state: inout [Double], _ h: Double
  ) {
    let count = state.count
    if first.count != count {
      first = [Double](repeating: 0, count: count)
      second = first
      probe = first
      kicks = first
    }
    let noisy = dynamics.noisyCount(of: count)
    let size = (2 * noise * h).squareRoot()
    for i in stride(from: 0, to: noisy, by: 2) {
      let pair = stream.normals(index: i / 2, draw: memory.acceptedSteps)
      kicks[i] = size * pair.0
      if i + 1 < noisy { kicks[i + 1] = size * pair.1 }
    }
    dynamics.writeRate(of: state, into: &first)
    for i in 0..<count { probe[i] = state[i] + h * first[i] + kicks[i] }
    dynamics.writeRate(of: probe, into: &second)
    for i in 0..<count { state[i] += 0.5 * h * (first[i] + second[i]) + kicks[i] }
  }
}
