internal import Foundation
internal import Transforms

/// Initial laws on the circle.
extension InitialLaw {
  /// Moments m_k, k = 0…modes.
  public func circularMoments(modes: Int) -> Moments {
    var result = Moments(count: modes + 1)
    result.values[0] = 1
    switch self {
    case .uniform:
      break
    case .harmonics, .perturbedUniform:
      for term in circularTerms where term.degree <= modes {
        result.values[2 * term.degree] += term.cosine / 2
        result.values[2 * term.degree + 1] -= term.sine / 2
      }
    case .vonMises(let bumps):
      result.values[0] = 0
      for (bump, share) in zip(bumps, Self.shares(bumps)) {
        let spectrum = KernelSpectrum(beta: bump.concentration, dimension: 2).partition
        let mean = wrappedAngle(bump.mean[0])
        for k in 0...min(modes, spectrum.count - 1) {
          let size = share * spectrum[k] / spectrum[0]
          result.values[2 * k] += size * cos(Double(k) * mean)
          result.values[2 * k + 1] -= size * sin(Double(k) * mean)
        }
      }
    case .tokens(let tokens):
      tokens.points.withUnsafeBufferPointer {
        CircleMoments(modes: modes).write(of: $0, masses: tokens.masses, into: &result.values)
      }
    case .orthogonal:
      preconditionFailure("orthogonal tokens are vectors, not angles")
    }
    return result
  }

  /// The highest mode that is more than rounding in the density.
  public var circularModes: Int {
    switch self {
    case .uniform: 0
    case .harmonics, .perturbedUniform: circularTerms.map(\.degree).max() ?? 0
    case .vonMises(let bumps):
      bumps.map { KernelSpectrum(beta: $0.concentration, dimension: 2).modes }.max() ?? 0
    case .tokens, .orthogonal: 0
    }
  }

  /// dμ/dσ at an angle; nil for tokens.
  public func circularDensity(at angle: Double) -> Double? {
    switch self {
    case .harmonics, .perturbedUniform: Self.sum(circularTerms, at: angle)
    case .uniform, .vonMises: exp(circularLogDensity()(angle))
    case .tokens, .orthogonal: nil
    }
  }

  /// 1 + Σ a cos kθ + b sin kθ.
  private static func sum(_ terms: [Harmonic], at angle: Double) -> Double {
    terms.reduce(1) { sum, term in
      let phase = Double(term.degree) * angle
      return sum + term.cosine * cos(phase) + term.sine * sin(phase)
    }
  }

  /// log dμ/dσ as a function of the angle; −∞ where the density is zero.
  func circularLogDensity() -> (Double) -> Double {
    switch self {
    case .uniform:
      return { _ in 0 }
    case .harmonics, .perturbedUniform:
      let terms = circularTerms
      return { log(max(0, Self.sum(terms, at: $0))) }
    case .vonMises(let bumps):
      let constants = Self.logConstants(bumps, dimension: 2)
      return { angle in
        Self.logSum(
          zip(bumps, constants).map { bump, constant in
            let half = sin((angle - bump.mean[0]) / 2)
            return constant - 2 * bump.concentration * half * half
          })
      }
    case .tokens, .orthogonal:
      preconditionFailure("points have no density")
    }
  }

  /// Smallest value of a density that could be negative, and the angle where it is taken.
  ///
  /// Found on a grid of 16 points per shortest wave, then by Newton's method. Mixtures of von Mises
  /// densities are positive and tokens have no density: (0, 0) for both.
  public func smallestCircularDensity() -> (value: Double, angle: Double) {
    let terms: [Harmonic]
    switch self {
    case .uniform: return (1, 0)
    case .vonMises, .tokens, .orthogonal: return (0, 0)
    case .harmonics, .perturbedUniform: terms = circularTerms
    }
    let modes = terms.map(\.degree).max() ?? 0
    let grid = RealFourierTransform(count: max(64, 16 * modes))
    grid.clearCoefficients()
    let moments = circularMoments(modes: modes)
    for i in moments.values.indices { grid.coefficients[i] = moments.values[i] }
    grid.synthesize()
    var best = 0
    for j in 0..<grid.count where grid.samples[j] < grid.samples[best] { best = j }
    let step = 2 * Double.pi / Double(grid.count)
    let ones = [Double](repeating: 1, count: modes + 1)
    var angle = step * Double(best)
    for _ in 0..<8 {
      let (slope, curvature) = moments.seriesWithSlope(ones, at: angle, order: 1)
      guard curvature > 0 else { break }
      let change = slope / curvature
      if abs(change) > step { break }
      angle -= change
    }
    let value = min(moments.series(ones, at: angle), grid.samples[best])
    return (value, angle)
  }

  /// The terms of `harmonics` and of `perturbedUniform`.
  ///
  /// Random coefficients are Gaussian, scaled so that ½ Σ (a² + b²) = amplitude².
  var circularTerms: [Harmonic] {
    switch self {
    case .harmonics(let terms):
      return terms
    case .perturbedUniform(let amplitude, let modes, let seed):
      let stream = RandomStream(seed: seed, member: 0, purpose: .perturbation)
      let terms = (0..<modes).map { k in
        let pair = stream.normals(index: k, draw: 0)
        return Harmonic(mode: k + 1, cosine: pair.0, sine: pair.1)
      }
      let square = terms.reduce(0) { $0 + ($1.cosine * $1.cosine + $1.sine * $1.sine) / 2 }
      let scale = amplitude / square.squareRoot()
      return terms.map {
        Harmonic(mode: $0.degree, cosine: scale * $0.cosine, sine: scale * $0.sine)
      }
    case .uniform, .vonMises, .tokens, .orthogonal:
      return []
    }
  }
}
