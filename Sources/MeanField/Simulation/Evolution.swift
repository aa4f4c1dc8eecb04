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
  /// Ē above that of the uniform law at t = 0, kept for the dissipation defect.
  public internal(set) var initialEnergy = Double.nan

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
    completed(
      dynamics.snapshot(
        of: state, time: memory.time, steps: memory.acceptedSteps, stepSize: memory.lastStep))
  }
}

extension Evolution where D == TokenDynamics {
  /// Tokens on the circle at given angles.
  ///
  /// - Parameters:
  ///   - masses: weights summing to one, nil for equal ones.
  ///   - step: of the stochastic scheme, used where there is noise.
  ///   - momentCount: how many moments snapshots carry, at least.
  public static func tokens(
    _ equation: Equation, angles: [Double], masses: [Double]? = nil, tolerance: Double = 1e-8,
    seed: UInt64 = 0, member: Int = 0, step: Double? = nil, momentCount: Int = 0, end: Double
  ) -> Evolution {
    let dynamics = TokenDynamics(
      equation: equation, count: angles.count, masses: masses, momentCount: momentCount)
    let state = dynamics.state(angles: angles)
    let stepping = Evolution.stepping(
      equation, tolerance: tolerance, end: end,
      step: step ?? TokenDynamics.stochasticStep(equation, draws: angles.count),
      stream: RandomStream(seed: seed, member: member, purpose: .noise))
    return Evolution(dynamics: dynamics, state: state, stepping: stepping)
  }

  public func snapshot() -> Snapshot {
    completed(
      dynamics.snapshot(
        of: state, time: memory.time, steps: memory.acceptedSteps, stepSize: memory.lastStep))
  }
}

extension Evolution where D == FluctuationDynamics {
  /// The linear response of a law to its own sampling, at the 10⁻⁴ that error bars need.
  public static func fluctuation(
    _ equation: Equation, around law: InitialLaw, seed: UInt64 = 0, step: Double? = nil,
    end: Double
  ) -> Evolution {
    let dynamics = FluctuationDynamics(
      equation: equation, law: law, count: FluctuationDynamics.labelCount(for: equation),
      seed: seed)
    let stepping = Evolution.stepping(
      equation, tolerance: 1e-4, end: end,
      step: step ?? TokenDynamics.stochasticStep(equation, draws: dynamics.count),
      stream: RandomStream(seed: seed, member: 0, purpose: .fluctuationNoise))
    return Evolution(
      dynamics: dynamics, state: dynamics.initialState, stepping: stepping)
  }
}

extension Evolution {
  /// Points move by the adaptive scheme, with noise by the stochastic one.
  private static func stepping(
    _ equation: Equation, tolerance: Double, end: Double, step: Double, stream: RandomStream
  ) -> Stepping {
    if equation.noise > 0 {
      return .stochastic(StochasticStepper(step: step, noise: equation.noise, stream: stream))
    }
    return .adaptive(Stepper(scheme: .dormandPrince8, tolerance: tolerance, longest: end))
  }

  private func completed(_ snapshot: Snapshot) -> Snapshot {
    if memory.acceptedSteps == 0 { initialEnergy = snapshot.energyAboveUniform }
    var snapshot = snapshot
    snapshot.initialEnergy = initialEnergy
    return snapshot
  }

  /// A copy that can go its own way.
  func replica() -> Evolution {
    let copy = Evolution(dynamics: dynamics, state: state, stepping: stepping)
    copy.initialEnergy = initialEnergy
    return copy
  }

  /// What continues this evolution to the bit.
  public var saved: SavedEvolution {
    SavedEvolution(state: state, memory: memory, initialEnergy: initialEnergy)
  }

  func restore(_ saved: SavedEvolution) {
    state = saved.state
    memory = saved.memory
    initialEnergy = saved.initialEnergy
  }
}

/// An evolution between two steps, as plain data.
public struct SavedEvolution: Sendable, Equatable {
  public var state: [Double]
  public var memory: Stepper.Memory
  public var initialEnergy: Double

  public init(state: [Double], memory: Stepper.Memory, initialEnergy: Double) {
    self.state = state
    self.memory = memory
    self.initialEnergy = initialEnergy
  }
}
