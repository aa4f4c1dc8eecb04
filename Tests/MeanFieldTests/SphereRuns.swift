import Foundation
import Testing
import Transforms

@testable import MeanField

/// Densities on S² and about a pole, as tests start and read them.
enum SphereRuns {
  /// A density on S², with tolerances alike for time and space.
  static func sphere(
    _ attention: Attention, noise: Double = 0, from law: InitialLaw, degree: Int = 31,
    maximum: Int = 511, tolerance: Double = 1e-8, end: Double
  ) throws -> any LawEvolution {
    try Sphere().density(
      Equation(manifold: .sphere, attention: attention, noise: noise), from: law,
      numerics: DensityNumerics(
        resolution: degree, maximum: maximum, tolerance: tolerance, spaceTolerance: tolerance,
        end: end))
  }

  /// A density of the polar angle.
  static func zonal(
    _ dimension: Int, _ attention: Attention, noise: Double = 0, from law: InitialLaw,
    degree: Int = 31, tolerance: Double = 1e-8, end: Double
  ) throws -> any LawEvolution {
    try Zonal(dimension: dimension).density(
      Equation(manifold: .zonal(dimension: dimension), attention: attention, noise: noise),
      from: law,
      numerics: DensityNumerics(
        resolution: degree, maximum: 1023, tolerance: tolerance, spaceTolerance: tolerance,
        end: end))
  }

  /// A rotation by no special angle about no special axis: rows of the matrix.
  static let rotation = rotation(axis: [0.48, -0.6, 0.64], angle: 2.1)

  /// Rodrigues' formula.
  static func rotation(axis n: [Double], angle: Double) -> [[Double]] {
    let (c, s) = (cos(angle), sin(angle))
    let cross = [[0, -n[2], n[1]], [n[2], 0, -n[0]], [-n[1], n[0], 0]]
    return (0..<3).map { i in
      (0..<3).map { j in (i == j ? c : 0) + (1 - c) * n[i] * n[j] + s * cross[i][j] }
    }
  }

  static func apply(_ rotation: [[Double]], to rows: [Double]) -> [Double] {
    stride(from: 0, to: rows.count, by: 3).flatMap { start in
      rotation.map { $0[0] * rows[start] + $0[1] * rows[start + 1] + $0[2] * rows[start + 2] }
    }
  }

  /// 1 + Σ_l a_l P_l(⟨x, n⟩) as harmonics: P_l(⟨x, n⟩) = Σ_m Y_lm(x) Y_lm(n)/(2l+1).
  ///
  /// - Parameter terms: a_1, a_2, ….
  static func symmetric(_ terms: [Double], about axis: [Double]) -> InitialLaw {
    let (layout, values) = InitialLaw.harmonics(at: axis, degree: terms.count)
    return .harmonics(
      terms.enumerated().filter { $0.element != 0 }.flatMap { index, size in
        let l = index + 1
        return (0...l).map { m in
          let place = 2 * layout.place(l, m)
          let factor = size / Double(2 * l + 1)
          return InitialLaw.Harmonic(
            degree: l, order: m, cosine: factor * values[place], sine: factor * values[place + 1])
        }
      })
  }

  /// The same about the pole of a zonal law.
  static func zonal(_ terms: [Double]) -> InitialLaw {
    .harmonics(
      terms.enumerated().filter { $0.element != 0 }
        .map { .init(degree: $0.offset + 1, cosine: $0.element) })
  }

  /// ∫ P_l(⟨x, n⟩) dμ = Σ_m h_lm Y_lm(n)/(2l+1).
  static func moment(_ law: SphereLaw, _ l: Int, about axis: [Double]) -> Double {
    let values = InitialLaw.harmonics(at: axis, degree: l)
    let whole = HarmonicLayout(degree: law.degree)
    let sum = (0...l).reduce(0.0) { sum, m in
      let place = 2 * whole.place(l, m)
      let source = 2 * values.layout.place(l, m)
      return sum + law.harmonics[place] * values.values[source]
        + law.harmonics[place + 1] * values.values[source + 1]
    }
    return sum / Double(2 * l + 1)
  }

  /// What degree l has that a law of moments c_l about an axis has not: (Σ_m (h_lm − c_l Y_lm(n))²)^{1/2}
  /// over √(2l + 1), which bounds what any ∫ P_l(⟨x, ·⟩) dμ differs by.
  static func asymmetry(
    _ law: SphereLaw, _ l: Int, from moment: Double, about axis: [Double]
  ) -> Double {
    let values = InitialLaw.harmonics(at: axis, degree: l)
    let whole = HarmonicLayout(degree: law.degree)
    let square = (0...l).reduce(0.0) { sum, m in
      let place = 2 * whole.place(l, m)
      let source = 2 * values.layout.place(l, m)
      let cosine = law.harmonics[place] - moment * values.values[source]
      let sine = law.harmonics[place + 1] - moment * values.values[source + 1]
      return sum + cosine * cosine + sine * sine
    }
    return (square / Double(2 * l + 1)).squareRoot()
  }
}

extension LawEvolution {
  func advance(to time: Double) throws { try advance(to: time, shouldStop: { false }) }
}

extension Snapshot {
  /// The law of a run on S².
  var sphere: SphereLaw {
    get throws { try #require(law as? SphereLaw) }
  }

  /// The law of a density of the polar angle.
  var zonal: ZonalLaw {
    get throws { try #require(law as? ZonalLaw) }
  }
}
