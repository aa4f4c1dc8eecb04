/// The mean-field equation ∂_t μ + div(μ X[μ]) = D Δμ of tokens on the circle, as plain data.
public struct Equation: Sendable, Equatable {
  /// What the velocity X is.
  public var attention: Attention
  /// Diffusivity D ≥ 0: dX = drift dt + √(2D) dW.
  public var noise: Double

  public init(attention: Attention, noise: Double = 0) {
    self.attention = attention
    self.noise = noise
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
}
