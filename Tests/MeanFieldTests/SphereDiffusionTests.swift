import Foundation
import Testing
import Transforms

@testable import MeanField

/// Brownian motion of tokens on S^{d−1} and the weak order of the stochastic scheme.
@Suite struct SphereDiffusionTests {
  /// E P_l(⟨x, x′⟩) of one motion of spread τ: P_l(1 − f) = Σ_k (−l)_k (l+d−2)_k/((d−1)/2)_k (f/2)^k/k! with
  /// f = s (1 − e^{−(d−1)τ})/(d−1), s a χ² of d − 1 degrees of freedom, E s^k = Π (d − 1 + 2i).
  static func multiplier(_ l: Int, _ dimension: Int, spread: Double) -> Double {
    let d = Double(dimension)
    let scale = -expm1(-(d - 1) * spread) / (d - 1)
    var term = 1.0
    var sum = 1.0
    for k in 0..<l {
      let i = Double(k)
      term *= (i - Double(l)) * (Double(l) + d - 2 + i) / (((d - 1) / 2 + i) * (i + 1))
      term *= 0.5 * scale * (d - 1 + 2 * i)
      sum += term
    }
    return sum
  }

  /// e^{−l(l+d−2)τ}: exact for l = 1, to second order for the others, by halving τ.
  @Test(arguments: [3, 4, 8, 64])
  func oneMotionIsBrownianToSecondOrder(dimension: Int) {
    let unit = 0.02 / Double(dimension)
    for spread in [unit, 10 * unit, 100 * unit] {
      let exact = exp(-Double(dimension - 1) * spread)
      #expect(abs(Self.multiplier(1, dimension, spread: spread) - exact) < 1e-15)
    }
    for l in 2...4 {
      let rate = Double(l * (l + dimension - 2))
      let errors = [1, 0.5, 0.25].map { factor in
        Self.multiplier(l, dimension, spread: unit * factor) - exp(-rate * unit * factor)
      }
      for (coarse, fine) in zip(errors, errors.dropFirst()) {
        // The next order takes or gives λτ/4 of it.
        #expect(abs(coarse / fine - 8) < 1.2, "\(errors)")
      }
    }
  }

  /// What is moved goes along the tangent part of a Gaussian vector, by the angle that the formula says.
  @Test(arguments: [3, 4, 9])
  func motionsAreThoseOfTheFormula(dimension: Int) {
    let equation = Equation(
      manifold: .sphere(dimension: dimension), attention: Attention(beta: 1), noise: 1)
    let points = SphereSampler(dimension: dimension, law: .uniform)
      .draws(count: 12, seed: 8, member: 0)
    var dynamics = SphereTokenDynamics(equation: equation, count: 12)
    var state = dynamics.state(points: points)
    let stream = RandomStream(seed: 5, member: 2, purpose: .noise)
    let spread = 0.01
    dynamics.diffuse(&state, spread: spread, stream: stream, draw: 7)
    let d = Double(dimension)
    let scale = -expm1(-(d - 1) * spread) / (d - 1)
    let pairs = (dimension + 1) / 2
    for i in 0..<12 {
      let x = Array(points[(i * dimension)..<((i + 1) * dimension)])
      var gaussian = (0..<pairs).flatMap { p -> [Double] in
        let pair = stream.normals(index: i * pairs + p, draw: 7)
        return [pair.0, pair.1]
      }
      gaussian = Array(gaussian[..<dimension])
      let along = zip(gaussian, x).reduce(0) { $0 + $1.0 * $1.1 }
      let tangent = zip(gaussian, x).map { $0 - along * $1 }
      let square = tangent.reduce(0) { $0 + $1 * $1 }
      let angle = acos(1 - scale * square)
      for k in 0..<dimension {
        let expected = cos(angle) * x[k] + sin(angle) * tangent[k] / square.squareRoot()
        #expect(abs(state[i * dimension + k] - expected) < 1e-14)
      }
    }
  }

  /// Seeded samples of many steps: E P_l is a power of one step's, within four standard errors.
  @Test(arguments: [3, 6, 32])
  func sampledMotionsHaveTheirMoments(dimension: Int) {
    let count = 8000
    let equation = Equation(
      manifold: .sphere(dimension: dimension), attention: Attention(beta: 1), noise: 1)
    var start = [Double](repeating: 0, count: dimension)
    start[1] = 0.6
    start[dimension - 1] = -0.8
    var dynamics = SphereTokenDynamics(equation: equation, count: count)
    var state = dynamics.state(points: (0..<count).flatMap { _ in start })
    let stream = RandomStream(seed: 21, member: 0, purpose: .noise)
    let spread = 0.1 / Double(dimension)
    let steps = 4
    for draw in 0..<steps {
      dynamics.diffuse(&state, spread: spread, stream: stream, draw: draw)
      dynamics.finishStep(&state)
    }
    let heights = (0..<count).map {
      0.6 * state[$0 * dimension + 1] - 0.8 * state[($0 + 1) * dimension - 1]
    }
    for l in 1...3 {
      let values = heights.map { Directions.gegenbauer($0, dimension, degrees: 3)[l - 1] }
      let (mean, error) = Directions.average(values)
      let expected = pow(Self.multiplier(l, dimension, spread: spread), Double(steps))
      #expect(abs(mean - expected) < 4 * error)
    }
    // No direction is preferred: what is across the start is zero on average.
    for k in 0..<min(dimension, 5) {
      let across = (0..<count).map {
        state[$0 * dimension + k] - heights[$0] * start[k]
      }
      let (mean, error) = Directions.average(across)
      #expect(abs(mean) < 4 * error)
    }
  }

