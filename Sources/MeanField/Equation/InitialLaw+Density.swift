internal import Foundation
internal import Transforms

extension InitialLaw {
  /// Moments m_k, k = 0…modes, of the initial law.
  public func moments(modes: Int) -> Moments {
    var result = Moments(count: modes + 1)
    result.values[0] = 1
    switch self {
    case .uniform:
      break
    case .harmonics, .perturbedUniform:
      for term in harmonicTerms where term.mode <= modes {
        result.values[2 * term.mode] += term.cosine / 2
        result.values[2 * term.mode + 1] -= term.sine / 2
      }
    case .vonMises(let bumps):
      result.values[0] = 0
      for (bump, share) in zip(bumps, Self.shares(bumps)) {
        let spectrum = KernelSpectrum(beta: bump.concentration).partition
        let mean = wrappedAngle(bump.mean)
        for k in 0...min(modes, spectrum.count - 1) {
          let size = share * spectrum[k] / spectrum[0]
          result.values[2 * k] += size * cos(Double(k) * mean)
          result.values[2 * k + 1] -= size * sin(Double(k) * mean)
        }
      }
    case .tokens(let tokens):
      // Bare moments do not decay like a kernel: four times the cells bring them to 10⁻¹³.
      let transform = PointTransform(modes: 4 * modes, fieldCount: 1)
      var values = [Double](repeating: 0, count: 2 * (4 * modes + 1))
      tokens.angles.withUnsafeBufferPointer { angles in
        transform.moments(of: angles, masses: tokens.masses, into: &values)
      }
      result = Moments(values: values).resized(to: modes + 1)
    }
    return result
  }

  /// Weights of the bumps, summing to one; by the largest first, so that no sum overflows.
  private static func shares(_ bumps: [VonMises]) -> [Double] {
    let largest = bumps.map(\.weight).max() ?? 1
    let scaled = bumps.map { $0.weight / largest }
    let sum = scaled.reduce(0, +)
    return scaled.map { $0 / sum }
  }

  /// Whether the law has a density; tokens have none.
  public var hasDensity: Bool {
    if case .tokens = self { return false }
    return true
  }

  /// The highest mode that is more than rounding in the density.
  public var significantModes: Int {
    switch self {
    case .uniform: 0
    case .harmonics, .perturbedUniform: harmonicTerms.map(\.mode).max() ?? 0
    case .vonMises(let bumps):
      bumps.map { KernelSpectrum(beta: $0.concentration).modes }.max() ?? 0
    case .tokens: 0
    }
  }

  /// dμ/dσ at an angle; nil for tokens.
  public func density(at angle: Double) -> Double? {
    switch self {
    case .uniform:
      return 1
    case .harmonics, .perturbedUniform:
      return harmonicTerms.reduce(1) {
        $0 + $1.cosine * cos(Double($1.mode) * angle) + $1.sine * sin(Double($1.mode) * angle)
      }
    case .vonMises(let bumps):
      return zip(bumps, Self.shares(bumps)).reduce(0) { sum, term in
        let (bump, share) = term
        let peak = KernelSpectrum.scaledBessel(beta: bump.concentration, count: 1)[0]
        let half = sin((angle - bump.mean) / 2)
        return sum + share * exp(-2 * bump.concentration * half * half) / peak
      }
    case .tokens:
      return nil
    }
  }

  /// Smallest value of a density that could be negative, and the angle where it is taken.
  ///
  /// Found on a grid of 16 points per shortest wave, then by Newton's method. Mixtures of von Mises
  /// densities are positive and tokens have no density: (0, 0) for both.
  public func smallestDensity() -> (value: Double, angle: Double) {
    let terms: [Harmonic]
    switch self {
    case .uniform: return (1, 0)
    case .vonMises, .tokens: return (0, 0)
    case .harmonics, .perturbedUniform: terms = harmonicTerms
    }
    let modes = terms.map(\.mode).max() ?? 0
    let grid = RealFourierTransform(count: max(64, 16 * modes))
    grid.clearCoefficients()
    let moments = moments(modes: modes)
    for i in moments.values.indices { grid.coefficients[i] = moments.values[i] }
    grid.synthesize()
    var best = 0
    for j in 0..<grid.count where grid.samples[j] < grid.samples[best] { best = j }
    let step = 2 * Double.pi / Double(grid.count)
    let ones = [Double](repeating: 1, count: modes + 1)
    var angle = step * Double(best)
    for _ in 0..<8 {
      let slope = moments.series(ones, at: angle, order: 1)
      let curvature = moments.series(ones, at: angle, order: 2)
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
  var harmonicTerms: [Harmonic] {
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
        Harmonic(mode: $0.mode, cosine: scale * $0.cosine, sine: scale * $0.sine)
      }
    case .uniform, .vonMises, .tokens:
      return []
    }
  }
}
