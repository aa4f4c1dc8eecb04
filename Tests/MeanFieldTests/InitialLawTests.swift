import Foundation
import MeanField
import TestSupport
import Testing

/// Initial laws: moments against quadrature of the density, smallest density, norms.
struct InitialLawTests {
  static let laws: [InitialLaw] = [
    .uniform,
    .harmonics([.init(mode: 1, cosine: 0.5, sine: 0)]),
    .harmonics([
      .init(mode: 2, cosine: 0.2, sine: -0.3), .init(mode: 7, cosine: 0, sine: 0.25),
      // The same mode again adds up.
      .init(mode: 2, cosine: -0.1, sine: 0.05),
    ]),
    .vonMises([.init(mean: 1.1, concentration: 0)]),
    .vonMises([
      .init(mean: 0.3, concentration: 4, weight: 1), .init(mean: 2.5, concentration: 8, weight: 2),
    ]),
    .vonMises([
      .init(mean: -40, concentration: 0.01, weight: 3),
      .init(mean: 6, concentration: 60, weight: 0.5), .init(mean: 4, concentration: 1000),
    ]),
    .perturbedUniform(amplitude: 0.1, modes: 12, seed: 4),
  ]

  private func density(_ law: InitialLaw, _ angle: Double) throws -> Double {
    try #require(law.circularDensity(at: angle))
  }

  /// The trapezoid rule is exact for smooth periodic functions: 1024 points see 300 modes of all
  /// these laws.
  @Test(arguments: laws)
  func momentsAreIntegralsOfTheDensity(law: InitialLaw) throws {
    let points = 1024
    let values = try (0..<points).map { j in
      try density(law, 2 * Double.pi * Double(j) / Double(points))
    }
    let moments = law.circularMoments(modes: 300)
    #expect(moments.count == 301)
    for k in [0, 1, 2, 3, 7, 12, 40, 150, 300] {
      var real = 0.0
      var imaginary = 0.0
      for j in 0..<points {
        // The phase reduced in whole numbers loses nothing.
        let phase = 2 * Double.pi * Double(j * k % points) / Double(points)
        real += values[j] * cos(phase)
        imaginary -= values[j] * sin(phase)
      }
      // Exponents of up to 2 · 1000 · ulp, and means that are 40 away from zero: 40 · 300 ulp.
      let bound = 2e-12
      #expect(abs(moments.real(k) - real / Double(points)) < bound, "mode \(k)")
      #expect(abs(moments.imaginary(k) - imaginary / Double(points)) < bound, "mode \(k)")
    }
  }

