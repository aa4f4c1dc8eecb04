internal import Foundation
internal import MeanField

/// What linear theory says of a run before it is solved.
public struct Prediction: Sendable, Codable, Equatable {
  /// K(β): modes of the kernel above 10⁻¹⁶.
  public var modes: Int
  /// λ_l for l = 1…K.
  public var growthRates: [Double]
  /// The fastest growing degree; nil where the uniform state is stable.
  public var fastestMode: Int?
  /// On the circle the fastest mode; on spheres a degree has many patterns and no one number.
  public var expectedClusters: Int?
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
    expectedClusters = runFile.equation.manifold == .circle ? theory.fastestMode : nil
    fastestRate = theory.fastestMode.map(theory.growthRate)
    criticalNoise = theory.criticalNoise
    noise = runFile.equation.noise
    speedBound = theory.speedBound
    if let particles = runFile.particles {
      formationTime = theory.formationTime(count: particles.count)
    } else {
      let geometry = runFile.equation.manifold.geometry
      let amplitude = geometry.amplitude(of: runFile.initial.law)
      formationTime =
        amplitude > 0 && amplitude < 1 ? theory.formationTime(amplitude: amplitude) : nil
    }
  }
}
