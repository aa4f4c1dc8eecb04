import Foundation
import MeanField
import TestSupport
import Testing
import Transforms

/// Attention's field of rings: moments where they resolve it, sums in voids.
struct RingFieldTests {
  static let dimensions = [3, 4, 64, 4096]
  static let betas = [0.0, 1, 9, 81, 1000]

  /// A law of rings.
  enum Law: CaseIterable {
    /// Everywhere.
    case even
    /// Two crowds, and light rings everywhere.
    case crowds
    /// Masses over 300 orders of magnitude.
    case light

    func rings() -> (angles: [Double], masses: [Double]) {
      var random = SplitMix(state: 2)
      func number() -> Double { Double.random(in: 0...1, using: &random) }
      let count = 150
      let angles = (0..<count).map { i in
        switch (self, i % 3) {
        case (.crowds, 1): 1 + 0.02 * number()
        case (.crowds, 2): 2.2 + 0.02 * number()
        default: Double.pi * number()
        }
      }
      let masses = (0..<count).map { i in
        switch self {
        case .even: number()
        case .crowds: i % 3 == 0 ? 1e-14 * number() : number()
        case .light: pow(10, -300 * number())
        }
      }
      let total = masses.reduce(0, +)
      return (angles, masses.map { $0 / total })
    }
  }

  private func field(
    _ dimension: Int, _ beta: Double, count: Int, road: RingField.Road? = nil
  ) -> RingField {
    let spectrum = KernelSpectrum(beta: beta, dimension: dimension)
    return RingField(
      kernel: RingKernel(beta: beta, dimension: dimension), weights: spectrum.weights,
      potentialWeights: spectrum.potentialWeights, count: count, road: road)
  }

  private func evaluate(
    _ field: RingField, _ angles: [Double], _ masses: [Double]?
  ) -> (logPartition: [Double], velocity: [Double]) {
    var logPartition = [Double](repeating: .nan, count: angles.count)
    var velocity = logPartition
    angles.withUnsafeBufferPointer {
      field.evaluate(at: $0, masses: masses, logPartition: &logPartition, velocity: &velocity)
    }
    return (logPartition, velocity)
  }

  /// Moments and sums have nothing in common but the angles; 10⁻⁹ is the field's tolerance.
  @Test(arguments: dimensions, betas)
  func momentsAgreeWithPairs(dimension: Int, beta: Double) {
    for law in Law.allCases {
      let (angles, masses) = law.rings()
      let fast = evaluate(
        field(dimension, beta, count: angles.count, road: .moments), angles, masses)
      let pairs = evaluate(
        field(dimension, beta, count: angles.count, road: .pairs), angles, masses)
      for i in angles.indices {
        let comment = Comment("\(law), θ = \(angles[i])")
        #expect(abs(fast.logPartition[i] - pairs.logPartition[i]) < 1e-9, comment)
        #expect(abs(fast.velocity[i] - pairs.velocity[i]) < 1e-9, comment)
        #expect(abs(fast.velocity[i]) <= 1 && abs(pairs.velocity[i]) <= 1, comment)
      }
    }
  }

  /// `rings.json`: places without mass of their own, most of them in voids, β to 10⁴ and d to 4096.
  @Test(arguments: [RingField.Road.moments, .pairs])
  func fieldsEqualTheReference(road: RingField.Road) throws {
    for entry in try References.load("rings", as: References.Fields.self).cases {
      let dimension = try #require(entry.dimension)
      let rings = try #require(entry.rings)
      let angles = entry.points.map(\.angle) + rings.map { $0[0] }
      let masses = entry.points.map { _ in 0 } + rings.map { $0[1] }
      let (logPartition, velocity) = evaluate(
        field(dimension, entry.beta, count: angles.count, road: road), angles, masses)
      for (i, point) in entry.points.enumerated() {
        let comment = Comment("\(entry.name), d = \(dimension), β = \(entry.beta), \(point.angle)")
        // What the issue asks for.
        #expect(abs(logPartition[i] + entry.beta - point.logPartition) < 1e-8, comment)
        #expect(abs(velocity[i] - point.velocity) < 1e-8, comment)
      }
    }
  }