  @Test(arguments: laws)
  func massIsOneAndDensitiesArePositive(law: InitialLaw) throws {
    #expect(law.hasDensity)
    let moments = law.circularMoments(modes: 0)
    #expect(abs(moments.real(0) - 1) < 4 * 1.0.ulp && moments.imaginary(0) == 0)
    for j in 0..<100 { #expect(try density(law, Double(j) / 15) >= 0) }
  }

  @Test(arguments: laws)
  func modesBeyondTheSignificantOnesAreRounding(law: InitialLaw) {
    let significant = law.circularModes
    let moments = law.circularMoments(modes: significant + 50)
    for k in (significant + 1)...(significant + 50) {
      #expect(moments.squaredMagnitude(k).squareRoot() <= 1e-16)
    }
    // No more than needed; the kernel of concentration 0 keeps a mode 1 that is zero.
    if significant > 1 { #expect(moments.squaredMagnitude(significant) > 0) }
  }

  /// A von Mises law of concentration κ is e^{κ cos}/I₀(κ): its peak is 1/(e^{−κ} I₀(κ)), for large
  /// κ √(2πκ) (1 − 1/(8κ) + …).
  @Test func theVonMisesPeakIsItsClosedForm() throws {
    for entry in try References.load("special", as: References.Special.self).scaledBessel
    where entry.order == 0 {
      let law = InitialLaw.vonMises([.init(mean: 2, concentration: entry.beta.value, weight: 7)])
      #expect(abs(try density(law, 2) * entry.value.value - 1) < 2e-14)
    }
  }

  @Test func weightsAreRelative() {
    let one = InitialLaw.vonMises([
      .init(mean: 0, concentration: 3, weight: 1), .init(mean: 2, concentration: 5, weight: 3),
    ])
    let other = InitialLaw.vonMises([
      .init(mean: 0, concentration: 3, weight: 0.25),
      .init(mean: 2, concentration: 5, weight: 0.75),
    ])
    #expect(one.circularMoments(modes: 9) == other.circularMoments(modes: 9))
  }

  // MARK: Smallest density

  /// 1 + a cos θ + b cos 2θ: where |a| < 4b the minimum is at cos θ = −a/4b and has the value
  /// 1 − b − a²/8b, else it is 1 − |a| + b.
  @Test(
    arguments: [(0.4, 0.3), (0.5, 0), (0.2, 0.9), (0.8, 0.05), (1.5, 0.1), (0.4, 0.1)], [0, 0.123])
  func theSmallestDensityOfTwoWavesIsItsClosedForm(_ sizes: (Double, Double), shift: Double) {
    let (a, b) = sizes
    let law = InitialLaw.harmonics([
      .init(mode: 1, cosine: a * cos(shift), sine: a * sin(shift)),
      .init(mode: 2, cosine: b * cos(2 * shift), sine: b * sin(2 * shift)),
    ])
    let inside = a < 4 * b
    let value = inside ? 1 - b - a * a / (8 * b) : 1 - a + b
    let place = inside ? acos(-a / (4 * b)) : Double.pi
    let smallest = law.smallestCircularDensity()
    // At a = 4b the minimum is of fourth order, and Newton's method gains a third a step.
    #expect(abs(smallest.value - value) < 1e-11)
    let bound = a == 4 * b ? 1e-2 : 1e-9
    let distances = [place, -place].map { cosineDistance(smallest.angle - shift, $0) }
    #expect((distances.min() ?? 1) < bound)
  }

  private func cosineDistance(_ a: Double, _ b: Double) -> Double { 2 * abs(sin((a - b) / 2)) }

  @Test func aNegativeDensityIsFoundWithItsPlace() throws {
    let law = InitialLaw.harmonics([.init(mode: 3, cosine: 0, sine: 1.25)])
    let smallest = law.smallestCircularDensity()
    #expect(abs(smallest.value + 0.25) < 1e-14)
    #expect(abs(try density(law, smallest.angle) - smallest.value) < 1e-14)
    #expect(abs(sin(3 * smallest.angle) + 1) < 1e-14)
  }

  @Test(arguments: [UInt64(0), 1, 2, 3, 4, 5, 6, 7])
  func theSmallestDensityOfRandomWavesIsThatOfAFineGrid(seed: UInt64) throws {
    let law = InitialLaw.perturbedUniform(amplitude: 0.7, modes: 9, seed: seed)
    let smallest = law.smallestCircularDensity()
    let points = 5000
    let grid = try (0..<points).map {
      try density(law, 2 * Double.pi * Double($0) / Double(points))
    }
    let least = try #require(grid.min())
    // The grid misses a minimum by ρ″ h²/8 with ρ″ ≤ 9² · 0.7 · √18 and h = 2π/5000.
    #expect(smallest.value <= least + 1e-14)
    #expect(smallest.value > least - 5e-5)
    #expect(abs(try density(law, smallest.angle) - smallest.value) < 1e-13)
  }

  @Test func theUniformLawIsOneEverywhere() {
    #expect(InitialLaw.uniform.smallestCircularDensity().value == 1)
    #expect(
      InitialLaw.perturbedUniform(amplitude: 0, modes: 4, seed: 1).smallestCircularDensity().value
        == 1)
  }

  // MARK: Random harmonics

  /// ∫ (ρ − 1)² dσ = 2 Σ_{k ≥ 1} |m_k|².
  @Test(arguments: [1e-8, 0.01, 0.3], [1, 2, 30])
  func perturbationsHaveExactlyTheirNorm(amplitude: Double, modes: Int) {
    let law = InitialLaw.perturbedUniform(amplitude: amplitude, modes: modes, seed: 77)
    let moments = law.circularMoments(modes: modes + 3)
    let square = (1...(modes + 3)).reduce(0) { $0 + 2 * moments.squaredMagnitude($1) }
    // Scaled by one square root; 2K squares are added.
    #expect(abs(square.squareRoot() / amplitude - 1) < 1e-15 * Double(4 + modes))
    #expect((1...modes).allSatisfy { moments.squaredMagnitude($0) > 0 })
    #expect(((modes + 1)...(modes + 3)).allSatisfy { moments.squaredMagnitude($0) == 0 })
  }

  @Test func perturbationsDependOnTheirSeedAlone() {
    func moments(_ seed: UInt64) -> Moments {
      InitialLaw.perturbedUniform(amplitude: 0.1, modes: 5, seed: seed).circularMoments(modes: 5)
    }
    #expect(moments(3) == moments(3))
    #expect(moments(3) != moments(4))
  }

  // MARK: Tokens

  @Test func tokensHaveMomentsButNoDensity() {
    let angles = [0.5, -2, 9]
    let masses = [0.25, 0.5, 0.25]
    let law = InitialLaw.tokens(.init(points: angles, masses: masses))
    #expect(!law.hasDensity)
    #expect(law.circularDensity(at: 0) == nil)
    let moments = law.circularMoments(modes: 6)
    for k in 0...6 {
      let real = zip(angles, masses).reduce(0) { $0 + $1.1 * cos(Double(k) * $1.0) }
      let imaginary = zip(angles, masses).reduce(0) { $0 - $1.1 * sin(Double(k) * $1.0) }
      // Mode 6 on 64 cells: 2 (6π/128)⁸/8! = 1·10⁻¹¹, see PointTransform.
      #expect(abs(moments.real(k) - real) < 2e-11 && abs(moments.imaginary(k) - imaginary) < 2e-11)
    }
  }
}
