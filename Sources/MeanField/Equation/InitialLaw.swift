/// The law of the tokens at t = 0 on the circle.
///
/// Densities are dμ/dσ: the uniform law is 1.
public enum InitialLaw: Sendable, Equatable {
  /// dμ/dσ = 1.
  case uniform
  /// dμ/dσ = 1 + Σ a cos kθ + b sin kθ.
  case harmonics([Harmonic])
  /// A mixture of von Mises densities; weights are relative.
  case vonMises([VonMises])
  /// 1 plus random harmonics of modes 1…`modes` whose L²(σ) norm is exactly `amplitude`.
  case perturbedUniform(amplitude: Double, modes: Int, seed: UInt64)
  /// Weighted points.
  case tokens(Tokens)

  /// One term a cos kθ + b sin kθ, k ≥ 1.
  public struct Harmonic: Sendable, Equatable {
    public var mode: Int
    public var cosine: Double
    public var sine: Double

    public init(mode: Int, cosine: Double, sine: Double) {
      self.mode = mode
      self.cosine = cosine
      self.sine = sine
    }
  }

  /// e^{κ cos(θ − mean)} / I₀(κ), κ ≥ 0, with a relative weight > 0.
  public struct VonMises: Sendable, Equatable {
    public var mean: Double
    public var concentration: Double
    public var weight: Double

    public init(mean: Double, concentration: Double, weight: Double = 1) {
      self.mean = mean
      self.concentration = concentration
      self.weight = weight
    }
  }

  /// Atoms at given angles; masses sum to one.
  public struct Tokens: Sendable, Equatable {
    public var angles: [Double]
    public var masses: [Double]

    public init(angles: [Double], masses: [Double]) {
      self.angles = angles
      self.masses = masses
    }
  }
}
