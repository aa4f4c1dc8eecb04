internal import Foundation

/// Numbers read off a snapshot; NaN where a quantity has no value.
extension Snapshot {
  /// ∫ dμ.
  public var mass: Double { moments.real(0) }

  /// ∫ x dμ ∈ R².
  public var mean: [Double] { [moments.real(1), -moments.imaginary(1)] }

  /// ∫∫ e^{β(⟨x,y⟩−1)} dμ dμ = Σ_k a_k |m_k|² ∈ (0, 1]: Σ p_q² for well separated clusters.
  public var normalizedEnergy: Double {
    pairSum(KernelSpectrum(beta: equation.attention.beta).partition)
  }

  /// Ē = (1/2β) Σ_k a_k |m_k|²; at β = 0: ½ |∫ x dμ|².
  public var scaledEnergy: Double {
    let beta = equation.attention.beta
    return beta > 0 ? normalizedEnergy / (2 * beta) : 0.5 * moments.squaredMagnitude(1)
  }

  /// Ē above that of the uniform law, without the rounding of the constant a₀/2β.
  var energyAboveUniform: Double {
    let beta = equation.attention.beta
    guard beta > 0 else { return scaledEnergy }
    var factors = KernelSpectrum(beta: beta).partition
    factors[0] = 0
    return pairSum(factors) / (2 * beta)
  }

  /// E = (1/2β) ∫∫ k dμ dμ with the kernel k of the normalization; never decreases when D = 0.
  public var energy: Double { finite(equation.attention.energyUnit * scaledEnergy) }

  /// dE/dt = ∫ |X|² dμ, weighted by Z for softmax, plus (D/β) ∫ ΔZ dμ
  /// (arXiv 2312.10794, lemma 3.7 and (3.15)).
  public var dissipation: Double { finite(equation.attention.energyUnit * scaledDissipation) }

  /// dĒ/dt = ∫ X · X̄ dμ − D Σ_k k v_k |m_k|², for every normalization.
  public var scaledDissipation: Double {
    var sum = 0.0
    for i in masses.indices { sum += masses[i] * velocities[i] * gradients[i] }
    guard equation.noise > 0 else { return sum }
    let slope = KernelSpectrum(beta: equation.attention.beta).slope
    return sum - equation.noise * pairSum(slope.enumerated().map { Double($0) * $1 })
  }

  /// (∫₀ᵗ (dE/dt) dt − (E(t) − E(0))) / (E(t) − E(0)): what the discretization adds or loses.
  public var dissipationDefect: Double {
    guard let dissipated, let initialEnergy, initialEnergy.isFinite, time > 0 else { return .nan }
    let change = energyAboveUniform - initialEnergy
    let size = max(abs(change), abs(dissipated))
    return size > 0 ? (dissipated - change) / size : 0
  }

  /// −∫ log(dμ/dσ) dμ, NaN for tokens.
  public var entropy: Double {
    guard let densities else { return .nan }
    var sum = 0.0
    for i in masses.indices where densities[i] > 0 { sum -= masses[i] * log(densities[i]) }
    return sum
  }

  /// D ∫ log(dμ/dσ) dμ − E for D > 0, unnormalized or peak; never increases.
  public var freeEnergy: Double {
    guard equation.noise > 0, equation.attention.normalization != .softmax else { return .nan }
    return -equation.noise * entropy - energy
  }

  /// Smallest dμ/dσ at the points.
  public var minimumDensity: Double { densities?.min() ?? .nan }

  /// Σ_k q_k |m_k|² over all k, q_{−k} = q_k.
  private func pairSum(_ factors: [Double]) -> Double {
    var sum = factors[0] * moments.squaredMagnitude(0)
    for k in 1..<max(1, min(factors.count, moments.count)) {
      sum += 2 * factors[k] * moments.squaredMagnitude(k)
    }
    return sum
  }

  private func finite(_ value: Double) -> Double { value.isFinite ? value : .nan }
}
