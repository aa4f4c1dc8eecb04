import Foundation
import TestSupport
import Testing
import Transforms

@testable import MeanField

/// Tokens on S^{d−1}: exact solutions, other codes, invariances.
@Suite struct SphereTokenTests {
  private func tokens(
    _ dimension: Int, _ attention: Attention, _ points: [Double], masses: [Double]? = nil,
    noise: Double = 0, tolerance: Double = 1e-10, end: Double
  ) -> Evolution<SphereTokenDynamics> {
    Evolution.tokens(
      Equation(
        manifold: .sphere(dimension: dimension), attention: attention, noise: noise),
      points: points, masses: masses, numerics: TokenNumerics(tolerance: tolerance, end: end))
  }

  private func orthogonal(_ count: Int) -> [Double] {
    (0..<count).flatMap { i in (0..<count).map { $0 == i ? 1.0 : 0 } }
  }

  private func uniform(_ count: Int, _ dimension: Int, seed: UInt64 = 1) -> [Double] {
    SphereSampler(dimension: dimension, law: .uniform).draws(count: count, seed: seed, member: 0)
  }

  private func row(_ state: [Double], _ i: Int, _ dimension: Int) -> ArraySlice<Double> {
    state[(i * dimension)..<((i + 1) * dimension)]
  }

  private func product(_ state: [Double], _ i: Int, _ j: Int, _ dimension: Int) -> Double {
    zip(row(state, i, dimension), row(state, j, dimension)).reduce(0) { $0 + $1.0 * $1.1 }
  }

  private func normDefect(_ state: [Double], _ dimension: Int) -> Double {
    (0..<(state.count / dimension)).reduce(0) { worst, i in
      max(worst, abs(product(state, i, i, dimension).squareRoot() - 1))
    }
  }

  // MARK: Orthogonal tokens

  /// C10–C13: tokens that start orthogonal stay equiangular, and ⟨x_i, x_j⟩ follows γ_β (literature 2.2).
  ///
  /// β, the time to γ = 0.999 with softmax (nil where that takes long) and without normalization.
  static let times: [(beta: Double, softmax: Double?, unnormalized: Double)] = [
    (0, 5.18626098112, 5.18626098112), (1, 5.27028390759, 2.89704862299),
    (4, 6.95350184881, 1.13077034130), (6, 15.9953135492, 0.870230258283), (9, nil, 0.685987668877),
  ]

  @Test(arguments: times.indices, [Attention.Normalization.softmax, .unnormalized])
  func orthogonalTokensMeetWhenTheyShould(
    index: Int, normalization: Attention.Normalization
  ) throws {
    let entry = Self.times[index]
    let time = normalization == .softmax ? entry.softmax : entry.unnormalized
    guard let time else { return }
    let run = tokens(
      32, Attention(beta: entry.beta, normalization: normalization), orthogonal(32),
      tolerance: 1e-12, end: time)
    try run.advance(to: time)
    // γ approaches 1 at most at the rate 2 e^{βγ}: twelve printed digits of the time are worth this.
    let speed = 2e-3 * (normalization == .softmax ? 1 : exp(entry.beta))
    for (i, j) in [(0, 1), (5, 17), (30, 31), (3, 28)] {
      #expect(abs(product(run.state, i, j, 32) - 0.999) < 1e-9 + 1e-11 * speed * time)
    }
    #expect(normDefect(Array(run.state.dropLast()), 32) < 1e-14)
  }

