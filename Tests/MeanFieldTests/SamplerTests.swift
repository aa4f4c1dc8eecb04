import Foundation
import MeanField
import Testing

/// Draws from initial laws: quantiles, Kolmogorov–Smirnov, and independence of how they are taken.
struct SamplerTests {
  static let laws: [InitialLaw] = [
    .uniform,
    .harmonics([.init(mode: 1, cosine: 0.5, sine: 0)]),
    .harmonics([.init(mode: 3, cosine: 0, sine: 1)]),
    .vonMises([
      .init(mean: 0.3, concentration: 4, weight: 1), .init(mean: 2.5, concentration: 8, weight: 2),
    ]),
    .vonMises([.init(mean: 0, concentration: 200)]),
    .perturbedUniform(amplitude: 0.3, modes: 6, seed: 2),
  ]

  /// ∫₀^θ ρ dσ by Simpson's rule on 4000 pieces, from the density alone.
  private func level(_ law: InitialLaw, _ theta: Double) throws -> Double {
    let pieces = 4000
    let h = theta / Double(pieces)
    var sum = 0.0
    for i in 0...pieces {
      let weight: Double = i == 0 || i == pieces ? 1 : (i % 2 == 0 ? 2 : 4)
      sum += weight * (try #require(law.circularDensity(at: h * Double(i))))
    }
    return sum * h / 3 / (2 * Double.pi)
  }

  @Test(arguments: laws)
  func quantilesInvertTheDistributionFunction(law: InitialLaw) throws {
    let sampler = CircleSampler(law: law)
    for u in [1e-6, 0.1, 0.5, 0.77, 1 - 1e-6] {
      let angle = sampler.angle(at: u)
      // Cubic interpolation on 2048 points: h⁴ ρ‴/(2π 384) with ρ‴ < 1.4 κ² 2.5 at κ = 200.
      #expect(abs(try level(law, angle) - u) < 6e-9, "u = \(u)")
    }
  }

  /// The table that names the cells of a draw leads where the search among all of them leads.
  @Test(arguments: laws)
  func shortcutsDoNotChangeQuantiles(law: InitialLaw) {
    let sampler = CircleSampler(law: law)
    let exact = CumulativeLaw.density(law.circularMoments(modes: max(1, law.circularModes)))
    let levels = (0..<4000).map { (Double($0) + 0.3) / 4000 } + [0x1p-60, 0.5, 1 - 0x1p-53, 1]
    for level in levels {
      let angle = sampler.angle(at: level)
      #expect(angle == exact.angle(at: level))
      #expect(angle >= 0 && angle < 2 * Double.pi)
    }
  }

  @Test(arguments: laws)
  func quantilesAscend(law: InitialLaw) {
    let sampler = CircleSampler(law: law)
    let angles = (0..<999).map { sampler.angle(at: (Double($0) + 0.5) / 999) }
    #expect(zip(angles, angles.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(angles.allSatisfy { $0 >= 0 && $0 < 2 * Double.pi })
  }

  /// sup |F_N − F| √N: P(> 2.23) = 2 e^{−2·2.23²} = 10⁻⁴ for one seed; these are fixed.
  @Test(arguments: laws, [UInt64(0), 1])
  func drawsPassTheKolmogorovSmirnovTest(law: InitialLaw, seed: UInt64) {
    let count = 4000
    let draws = CircleSampler(law: law).draws(count: count, seed: seed, member: 1).sorted()
    let exact = CumulativeLaw.density(law.circularMoments(modes: max(1, law.circularModes)))
    var distance = 0.0
    for (i, angle) in draws.enumerated() {
      let level = exact.level(at: angle)
      distance = max(distance, abs(level - Double(i) / Double(count)))
      distance = max(distance, abs(level - Double(i + 1) / Double(count)))
    }
    #expect(distance * Double(count).squareRoot() < 2.23)
    // Independent draws are not evenly spread either: P(< 0.35) is 2·10⁻⁴.
    #expect(distance * Double(count).squareRoot() > 0.35)
  }

  @Test func membersAreTheSameWhateverElseRuns() {
    let sampler = CircleSampler(law: Self.laws[3])
    let alone = (0..<5).map { sampler.draws(count: 40, seed: 9, member: $0) }
    for threads in [1, 2, 5] {
      #expect(sampler.members(0..<5, count: 40, seed: 9, threads: threads) == alone)
    }
    // Fewer draws are the first of more; another member or seed is another sample.
    #expect(sampler.draws(count: 7, seed: 9, member: 2) == Array(alone[2].prefix(7)))
    #expect(Set(alone.joined()).count == 200)
    #expect(sampler.draws(count: 40, seed: 10, member: 0) != alone[0])
  }

  @Test func tokensAreNotDrawnFrom() async {
    await #expect(processExitsWith: .failure) {
      _ = CircleSampler(law: .tokens(.init(points: [1], masses: [1])))
    }
  }
}
