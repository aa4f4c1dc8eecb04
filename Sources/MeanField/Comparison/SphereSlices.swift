internal import Foundation
internal import Transforms

/// The laws of ⟨x, n⟩ of a density on S², for fixed directions n, to be compared with those of tokens.
///
/// ∫ P_l(⟨x, n⟩) dμ = Σ_m h_lm Y_lm(n)/(2l + 1) by the addition theorem, and the mass with ⟨x, n⟩ < u is
/// ½ (1 + u) + ½ Σ_{l ≥ 1} p_l (P_{l+1}(u) − P_{l−1}(u)).
struct SphereSlices {
  /// Directions of the mean over slices, on half of the sphere: n and −n say the same.
  static let directionCount = 64

  /// A spiral of equal areas.
  static let directions: [SIMD3<Double>] = (0..<directionCount).map { i in
    let z = (Double(i) + 0.5) / Double(directionCount)
    let radius = (1 - z * z).squareRoot()
    let angle = Double(i) * Double.pi * (3 - 5.0.squareRoot())
    return SIMD3(radius * cos(angle), radius * sin(angle), z)
  }

  private let law: SphereLaw
  private let curves: [LineCurve]

  init(_ law: SphereLaw) {
    self.law = law
    curves = Self.directions.map { Self.curve(law.sliced(along: $0)) }
  }

  /// The distribution function with the given moments p_l, on a grid that is finer where it can bend.
  private static func curve(_ moments: [Double]) -> LineCurve {
    let count = max(512, 8 * moments.count)
    let positions = (0...count).map { -cos(Double.pi * Double($0) / Double(count)) }
    var reached = 0.0
    var levels = positions.map { u in
      var sum = 0.5 * (1 + u)
      // P_{l−1}, P_l.
      var before = 1.0
      var value = u
      for l in 1..<max(1, moments.count) {
        let next = (Double(2 * l + 1) * u * value - Double(l) * before) / Double(l + 1)
        sum += 0.5 * moments[l] * (next - before)
        (before, value) = (value, next)
      }
      // Densities that dip below zero by rounding must not make the curve fall.
      reached = max(reached, min(1, sum))
      return reached
    }
    levels[levels.count - 1] = 1
    return LineCurve(positions: positions, levels: levels)
  }

  /// The mean over directions of W₁ between the laws of ⟨x, n⟩.
  func distance(to tokens: SphereLaw) -> Double {
    guard let cloud = tokens.cloud else { return .nan }
    var sum = 0.0
    for (n, curve) in zip(Self.directions, curves) {
      let heights = cloud.masses.indices.map { i in
        n.x * cloud.points[3 * i] + n.y * cloud.points[3 * i + 1] + n.z * cloud.points[3 * i + 2]
      }
      let atoms = LineCurve(atoms: heights, masses: cloud.masses)
      sum += LineDistances.wasserstein1(curve, atoms)
    }
    return sum / Double(Self.directionCount)
  }

  /// (Σ_{l ≥ 1} |Δ∫Y_lm|²/(l(l+1))^{3/2})^{1/2} over the degrees that both have.
  func sobolev(to tokens: SphereLaw) -> Double {
    let degree = min(law.degree, tokens.degree)
    return sphereSobolevNorm(
      law.moments(degrees: Array(1...degree)), tokens.moments(degrees: Array(1...degree)))
  }
}

/// (Σ_{l ≥ 1} |Δh_lm|²/(l(l+1))^{3/2})^{1/2} of moments from degree 1 on, −l…l in turn.
func sphereSobolevNorm(_ first: [Double], _ second: [Double]) -> Double {
  var sum = 0.0
  var place = 0
  var l = 1
  while place < first.count {
    let weight = pow(Double(l * (l + 1)), -1.5)
    for _ in 0..<(2 * l + 1) {
      let difference = first[place] - second[place]
      sum += weight * difference * difference
      place += 1
    }
    l += 1
  }
  return sum.squareRoot()
}

extension SphereLaw {
  /// ∫ P_l(⟨x, n⟩) dμ, l = 0…degree.
  func sliced(along direction: SIMD3<Double>) -> [Double] {
    let layout = HarmonicLayout(degree: degree)
    var values = [Double](repeating: 0, count: layout.count)
    addHarmonics(at: direction, mass: 1, layout, to: &values)
    var result = [Double](repeating: 0, count: degree + 1)
    for m in 0...degree {
      for l in m...degree {
        let place = 2 * layout.place(l, m)
        result[l] +=
          (harmonics[place] * values[place] + harmonics[place + 1] * values[place + 1])
          / Double(2 * l + 1)
      }
    }
    return result
  }
}
