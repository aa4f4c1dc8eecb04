internal import Foundation

/// What is known before any solving: linear stability of the uniform law on S^{d−1}.
///
/// A harmonic of degree l added to the uniform density grows like e^{λ_l t} with
///
///     λ_l = l(l+d−2) (a_l(β)/β − D)
///
/// without normalization; softmax divides a_l by a₀, peak multiplies it by e^{−β} (arXiv 2410.23228;
/// `KernelSpectrum` has a_l). At β = 0 only λ₁ = (d−1)/d − D(d−1) can be positive, for all three.
public struct LinearTheory: Sendable {
  public let equation: Equation
  private let spectrum: KernelSpectrum
  /// a₀, 1 or ā₀: what a_l/(β a₀) is multiplied by.
  private let scale: Double

  public init(equation: Equation) {
    self.equation = equation
    spectrum = equation.kernel
    switch equation.attention.normalization {
    case .softmax: scale = 1
    case .unnormalized: scale = spectrum.unscaledPartition0
    case .peak: scale = spectrum.partition[0]
    }
  }

  /// K(β): degrees of the kernel above 10⁻¹⁶.
  public var modes: Int { spectrum.modes }

  /// l(l+d−2), the eigenvalue of −Δ.
  private func eigenvalue(_ degree: Int) -> Double {
    Double(degree * (degree + spectrum.dimension - 2))
  }

  /// λ_l without noise, at D = 0.
  public func attentionRate(_ degree: Int) -> Double {
    guard degree >= 1, degree <= spectrum.modes else { return 0 }
    return eigenvalue(degree) * spectrum.relativePotential[degree] * scale
  }

  /// Growth rate λ_l of degree l ≥ 1; on the circle of mode k = l.
  public func growthRate(_ degree: Int) -> Double {
    attentionRate(degree) - equation.noise * eigenvalue(degree)
  }

  /// The fastest growing degree, on the circle the expected number of clusters; nil where none
  /// grows, or none at a rate that is a positive Double (peak in high dimension).
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

  /// The diffusivity above which the uniform law is linearly stable: max_l λ_l(D = 0)/(l(l+d−2)).
  ///
  /// a_l falls with l, so it is degree 1: a₁(β)/β without normalization, a₁/(β a₀) for softmax;
  /// 1/d at β = 0 (arXiv 2512.01868, 1/κ_c).
  public var criticalNoise: Double { spectrum.relativePotential[1] * scale }

  /// Largest speed without normalization: e^{βc} √(1 − c²), c = (√(1 + 4β²) − 1)/(2β); 1 for
  /// softmax.
  ///
  /// In every d: the pull of y on x is e^{β cos t} sin t, t the angle between them.
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

  /// A bound on the covariant derivative ∇X, for choosing steps: e^β, 1 or 1 + β in every d.
  ///
  /// The pull of y has the derivative e^{βu}(β(1−u²) − u), u = ⟨x,y⟩, along the great circle
  /// through y and −u e^{βu} across it; softmax adds β times a covariance of unit vectors to −u.
  public var lipschitzBound: Double {
    switch equation.attention.normalization {
    case .unnormalized: exp(equation.attention.beta)
    case .peak: 1
    case .softmax: 1 + equation.attention.beta
    }
  }
}
