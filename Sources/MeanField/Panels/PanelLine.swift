/// The line that panels divide: angles round the circle, or polar angles from pole to pole.
///
/// All that panels need of a manifold on which a law depends on one angle.
protocol PanelLine: Sendable {
  associatedtype Law: MeanField.Law

  /// Labels at t = 0 run over it.
  var range: ClosedRange<Double> { get }
  /// Whether its ends are one point.
  var isClosed: Bool { get }
  /// The end of the line that labels about here are counted from.
  func anchor(of position: Double) -> Double
  /// log dσ/dθ at an angle counted from either end.
  func logUniform(at angle: Double) -> Double
  /// Where an atom stands that takes the place of what lies between two positions.
  func place(ofMean mean: Double, between start: Double, and end: Double) -> Double
  /// log dμ/dσ of an initial law, −∞ where it is zero.
  func logDensity(of law: InitialLaw) -> (Double) -> Double

  /// Atoms of a start that is points; of those that the line has as images of one another, one with the mass of all.
  func atoms(of tokens: InitialLaw.Tokens) -> PanelMesh

  /// How the velocity at points of mass comes about.
  func field(_ equation: Equation) -> any PanelField
  func law(
    _ mesh: PanelMesh, _ densities: PanelDensities, _ equation: Equation, limits: PanelLimits
  ) -> Law
  /// ∫∫ e^{β(⟨x,y⟩−1)} dμ dμ, and Ē above that of the uniform law.
  func energies(_ law: Law, _ equation: Equation)
    -> (normalized: Double, aboveUniform: Double)

  /// Leaves out panels that hold no mass, of a law that is atoms otherwise, and keeps what is needed to find
  /// the density between them. By itself a line keeps such panels until they are void.
  func emptyVoids(of mesh: inout PanelMesh, _ equation: Equation, limits: PanelLimits)
  /// Forgets voids without panels when nothing can be said of them any more.
  func forgetVoids(of mesh: inout PanelMesh, _ equation: Equation)
  /// Writes d/dt of `PanelMesh.voidLogDensities`.
  ///
  /// - Parameter voids: indices of the atoms after which there is one.
  func writeVoidRates(
    _ voids: [Int], _ equation: Equation, positions: [Double], masses: [Double],
    into rates: UnsafeMutablePointer<Double>)
}

extension PanelLine {
  func atoms(of tokens: InitialLaw.Tokens) -> PanelMesh {
    PanelMesh(atoms: tokens.points, masses: tokens.masses)
  }
  func emptyVoids(of mesh: inout PanelMesh, _ equation: Equation, limits: PanelLimits) {}
  func forgetVoids(of mesh: inout PanelMesh, _ equation: Equation) {}
  func writeVoidRates(
    _ voids: [Int], _ equation: Equation, positions: [Double], masses: [Double],
    into rates: UnsafeMutablePointer<Double>
  ) {}
}

/// Velocities of weighted points at the points themselves.
protocol PanelField: AnyObject {
  /// Writes the velocity X at every point.
  ///
  /// - Parameters:
  ///   - positions: ascending.
  ///   - masses: ≥ 0, sum 1; nil for equal ones.
  /// - Returns: dĒ/dt = Σ m X·X̄.
  func writeVelocities(
    of positions: UnsafeBufferPointer<Double>, masses: [Double]?,
    into velocities: UnsafeMutablePointer<Double>
  ) -> Double
}