  /// Where all is resolved, as the series of `GegenbauerSeries`.
  @Test(arguments: [3, 4, 64], [1.0, 9, 16])
  func resolvedFieldsAreTheirSeries(dimension: Int, beta: Double) {
    let spectrum = KernelSpectrum(beta: beta, dimension: dimension)
    let (angles, masses) = Law.even.rings()
    var moments = [Double](repeating: 0, count: spectrum.weights.count)
    angles.withUnsafeBufferPointer {
      gegenbauerMoments(
        of: $0, masses: masses, dimension: dimension, degree: spectrum.modes, into: &moments)
    }
    let partition = GegenbauerSeries(
      dimension: dimension, coefficients: zip(spectrum.weights, moments).map { $0 * $1 })
    let potential = GegenbauerSeries(
      dimension: dimension, coefficients: zip(spectrum.potentialWeights, moments).map { $0 * $1 })
    for road in [RingField.Road.moments, .pairs] {
      let result = evaluate(
        field(dimension, beta, count: angles.count, road: road), angles, masses)
      for (i, angle) in angles.enumerated() {
        let z = partition(at: angle).value
        // 10⁻¹⁴: some ulps of terms that sum to one.
        #expect(abs(exp(result.logPartition[i]) - z) < 1e-14)
        #expect(abs(result.velocity[i] * z - potential(at: angle).first) < 1e-14)
      }
    }
  }

  /// A stage of a time step may be beyond a pole, or lost.
  @Test(arguments: [RingField.Road.moments, .pairs])
  func anglesBeyondAPoleAreFolded(road: RingField.Road) {
    let (angles, masses) = Law.crowds.rings()
    let turned = angles.map { -$0 }
    let field = field(3, 81, count: angles.count, road: road)
    let one = evaluate(field, angles, masses)
    let other = evaluate(field, turned, masses)
    #expect(one.logPartition == other.logPartition)
    #expect(one.velocity == other.velocity.map { -$0 })
    let lost = evaluate(field, [.nan] + angles.dropFirst(), masses)
    #expect(lost.velocity.allSatisfy { $0.isNaN } && lost.logPartition.allSatisfy { $0.isNaN })
  }

  @Test func voidsAreFound() {
    let (angles, masses) = Law.crowds.rings()
    let resolved = field(3, 9, count: angles.count, road: .moments)
    _ = evaluate(resolved, angles, masses)
    #expect(resolved.voidCount == 0)
    let unresolved = field(3, 81, count: angles.count, road: .moments)
    let logPartition = evaluate(unresolved, angles, masses).logPartition
    // Rounding is at least 10⁻¹⁶ of all terms, which sum to some 10⁻¹, and at most 10⁻¹³: 10⁹ times
    // that bounds the void from both sides.
    let darker = logPartition.filter { $0 < log(1e-9) }.count
    let dark = logPartition.filter { $0 < log(1e-4) }.count
    #expect(darker > 0 && darker <= unresolved.voidCount && unresolved.voidCount <= dark)
  }

  @Test func fewRingsGoByPairsAndManyByMoments() {
    #expect(field(3, 81, count: 5).road == .pairs)
    #expect(field(3, 81, count: 1600).road == .moments)
  }

  /// A field may be used again and for fewer rings.
  @Test func evaluationsDoNotRememberEachOther() {
    let (angles, masses) = Law.crowds.rings()
    let used = field(64, 81, count: angles.count, road: .moments)
    _ = evaluate(used, angles, masses)
    let few = Array(angles.prefix(37))
    let again = evaluate(used, few, nil)
    let fresh = evaluate(field(64, 81, count: 37, road: .moments), few, nil)
    #expect(again.logPartition == fresh.logPartition)
    #expect(again.velocity == fresh.velocity)
  }
}
