/// What anyone outside may see of a law at one time: weighted points, moments and velocities.
///
/// Densities and particles present themselves alike, so diagnostics, clusters, distances and
/// writers need nothing else.
public struct Snapshot: Sendable {
  public var time: Double
  public var steps: Int
  /// Length of the last step, 0 before the first.
  public var stepSize: Double
  public var equation: Equation

  /// Points of the circle: the solver's grid, or the tokens.
  public var angles: [Double]
  /// μ at the points, summing to one.
  public var masses: [Double]
  /// dμ/dσ at the points; nil for tokens.
  public var densities: [Double]?
  /// X at the points.
  public var velocities: [Double]
  /// X̄ = (1/β) ∂_θ Z̄ at the points.
  public var gradients: [Double]
  /// As many moments as the solver keeps: at least K(β) unless the density is smoother.
  public var moments: Moments
  public var cumulative: CumulativeLaw
  /// ∫₀ᵗ dĒ/dt dt by the time stepper; nil where noise moves the points.
  public var dissipated: Double?
  /// Ē above that of the uniform law at t = 0; NaN unless a snapshot was taken then.
  public var initialEnergy: Double?
  /// What the representation can no longer see; nil for tokens.
  public var resolution: Double?

  init(
    time: Double, steps: Int, stepSize: Double, equation: Equation, angles: [Double],
    masses: [Double], densities: [Double]?, velocities: [Double], gradients: [Double],
    moments: Moments, cumulative: CumulativeLaw, dissipated: Double?, resolution: Double?
  ) {
    self.time = time
    self.steps = steps
    self.stepSize = stepSize
    self.equation = equation
    self.angles = angles
    self.masses = masses
    self.densities = densities
    self.velocities = velocities
    self.gradients = gradients
    self.moments = moments
    self.cumulative = cumulative
    self.dissipated = dissipated
    self.resolution = resolution
  }
}
