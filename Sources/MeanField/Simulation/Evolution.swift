/// One law on its way through time: dynamics, state and stepper.
public final class Evolution<D: Dynamics> {
  /// How time is stepped.
  public enum Stepping {
    case adaptive(Stepper)
    case stochastic(StochasticStepper)
    /// The papers' scheme, tokens only.
    case papers(FixedStepper<D>)
  }

  public internal(set) var dynamics: D
  public internal(set) var state: [Double]
  var stepping: Stepping
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
      case .papers(let stepper): stepper.memory
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
      case .papers(var stepper):
        stepper.memory = newValue
        stepping = .papers(stepper)
      }
    }
  }

  /// Right-hand sides evaluated so far: two a step for the stochastic scheme.
  public var evaluations: Int {
    switch stepping {
    case .adaptive(let stepper): stepper.evaluations
    case .stochastic(let stepper): 2 * stepper.memory.acceptedSteps
    case .papers(let stepper): stepper.memory.acceptedSteps
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
    case .papers(var stepper):
      defer { stepping = .papers(stepper) }
      try stepper.advance(&dynamics, &state, to: target, shouldStop: shouldStop)
    }
  }

  func saved(structure: [Double]) -> SavedEvolution {
    SavedEvolution(
      state: state, structure: structure, memory: memory, initialEnergy: initialEnergy)
  }

  /// Goes to a saved place if that has as many numbers as the state.
  func take(_ saved: SavedEvolution, of count: Int) -> Bool {
    guard saved.state.count == count else { return false }
    state = saved.state
    memory = saved.memory
    initialEnergy = saved.initialEnergy
    return true
  }
}

extension Evolution.Stepping {
  /// Points move by the adaptive scheme, with noise by the stochastic one.
  ///
  /// - Parameter draws: how many independent ones the statistics will be of.
  static func points(
    _ equation: Equation, draws: Int, _ purpose: RandomStream.Purpose, _ numerics: TokenNumerics
  ) -> Self {
    if equation.noise > 0 {
      let step = numerics.step ?? StochasticStepper.step(equation, draws: draws)
      let stream = RandomStream(seed: numerics.seed, member: numerics.member, purpose: purpose)
      return .stochastic(StochasticStepper(step: step, noise: equation.noise, stream: stream))
    }
    return .adaptive(
      Stepper(scheme: .dormandPrince8, tolerance: numerics.tolerance, longest: numerics.end))
  }
}

/// Tokens that can take the papers' step.
protocol AttentionStepping: LawDynamics {
  /// x ← (x + h A)/|x + h A| for every token, A = X + ⟨x, A⟩ x the attention before it is projected
  /// (arXiv 2312.10794, the authors' scheme).
  mutating func takeAttentionStep(_ state: inout [Double], length: Double)
}

extension Evolution.Stepping where D: AttentionStepping {
  /// The scheme that was asked for.
  static func tokens(_ equation: Equation, draws: Int, _ numerics: TokenNumerics) -> Self {
    switch numerics.scheme {
    case .adaptive: .points(equation, draws: draws, .noise, numerics)
    case .euler(let step):
      .papers(FixedStepper(step: step) { $0.takeAttentionStep(&$1, length: $2) })
    }
  }
}

extension Evolution {
  /// A density from its initial law, in a basis that is refined as needed.
  ///
  /// - Throws: `SimulationFailure.resolutionLost` when the start cannot be resolved.
  static func density<Basis>(
    _ equation: Equation, from law: InitialLaw, basis: Basis, numerics: DensityNumerics
  ) throws(SimulationFailure) -> Evolution where D == SpectralDynamics<Basis> {
    var dynamics = SpectralDynamics(
      equation: equation, basis: basis, maximum: numerics.maximum,
      tolerance: numerics.spaceTolerance)
    let state = try dynamics.state(of: law)
    let scheme: Scheme = equation.noise > 0 ? .extrapolation8 : .dormandPrince8
    let stepper = Stepper(scheme: scheme, tolerance: numerics.tolerance, longest: numerics.end)
    return Evolution(dynamics: dynamics, state: state, stepping: .adaptive(stepper))
  }
}

extension Evolution where D == SpectralDynamics<FourierBasis> {
  /// A density on the circle from its initial law.
  public static func density(
    _ equation: Equation, from law: InitialLaw, points: Int = 256, maximumPoints: Int = 131_072,
    tolerance: Double = 1e-8, spaceTolerance: Double? = nil, end: Double
  ) throws(SimulationFailure) -> Evolution {
    try density(
      equation, from: law, basis: FourierBasis(points: points),
      numerics: DensityNumerics(
        resolution: points, maximum: maximumPoints, tolerance: tolerance,
        spaceTolerance: spaceTolerance ?? tolerance, end: end))
  }
}

extension Evolution {
  /// A law carried along its flow from an initial law, on panels of a line.
  static func panels<Line>(
    _ equation: Equation, from law: InitialLaw, on line: Line, numerics: PanelNumerics
  ) -> Evolution where D == PanelDynamics<Line> {
    let dynamics = PanelDynamics(equation: equation, line: line, law: law, numerics: numerics)
    let stepper = Stepper(
      scheme: .dormandPrince8, tolerance: numerics.tolerance, longest: numerics.end)
    return Evolution(
      dynamics: dynamics, state: dynamics.initialState, stepping: .adaptive(stepper))
  }
}

extension Evolution where D == CircleTokenDynamics {
  /// Tokens on the circle at given angles; their masses sum to one, nil for equal ones.
  public static func tokens(
    _ equation: Equation, angles: [Double], masses: [Double]? = nil, numerics: TokenNumerics
  ) -> Evolution {
    let dynamics = CircleTokenDynamics(
      equation: equation, count: angles.count, masses: masses, momentCount: numerics.momentCount)
    return Evolution(
      dynamics: dynamics, state: dynamics.state(angles: angles),
      stepping: .tokens(equation, draws: angles.count, numerics))
  }
}
