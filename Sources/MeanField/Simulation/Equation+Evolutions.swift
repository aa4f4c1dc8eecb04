/// The short way from an equation to something that moves, on any manifold.
extension Equation {
  /// A density on its way from an initial law.
  ///
  /// - Parameters:
  ///   - law: one that has a density.
  ///   - tolerance: local error of a step, and the largest error of a moment that space may cause.
  ///   - end: no step is longer than this.
  /// - Throws: `SimulationFailure` when the start itself cannot be resolved.
  public func density(
    from law: InitialLaw, tolerance: Double = 1e-8, end: Double
  ) throws(SimulationFailure) -> any LawEvolution {
    let geometry = manifold.geometry
    return try geometry.density(
      self, from: law,
      numerics: DensityNumerics(
        resolution: geometry.startResolution, maximum: geometry.finestResolution,
        tolerance: tolerance, spaceTolerance: tolerance, end: end))
  }

  /// Equal tokens on their way from points.
  ///
  /// - Parameters:
  ///   - points: row after row, angles in radians on the circle, unit vectors elsewhere.
  ///   - tolerance: local error of a step, without noise.
  ///   - seed: of the random numbers, where there is noise.
  ///   - member: which of the independent members this is.
  ///   - end: no step is longer than this.
  public func tokens(
    at points: [Double], tolerance: Double = 1e-8, seed: UInt64 = 0, member: Int = 0, end: Double
  ) -> any LawEvolution {
    manifold.geometry.tokens(
      self, at: points, masses: nil,
      numerics: TokenNumerics(tolerance: tolerance, seed: seed, member: member, end: end))
  }

  /// N independent draws from an initial law that has a density, row after row.
  public func draws(from law: InitialLaw, count: Int, seed: UInt64 = 0) -> [Double] {
    manifold.geometry.draws(from: law, count: count, members: 1, seed: seed, threads: 1)[0]
  }
}

extension LawEvolution {
  /// Steps until `target`, exactly.
  public func advance(to target: Double) throws(SimulationFailure) {
    try advance(to: target, shouldStop: { false })
  }
}
