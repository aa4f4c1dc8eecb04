import Foundation
import Testing

@testable import MeanField

/// What pairs of tokens say of a law, against sums over all of them.
@Suite struct LawPairsTests {
  private static func snapshot(_ manifold: Manifold, count: Int) -> (Snapshot, [[Double]]) {
    let points = manifold.geometry.draws(
      from: .vonMises([.init(mean: mean(manifold), concentration: 2)]), count: count, members: 1,
      seed: 5, threads: 1)[0]
    let evolution = manifold.geometry.tokens(
      Equation(manifold: manifold, attention: Attention(beta: 2)), at: points, masses: nil,
      numerics: TokenNumerics(tolerance: 1e-8, momentCount: 12, end: 1))
    let width = points.count / count
    let vectors = (0..<count).map { i in
      width == 1 ? [cos(points[i]), sin(points[i])] : Array(points[i * width..<(i + 1) * width])
    }
    return (evolution.snapshot(), vectors)
  }

  private static func mean(_ manifold: Manifold) -> [Double] {
    switch manifold {
    case .circle: [1]
    case .zonal: [1]
    case .sphere(let d): (0..<d).map { $0 == 1 ? 1 : 0 }
    }
  }

  private static func product(_ x: [Double], _ y: [Double]) -> Double {
    zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
  }

  static let manifolds: [Manifold] = [
    .circle, .sphere, .sphere(dimension: 5), .sphere(dimension: 16), .zonal(dimension: 8),
  ]

  @Test(arguments: manifolds, [1, 2, 6, 33])
  func probabilityIsThePartOfPairs(manifold: Manifold, count: Int) {
    let (snapshot, vectors) = Self.snapshot(manifold, count: count)
    for c in [-1.0, -0.3, 0.2, 0.9, 0.999, 1] {
      let found = snapshot.law.pairProbability(innerProductAtLeast: c)
      guard count > 1 else {
        #expect(found.isNaN)
        continue
      }
      var near = 0
      for i in 0..<count {
        for j in 0..<count where i != j && Self.product(vectors[i], vectors[j]) >= c { near += 1 }
      }
      #expect(abs(found - Double(near) / Double(count * (count - 1))) < 1e-14)
    }
  }

  /// (Σ_ij w_i w_j P_l(⟨x_i, x_j⟩))^{1/2}, P_l by its recurrence; degree 40 is beyond the moments kept.
  @Test(arguments: manifolds.dropLast(), [1, 2, 3, 7])
  func amplitudeIsThatOfAllPairs(manifold: Manifold, degree: Int) {
    let (snapshot, vectors) = Self.snapshot(manifold, count: 20)
    let d = Double(manifold.dimension)
    var sum = 0.0
    for x in vectors {
      for y in vectors {
        let u = Self.product(x, y)
        var (before, value) = (1.0, u)
        for l in 1..<max(degree, 1) {
          // At d = 2 and l = 0 the recurrence would be 0/0; it begins at l = 1.
          let k = Double(l)
          (before, value) = (value, ((2 * k + d - 2) * u * value - k * before) / (k + d - 2))
        }
        sum += value / 400
      }
    }
    // Rounding of 400 terms of size 1, under a root.
    #expect(abs(snapshot.law.amplitude(degree: degree) - sum.squareRoot()) < 1e-13)
  }

  /// On the circle |m_l| turns with nothing; a zonal density has |∫ P_l dμ|.
  @Test func amplitudeOfDensities() throws {
    let circle = Equation(attention: Attention(beta: 1))
    let bump = try circle.density(
      from: .harmonics([.init(mode: 3, cosine: 0.3, sine: 0.4)]), end: 1)
    #expect(abs(bump.snapshot().law.amplitude(degree: 3) - 0.25) < 1e-14)
    #expect(bump.snapshot().law.amplitude(degree: 2) < 1e-14)
    let zonal = Manifold.zonal(dimension: 6)
    let law = try zonal.geometry.density(
      Equation(manifold: zonal, attention: Attention(beta: 1)),
      from: .harmonics([.init(degree: 1, cosine: 0.5)]),
      numerics: DensityNumerics(
        resolution: 31, maximum: 511, tolerance: 1e-8, spaceTolerance: 1e-8, end: 1)
    ).law()
    // ∫ P₁² dσ = 1/d.
    #expect(abs(law.amplitude(degree: 1) - 0.5 / 6) < 1e-13)
  }
}
