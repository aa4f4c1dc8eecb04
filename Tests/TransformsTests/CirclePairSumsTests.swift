import Foundation
import TestSupport
import Testing
import Transforms

/// Attention's defining sums against a plain double loop.
struct CirclePairSumsTests {
  static let betas = [0, 1e-12, 0.5, 1, 16, 81, 1000, 1e4]
  static let counts = [1, 2, 7, 8, 9, 100]

  struct Sums {
    var partition: [Double]
    var slope: [Double]
  }

  /// How the exponent β (cos Δ − 1) is formed.
  enum Exponent: CaseIterable {
    case halfAngle, chord, cosine

    func callAsFunction(_ a: Double, _ b: Double, _ beta: Double) -> Double {
      switch self {
      case .halfAngle:
        let half = sin((a - b) / 2)
        return -2 * beta * half * half
      case .chord:
        let x = cos(a) - cos(b)
        let y = sin(a) - sin(b)
        return -beta * (x * x + y * y) / 2
      case .cosine:
        return beta * (cos(a - b) - 1)
      }
    }
  }

  /// Σ_j w_j e and −Σ_j w_j e sin(θ_i − θ_j), term by term.
  private func plainSums(
    _ angles: [Double], _ masses: [Double]?, _ beta: Double, _ exponent: Exponent = .halfAngle
  ) -> Sums {
    var sums = Sums(partition: [], slope: [])
    for i in angles.indices {
      var partition = 0.0
      var slope = 0.0
      for j in angles.indices {
        let weight = masses?[j] ?? 1 / Double(angles.count)
        let kernel = weight * exp(exponent(angles[i], angles[j], beta))
        partition += kernel
        slope -= kernel * sin(angles[i] - angles[j])
      }
      sums.partition.append(partition)
      sums.slope.append(slope)
    }
    return sums
  }

  private func fastSums(
    _ sums: CirclePairSums, _ angles: [Double], _ masses: [Double]?, _ beta: Double
  ) -> Sums {
    var result = Sums(
      partition: [Double](repeating: .nan, count: angles.count),
      slope: [Double](repeating: .nan, count: angles.count))
    angles.withUnsafeBufferPointer { angles in
      result.partition.withUnsafeMutableBufferPointer { partition in
        result.slope.withUnsafeMutableBufferPointer { slope in
          guard let z = partition.baseAddress, let x = slope.baseAddress else { return }
          sums.evaluate(at: angles, masses: masses, beta: beta, partition: z, slope: x)
        }
      }
    }
    return result
  }

  private func largestDifference(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { max($0, ($1.0 - $1.1).magnitude) }
  }

  /// Errors of the sums for weights that sum to one.
  ///
  /// sin Δ/2 made of products is wrong by δ ≈ 2·10⁻¹⁶, the exponent by 4β sin(Δ/2) δ, which times
  /// the kernel is at most 2 √β δ. The slope has a factor sin Δ ≤ β^{−1/2}
  /// there, so its error is some δ whatever β.
  private func tolerance(_ beta: Double) -> (partition: Double, slope: Double) {
    (1e-15 * (1 + beta.squareRoot()), 2e-15)
  }

  @Test(arguments: betas, counts)
  func sumsEqualThePlainLoop(beta: Double, count: Int) {
    var random = SplitMix(state: UInt64(count))
    let angles = random.numbers(count, in: -10...10)
    let weights = random.masses(count)
    let bound = tolerance(beta)
    for masses in [nil, weights] {
      let plain = plainSums(angles, masses, beta)
      let fast = fastSums(CirclePairSums(count: count), angles, masses, beta)
      #expect(largestDifference(plain.partition, fast.partition) < bound.partition)
      #expect(largestDifference(plain.slope, fast.slope) < bound.slope)
    }
  }

