internal import Foundation

/// The law of the tokens at t = 0, as plain data.
///
/// Densities are dμ/dσ: the uniform law is 1 on every manifold.
public enum InitialLaw: Sendable, Equatable {
  /// dμ/dσ = 1.
  case uniform
  /// dμ/dσ = 1 + a sum of harmonics.
  case harmonics([Harmonic])
  /// A mixture of von Mises–Fisher densities; weights are relative.
  case vonMises([VonMises])
  /// 1 plus random harmonics of degrees 1…`modes` whose L²(σ) norm is exactly `amplitude`.
  case perturbedUniform(amplitude: Double, modes: Int, seed: UInt64)
  /// Weighted points.
  case tokens(Tokens)
  /// Token i at e_i, N ≤ d of them.
  case orthogonal

  /// One term of a density: a harmonic and how much of it.
  ///
  /// On the circle a cos kθ + b sin kθ with k the degree; on S² a Y_{l,m} + b Y_{l,−m} with m the
  /// order, orthonormal in L²(σ), Y₁₀ = √3 z; for zonal laws a P_l(cos θ) with P_l(1) = 1.
  public struct Harmonic: Sendable, Equatable {
    /// k or l, ≥ 1.
    public var degree: Int
    /// m, 0…l, on S²; 0 elsewhere.
    public var order: Int
    /// a.
    public var cosine: Double
    /// b.
    public var sine: Double

    public init(degree: Int, order: Int = 0, cosine: Double, sine: Double = 0) {
      self.degree = degree
      self.order = order
      self.cosine = cosine
      self.sine = sine
    }

    /// a cos kθ + b sin kθ.
    public init(mode: Int, cosine: Double, sine: Double) {
      self.init(degree: mode, cosine: cosine, sine: sine)
    }
  }

  /// e^{κ(⟨x,mean⟩ − 1)} over its integral, κ ≥ 0, with a relative weight > 0.
  public struct VonMises: Sendable, Equatable {
    /// An angle on the circle; a vector of R^d of any length on spheres; 1 or −1 for the north or
    /// south pole of zonal laws.
    public var mean: [Double]
    public var concentration: Double
    public var weight: Double

    public init(mean: [Double], concentration: Double, weight: Double = 1) {
      self.mean = mean
      self.concentration = concentration
      self.weight = weight
    }

    /// About an angle of the circle.
    public init(mean: Double, concentration: Double, weight: Double = 1) {
      self.init(mean: [mean], concentration: concentration, weight: weight)
    }
  }

  /// Atoms at given points; masses sum to one.
  public struct Tokens: Sendable, Equatable {
    /// Row after row: angles on the circle, unit vectors of R^d on spheres.
    public var points: [Double]
    public var masses: [Double]

    public init(points: [Double], masses: [Double]) {
      self.points = points
      self.masses = masses
    }

    public var count: Int { masses.count }
  }

  /// Whether the law has a density; points have none.
  public var hasDensity: Bool {
    switch self {
    case .tokens, .orthogonal: false
    case .uniform, .harmonics, .vonMises, .perturbedUniform: true
    }
  }

  /// Weights of the bumps, summing to one; by the largest first, so that no sum overflows.
  static func shares(_ bumps: [VonMises]) -> [Double] {
    let largest = bumps.map(\.weight).max() ?? 1
    let scaled = bumps.map { $0.weight / largest }
    let sum = scaled.reduce(0, +)
    return scaled.map { $0 / sum }
  }

  /// log(share / ā₀(κ)) of every bump: share e^{κ(⟨x,m⟩ − 1)}/ā₀(κ) is its density.
  static func logConstants(_ bumps: [VonMises], dimension: Int) -> [Double] {
    zip(bumps, shares(bumps)).map { bump, share in
      log(share) - KernelSpectrum(beta: bump.concentration, dimension: dimension).logPartition0
    }
  }

  /// log Σ e^{term}, by the largest term.
  static func logSum(_ terms: [Double]) -> Double {
    let largest = terms.max() ?? 0
    return largest + log(terms.reduce(0) { $0 + exp($1 - largest) })
  }
}
