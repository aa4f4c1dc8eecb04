import Foundation
import MeanField
import TestSupport
import Testing

/// Draws from von Mises–Fisher laws: moments, distribution functions, isotropy, extremes.
struct VonMisesFisherTests {
  static let dimensions = [2, 3, 4, 8, 64, 1000]
  static let concentrations = [0, 0.1, 5, 100, 1e4]
  /// Debug builds spend their time on the sums over coordinates.
  private func count(_ dimension: Int) -> Int { dimension > 100 ? 1000 : 4000 }

  private func bump(_ mean: [Double], _ concentration: Double) -> SphereSampler {
    SphereSampler(
      dimension: mean.count,
      law: .vonMises([.init(mean: mean, concentration: concentration, weight: 1)]))
  }

  /// E P_l(⟨x, m⟩) = I_{l+ν}(κ)/I_ν(κ), ν = d/2 − 1: four standard errors, 6·10⁻⁵ of all seeds
  /// outside for one of them, and the seed is fixed.
  @Test(arguments: dimensions, concentrations)
  func momentsAreRatiosOfBesselFunctions(dimension: Int, concentration: Double) throws {
    let table: References.Directions = try References.load("directions")
    let row = try #require(
      table.moments.first { $0.dimension == dimension && $0.concentration == concentration })
    let mean = Directions.mean(dimension)
    let count = count(dimension)
    let rows = bump(mean, concentration).draws(count: count, seed: 3, member: 1)
    var sums = [Double](repeating: 0, count: row.means.count)
    for x in Directions.points(rows, dimension) {
      let values = Directions.gegenbauer(
        1 - Directions.depth(x, mean), dimension, degrees: sums.count)
      for l in sums.indices { sums[l] += values[l] }
    }
    for l in sums.indices {
      let error = row.deviations[l] / Double(count).squareRoot()
      #expect(abs(sums[l] / Double(count) - row.means[l]) < 4 * error, "degree \(l + 1)")
    }
  }

  /// sup |F_N − F| √N at the table's points: P(> 2.23) ≤ 2 e^{−2·2.23²} = 10⁻⁴ for one seed.
  @Test(arguments: dimensions, concentrations)
  func componentsAlongTheMeanHaveTheirLaw(dimension: Int, concentration: Double) throws {
    let table: References.Directions = try References.load("directions")
    let row = try #require(
      table.heights.first { $0.dimension == dimension && $0.concentration == concentration })
    let mean = Directions.mean(dimension)
    let count = count(dimension)
    let rows = bump(mean, concentration).draws(count: count, seed: 4, member: 0)
    let depths = Directions.points(rows, dimension).map { Directions.depth($0, mean) }.sorted(by: >)
    var below = 0
    for (bound, level) in zip(row.depths, row.levels) {
      while below < count && depths[below] > bound { below += 1 }
      let distance = abs(Double(below) / Double(count) - level)
      #expect(distance * Double(count).squareRoot() < 2.23, "1 − w = \(bound)")
    }
  }

  /// On S²: F(w) = (e^{κ(w−1)} − e^{−2κ})/(1 − e^{−2κ}), for κ no table has.
  @Test(arguments: [1e-12, 0.3, 20, 1e6])
  func heightsOnTheSphereHaveTheirClosedForm(concentration: Double) {
    let mean = Directions.mean(3)
    let count = 4000
    let rows = bump(mean, concentration).draws(count: count, seed: 5, member: 0)
    let depths = Directions.points(rows, 3).map { Directions.depth($0, mean) }.sorted()
    var distance = 0.0
    for (i, depth) in depths.enumerated() {
      let level = expm1(-concentration * depth) / expm1(-2 * concentration)
      distance = max(distance, abs(level - Double(i) / Double(count)))
      distance = max(distance, abs(level - Double(i + 1) / Double(count)))
    }
    // Kolmogorov's law: 10⁻⁴ of all seeds above, 2·10⁻⁴ below.
    #expect(distance * Double(count).squareRoot() < 2.23)
    #expect(distance * Double(count).squareRoot() > 0.35)
  }

  /// The direction y of x − wm is uniform in the unit sphere orthogonal to m.
  ///
  /// E⟨y,a⟩ = 0, E⟨y,a⟩² = 1/(d−1), E⟨y,a⟩⁴ = 3/((d−1)(d+1)) for every unit a orthogonal to m, and
  /// no covariance with w. Five standard errors.
  @Test(arguments: [3, 4, 8, 64], [0, 5, 1e4])
  func orthogonalComponentsAreIsotropic(dimension: Int, concentration: Double) {
    let mean = Directions.mean(dimension)
    let n = Double(dimension)
    let count = 4000
    let rows = bump(mean, concentration).draws(count: count, seed: 6, member: 2)
    var probe = (0..<dimension).map { cos(0.9 * Double($0) * Double($0)) }
    let along = Directions.product(probe[...], mean)
    probe = zip(probe, mean).map { $0 - along * $1 }
    let length = probe.reduce(0) { $0 + $1 * $1 }.squareRoot()
    probe = probe.map { $0 / length }
    var first: [Double] = []
    var mixed: [Double] = []
    for x in Directions.points(rows, dimension) {
      let depth = Directions.depth(x, mean)
      let value = Directions.product(x, probe) / (depth * (2 - depth)).squareRoot()
      first.append(value)
      mixed.append(value * (1 - depth))
    }
    let second = Directions.average(first.map { $0 * $0 })
    let fourth = Directions.average(first.map { $0 * $0 * $0 * $0 })
    #expect(abs(Directions.average(first).mean) < 5 * Directions.average(first).standardError)
    #expect(abs(Directions.average(mixed).mean) < 5 * Directions.average(mixed).standardError)
    #expect(abs(second.mean - 1 / (n - 1)) < 5 * second.standardError)
    #expect(abs(fourth.mean - 3 / ((n - 1) * (n + 1))) < 5 * fourth.standardError)
  }

  /// Bumps of a mixture are taken in proportion to their weights, whatever the scale of these.
  @Test(arguments: [1, 1e-300, 1e300])
  func mixturesKeepTheirShares(scale: Double) {
    let sampler = SphereSampler(
      dimension: 4,
      law: .vonMises([
        .init(mean: [7, 0, 0, 0], concentration: 1e4, weight: 1 * scale),
        .init(mean: [0, 0, 0, -1e-200], concentration: 1e5, weight: 3 * scale),
        .init(mean: [0, 1e200, 0, 0], concentration: 1e5, weight: 4 * scale),
      ]))
    let count = 4000
    let rows = Directions.points(sampler.draws(count: count, seed: 1, member: 0), 4)
    // The bumps are 10⁻² wide and 90° apart.
    for (axis, sign, share) in [(0, 1.0, 0.125), (3, -1.0, 0.375), (1, 1.0, 0.5)] {
      let found = rows.filter { sign * $0[$0.startIndex + axis] > 0.7 }.count
      let error = (share * (1 - share) * Double(count)).squareRoot()
      #expect(abs(Double(found) - share * Double(count)) < 4 * error)
    }
  }

  /// As κ → ∞, 2κ(1 − w) is χ² with d − 1 degrees of freedom; as κ → 0, E w = κ/d.
  @Test(arguments: [2, 3, 4, 64, 4096], [0, Double.leastNonzeroMagnitude, 1e-12, 1e6, 1e12])
  func smallAndLargeConcentrationsAreNoExceptions(dimension: Int, concentration: Double) {
    let mean = Directions.mean(dimension)
    let count = dimension > 1000 ? 200 : 2000
    let rows = bump(mean, concentration).draws(count: count, seed: 8, member: 0)
    #expect(rows.allSatisfy { $0.isFinite })
    let n = Double(dimension - 1)
    let depths = Directions.points(rows, dimension).map { Directions.depth($0, mean) }
    if concentration < 1 {
      // Var w = 1/d.
      let error = (1 / Double(dimension) / Double(count)).squareRoot()
      #expect(abs(1 - Directions.average(depths).mean) < 4 * error)
    } else {
      // Relative corrections are of order d/κ, below a tenth of these errors, 4 √(2/(n N)).
      let scaled = Directions.average(depths.map { 2 * concentration * $0 }).mean / n
      #expect(abs(scaled - 1) < 4 * (2 / n / Double(count)).squareRoot() + n / concentration)
    }
  }
}
