public import MeanField

/// From a run file to a simulation: the one place where choices become mathematics.
extension RunFile {
  /// Whether there is a density, and particles drawn from it, to be compared.
  public var isComparable: Bool {
    density != .none && particles != nil && initial.law.hasDensity
  }

  /// Whether a comparison of this run has a ladder: then a comparison is what the run is for, and has to fit.
  public var hasLadder: Bool { isComparable && !compare.counts.isEmpty }

  /// The same run with the stochastic step filled in, so that it is recorded.
  public func withChosenStep() -> RunFile {
    guard var chosen = particles, equation.noise > 0, chosen.step == nil else { return self }
    chosen.step = StochasticStepper.step(equation, draws: chosen.count * chosen.members)
    var result = self
    result.particles = chosen
    return result
  }

  public var snapshotTimes: [Double] { output.schedule.snapshotTimes(end: time.end) }

  /// Builds everything that will move.
  ///
  /// - Parameters:
  ///   - compares: also the ladder, and the fluctuations expected between density and particles.
  ///   - hasMembers: false leaves the particles out, for a comparison with recorded ones.
  ///   - times: snapshot times, the planned ones unless given.
  /// - Throws: `SimulationFailure` when the start itself cannot be resolved.
  public func simulation(
    compares: Bool, hasMembers: Bool = true, times: [Double]? = nil, threads: Int
  ) throws(SimulationFailure) -> Simulation {
    let geometry = equation.manifold.geometry
    var fluctuation: (any ResponseEvolution)?
    if compares {
      // Error bars need four digits.
      fluctuation = try geometry.fluctuation(
        equation, around: initial.law, numerics: tokenNumerics(tolerance: 1e-4))
    }
    return Simulation(
      density: try densityEvolution(geometry),
      members: hasMembers ? memberEvolutions(geometry, threads: threads) : [],
      ladder: compares ? ladderEvolutions(geometry, threads: threads) : [],
      fluctuation: fluctuation, times: times ?? snapshotTimes, threads: threads)
  }

  private func densityEvolution(
    _ geometry: any Geometry
  ) throws(SimulationFailure) -> (any LawEvolution)? {
    switch density {
    case .none:
      return nil
    case .spectral(let choice):
      return try geometry.density(
        equation, from: initial.law,
        numerics: DensityNumerics(
          resolution: choice.resolution, maximum: choice.maximum, tolerance: time.tolerance,
          spaceTolerance: choice.tolerance, end: time.end))
    case .panels(let choice):
      let evolution = geometry.panels(
        equation, from: initial.law,
        numerics: PanelNumerics(
          tolerance: time.tolerance, spaceTolerance: choice.tolerance, symmetry: choice.symmetry,
          end: time.end))
      guard let evolution else { preconditionFailure("a manifold without panels") }
      return evolution
    }
  }

  private func memberEvolutions(
    _ geometry: any Geometry, threads: Int
  ) -> [any LawEvolution] {
    guard let particles else { return [] }
    let starts: [[Double]]
    switch initial.law {
    case .tokens(let tokens):
      starts = [[Double]](repeating: tokens.points, count: particles.members)
    case .orthogonal:
      let dimension = equation.manifold.dimension
      var points = [Double](repeating: 0, count: particles.count * dimension)
      for i in 0..<particles.count { points[i * dimension + i] = 1 }
      starts = [[Double]](repeating: points, count: particles.members)
    case .uniform, .harmonics, .vonMises, .perturbedUniform:
      starts = geometry.draws(
        from: initial.law, count: particles.count, members: particles.members,
        seed: particles.seed, threads: threads)
    }
    return starts.enumerated().map { member, points in
      tokenEvolution(geometry, at: points, member: member)
    }
  }

  /// As many members of every rung's N as there are members, numbered after those and one after the
  /// other, so that no two share a random number.
  private func ladderEvolutions(
    _ geometry: any Geometry, threads: Int
  ) -> [[any LawEvolution]] {
    guard let particles else { return [] }
    return compare.counts.enumerated().map { rung, count in
      let first = (rung + 1) * particles.members
      let step = ladderStep(count)
      return geometry.draws(
        from: initial.law, count: count, members: first..<(first + particles.members),
        seed: particles.seed, threads: threads
      ).enumerated().map { member, points in
        tokenEvolution(geometry, at: points, member: first + member, step: step)
      }
    }
  }

  /// The stochastic step of a rung: that of the particles, or less where more tokens show more of its
  /// error; nil where it is chosen or there is none.
  func ladderStep(_ count: Int) -> Double? {
    guard let particles, let step = particles.step else { return nil }
    return min(step, StochasticStepper.step(equation, draws: count * particles.members))
  }

  /// Tokens of this run from given points.
  ///
  /// - Parameter step: of the stochastic scheme, that of the run unless given.
  func tokenEvolution(
    _ geometry: any Geometry, at points: [Double], member: Int, step: Double? = nil
  ) -> any LawEvolution {
    var masses: [Double]?
    if case .tokens(let tokens) = initial.law {
      let even = 1 / Double(tokens.count)
      // Weights that are all equal take the faster road.
      if tokens.masses.contains(where: { abs($0 - even) > 1e-15 }) { masses = tokens.masses }
    }
    var numerics = tokenNumerics(tolerance: time.tolerance)
    numerics.member = member
    if let step { numerics.step = step }
    return geometry.tokens(equation, at: points, masses: masses, numerics: numerics)
  }

  private func tokenNumerics(tolerance: Double) -> TokenNumerics {
    TokenNumerics(
      tolerance: tolerance, scheme: particles?.scheme ?? .adaptive, seed: particles?.seed ?? 0,
      step: particles?.step, momentCount: output.modes + 1, end: time.end)
  }

  /// Tokens written per member.
  public var writtenTokens: Int {
    guard let particles else { return 0 }
    switch output.particles {
    case .all: return particles.count
    case .none: return 0
    case .first(let count): return min(count, particles.count)
    }
  }
}
