internal import Foundation
internal import Transforms

/// Initial laws on S^{d−1} that are symmetric about the last axis.
extension InitialLaw {
  /// ∫ R_l dμ, l = 0…degree, with the reference polynomials of `ZonalGeometry`.
  ///
  /// Masses at Gaussian nodes, from the logarithm of dμ/dσ times the volume of the sphere there, so that
  /// nothing overflows in high dimension; they are divided by their sum, which normalizes the law.
  func referenceCoefficients(dimension: Int, degree: Int) -> [Double] {
    let geometry = ZonalGeometry(dimension: dimension)
    // A peak of width w needs a few nodes per w; the narrowest is that of the volume or of a bump.
    let sharpest = concentrations.max() ?? 0
    let nodes = max(2 * degree + 2, Int(12 * (Double(dimension) + sharpest).squareRoot()) + 64)
    let transform = ZonalTransform(
      dimension: dimension, degree: degree, nodes: nodes, kernelDegree: 0)
    let logDensity = zonalLogDensity(dimension: dimension)
    let logarithms = transform.angles.map { logDensity($0) + geometry.logUniform(at: $0) }
    let highest = logarithms.max() ?? 0
    var masses = zip(logarithms, transform.weights).map { $1 * exp($0 - highest) }
    let sum = masses.reduce(0, +)
    for i in masses.indices { masses[i] /= sum }
    var result = [Double](repeating: 0, count: degree + 1)
    transform.coefficients(of: masses, into: &result)
    return result
  }

  private var concentrations: [Double] {
    if case .vonMises(let bumps) = self { return bumps.map(\.concentration) }
    return []
  }

  /// log dμ/dσ as a function of the polar angle; −∞ where the density is zero.
  func zonalLogDensity(dimension: Int) -> (Double) -> Double {
    switch self {
    case .uniform:
      return { _ in 0 }
    case .harmonics, .perturbedUniform:
      let series = GegenbauerSeries(
        dimension: dimension, coefficients: zonalTerms(dimension: dimension))
      return { log(max(0, series(at: $0).value)) }
    case .vonMises(let bumps):
      let constants = Self.logConstants(bumps, dimension: dimension)
      return { angle in
        Self.logSum(
          zip(bumps, constants).map { bump, constant in
            let half = bump.mean[0] > 0 ? sin(angle / 2) : cos(angle / 2)
            return constant - 2 * bump.concentration * half * half
          })
      }
    case .tokens, .orthogonal:
      preconditionFailure("points have no density")
    }
  }

  /// Coefficients of P_l in dμ/dσ, l = 0, 1, …, the first one 1.
  ///
  /// P_l has the L²(σ) norm dim_l^{−1/2}: random amplitudes are Gaussian times √dim_l.
  func zonalTerms(dimension: Int) -> [Double] {
    switch self {
    case .harmonics(let terms):
      var result = [Double](repeating: 0, count: (terms.map(\.degree).max() ?? 0) + 1)
      result[0] = 1
      for term in terms { result[term.degree] += term.cosine }
      return result
    case .perturbedUniform(let amplitude, let modes, let seed):
      let stream = RandomStream(seed: seed, member: 0, purpose: .perturbation)
      let normals = (0..<modes).map { stream.normals(index: $0, draw: 0).0 }
      let norm = normals.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let kernel = KernelSpectrum(beta: 0, dimension: dimension)
      return [1]
        + normals.enumerated().map { l, normal in
          amplitude * normal / norm * kernel.multiplicity(l + 1).squareRoot()
        }
    case .uniform, .vonMises, .tokens, .orthogonal:
      return [1]
    }
  }

  /// The lowest value of a zonal density and its polar angle, on a grid of 16 points per shortest
  /// wave and then by Newton's method.
  func smallestZonalDensity(dimension: Int) -> (value: Double, angle: Double) {
    let terms = zonalTerms(dimension: dimension)
    let series = GegenbauerSeries(dimension: dimension, coefficients: terms)
    let count = 16 * terms.count + 64
    let step = Double.pi / Double(count)
    let values = (0...count).map { series(at: step * Double($0)).value }
    let best = values.indices.min { values[$0] < values[$1] } ?? 0
    var angle = step * Double(best)
    for _ in 0..<8 {
      let jet = series(at: angle)
      guard jet.second > 0 else { break }
      let next = min(max(angle - jet.first / jet.second, 0), Double.pi)
      if abs(next - step * Double(best)) > step { break }
      angle = next
    }
    let value = series(at: angle).value
    return value < values[best] ? (value, angle) : (values[best], step * Double(best))
  }
}
