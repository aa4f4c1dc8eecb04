/// Numbers read off a snapshot; NaN where a quantity has no value.
extension Snapshot {
  /// ∫ dμ.
  public var mass: Double { law.mass }

  /// ∫ x dμ ∈ R^d; for zonal laws the one component along the pole.
  public var mean: [Double] { law.mean }

  /// Ē = e^{−β}E = (1/2β) ∫∫ e^{β(⟨x,y⟩−1)} dμ dμ; at β = 0: ½ |∫ x dμ|².
  public var scaledEnergy: Double {
    let beta = equation.attention.beta
    return beta > 0 ? normalizedEnergy / (2 * beta) : energyAboveUniform
  }

  /// E = (1/2β) ∫∫ k dμ dμ with the kernel k of the normalization; never decreases when D = 0.
  public var energy: Double { finite(equation.attention.energyUnit * scaledEnergy) }

  /// dE/dt = ∫ |X|² dμ, weighted by Z for softmax, plus (D/β) ∫ ΔZ dμ
  /// (arXiv 2312.10794, lemma 3.7 and (3.15)).
  public var dissipation: Double { finite(equation.attention.energyUnit * scaledDissipation) }

  /// (∫₀ᵗ (dE/dt) dt − (E(t) − E(0))) / (E(t) − E(0)): what the discretization adds or loses.
  public var dissipationDefect: Double {
    guard let dissipated, let initialEnergy, initialEnergy.isFinite, time > 0 else { return .nan }
    let change = energyAboveUniform - initialEnergy
    let size = max(abs(change), abs(dissipated))
    return size > 0 ? (dissipated - change) / size : 0
  }

  /// D ∫ log(dμ/dσ) dμ − E for D > 0, unnormalized or peak; never increases.
  public var freeEnergy: Double {
    guard equation.noise > 0, equation.attention.normalization != .softmax else { return .nan }
    return -equation.noise * entropy - energy
  }

  private func finite(_ value: Double) -> Double { value.isFinite ? value : .nan }
}
