internal import Foundation

/// The mean-field equation ∂_t μ + div(μ X[μ]) = D Δμ of tokens on a sphere, as plain data.
public struct Equation: Sendable, Equatable {
  /// Where the tokens live.
  public var manifold: Manifold
  /// What the velocity X is.
  public var attention: Attention
  /// Diffusivity D ≥ 0: dX = drift dt + √(2D) dW.
  public var noise: Double

  public init(manifold: Manifold = .circle, attention: Attention, noise: Double = 0) {
    self.manifold = manifold
    self.attention = attention
    self.noise = noise
  }

  /// The kernel of the attention on the manifold.
  public var kernel: KernelSpectrum {
    .known(beta: attention.beta, dimension: manifold.dimension)
  }
}

/// Which attention moves the tokens; with κ(x, y) = e^{β⟨x,y⟩} and Z(x) = ∫ κ(x, y) dμ(y).
///
/// β = 0 is X[μ](x) = P_x ∫ y dμ(y) under every normalization.
public struct Attention: Sendable, Equatable {
  /// How the velocity is normalized (arXiv 2312.10794, equations SA and USA).
  public enum Normalization: String, Sendable, CaseIterable {
    /// X = (1/β) ∇ log Z; |X| ≤ 1.
    case softmax
    /// X = (1/β) ∇ Z; β ≤ 700, beyond which e^β overflows.
    case unnormalized
    /// X = e^{−β} (1/β) ∇ Z: the unnormalized flow with its clock slowed by e^β, for any β.
    case peak
  }

  /// Inverse temperature β ≥ 0.
  public var beta: Double
  public var normalization: Normalization

  public init(beta: Double, normalization: Normalization = .softmax) {
    self.beta = beta
    self.normalization = normalization
  }

  /// The largest β of the unnormalized flow.
  public static let largestUnnormalizedBeta = 700.0

  /// X / X̄ where that is a constant: e^β without normalization, 1 for peak and at β = 0.
  var clock: Double {
    switch normalization {
    case .unnormalized: exp(beta)
    case .softmax, .peak: 1
    }
  }

  /// E / Ē: the kernel of the energy is e^{β⟨x,y⟩}, for peak e^{β(⟨x,y⟩−1)}; infinite where it
  /// overflows.
  var energyUnit: Double {
    switch normalization {
    case .unnormalized, .softmax: exp(beta)
    case .peak: 1
    }
  }
}
