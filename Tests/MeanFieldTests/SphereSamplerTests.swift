import Foundation
import Testing

@testable import MeanField

/// Draws on spheres: moments of densities, unit length, and independence of how they are taken.
struct SphereSamplerTests {
  /// E P_l(⟨x, a⟩) = 0 for every direction a.
  @Test(arguments: [2, 3, 4, 5, 64])
  func uniformDirectionsHaveNoMoments(dimension: Int) {
    let rows = SphereSampler(dimension: dimension, law: .uniform)
      .draws(count: 4000, seed: 2, member: 5)
    for a in [Directions.mean(dimension), [Double](repeating: 0, count: dimension - 1) + [1]] {
      let values = Directions.points(rows, dimension).map {
        Directions.gegenbauer(Directions.product($0, a), dimension, degrees: 4)
      }
      for l in 0..<4 {
        let (mean, error) = Directions.average(values.map { $0[l] })
        #expect(abs(mean) < 4 * error, "degree \(l + 1)")
      }
    }
  }

  /// 1 + a Y_l0 and 1 + a Y_22 on S²: the moment of the harmonic is a, the others vanish.
  @Test(arguments: [1, 2, 5])
  func harmonicsOnTheSphereHaveTheirMoments(degree: Int) {
    let norm = Double(2 * degree + 1).squareRoot()
    let legendre: @Sendable (Double) -> Double = { z in
      [z, (3 * z * z - 1) / 2, 0, 0, z * (15 + z * z * (63 * z * z - 70)) / 8][degree - 1]
    }
    // Touches zero at a pole if the degree is odd.
    let amplitude = 1 / norm
    let sampler = SphereSampler(
      dimension: 3, law: .density(bound: 2) { 1 + amplitude * norm * legendre($0[2]) })
    let rows = Directions.points(sampler.draws(count: 8000, seed: 1, member: 0), 3)
    let found = Directions.average(rows.map { norm * legendre($0[$0.startIndex + 2]) })
    #expect(abs(found.mean - amplitude) < 4 * found.standardError)
    for other in [1, 2, 3] where other != degree {
      let (mean, error) = Directions.average(
        rows.map { Directions.gegenbauer($0[$0.startIndex + 2], 3, degrees: 3)[other - 1] })
      #expect(abs(mean) < 4 * error, "degree \(other)")
    }
    let (mean, error) = Directions.average(rows.map { $0[$0.startIndex] * $0[$0.startIndex + 1] })
    #expect(abs(mean) < 4 * error)
  }

  @Test func sectoralHarmonicsHaveTheirMoments() {
    // Y_22 = √15/2 (x² − y²).
    let norm = 15.0.squareRoot() / 2
    let sampler = SphereSampler(
      dimension: 3,
      law: .density(bound: 1.6) { 1 + 0.3 * norm * ($0[0] * $0[0] - $0[1] * $0[1]) })
    let rows = Directions.points(sampler.draws(count: 8000, seed: 2, member: 0), 3)
    let (mean, error) = Directions.average(
      rows.map { x in
        let (east, north) = (x[x.startIndex], x[x.startIndex + 1])
        return norm * (east * east - north * north)
      })
    #expect(abs(mean - 0.3) < 4 * error)
  }

  /// 1 + a P_l(⟨x, e_d⟩): E P_l = a/dim_l, dim_l the number of harmonics of degree l; the law does
  /// not depend on whether f is given as a function of the component or of the point.
  @Test(arguments: [(2, 3, 2.0), (3, 2, 5.0), (4, 3, 16.0), (8, 2, 35.0), (64, 1, 64.0)])
  func zonalHarmonicsHaveTheirMoments(dimension: Int, degree: Int, harmonics: Double) {
    let density: @Sendable (Double) -> Double = { t in
      let values = [1, t, (Double(dimension) * t * t - 1) / Double(dimension - 1)]
      // P_3 = t((d+2)t² − 3)/(d − 1).
      let third = t * (Double(dimension + 2) * t * t - 3) / Double(dimension - 1)
      return 1 + 0.9 * (values + [third])[degree]
    }
    for sampler in [
      SphereSampler(dimension: dimension, law: .zonal(bound: 1.9, density: density)),
      SphereSampler(
        dimension: dimension,
        law: .density(bound: 1.9) { density($0[dimension - 1]) }),
    ] {
      let rows = Directions.points(sampler.draws(count: 6000, seed: 4, member: 0), dimension)
      let heights = rows.map { Directions.gegenbauer($0[$0.endIndex - 1], dimension, degrees: 4) }
      for l in 1...4 {
        let (mean, error) = Directions.average(heights.map { $0[l - 1] })
        #expect(abs(mean - (l == degree ? 0.9 / harmonics : 0)) < 4 * error, "degree \(l)")
      }
      let (mean, error) = Directions.average(rows.map { $0[$0.startIndex] })
      #expect(abs(mean) < 4 * error)
    }
  }

