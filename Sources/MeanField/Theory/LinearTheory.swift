internal import Foundation

/// What is known before any solving: linear stability of the uniform state on the circle.
///
/// 1 + ε cos kθ grows like e^{λ_k t}; peak: λ_k = k v_k − D k² with v_k = k e^{−β} I_k(β)/β,
/// unnormalized: k v_k times e^β, softmax: divided by e^{−β} I₀(β) (literature 3.1).
public struct LinearTheory: Sendable {
  public let equation: Equation
  private let spectrum: KernelSpectrum

  public init(equation: Equation) {
    self.equation = equation
    spectrum = KernelSpectrum(beta: equation.attention.beta)
  }

  /// K(β): modes of the kernel above 10⁻¹⁶.
  public var modes: Int { spectrum.modes }

  /// λ_k without noise, at D = 0.
  public func attentionRate(_ k: Int) -> Double {
    guard k >= 1, k <= spectrum.modes else { return 0 }
    let rate = Double(k) * spectrum.slope[k]
    switch equation.attention.normalization {
    case .softmax: return rate / spectrum.partition[0]
    case .unnormalized, .peak: return rate * equation.attention.clock
    }
  }

  /// Growth rate λ_k of mode k ≥ 1.
  public func growthRate(_ k: Int) -> Double {
    attentionRate(k) - equation.noise * Double(k) * Double(k)
  }

  /// The fastest growing mode, the expected number of clusters; nil where no mode grows.
  public var fastestMode: Int? {
    let best = (1...spectrum.modes).max { growthRate($0) < growthRate($1) } ?? 1
    return growthRate(best) > 0 ? best : nil
  }

  /// ln N / (2λ): when fluctuations of N independent tokens reach order one.
  public func formationTime(count: Int) -> Double? {
    fastestMode.map { log(Double(count)) / (2 * growthRate($0)) }
  }

  /// ln(1/ε)/λ: when a perturbation of size ε reaches order one.
  public func formationTime(amplitude: Double) -> Double? {
    fastestMode.map { -log(amplitude) / growthRate($0) }
  }

  /// The diffusivity above which the uniform state is linearly stable: max_k λ_k(D = 0)/k².
  ///
  /// a_k falls with k, so it is mode 1: I₁(β)/β without normalization, I₁/(β I₀) for softmax
  /// (literature 4.9, 1/κ_c).
  public var criticalNoise: Double { attentionRate(1) }

  /// Largest speed without normalization: e^{βc} √(1 − c²), c = (√(1 + 4β²) − 1)/(2β); 1 for
  /// softmax (literature 1.4).
  public var speedBound: Double {
    let beta = equation.attention.beta
    guard beta > 0 else { return 1 }
    // c = 2β/(√(1+4β²)+1) is the same without cancellation.
    let c = 2 * beta / ((1 + 4 * beta * beta).squareRoot() + 1)
    switch equation.attention.normalization {
    case .softmax: return 1
    case .unnormalized: return exp(beta * c) * (1 - c * c).squareRoot()
    case .peak: return exp(beta * (c - 1)) * (1 - c * c).squareRoot()
    }
  }

  /// A bound on |∂X/∂θ|, for choosing steps: e^β, 1 or 1 + β.
  public var lipschitzBound: Double {
    switch equation.attention.normalization {
    case .unnormalized: exp(equation.attention.beta)
    case .peak: 1
    case .softmax: 1 + equation.attention.beta
    }
  }
}
