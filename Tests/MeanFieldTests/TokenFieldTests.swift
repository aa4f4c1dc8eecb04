import Foundation
import TestSupport
import Testing
import Transforms

@testable import MeanField

/// Velocities of tokens: the fast road against the definition, and their bounds.
struct TokenFieldTests {
  static let betas = [0.0, 1, 16, 81, 1000, 1e4]
  static let counts = [2, 3, 8, 17, 100, 333, 1000, 4001]

  private func velocities(
    _ angles: [Double], _ masses: [Double]? = nil, _ attention: Attention, pairs: Bool? = nil
  ) -> [Double] {
    let equation = Equation(attention: attention)
    var dynamics = CircleTokenDynamics(
      equation: equation, count: angles.count, masses: masses, usesPairSums: pairs)
    let state = dynamics.state(angles: angles)
    var rate = [Double](repeating: .nan, count: state.count)
    dynamics.writeRate(of: state, into: &rate)
    return Array(rate.dropLast())
  }

  private func uniforms(_ count: Int, seed: UInt64) -> [Double] {
    let stream = RandomStream(seed: seed, member: 0, purpose: .initialDraw)
    return (0..<count).map { stream.uniform(index: $0, draw: 0) }
  }

  private func masses(_ count: Int, seed: UInt64) -> [Double] {
    let raw = uniforms(count, seed: seed).map { $0 + 0.05 }
    let total = raw.reduce(0, +)
    return raw.map { $0 / total }
  }

  private func largest(_ values: [Double]) -> Double { values.reduce(0) { max($0, abs($1)) } }

  /// X by the definition, term by term.
  private func plainVelocities(
    _ angles: [Double], _ masses: [Double]?, _ attention: Attention
  ) -> [Double] {
    angles.map { x in
      var partition = 0.0
      var slope = 0.0
      for (j, y) in angles.enumerated() {
        let weight = masses?[j] ?? 1 / Double(angles.count)
        let half = sin((x - y) / 2)
        let kernel = weight * exp(-2 * attention.beta * half * half)
        partition += kernel
        slope -= kernel * sin(x - y)
      }
      switch attention.normalization {
      case .softmax: return slope / partition
      case .unnormalized: return exp(attention.beta) * slope
      case .peak: return slope
      }
    }
  }

  private func normalizations(_ beta: Double) -> [Attention.Normalization] {
    beta <= Attention.largestUnnormalizedBeta
      ? [.softmax, .unnormalized, .peak] : [.softmax, .peak]
  }

  /// The demand: fast equals direct to 10⁻¹² of the largest speed.
  ///
  /// Tokens further apart than the kernel reaches move by rounding only, and there is no speed to
  /// compare with: fewer than 100 are drawn within an arc of four kernel widths, 4 (1 + β)^{−1/2}.
  @Test(arguments: betas, counts)
  func theFastRoadEqualsTheDirectSum(beta: Double, count: Int) {
    let arc = count < 100 ? min(2 * .pi, 4 / (1 + beta).squareRoot()) : 2 * .pi
    // The arc crosses 0.
    let angles = uniforms(count, seed: 1).map { wrappedAngle(arc * ($0 - 0.3)) }
    for normalization in normalizations(beta) {
      let attention = Attention(beta: beta, normalization: normalization)
      for masses in [nil, masses(count, seed: 2)] {
        let direct = velocities(angles, masses, attention, pairs: true)
        let fast = velocities(angles, masses, attention, pairs: false)
        let difference = largest(zip(direct, fast).map { $0 - $1 })
        #expect(difference < 1e-12 * largest(direct), "\(normalization)")
      }
    }
  }