  // MARK: All of them

  static let laws: [@Sendable (Int) -> SphereSampler.Law] = [
    { _ in .uniform },
    { d in
      .vonMises([
        .init(mean: (0..<d).map { sin(Double($0) + 1) }, concentration: 3, weight: 1),
        .init(mean: (0..<d).map { cos(Double($0)) }, concentration: 1e6, weight: 2),
      ])
    },
    { _ in .zonal(bound: 2) { 1 + $0 * $0 } },
    { _ in .density(bound: 2) { 1 + $0[0] * $0[1] } },
  ]

  @Test(arguments: [2, 3, 4, 5, 64, 1000, 4096], 0..<4)
  func pointsHaveLengthOne(dimension: Int, law: Int) {
    let sampler = SphereSampler(dimension: dimension, law: Self.laws[law](dimension))
    let rows = sampler.draws(count: dimension > 100 ? 20 : 500, seed: 7, member: 3)
    for x in Directions.points(rows, dimension) {
      // Squares and their sum carried with their rounding errors.
      var excess = -1.0
      var rest = 0.0
      for value in x {
        let square = value * value
        let sum = excess + square
        rest += (-square).addingProduct(value, value)
        rest += abs(excess) > square ? (excess - sum) + square : (square - sum) + excess
        excess = sum
      }
      // |x|² − 1: a few ulps from the division, the radius and the reflection.
      #expect(abs(excess + rest) < 3e-15)
    }
  }

  @Test(arguments: [2, 3, 7], 0..<4)
  func membersAreTheSameWhateverElseRuns(dimension: Int, law: Int) {
    let sampler = SphereSampler(dimension: dimension, law: Self.laws[law](dimension))
    let alone = (0..<5).map { sampler.draws(count: 40, seed: 9, member: $0) }
    for threads in [1, 2, 5] {
      #expect(sampler.members(0..<5, count: 40, seed: 9, threads: threads) == alone)
    }
    // Fewer draws are the first of more; another member or seed is another sample.
    #expect(
      sampler.draws(count: 7, seed: 9, member: 2) == Array(alone[2].prefix(7 * dimension)))
    #expect(Set(alone.joined()).count == 200 * dimension)
    #expect(sampler.draws(count: 40, seed: 10, member: 0) != alone[0])
  }

  @Test func pairsOfUniformNumbersBeginWithTheSingleOne() {
    let stream = RandomStream(seed: 11, member: 4, purpose: .initialDraw)
    let pairs = (0..<2000).map { stream.uniforms(index: $0, draw: 3) }
    #expect(pairs.indices.allSatisfy { pairs[$0].0 == stream.uniform(index: $0, draw: 3) })
    // Independent: covariance of two uniform numbers, standard deviation 1/12 of the product.
    let (mean, _) = Directions.average(pairs.map { ($0.0 - 0.5) * ($0.1 - 0.5) })
    #expect(abs(mean) < 4 / 12 / 2000.0.squareRoot())
  }

  // MARK: Misuse

  @Test func wrongLawsAreRefused() async {
    await #expect(processExitsWith: .failure) {
      _ = SphereSampler(dimension: 1, law: .uniform)
    }
    await #expect(processExitsWith: .failure) {
      _ = SphereSampler(
        dimension: 3, law: .vonMises([.init(mean: [1, 0], concentration: 1, weight: 1)]))
    }
    await #expect(processExitsWith: .failure) {
      _ = SphereSampler(
        dimension: 2, law: .vonMises([.init(mean: [0, 0], concentration: 1, weight: 1)]))
    }
    await #expect(processExitsWith: .failure) {
      _ = SphereSampler(
        dimension: 2, law: .vonMises([.init(mean: [1, 0], concentration: -1, weight: 1)]))
    }
    await #expect(processExitsWith: .failure) {
      _ = SphereSampler(
        dimension: 2, law: .vonMises([.init(mean: [1, 0], concentration: 1, weight: 0)]))
    }
    await #expect(processExitsWith: .failure) {
      _ = SphereSampler(dimension: 2, law: .density(bound: .infinity) { _ in 1 })
    }
  }

  @Test func densitiesAboveTheirBoundAreNoticed() async {
    await #expect(processExitsWith: .failure) {
      _ = SphereSampler(dimension: 3, law: .zonal(bound: 1) { 1 + $0 })
        .draws(count: 50, seed: 0, member: 0)
    }
    await #expect(processExitsWith: .failure) {
      _ = SphereSampler(dimension: 3, law: .density(bound: 1) { _ in .nan })
        .draws(count: 1, seed: 0, member: 0)
    }
  }
}