  /// Within a kernel's width the pairs matter at any β.
  @Test(arguments: betas, counts)
  func sumsOfACrowdEqualThePlainLoop(beta: Double, count: Int) {
    var random = SplitMix(state: UInt64(count) + 77)
    let width = 1 / (1 + beta).squareRoot()
    let angles = random.numbers(count, in: (3 - width)...(3 + width))
    let plain = plainSums(angles, nil, beta)
    let fast = fastSums(CirclePairSums(count: count), angles, nil, beta)
    let bound = tolerance(beta)
    #expect(largestDifference(plain.partition, fast.partition) < bound.partition)
    #expect(largestDifference(plain.slope, fast.slope) < bound.slope)
  }

  /// The loop that judges is itself judged: half angles, chords and cosines say the same.
  @Test(arguments: betas, Exponent.allCases)
  func thePlainLoopAgreesWithItsOtherForms(beta: Double, exponent: Exponent) {
    var random = SplitMix(state: 3)
    let angles = random.numbers(40, in: -4...4)
    let masses = random.masses(40)
    let one = plainSums(angles, masses, beta)
    let other = plainSums(angles, masses, beta, exponent)
    // cos Δ − 1 is wrong by 10⁻¹⁶, the exponent by β times that.
    let bound = 1e-15 + 4e-16 * beta
    #expect(largestDifference(one.partition, other.partition) < bound)
    #expect(largestDifference(one.slope, other.slope) < bound)
  }

  @Test(arguments: betas)
  func oneTokenStandsStill(beta: Double) {
    let sums = fastSums(CirclePairSums(count: 1), [2.3], nil, beta)
    #expect(sums.partition == [1])
    // sin a cos a − cos a sin a is not zero where one of the products is rounded and one fused.
    #expect(abs(sums.slope[0]) < 1.0.ulp)
  }

  @Test(arguments: betas)
  func tokensAtOnePointStandStill(beta: Double) {
    let angles = [Double](repeating: -1.25, count: 9)
    let sums = fastSums(CirclePairSums(count: 9), angles, nil, beta)
    // Nine ninths, rounded nine times.
    #expect(sums.partition.allSatisfy { abs($0 - 1) < 4 * 1.0.ulp })
    #expect(sums.slope.allSatisfy { abs($0) < 1.0.ulp })
  }

  /// At β = 0 the partition is the mass and the slope is −|m₁| sin(θ − arg).
  @Test func withoutInverseTemperatureTheSlopeIsThatOfTheMean() {
    var random = SplitMix(state: 8)
    let angles = random.numbers(33, in: -6...6)
    let masses = random.masses(33)
    let x = zip(angles, masses).reduce(0) { $0 + $1.1 * cos($1.0) }
    let y = zip(angles, masses).reduce(0) { $0 + $1.1 * sin($1.0) }
    let sums = fastSums(CirclePairSums(count: 33), angles, masses, 0)
    for i in angles.indices {
      #expect(abs(sums.partition[i] - 1) < 1e-15)
      #expect(abs(sums.slope[i] - (y * cos(angles[i]) - x * sin(angles[i]))) < 1e-15)
    }
  }

  @Test func roomLeftFromLargerSetsIsNotCounted() {
    var random = SplitMix(state: 4)
    let sums = CirclePairSums(count: 100)
    let many = random.numbers(100, in: 0...6)
    _ = fastSums(sums, many, nil, 16)
    for count in [7, 1, 8, 9] {
      let angles = Array(many.prefix(count))
      let fresh = fastSums(CirclePairSums(count: count), angles, nil, 16)
      let reused = fastSums(sums, angles, nil, 16)
      #expect(fresh.partition == reused.partition && fresh.slope == reused.slope)
    }
  }

  @Test func morePointsThanRoomAreRefused() async {
    await #expect(processExitsWith: .failure) {
      let angles = [Double](repeating: 0, count: 9)
      var out = angles
      var slope = angles
      angles.withUnsafeBufferPointer { angles in
        CirclePairSums(count: 8).evaluate(
          at: angles, masses: nil, beta: 1, partition: &out, slope: &slope)
      }
    }
  }
}