  /// Spot values of γ (literature 2.2): n, β, t, γ for softmax.
  @Test(arguments: [
    (32, 1.0, 1.0, 0.15184933554388), (32, 1, 2, 0.58977282289962), (32, 4, 5, 0.95277484974288),
    (32, 9, 30, 0.0085970764294186), (32, 0, 2, 0.626160144961), (2, 0, 1, 0.761594155956),
  ])
  func orthogonalTokensFollowGamma(count: Int, beta: Double, time: Double, gamma: Double) throws {
    let run = tokens(count, Attention(beta: beta), orthogonal(count), tolerance: 1e-12, end: time)
    try run.advance(to: time)
    for i in 1..<count {
      #expect(abs(product(run.state, 0, i, count) - gamma) < 1e-11)
      #expect(abs(product(run.state, i - 1, i, count) - gamma) < 1e-11)
    }
    // Equiangular vectors of R^n: |mean|² = (1 + (n−1) γ)/n.
    let mean = run.snapshot().mean
    let square = mean.reduce(0) { $0 + $1 * $1 }
    #expect(abs(square - (1 + Double(count - 1) * gamma) / Double(count)) < 1e-11)
  }

  /// C13: γ_β(t) = 0.999 on the transition curve.
  @Test(arguments: [(10.0, 5.10990430939), (20, 6.34473973851)])
  func theTransitionCurveIsMet(time: Double, beta: Double) throws {
    let run = tokens(32, Attention(beta: beta), orthogonal(32), tolerance: 1e-12, end: time)
    try run.advance(to: time)
    #expect(abs(product(run.state, 4, 9, 32) - 0.999) < 1e-10)
  }

  // MARK: Norms

  /// Lengths stay 1 to 1e-14 in every dimension, however long the run.
  @Test(arguments: [3, 5, 64, 1024])
  func lengthsAreKept(dimension: Int) throws {
    let run = tokens(
      dimension, Attention(beta: 2), uniform(8, dimension), tolerance: 1e-6, end: 100)
    for time in [0.1, 1, 10, 100] {
      try run.advance(to: time)
      #expect(normDefect(Array(run.state.dropLast()), dimension) < 1e-14)
    }
    let noisy = Evolution.tokens(
      Equation(
        manifold: .sphere(dimension: dimension), attention: Attention(beta: 2),
        noise: 0.5 / Double(dimension)),
      points: uniform(8, dimension), numerics: TokenNumerics(tolerance: 1e-6, end: 20))
    try noisy.advance(to: 20)
    #expect(noisy.memory.acceptedSteps > 200)
    #expect(normDefect(Array(noisy.state.dropLast()), dimension) < 1e-14)
  }

  // MARK: The circle's code

  /// Tokens on a great circle stay there and move as the circle's tokens do.
  @Test(arguments: Attention.Normalization.allCases, [3, 7])
  func greatCirclesAreCircles(normalization: Attention.Normalization, dimension: Int) throws {
    let attention = Attention(beta: 4, normalization: normalization)
    let stream = SplitMix(state: 11)
    var generator = stream
    let angles = generator.numbers(20, in: 0...(2 * .pi))
    let masses = generator.masses(20)
    // An orthonormal pair.
    let first = uniform(2, dimension, seed: 4)
    let u = Array(first[..<dimension])
    let overlap = zip(u, first[dimension...]).reduce(0) { $0 + $1.0 * $1.1 }
    let rest = zip(u, first[dimension...]).map { $1 - overlap * $0 }
    let length = rest.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let v = rest.map { $0 / length }
    let end = normalization == .unnormalized ? 0.1 : 2
    let sphere = tokens(
      dimension, attention,
      angles.flatMap { angle in zip(u, v).map { cos(angle) * $0 + sin(angle) * $1 } },
      masses: masses, tolerance: 1e-13, end: end)
    let circle = Evolution.tokens(
      Equation(attention: attention), angles: angles, masses: masses,
      numerics: TokenNumerics(tolerance: 1e-13, end: end))
    try sphere.advance(to: end)
    try circle.advance(to: end)
    for i in 0..<20 {
      let angle = circle.state[i]
      for (k, x) in row(sphere.state, i, dimension).enumerated() {
        #expect(abs(x - (cos(angle) * u[k] + sin(angle) * v[k])) < 1e-11)
      }
    }
    let (one, other) = (sphere.snapshot(), circle.snapshot())
    #expect(abs(one.normalizedEnergy - other.normalizedEnergy) < 1e-11)
    #expect(abs(one.largestSpeed - other.largestSpeed) < 1e-11 * other.largestSpeed)
    #expect(abs(one.scaledDissipation - other.scaledDissipation) < 1e-11)
    #expect(abs((one.dissipated ?? .nan) - (other.dissipated ?? .nan)) < 1e-11)
  }

