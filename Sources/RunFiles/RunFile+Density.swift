import MeanField

/// How the continuum is solved, from the key `density`.
extension RunFile.Density {
  private static let known = ["none", "spectral", "panels"]

  /// - Parameter tolerance: That of time, the default of space.
  init(
    decoding field: Field, of initial: RunFile.Initial, in equation: Equation, tolerance: Double
  ) throws(RunFileError) {
    let choice =
      field.isGiven
      ? try field.choice(Self.known)
      : (
        name: Self.word(for: initial, in: equation),
        settings: Field(path: field.path, place: field.place, value: nil)
      )
    if choice.name == "none" {
      try choice.settings.refuseSettings()
      self = .none
      return
    }
    let manifold = equation.manifold
    // S^{d−1} with d ≥ 4 has particles alone.
    guard manifold.hasDensities else {
      throw field.refusal(
        "found \(choice.name), but in d = \(manifold.dimension) only particles are solved, allowed: "
          + "none, or manifold: {zonal: {dimension: \(manifold.dimension)}}")
    }
    if choice.name == "panels" {
      try Self.refusePanels(field, of: initial, in: equation)
      self = .panels(
        try RunFile.Panels(
          decoding: choice.settings, of: initial, on: manifold, tolerance: tolerance))
      return
    }
    guard initial.law.hasDensity else {
      let carriers = equation.carriesAtoms ? "none, panels" : "none"
      throw field.refusal(
        field.isGiven
          ? "found spectral, but \(initial.key) has no density to solve, allowed: \(carriers)"
          : "missing, but \(initial.key) has no density to solve, allowed: density: none")
    }
    self = .spectral(
      try RunFile.Spectral(decoding: choice.settings, on: manifold, tolerance: tolerance))
  }

  /// What a run file that leaves it out gets.
  private static func word(for initial: RunFile.Initial, in equation: Equation) -> String {
    if !equation.manifold.hasDensities { return "none" }
    let isCarried = initial.law.hasDensity || equation.carriesAtoms
    return equation.noise == 0 && equation.manifold.hasPanels && isCarried
      ? "panels" : "spectral"
  }

  private static func refusePanels(
    _ field: Field, of initial: RunFile.Initial, in equation: Equation
  ) throws(RunFileError) {
    guard equation.manifold.hasPanels else {
      throw field.refusal(
        "found panels, but there are no panels on the sphere, allowed: none, spectral")
    }
    guard equation.noise == 0 else {
      throw field.refusal(
        "found panels, which carry a law along its flow, and noise has none, allowed: none, spectral"
      )
    }
    guard initial.law.hasDensity || equation.carriesAtoms else {
      throw field.refusal(
        "found panels, but \(initial.key) is no law symmetric about the pole, allowed: none")
    }
  }
}

extension Equation {
  /// Whether panels take points as atoms.
  fileprivate var carriesAtoms: Bool { manifold == .circle && noise == 0 }
}

extension RunFile.Spectral {
  fileprivate init(
    decoding field: Field, on manifold: Manifold, tolerance: Double
  ) throws(RunFileError) {
    let names = ResolutionKeys(manifold)
    let known = [names.key, names.maximumKey, "tolerance"]
    let keys = try field.keys(
      known, refused: names.refused([names.other, names.otherMaximum], allowed: known))
    maximum = try keys[names.maximumKey].wholeNumber(
      8...names.largest, otherwise: names.defaultMaximum)
    resolution = try keys[names.key].wholeNumber(
      8...maximum, otherwise: min(names.defaultStart, maximum))
    self.tolerance = try keys["tolerance"].number(RunFile.Time.tolerances, otherwise: tolerance)
  }
}

extension RunFile.Panels {
  /// More than the modes of any start.
  private static let largestSymmetry = 100_000

  fileprivate init(
    decoding field: Field, of initial: RunFile.Initial, on manifold: Manifold, tolerance: Double
  ) throws(RunFileError) {
    let names = ResolutionKeys(manifold)
    let known = names.hasSymmetry ? ["tolerance", "symmetry"] : ["tolerance"]
    let keys = try field.keys(
      known, refused: names.hasSymmetry ? [:] : names.refused(["symmetry"], allowed: known))
    self.tolerance = try keys["tolerance"].number(RunFile.Time.tolerances, otherwise: tolerance)
    symmetry = try keys["symmetry"].wholeNumber(1...Self.largestSymmetry, otherwise: 1)
    if let flaw = StartSymmetry.flaw(of: initial.law, folds: symmetry) {
      throw keys["symmetry"].refusal("\(keys["symmetry"].found), but \(flaw)")
    }
  }
}
