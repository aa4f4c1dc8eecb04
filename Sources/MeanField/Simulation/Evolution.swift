/// One law on its way through time: dynamics, state and stepper.
public final class Evolution<D: Dynamics> {
  /// How time is stepped.
  public enum Stepping {
    case adaptive(Stepper)
    case stochastic(StochasticStepper)
  }

  public internal(set) var dynamics: D
  public internal(set) var state: [Double]
  private var stepping: Stepping

  public init(dynamics: D, state: [Double], stepping: Stepping) {
    self.dynamics = dynamics
    self.state = state
    self.stepping = stepping
  }

  /// Time, steps and all else that decides the next step.
  public var memory: Stepper.Memory {
    get {
      switch stepping {
      case .adaptive(let stepper): stepper.memory
      case .stochastic(let stepper): stepper.memory
      }
    }
    set {
      switch stepping {
      case .adaptive(var stepper):
        stepper.memory = newValue
        stepping = .adaptive(stepper)
      case .stochastic(var stepper):
        stepper.memory = newValue
        stepping = .stochastic(stepper)
      }
    }
  }

  /// Right-hand sides evaluated so far: two a step for the stochastic scheme.
  public var evaluations: Int {
    switch stepping {
    case .adaptive(let stepper): stepper.evaluations
    case .stochastic(let stepper): 2 * stepper.memory.acceptedSteps
    }
  }

  /// Steps until `target`, exactly, or until `shouldStop` says so between two steps.
  public func advance(
    to target: Double, shouldStop: () -> Bool = { false }
  ) throws(SimulationFailure) {
    switch stepping {
    case .adaptive(var stepper):
      defer { stepping = .adaptive(stepper) }
      try stepper.advance(&dynamics, &state, to: target, shouldStop: shouldStop)
    case .stochastic(var stepper):
      defer { stepping = .stochastic(stepper) }
      try stepper.advance(&dynamics, &state, to: target, shouldStop: shouldStop)
    }
  }
}

extension Evolution where D == SpectralDynamics {
  /// A density on the circle from its initial law.
  public static func density(
    _ equation: Equation, from law: InitialLaw, points: Int = 256, maximumPoints: Int = 131_072,
    tolerance: Double = 1e-8, spaceTolerance: Double? = nil, end: Double
  ) throws(SimulationFailure) -> Evolution {
    var dynamics = SpectralDynamics(
      equation: equation, points: points, maximumPoints: maximumPoints,
      tolerance: spaceTolerance ?? tolerance)
    let state = try dynamics.state(of: law)
    let scheme: Scheme = equation.noise > 0 ? .extrapolation8 : .dormandPrince8
    let stepper = Stepper(scheme: scheme, tolerance: tolerance, longest: end)
    return Evolution(dynamics: dynamics, state: state, stepping: .adaptive(stepper))
  }

  public func snapshot() -> Snapshot {
    dynamics.snapshot(
      of: state, time: memory.time, steps: memory.acceptedSteps, stepSize: memory.lastStep)
  }
}

extension Evolution where D == TokenDynamics {
  public func snapshot() -> Snapshot {
    dynamics.snapshot(
      of: state, time: memory.time, steps: memory.acceptedSteps, stepSize: memory.lastStep)
  }
}