  // MARK: Two tokens at β = 0

  /// E f(⟨x₁, x₂⟩) of two tokens at β = 0 on S², as Legendre coefficients of f.
  ///
  /// Attention: u′ = 1 − u². The noise of either token multiplies P_l.
  struct Pair {
    static let degrees = 20
    static let noise = 0.2
    static let rule = GaussLegendre(count: 40)
    static let tables = rule.cosines.map { [1] + Directions.gegenbauer($0, 3, degrees: degrees) }

    static func value(_ coefficients: [Double], at u: Double) -> Double {
      zip(coefficients, [1] + Directions.gegenbauer(u, 3, degrees: degrees))
        .reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// f′ = 2D ((1−u²) f′)′ + (1 − u²) f′ in coefficients, by a thousand classical Runge–Kutta steps:
    /// (1 − u²) P_l′ = l(l+1)/(2l+1) (P_{l−1} − P_{l+1}).
    static func exact(_ start: [Double], time: Double) -> [Double] {
      func rate(_ f: [Double]) -> [Double] {
        f.indices.map { l in
          let above = l + 1 < f.count ? Double((l + 1) * (l + 2)) / Double(2 * l + 3) * f[l + 1] : 0
          let below = l > 0 ? Double((l - 1) * l) / Double(2 * l - 1) * f[l - 1] : 0
          return above - below - 2 * noise * Double(l * (l + 1)) * f[l]
        }
      }
      var f = start
      let h = time / 1000
      for _ in 0..<1000 {
        let k1 = rate(f)
        let k2 = rate(zip(f, k1).map { $0 + h / 2 * $1 })
        let k3 = rate(zip(f, k2).map { $0 + h / 2 * $1 })
        let k4 = rate(zip(f, k3).map { $0 + h * $1 })
        for l in f.indices { f[l] += h / 6 * (k1[l] + 2 * k2[l] + 2 * k3[l] + k4[l]) }
      }
      return f
    }

    /// The same by the scheme with steps of length h: half the noise, the stepper's own step along the
    /// attention, half the noise.
    static func byTheScheme(_ start: [Double], time: Double, step h: Double) throws -> [Double] {
      let moved = try rule.cosines.map { u -> Double in
        try SphereDiffusionTests.product(
          SphereDiffusionTests.pair(u, step: h, noise: 0, end: h, member: 0))
      }
      let factors = (0...degrees).map {
        pow(SphereDiffusionTests.multiplier($0, 3, spread: 0.5 * h * noise), 2)
      }
      var f = start
      for _ in 0..<Int((time / h).rounded()) {
        f = zip(f, factors).map { $0 * $1 }
        let values = moved.map { value(f, at: $0) }
        let masses = zip(values, rule.weights).map { $0 * $1 }
        f = (0...degrees).map { l in
          let sum = masses.indices.reduce(0.0) { $0 + masses[$1] * tables[$1][l] }
          return sum * (Double(l) + 0.5)
        }
        f = zip(f, factors).map { $0 * $1 }
      }
      return f
    }
  }

  private static func product(_ state: [Double]) -> Double {
    (0..<3).reduce(0.0) { $0 + state[$1] * state[3 + $1] }
  }

  /// The state of two tokens that start at ⟨x₁, x₂⟩ = u.
  private static func pair(
    _ u: Double, step: Double, noise: Double, end: Double, member: Int
  ) throws -> [Double] {
    let equation = Equation(manifold: .sphere, attention: Attention(beta: 0), noise: noise)
    var dynamics = SphereTokenDynamics(equation: equation, count: 2)
    var state = dynamics.state(points: [0, 0.6, 0.8, 0, 0, 0])
    // In the plane of (0, 0.6, 0.8) and (1, 0, 0).
    let sine = (1 - u * u).squareRoot()
    state[3...5] = [sine, 0.6 * u, 0.8 * u]
    var stepper = StochasticStepper(
      step: step, noise: noise, stream: RandomStream(seed: 33, member: member, purpose: .noise))
    try stepper.advance(&dynamics, &state, to: end)
    return state
  }

  /// Weak order 2 without sampling: halving the step divides the error of E u and E u² by four.
  @Test func theSchemeHasWeakOrderTwo() throws {
    for degree in [1, 2] {
      var start = [Double](repeating: 0, count: Pair.degrees + 1)
      start[degree] = 1
      let exact = Pair.value(Pair.exact(start, time: 1), at: -0.5)
      let errors = try [0.25, 0.125, 0.0625].map { h in
        Pair.value(try Pair.byTheScheme(start, time: 1, step: h), at: -0.5) - exact
      }
      for (coarse, fine) in zip(errors, errors.dropFirst()) {
        #expect(abs(fine) > 1e-8, "only rounding: \(errors)")
        #expect(abs(coarse / fine - 4) < 1, "\(errors)")
      }
    }
  }

  /// The scheme itself, sampled: its mean is the one computed, within four standard errors.
  @Test func sampledPairsHaveTheMeanOfTheScheme() throws {
    let values = try (0..<8000).map { member -> Double in
      try Self.product(Self.pair(-0.5, step: 0.25, noise: Pair.noise, end: 1, member: member))
    }
    let (mean, error) = Directions.average(values)
    var start = [Double](repeating: 0, count: Pair.degrees + 1)
    start[1] = 1
    let expected = Pair.value(try Pair.byTheScheme(start, time: 1, step: 0.25), at: -0.5)
    #expect(abs(mean - expected) < 4 * error)
  }
}