  @Test(arguments: betas, [1, 2, 7, 40])
  func theDirectSumIsTheDefinition(beta: Double, count: Int) {
    let arc = min(2 * .pi, 4 / (1 + beta).squareRoot())
    let angles = uniforms(count, seed: 4).map { 1 + arc * $0 }
    for normalization in normalizations(beta) {
      let attention = Attention(beta: beta, normalization: normalization)
      for masses in [nil, masses(count, seed: 5)] {
        let direct = velocities(angles, masses, attention, pairs: true)
        let plain = plainVelocities(angles, masses, attention)
        let difference = largest(zip(direct, plain).map { $0 - $1 })
        // Slopes are wrong by 2·10⁻¹⁵, see CirclePairSumsTests; e^β is common to all.
        let unit = normalization == .unnormalized ? exp(beta) : 1
        let least = normalization == .softmax ? 1 / Double(count) : 1
        #expect(difference < 4e-15 / least * unit + 1e-13 * largest(plain), "\(normalization)")
      }
    }
  }

  // MARK: Bounds

  @Test(arguments: betas, [1, 2, 3, 10, 500])
  func softmaxIsNeverFasterThanOne(beta: Double, count: Int) {
    for seed in 0..<10 {
      let angles = uniforms(count, seed: UInt64(seed)).map { 2 * .pi * $0 }
      for pairs in [true, false] {
        let speeds = velocities(angles, masses(count, seed: 7), Attention(beta: beta), pairs: pairs)
        // A mean of sines; by moments, Z at a token is at least its own mass and known to 10⁻¹⁴.
        let bound = pairs ? 4 * 1.0.ulp : 1e-14 * 21 * Double(count)
        #expect(largest(speeds) <= 1 + bound)
      }
    }
  }

  /// A light token a quarter turn from a heavy one is as fast as can be.
  @Test(arguments: [0, 1.0, 16])
  func softmaxAlmostReachesOne(beta: Double) {
    let speeds = velocities([0, .pi / 2], [1, 0], Attention(beta: beta))
    // sin(π/2), divided by the partition of the heavy token alone.
    #expect(abs(speeds[1] + 1) < 1e-13 * exp(beta / 2))
    #expect(abs(speeds[0]) < 1e-16)
  }

  /// C50: S(β) = e^{βc} √(1 − c²) is the speed of a weightless token at arccos c from all mass.
  @Test func theSpeedBoundIsAttained() throws {
    for row in try References.load("special", as: References.Special.self).largestSpeed {
      let beta = row.beta.value
      for (normalization, bound) in [
        (Attention.Normalization.unnormalized, row.unnormalized.value), (.peak, row.peak.value),
      ] {
        let attention = Attention(beta: beta, normalization: normalization)
        let place = acos(row.cosine.value)
        let speeds = velocities([0, place], [1, 0], attention)
        // Flat at the maximum; e^β has the error of its exponent, the kernel √β ulp.
        #expect(abs(-speeds[1] / bound - 1) < 1e-14 + 3e-16 * beta)
        let theory = LinearTheory(equation: Equation(attention: attention)).speedBound
        #expect(abs(-speeds[1] / theory - 1) < 1e-14 + 3e-16 * beta)
        // A little nearer or farther is slower.
        for factor in [0.9, 1.1] {
          #expect(-velocities([0, factor * place], [1, 0], attention)[1] < 0.999 * bound)
        }
      }
    }
  }

  @Test(arguments: [0.5, 5, 16, 100, 700], [2, 3, 20, 400])
  func theSpeedBoundIsNeverExceeded(beta: Double, count: Int) {
    for normalization in [Attention.Normalization.unnormalized, .peak] {
      let attention = Attention(beta: beta, normalization: normalization)
      let bound = LinearTheory(equation: Equation(attention: attention)).speedBound
      for seed in 0..<10 {
        // Wide and narrow: where tokens are a kernel's width apart, the bound is near.
        for arc in [2 * .pi, 3 / (1 + beta).squareRoot()] {
          let angles = uniforms(count, seed: UInt64(seed)).map { arc * $0 }
          let heavy = [1 - 1e-3 * Double(count - 1)] + [Double](repeating: 1e-3, count: count - 1)
          for masses in [nil, heavy] {
            #expect(largest(velocities(angles, masses, attention)) < bound)
          }
        }
      }
    }
  }

