internal import Foundation
internal import MeanField

/// What linear theory says of a run before it is solved.
public struct Prediction: Sendable, Codable, Equatable {
  /// K(β): modes of the kernel above 10⁻¹⁶.
  public var modes: Int
  /// λ_k for k = 1…K.
  public var growthRates: [Double]
  /// Also the expected number of clusters; nil where the uniform state is stable.
  public var fastestMode: Int?
  public var fastestRate: Double?
  /// ln N/(2λ) with particles, else ln(1/ε)/λ with ε the L²(σ) norm of the start's departure from 1.
  public var formationTime: Double?
  /// Above this D the uniform state is linearly stable.
  public var criticalNoise: Double
  public var noise: Double
  /// Largest speed any law can have.
  public var speedBound: Double

  public init(_ runFile: RunFile) {
    let theory = LinearTheory(equation: runFile.equation)
    modes = theory.modes
    growthRates = (1...theory.modes).map(theory.growthRate)
    fastestMode = theory.fastestMode
    fastestRate = theory.fastestMode.map(theory.growthRate)
    criticalNoise = theory.criticalNoise
    noise = runFile.equation.noise
    speedBound = theory.speedBound
    if let particles = runFile.particles {
      formationTime = theory.formationTime(count: particles.count)
    } else {
      let moments = runFile.initial.law.moments(modes: max(1, runFile.initial.law.significantModes))
      let square = (1..<moments.count).reduce(0) { $0 + 2 * moments.squaredMagnitude($1) }
      let amplitude = square.squareRoot()
      formationTime =
        amplitude > 0 && amplitude < 1 ? theory.formationTime(amplitude: amplitude) : nil
    }
  }
}