  // MARK: Invariances

  /// Permuting tokens with their masses permutes the run.
  @Test(arguments: [3, 40])
  func permutationsCommuteWithTheRun(dimension: Int) throws {
    let count = 30
    var generator = SplitMix(state: 2)
    let masses = generator.masses(count)
    let points = uniform(count, dimension)
    let order = (0..<count).map { ($0 * 7 + 3) % count }
    let plain = tokens(dimension, Attention(beta: 6), points, masses: masses, end: 2)
    let permuted = tokens(
      dimension, Attention(beta: 6), order.flatMap { row(points, $0, dimension) },
      masses: order.map { masses[$0] }, end: 2)
    try plain.advance(to: 2)
    try permuted.advance(to: 2)
    for (i, j) in order.enumerated() {
      for (x, y) in zip(row(permuted.state, i, dimension), row(plain.state, j, dimension)) {
        // Sums in another order: rounding, and steps that differ by it.
        #expect(abs(x - y) < 1e-12)
      }
    }
  }

  /// A token of mass 2w is two tokens of mass w in one place.
  @Test(arguments: Attention.Normalization.allCases)
  func massesAreMultiplicities(normalization: Attention.Normalization) throws {
    let points = uniform(9, 5)
    let attention = Attention(beta: 3, normalization: normalization)
    let weights = [1.0, 2, 1, 3, 1, 1, 2, 1, 4]
    let weighted = tokens(
      5, attention, points, masses: weights.map { $0 / 16 }, tolerance: 1e-12, end: 1)
    let repeated = weights.enumerated().flatMap { i, weight in
      (0..<Int(weight)).flatMap { _ in row(points, i, 5) }
    }
    let plain = tokens(5, attention, repeated, tolerance: 1e-12, end: 1)
    try weighted.advance(to: 1)
    try plain.advance(to: 1)
    var place = 0
    for (i, weight) in weights.enumerated() {
      for (x, y) in zip(row(weighted.state, i, 5), row(plain.state, place, 5)) {
        #expect(abs(x - y) < 1e-10)
      }
      place += Int(weight)
    }
  }

