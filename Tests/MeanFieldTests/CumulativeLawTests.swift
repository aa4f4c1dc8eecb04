import Foundation
import TestSupport
import Testing

@testable import MeanField

/// Distribution functions on the circle, of densities and of tokens.
struct CumulativeLawTests {
  /// F(θ) of 1 + Σ a cos kθ + b sin kθ.
  private func exactLevel(_ terms: [InitialLaw.Harmonic], _ theta: Double) -> Double {
    terms.reduce(theta / (2 * Double.pi)) { sum, term in
      let k = Double(term.degree)
      let wave = term.cosine * sin(k * theta) + term.sine * (1 - cos(k * theta))
      return sum + wave / (2 * Double.pi * k)
    }
  }

  /// h⁴ F⁗/384 of cubic Hermite interpolation, |F⁗| ≤ Σ k³ |a + ib|/2π, on 2048 points.
  private func interpolationError(_ terms: [InitialLaw.Harmonic]) -> Double {
    let h = 2 * Double.pi / 2048
    let fourth = terms.reduce(0) {
      $0 + pow(Double($1.degree), 3) * hypot($1.cosine, $1.sine) / (2 * Double.pi)
    }
    return h * h * h * h * fourth / 384
  }

  static let waves: [[InitialLaw.Harmonic]] = [
    [],
    [.init(mode: 1, cosine: 0.5, sine: 0)],
    [.init(mode: 1, cosine: 0, sine: 0.9)],
    [.init(mode: 3, cosine: 0.3, sine: -0.2), .init(mode: 20, cosine: 0.1, sine: 0.3)],
    // Touches zero.
    [.init(mode: 2, cosine: 1, sine: 0)],
  ]

  private func law(_ terms: [InitialLaw.Harmonic]) -> CumulativeLaw {
    .density(InitialLaw.harmonics(terms).circularMoments(modes: 20))
  }

  @Test(arguments: waves)
  func levelsAreIntegralsOfTheDensity(terms: [InitialLaw.Harmonic]) {
    let law = law(terms)
    #expect(!law.isAtomic)
    let bound = interpolationError(terms) + 1e-15
    for i in 0..<500 {
      let theta = 2 * Double.pi * (Double(i) + 0.37) / 500
      #expect(abs(law.level(at: theta) - exactLevel(terms, theta)) < bound)
    }
    #expect(law.level(at: 0) == 0)
  }

  @Test(arguments: waves)
  func quantilesInvertTheDistribution(terms: [InitialLaw.Harmonic]) {
    let law = law(terms)
    for i in 0..<300 {
      let level = (Double(i) + 0.5) / 300
      let angle = law.angle(at: level)
      #expect(angle >= 0 && angle < 2 * Double.pi)
      // 44 halvings of a cell leave nothing but rounding.
      #expect(abs(law.level(at: angle) - level) < 1e-15)
      #expect(abs(exactLevel(terms, angle) - level) < interpolationError(terms) + 2e-15)
    }
  }

  @Test(arguments: waves)
  func arcsAndTheirComplementsHaveMassOne(terms: [InitialLaw.Harmonic]) {
    let law = law(terms)
    let bound = 2 * interpolationError(terms) + 2e-15
    for (a, b) in [(0.5, 2.0), (5, 1), (-1, 1), (6, 6.2), (0, 3), (3, 0), (100, 101)] {
      let inner = law.mass(from: a, to: b)
      let turn = 2 * Double.pi
      let start = a - turn * (a / turn).rounded(.down)
      let end = b - turn * (b / turn).rounded(.down)
      let exact = exactLevel(terms, end) - exactLevel(terms, start) + (end < start ? 1 : 0)
      #expect(abs(inner - exact) < bound)
      #expect(abs(inner + law.mass(from: b, to: a) - 1) < 1e-15)
    }
    #expect(law.mass(from: 1, to: 1) == 0)
  }

  /// Sharp laws get grids of at least four points per shortest wave.
  @Test func gridsAreFineEnoughForTheirModes() {
    for concentration in [1, 1000, 1e5] {
      let law = InitialLaw.vonMises([.init(mean: 3, concentration: concentration)])
      let modes = law.circularModes
      let cumulative = CumulativeLaw.density(law.circularMoments(modes: modes))
      #expect(cumulative.angles.count >= 4 * modes)
      #expect(cumulative.angles.count >= 2048)
      // Symmetric about 3. F⁗ = ρ‴/2π is at most 1.4 κ^{3/2} times the peak √(κ/2π).
      let h = 2 * Double.pi / Double(cumulative.angles.count)
      let error = 1.4 * concentration * concentration * 0.4 * h * h * h * h / 384
      #expect(abs(cumulative.mass(from: 3 - .pi, to: 3) - 0.5) < error + 1e-14)
    }
  }

