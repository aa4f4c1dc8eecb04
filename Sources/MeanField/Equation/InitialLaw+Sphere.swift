internal import Foundation
internal import Transforms

/// Initial laws on S².
extension InitialLaw {
  /// ∫ Y_lm dμ for l ≤ degree, in the order of `HarmonicLayout`; of a law that has a density.
  func sphericalMoments(degree: Int) -> [Double] {
    let layout = HarmonicLayout(degree: degree)
    var result = [Double](repeating: 0, count: layout.count)
    switch self {
    case .uniform:
      result[0] = 1
    case .harmonics, .perturbedUniform:
      result[0] = 1
      for term in sphericalTerms where term.degree <= degree {
        let place = 2 * layout.place(term.degree, term.order)
        result[place] += term.cosine
        result[place + 1] += term.sine
      }
    case .vonMises(let bumps):
      // Funk–Hecke: a bump about m has ∫ Y_lm dμ = ā_l(κ)/ā₀(κ) Y_lm(m).
      for (bump, share) in zip(bumps, Self.shares(bumps)) {
        let kernel = KernelSpectrum(beta: bump.concentration, dimension: 3)
        let values = Self.harmonics(at: bump.direction, degree: min(degree, kernel.modes))
        for m in 0...min(degree, kernel.modes) {
          for l in m...min(degree, kernel.modes) {
            let factor = share * kernel.partition[l] / kernel.partition[0]
            let place = 2 * layout.place(l, m)
            let source = 2 * values.layout.place(l, m)
            result[place] += factor * values.values[source]
            result[place + 1] += factor * values.values[source + 1]
          }
        }
      }
    case .tokens, .orthogonal:
      preconditionFailure("points have no density")
    }
    return result
  }

  /// Y_lm at a point for all l ≤ degree.
  static func harmonics(
    at point: [Double], degree: Int
  ) -> (layout: HarmonicLayout, values: [Double]) {
    let layout = HarmonicLayout(degree: degree)
    var values = [Double](repeating: 0, count: layout.count)
    values.withUnsafeMutableBufferPointer { values in
      guard let base = values.baseAddress else { return }
      addHarmonics(at: SIMD3(point[0], point[1], point[2]), mass: 1, layout, to: base)
    }
    return (layout, values)
  }

  /// The highest degree in the density, where there is one.
  var sphericalDegree: Int? {
    switch self {
    case .harmonics, .perturbedUniform: sphericalTerms.map(\.degree).max()
    case .uniform, .vonMises, .tokens, .orthogonal: nil
    }
  }

  /// The terms of `harmonics` and of `perturbedUniform`: Gaussian coefficients with Σ a² = amplitude².
  var sphericalTerms: [Harmonic] {
    switch self {
    case .harmonics(let terms):
      return terms
    case .perturbedUniform(let amplitude, let modes, let seed):
      let stream = RandomStream(seed: seed, member: 0, purpose: .perturbation)
      var terms: [Harmonic] = []
      for l in 1...modes {
        for m in 0...l {
          let pair = stream.normals(index: l, draw: m)
          terms.append(
            Harmonic(degree: l, order: m, cosine: pair.0, sine: m == 0 ? 0 : pair.1))
        }
      }
      let square = terms.reduce(0) { $0 + $1.cosine * $1.cosine + $1.sine * $1.sine }
      let scale = amplitude / square.squareRoot()
      return terms.map {
        Harmonic(
          degree: $0.degree, order: $0.order, cosine: scale * $0.cosine, sine: scale * $0.sine)
      }
    case .uniform, .vonMises, .tokens, .orthogonal:
      return []
    }
  }

  /// The lowest value of a density of harmonics and its place, on a grid of four points per shortest
  /// wave and then by descent.
  func smallestSphericalDensity() -> (value: Double, place: SIMD3<Double>) {
    let degree = sphericalDegree ?? 1
    let layout = HarmonicLayout(degree: degree)
    var values = [Double](repeating: 0, count: layout.count)
    let moments = sphericalMoments(degree: degree)
    values.replaceSubrange(moments.indices, with: moments)
    let landscape = SphereLandscape(degree: degree, coefficients: values.map { -$0 })
    let top = landscape.highest()
    return (-top.value, top.place)
  }
}

extension InitialLaw.VonMises {
  /// The mean as a unit vector.
  var direction: [Double] {
    let largest = mean.map { abs($0) }.max() ?? 1
    let scaled = mean.map { $0 / largest }
    let length = scaled.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return scaled.map { $0 / length }
  }
}