  // MARK: Structure

  @Test(arguments: [true, false], [0.0, 9, 400])
  func equalTokensAreOneOfTheirMass(pairs: Bool, beta: Double) {
    let attention = Attention(beta: beta)
    let angles = [1, 1, 1, 1.2, 1.3, 1.3]
    let many = velocities(angles, nil, attention, pairs: pairs)
    let few = velocities([1, 1.2, 1.3], [0.5, 1.0 / 6, 1.0 / 3], attention, pairs: pairs)
    for (i, j) in [(0, 0), (1, 0), (2, 0), (3, 1), (4, 2), (5, 2)] {
      // Kernels are known to 10⁻¹⁴, partitions are at least 1/6.
      #expect(abs(many[i] - few[j]) < 2e-13)
    }
  }

  @Test(arguments: [0.0, 9, 400], [0.3, 2.9, -11])
  func turnsReflectionsAndNamesDoNotMatter(beta: Double, turn: Double) {
    let angles = uniforms(50, seed: 3).map { 2 * .pi * $0 }
    for pairs in [true, false] {
      let attention = Attention(beta: beta)
      let plain = velocities(angles, nil, attention, pairs: pairs)
      let turned = velocities(angles.map { $0 + turn }, nil, attention, pairs: pairs)
      let reflected = velocities(angles.map { -$0 }, nil, attention, pairs: pairs)
      let reversed = velocities(angles.reversed(), nil, attention, pairs: pairs)
      // Angles are rounded to 2·10⁻¹⁵, velocities have a slope of at most 1 + β; kernels are known
      // to 10⁻¹⁴ of partitions that are at least 1/50.
      let bound = 1e-12 + 4e-15 * (1 + beta)
      #expect(largest(zip(plain, turned).map { $0 - $1 }) < bound)
      #expect(largest(zip(plain, reflected).map { $0 + $1 }) < bound)
      #expect(largest(zip(plain, reversed.reversed()).map { $0 - $1 }) < bound)
    }
  }

  /// Opposite forces: without normalization Σ_i w_i X_i = 0.
  @Test(arguments: [0.0, 9, 400])
  func withoutNormalizationTheMeanAngleRests(beta: Double) {
    let angles = uniforms(30, seed: 8).map { 2 * .pi * $0 }
    let masses = masses(30, seed: 9)
    for pairs in [true, false] {
      let speeds = velocities(
        angles, masses, Attention(beta: beta, normalization: .peak), pairs: pairs)
      #expect(abs(zip(masses, speeds).reduce(0) { $0 + $1.0 * $1.1 }) < 1e-14)
    }
  }

  // MARK: The choice of the road

  @Test(arguments: betas)
  func fewTokensAreSummedDirectlyAndManyByMoments(beta: Double) {
    let kernel = KernelSpectrum(beta: beta, dimension: 2)
    func road(_ count: Int) -> CircleField.Road {
      CircleField.fasterRoad(count: count, modes: kernel.modes)
    }
    #expect(road(1) == .pairs)
    #expect(road(32) == .pairs)
    #expect(road(100_000) == .moments)
    // Once by moments, always by moments.
    let roads = [8, 32, 64, 128, 256, 512, 1024, 4096].map(road)
    #expect(roads == roads.sorted { $0 == .pairs && $1 == .moments })
  }

  @Test func finishedStepsLeaveAnglesInOneTurn() {
    var dynamics = CircleTokenDynamics(equation: Equation(attention: Attention(beta: 1)), count: 4)
    var state = [-0.5, 2 * Double.pi, 20, 1, 77]
    dynamics.finishStep(&state)
    #expect(state[0..<4].allSatisfy { $0 >= 0 && $0 < 2 * .pi })
    #expect(state[1] == 0 && state[3] == 1)
    #expect(abs(state[0] - (2 * .pi - 0.5)) < 1e-15 && abs(state[2] - (20 - 6 * .pi)) < 1e-14)
    #expect(state[4] == 77, "the integral is no angle")
  }
}