  /// Rotating the start rotates the run.
  @Test func rotationCommutesWithTheRun() throws {
    let points = uniform(40, 3)
    let plain = tokens(3, Attention(beta: 9), points, tolerance: 1e-12, end: 3)
    let turned = tokens(
      3, Attention(beta: 9), SphereRuns.apply(SphereRuns.rotation, to: points), tolerance: 1e-12,
      end: 3)
    try plain.advance(to: 3)
    try turned.advance(to: 3)
    let expected = SphereRuns.apply(SphereRuns.rotation, to: Array(plain.state.dropLast()))
    for (x, y) in zip(turned.state, expected) { #expect(abs(x - y) < 20e-12 * exp(0.7 * 3)) }
  }

  /// Energy rises, its integral is its change, and no token is faster than the bound.
  @Test(arguments: Attention.Normalization.allCases, [3, 12])
  func energyNeverFalls(normalization: Attention.Normalization, dimension: Int) throws {
    let attention = Attention(beta: 4, normalization: normalization)
    let run = tokens(dimension, attention, uniform(50, dimension), end: 10)
    let bound = LinearTheory(equation: run.dynamics.equation).speedBound
    let unit = normalization == .unnormalized ? 0.02 : 1
    var energy = 0.0
    for i in 0...10 {
      try run.advance(to: unit * Double(i))
      let snapshot = run.snapshot()
      #expect(snapshot.scaledEnergy >= energy * (1 - 1e-12))
      energy = snapshot.scaledEnergy
      #expect(snapshot.largestSpeed <= bound)
      if i > 0 { #expect(abs(snapshot.dissipationDefect) < 1e-8) }
    }
  }

  /// One token, tokens all in one place and an antipodal pair stay where they are.
  @Test(arguments: Attention.Normalization.allCases, [3, 64])
  func tokensAtRestStay(normalization: Attention.Normalization, dimension: Int) throws {
    let x = uniform(1, dimension)
    for points in [x, (0..<20).flatMap { _ in x }, x + x.map { -$0 }] {
      let run = tokens(dimension, Attention(beta: 7, normalization: normalization), points, end: 1)
      try run.advance(to: 1)
      #expect(zip(run.state, points).allSatisfy { abs($0 - $1) < 1e-13 })
    }
  }

  /// Errors follow the tolerance: an order-8 pair at 1e-4, 1e-6, …, against 1e-13.
  @Test func errorsFollowTheTolerance() throws {
    let points = uniform(24, 6)
    func end(_ tolerance: Double) throws -> (state: [Double], steps: Int) {
      let run = tokens(6, Attention(beta: 5), points, tolerance: tolerance, end: 4)
      try run.advance(to: 4)
      return (Array(run.state.dropLast()), run.memory.acceptedSteps)
    }
    let exact = try end(1e-13)
    var steps = 0
    for tolerance in [1e-4, 1e-6, 1e-8, 1e-10] {
      let (state, taken) = try end(tolerance)
      let error = zip(state, exact.state).reduce(0) { max($0, abs($1.0 - $1.1)) }
      // Perturbations grow at a rate below one for softmax.
      #expect(error < 20 * tolerance * exp(4))
      #expect(taken > steps)
      steps = taken
    }
    // Order 8: nine decades cost ten times the steps.
    #expect(Double(exact.steps) < 20 * Double(steps))
  }

  // MARK: The density by its labels

  /// Literature 1.5: tokens at Gauss–Legendre × equispaced nodes, weighted, are the density itself.
  @Test(arguments: [(0, 24, 24, 1e-11), (1, 48, 32, 1e-10)])
  func labelsReproduceTheReferences(
    index: Int, latitudes: Int, longitudes: Int, allowed: Double
  ) throws {
    let reference = SphereReferenceTests.nonlinear[index]
    let rule = GaussLegendre(count: latitudes)
    let terms = [1] + reference.terms
    var points: [Double] = []
    var masses: [Double] = []
    for i in 0..<latitudes {
      let values = [1] + Directions.gegenbauer(rule.cosines[i], 3, degrees: 4)
      let density = zip(terms, values).reduce(0) { $0 + $1.0 * $1.1 }
      for j in 0..<longitudes {
        let angle = 2 * Double.pi * Double(j) / Double(longitudes)
        points += [rule.sines[i] * cos(angle), rule.sines[i] * sin(angle), rule.cosines[i]]
        masses.append(0.5 * rule.weights[i] * density / Double(longitudes))
      }
    }
    let run = tokens(
      3, reference.attention, SphereRuns.apply(SphereRuns.rotation, to: points), masses: masses,
      tolerance: 1e-12, end: 1)
    let axis = SphereRuns.apply(SphereRuns.rotation, to: [0, 0, 1])
    for row in reference.rows {
      try run.advance(to: row.time)
      let snapshot = run.snapshot()
      for (index, value) in row.moments.enumerated() {
        let difference = SphereRuns.asymmetry(
          try snapshot.sphere, index + 1, from: value, about: axis)
        #expect(difference < allowed)
      }
      let beta = reference.attention.beta
      #expect(abs(snapshot.energy - row.energy) < allowed * exp(beta) / beta)
    }
  }
}