  // MARK: Tokens

  @Test func tokensAreStepsInOrderOfTheirAngles() {
    let turn = 2 * Double.pi
    let law = CumulativeLaw.tokens(angles: [2, -1, 2, 7], masses: [0.1, 0.2, 0.3, 0.4])
    #expect(law.isAtomic)
    let expected = [7 - turn, 2, 2, turn - 1]
    #expect(zip(law.angles, expected).allSatisfy { abs($0 - $1) < 1e-15 })
    #expect(zip(law.levels, [0.4, 0.5, 0.8, 1]).allSatisfy { abs($0 - $1) < 1e-15 })
  }

  @Test func levelsOfTokensCountWhatIsBelow() {
    let law = CumulativeLaw.tokens(angles: [1, 2, 3], masses: [0.25, 0.5, 0.25])
    #expect(law.level(at: 0) == 0)
    // μ([0, θ)): the token at θ itself is not in it.
    #expect(law.level(at: 1) == 0)
    #expect(law.level(at: 1.0.nextUp) == 0.25)
    #expect(law.level(at: 2) == 0.25)
    #expect(law.level(at: 2.5) == 0.75)
    #expect(law.level(at: 6) == 1)
    // [start, end).
    #expect(law.mass(from: 1, to: 2) == 0.25)
    #expect(law.mass(from: 1.5, to: 3.5) == 0.75)
    #expect(law.mass(from: 3.5, to: 1.5) == 0.25)
    #expect(law.mass(from: 2.5, to: 2.25) == 1)
  }

  @Test func tokensHaveNoQuantile() async {
    await #expect(processExitsWith: .failure) {
      _ = CumulativeLaw.tokens(angles: [1], masses: [1]).angle(at: 0.5)
    }
  }

  // MARK: Angles

  @Test func wrappedAnglesAreInOneTurn() {
    let turn = 2 * Double.pi
    for angle in [
      0, 1, turn, turn.nextDown, -1e-300, -1e-17, -1, -turn, 3 * turn, 1e9, -1e9, -1e15,
    ] {
      let wrapped = wrappedAngle(angle)
      #expect(wrapped >= 0 && wrapped < turn, "\(angle)")
      // The number of turns is rounded to an ulp of the angle.
      #expect(2 * abs(sin((wrapped - angle) / 2)) <= 2 * abs(angle).ulp + 1e-15, "\(angle)")
    }
    #expect(wrappedAngle(turn) == 0)
    #expect(wrappedAngle(turn.nextDown) == turn.nextDown)
    #expect(wrappedAngle(-1e-300) == 0)
  }

  /// Arcs from one place to the next, the last across 0: counted token by token as by sorted tokens.
  @Test(arguments: [
    [1, 4], [6, 0.5, 2], [-0.3, 0.1, 3.2, 5.9], [7.5, 9], [0.2, 0.9, 1.8, 2.6, 3.3, 4.1, 5.5],
  ])
  func arcsBetweenPlacesHoldTheTokensOfTheOrderedLaw(places: [Double]) {
    var random = SplitMix(state: 3)
    // Some tokens lie on the places themselves: they belong to the arc that begins there.
    var angles = random.numbers(500, in: 0...6.28) + places.map(wrappedAngle)
    angles[0] -= 2 * .pi
    angles[1] += 4 * .pi
    let weights = random.numbers(angles.count, in: 0.1...1)
    let whole = weights.reduce(0, +)
    let masses = weights.map { $0 / whole }
    let law = CircleLaw(
      angles: angles, masses: masses, densities: nil, moments: Moments(values: [1, 0]), floor: 0)
    let ordered = law.cumulative
    for (i, mass) in law.masses(between: places).enumerated() {
      let before = places[(i + places.count - 1) % places.count]
      // Sums of 500 masses in another order: a few roundings of 1.
      #expect(abs(mass - ordered.mass(from: before, to: places[i])) < 4e-15)
    }
  }
}
