import Foundation
import MeanField
import TestSupport
import Testing

/// The stochastic scheme, tokens in time, and independence of threads.
@Suite struct SteppingTests {
  /// Many independent copies of dx = −3 sin x dt + √(2D) dW.
  struct Pendulums: Dynamics {
    let count: Int

    mutating func writeRate(
      of state: UnsafePointer<Double>, into rate: UnsafeMutablePointer<Double>
    ) {
      for i in 0..<count { rate[i] = -3 * sin(state[i]) }
    }
  }

  /// E cos x(t) from the moment equations c_k′ = (3k/2)(c_{k−1} − c_{k+1}) − D k² c_k, by the
  /// classical Runge–Kutta method with 4000 steps: error below 1e-12.
  static func expectedCosine(start: Double, noise: Double, time: Double) -> Double {
    let modes = 40
    // Real and imaginary parts of E e^{−ikx} obey the same equation; cos needs the real one.
    var c = (0...modes).map { cos(Double($0) * start) }
    func rate(_ c: [Double]) -> [Double] {
      (0...modes).map { k in
        guard k > 0 else { return 0 }
        let next = k < modes ? c[k + 1] : 0
        return 1.5 * Double(k) * (c[k - 1] - next) - noise * Double(k * k) * c[k]
      }
    }
    func shifted(_ c: [Double], _ k: [Double], _ h: Double) -> [Double] {
      zip(c, k).map { $0 + h * $1 }
    }
    let h = time / 4000
    for _ in 0..<4000 {
      let k1 = rate(c)
      let k2 = rate(shifted(c, k1, h / 2))
      let k3 = rate(shifted(c, k2, h / 2))
      let k4 = rate(shifted(c, k3, h))
      for i in c.indices { c[i] += h / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]) }
    }
    return c[1]
  }

  /// Weak order 2: halving the step divides the error of E cos x by four, order 1 by two.
  ///
  /// The errors are 0.0575 at h = 1/4 and 0.0152 at h = 1/8 (found with an independent program, from
  /// the Fourier series of E cos x as a function of the start); three million copies have a standard
  /// error of 0.00025.
  @Test func stochasticSchemeHasWeakOrderTwo() throws {
    let noise = 0.3
    let count = 3_000_000
    let exact = Self.expectedCosine(start: 2.5, noise: noise, time: 1)
    func error(step: Double, seed: UInt64) throws -> (size: Double, sigma: Double) {
      var dynamics = Pendulums(count: count)
      var state = [Double](repeating: 2.5, count: count)
      var stepper = StochasticStepper(
        step: step, noise: noise, stream: RandomStream(seed: seed, member: 0, purpose: .noise))
      try stepper.advance(&dynamics, &state, to: 1)
      var sum = 0.0
      var square = 0.0
      for x in state {
        let value = cos(x)
        sum += value
        square += value * value
      }
      let mean = sum / Double(count)
      let variance = square / Double(count) - mean * mean
      return (abs(mean - exact), (variance / Double(count)).squareRoot())
    }
    let coarse = try error(step: 0.25, seed: 1)
    let fine = try error(step: 0.125, seed: 2)
    #expect(coarse.size > 30 * coarse.sigma, "the test needs an error above the noise")
    // Halfway between a quarter and a half, with three standard errors.
    #expect(fine.size < 0.36 * coarse.size + 3 * fine.sigma)
  }

  /// Without drift every step is exact: mean square displacement 2Dt.
  @Test func brownianMotionHasItsVariance() throws {
    struct Still: Dynamics {
      mutating func writeRate(
        of state: UnsafePointer<Double>, into rate: UnsafeMutablePointer<Double>
      ) {
        for i in 0..<100_000 { rate[i] = 0 }
      }
    }
    var dynamics = Still()
    var state = [Double](repeating: 0, count: 100_000)
    var stepper = StochasticStepper(
      step: 0.3, noise: 0.7, stream: RandomStream(seed: 5, member: 3, purpose: .noise))
    try stepper.advance(&dynamics, &state, to: 2)
    let square = state.reduce(0) { $0 + $1 * $1 } / Double(state.count)
    // Relative standard error √(2/100000) = 0.0045; four of them.
    #expect(abs(square / (2 * 0.7 * 2) - 1) < 0.018)
  }

  /// C21, literature 4.2: two equal clusters a right angle apart, β = 4, from π/2 to 1e-3.
  @Test(arguments: [
    (Attention.Normalization.unnormalized, 0.5, 0.39680677003), (.softmax, 0.5, 14.632908970),
    (.softmax, 0.2, 11.04909586),
  ])
  func twoTokensMeetWhenTheyShould(
    normalization: Attention.Normalization, mass: Double, time: Double
  ) throws {
    let equation = Equation(attention: Attention(beta: 4, normalization: normalization))
    let run = Evolution.tokens(
      equation, angles: [6.2, 6.2 + .pi / 2], masses: [mass, 1 - mass],
      numerics: TokenNumerics(tolerance: 1e-13, end: time))
    try run.advance(to: time)
    let gap = abs(remainder(run.state[1] - run.state[0], 2 * .pi))
    // Near the end the gap shrinks at rate 2 cosh-like ≤ e^4 + 1: nine printed digits of the time.
    let rate = normalization == .softmax ? 1.0 : exp(4.0)
    #expect(abs(gap / 1e-3 - 1) < 1e-8 * max(1, rate))
  }

  /// One token, and tokens all in one place, stay where they are.
  @Test(arguments: Attention.Normalization.allCases)
  func tokensInOnePlaceStay(normalization: Attention.Normalization) throws {
    let equation = Equation(attention: Attention(beta: 7, normalization: normalization))
    for count in [1, 5, 600] {
      let run = Evolution.tokens(
        equation, angles: [Double](repeating: 1.25, count: count),
        numerics: TokenNumerics(tolerance: 1e-10, end: 1))
      try run.advance(to: 1)
      #expect(run.state.dropLast().allSatisfy { abs($0 - 1.25) < 1e-12 })
    }
  }

  /// The continuum in labels: equal masses at the quantiles are spectrally accurate (literature 1.5).
  @Test func quantileTokensAreTheDensity() throws {
    let equation = Equation(attention: Attention(beta: 5))
    let law = InitialLaw.harmonics([.init(mode: 3, cosine: 0.2, sine: 0.1)])
    let sampler = CircleSampler(law: law)
    let tokens = Evolution.tokens(
      equation, angles: (0..<768).map { sampler.angle(at: (Double($0) + 0.5) / 768) },
      numerics: TokenNumerics(tolerance: 1e-12, end: 2))
    let density = try Evolution.density(equation, from: law, tolerance: 1e-12, end: 2)
    // The defect refers to the first snapshot.
    _ = tokens.snapshot()
    try tokens.advance(to: 2)
    try density.advance(to: 2)
    let a = tokens.snapshot()
    let b = density.snapshot()
    let (first, second) = (a.circle.moments, b.circle.moments)
    for k in 1...12 {
      // The quantile function is inverted on cubics of 2048 cells: 1e-12.
      #expect(abs(first.real(k) - second.real(k)) < 1e-10)
      #expect(abs(first.imaginary(k) - second.imaginary(k)) < 1e-10)
    }
    #expect(abs(a.dissipation / b.dissipation - 1) < 1e-8)
    #expect(abs(a.dissipationDefect) < 1e-8)
  }

  /// C37 by simulation: N E|m_k^N − m_k|² of independent draws, unnormalized β = 1 at t = 1.
  ///
  /// 1500 members of 400: the relative standard error of a mean of squares of a complex normal
  /// variable is between 1/√1500 and √2/√1500; four times the latter is 0.15. The finite-N
  /// correction is of order 1/N.
  @Test func fluctuationsOfDrawsFollowTheCentralLimitTheorem() throws {
    let equation = Equation(attention: Attention(beta: 1, normalization: .unnormalized))
    let law = InitialLaw.harmonics([.init(mode: 1, cosine: 0.5, sine: 0)])
    let sampler = CircleSampler(law: law)
    let exact = [0.4316600765516, 0.1563744615034]
    var sums = [0.0, 0.0]
    for member in 0..<1500 {
      let run = Evolution.tokens(
        equation, angles: sampler.draws(count: 400, seed: 11, member: member),
        numerics: TokenNumerics(tolerance: 1e-6, end: 1))
      try run.advance(to: 1)
      let moments = run.snapshot().circle.moments
      for k in 1...2 {
        let real = moments.real(k) - exact[k - 1]
        sums[k - 1] += real * real + moments.imaginary(k) * moments.imaginary(k)
      }
    }
    for (sum, expected) in zip(sums, [2.5798450, 4.2358706]) {
      #expect(abs(400 * sum / 1500 / expected - 1) < 0.15)
    }
  }

  /// Everything in one simulation, on 1 and on 2 threads: the same bits.
  @Test(arguments: [0.0, 0.1])
  func threadsDoNotChangeAnything(noise: Double) throws {
    func run(threads: Int) throws -> [[Double]] {
      let equation = Equation(attention: Attention(beta: 9), noise: noise)
      let law = StructureTests.twoBumps
      let draws = CircleSampler(law: law).members(0..<5, count: 700, seed: 3, threads: threads)
      let simulation = Simulation(
        density: try Evolution.density(equation, from: law, end: 1),
        members: draws.enumerated().map {
          Evolution.tokens(
            equation, angles: $1,
            numerics: TokenNumerics(tolerance: 1e-8, seed: 3, member: $0, step: 0.01, end: 1))
        },
        fluctuation: try Circle().fluctuation(
          equation, around: law,
          numerics: TokenNumerics(tolerance: 1e-4, seed: 3, step: 0.02, end: 1)),
        times: [0, 0.5, 1], threads: threads)
      var results: [[Double]] = []
      while !simulation.isFinished {
        _ = try simulation.advance()
        let frame = try simulation.takeFrame()
        results.append(try #require(frame.density).circle.moments.values)
        results += frame.members.map(\.circle.angles)
        results.append(try #require(frame.response as? CircleResponse).displacements)
      }
      return results
    }
    let alone = try run(threads: 1)
    let together = try run(threads: 2)
    #expect(alone == together)
  }

  /// What a snapshot has evaluated is what the next step would have; few tokens and many go by different roads.
  @Test(arguments: [300, 3000])
  func lookingChangesNothing(count: Int) throws {
    let law = StructureTests.twoBumps
    let angles = CircleSampler(law: law).draws(count: count, seed: 1, member: 0)
    func state(looks: Int) throws -> [Double] {
      let tokens = Evolution.tokens(
        Equation(attention: Attention(beta: 9)), angles: angles,
        numerics: TokenNumerics(tolerance: 1e-8, end: 1))
      for time in [0.3, 0.6, 1] {
        try tokens.advance(to: time)
        for _ in 0..<looks { _ = tokens.snapshot() }
      }
      return tokens.state
    }
    let unseen = try state(looks: 0)
    #expect(try state(looks: 1) == unseen)
    #expect(try state(looks: 2) == unseen)
  }

  /// A run stopped between any two steps and restored elsewhere goes on to the same bits.
  @Test func savedStateContinuesToTheBit() throws {
    let equation = Equation(attention: Attention(beta: 9))
    let law = StructureTests.twoBumps
    func make() throws -> Simulation {
      Simulation(
        density: try Evolution.density(equation, from: law, points: 64, end: 3),
        members: [
          Evolution.tokens(
            equation, angles: CircleSampler(law: law).draws(count: 300, seed: 1, member: 0),
            numerics: TokenNumerics(tolerance: 1e-8, end: 3))
        ],
        times: [0, 1, 2, 3], threads: 1)
    }
    let whole = try make()
    while !whole.isFinished {
      _ = try whole.advance()
      _ = try whole.takeFrame()
    }
    var current = try make()
    while !current.isFinished {
      // Stop after every step of everything.
      if try current.advance(pause: { true }) == .arrived { _ = try current.takeFrame() }
      let next = try make()
      #expect(next.restore(current.saved))
      current = next
    }
    #expect(current.saved == whole.saved)
  }
}
