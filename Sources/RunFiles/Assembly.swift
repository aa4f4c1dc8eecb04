public import MeanField

/// From a run file to a simulation: the one place where choices become mathematics.
extension RunFile {
  /// Whether there is a density, and particles drawn from it, to be compared.
  public var isComparable: Bool {
    density != .none && particles != nil && initial.law.hasDensity
  }

  /// The same run with the stochastic step filled in, so that it is recorded.
  public func withChosenStep() -> RunFile {
    guard var chosen = particles, equation.noise > 0, chosen.step == nil else { return self }
    chosen.step = TokenDynamics.stochasticStep(equation, draws: chosen.count * chosen.members)
    var result = self
    result.particles = chosen
    return result
  }

  public var snapshotTimes: [Double] { output.schedule.snapshotTimes(end: time.end) }

  /// Builds everything that will move.
  ///
  /// - Parameters:
  ///   - compares: also the fluctuations expected between density and particles.
  ///   - hasMembers: false leaves the particles out, for a comparison with recorded ones.
  ///   - times: snapshot times, the planned ones unless given.
  /// - Throws: `SimulationFailure` when the start itself cannot be resolved.
  public func simulation(
    compares: Bool, hasMembers: Bool = true, times: [Double]? = nil, threads: Int
  ) throws(SimulationFailure) -> Simulation {
    Simulation(
      density: try densityEvolution(),
      members: hasMembers ? memberEvolutions(threads: threads) : [],
      fluctuation: compares
        ? .fluctuation(
          equation, around: initial.law, seed: particles?.seed ?? 0, step: particles?.step,
          end: time.end) : nil,
      times: times ?? snapshotTimes, threads: threads)
  }

  private func densityEvolution() throws(SimulationFailure) -> Evolution<SpectralDynamics>? {
    switch density {
    case .none:
      return nil
    case .spectral(let choice):
      return try .density(
        equation, from: initial.law, points: choice.points, maximumPoints: choice.maximumPoints,
        tolerance: time.tolerance, spaceTolerance: choice.tolerance, end: time.end)
    }
  }

  private func memberEvolutions(threads: Int) -> [Evolution<TokenDynamics>] {
    guard let particles else { return [] }
    let starts: [[Double]]
    var masses: [Double]?
    if case .tokens(let tokens) = initial.law {
      starts = [[Double]](repeating: tokens.angles, count: particles.members)
      let even = 1 / Double(tokens.masses.count)
      // Weights that are all equal take the faster road.
      if tokens.masses.contains(where: { abs($0 - even) > 1e-15 }) { masses = tokens.masses }
    } else {
      starts = Sampler(law: initial.law).members(
        particles.members, count: particles.count, seed: particles.seed, threads: threads)
    }
    return starts.enumerated().map { member, angles in
      .tokens(
        equation, angles: angles, masses: masses, tolerance: time.tolerance, seed: particles.seed,
        member: member, step: particles.step, momentCount: output.modes + 1, end: time.end)
    }
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
