/// What anyone outside may see of a law at one time.
public struct Snapshot: Sendable {
  public var time: Double
  public var steps: Int
  /// Length of the last step, 0 before the first.
  public var stepSize: Double
  public var equation: Equation
  /// Where the mass is.
  public var law: any Law

  /// ∫∫ e^{β(⟨x,y⟩−1)} dμ dμ ∈ (0, 1]: Σ p_q² for well separated clusters of masses p_q.
  public var normalizedEnergy: Double
  /// Ē = e^{−β}E above that of the uniform law, without the rounding of the constant a₀/2β.
  public var energyAboveUniform: Double
  /// dĒ/dt = ∫ X·X̄ dμ + (D/β) ∫ ΔZ̄ dμ, for every normalization.
  public var scaledDissipation: Double
  /// The largest |X| at the points; in deep voids of spectral densities on S² X is less than it should be.
  public var largestSpeed: Double
  /// −∫ log(dμ/dσ) dμ, NaN for tokens.
  public var entropy: Double
  /// Smallest dμ/dσ at the points, NaN for tokens.
  public var minimumDensity: Double
  /// ∫₀ᵗ dĒ/dt dt by the time stepper; nil where noise moves the points.
  public var dissipated: Double?
  /// Ē above that of the uniform law at t = 0; NaN unless a snapshot was taken then.
  public var initialEnergy: Double?
  /// What the representation can no longer see; nil for tokens.
  public var resolution: Double?

  init(
    time: Double, steps: Int, stepSize: Double, equation: Equation, law: any Law,
    normalizedEnergy: Double, energyAboveUniform: Double, scaledDissipation: Double,
    largestSpeed: Double, entropy: Double = .nan, minimumDensity: Double = .nan,
    dissipated: Double?, resolution: Double? = nil
  ) {
    self.time = time
    self.steps = steps
    self.stepSize = stepSize
    self.equation = equation
    self.law = law
    self.normalizedEnergy = normalizedEnergy
    self.energyAboveUniform = energyAboveUniform
    self.scaledDissipation = scaledDissipation
    self.largestSpeed = largestSpeed
    self.entropy = entropy
    self.minimumDensity = minimumDensity
    self.dissipated = dissipated
    self.resolution = resolution
  }

  /// Clusters by descending mass, then position; looked for anew at every call.
  public func clusters() -> [Cluster] { law.clusters(equation.attention) }
}
