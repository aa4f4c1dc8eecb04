import Foundation
import TestSupport
import Testing
import Transforms

/// Attention's sums over rings in log form.
struct RingSumsTests {
  static let dimensions = [3, 4, 64, 4096]
  static let betas = [0.0, 1, 9, 81, 1e4]

  private func sums(
    _ dimension: Int, _ beta: Double, _ angles: [Double], _ masses: [Double]?,
    isCompressed: Bool = false
  ) -> RingSums {
    let sums = RingSums(
      kernel: RingKernel(beta: beta, dimension: dimension), count: angles.count)
    angles.withUnsafeBufferPointer {
      sums.place($0, masses: masses, isCompressed: isCompressed)
    }
    return sums
  }

  /// Two crowds, a wide one and a narrow one, and rings everywhere.
  private func crowds(_ count: Int) -> [Double] {
    var random = SplitMix(state: 3)
    return (0..<count).map { i in
      switch i % 3 {
      case 0: 1 + 0.1 * Double.random(in: -1...1, using: &random)
      case 1: 2.5 + 0.002 * Double.random(in: -1...1, using: &random)
      default: Double.random(in: 0...Double.pi, using: &random)
      }
    }
  }

  /// mpmath's pair sums with masses down to 10⁻³⁰⁰, in crowds, in voids and at poles.
  @Test(arguments: [false, true])
  func sumsEqualTheReference(isCompressed: Bool) throws {
    let table = try RingReferences.load().sums
    for field in table.fields {
      let sums = sums(
        field.dimension, field.beta, table.angles, table.masses, isCompressed: isCompressed)
      for value in field.values {
        let comment = Comment("d = \(field.dimension), β = \(field.beta), θ = \(value.angle)")
        let logarithm = value.logPartition.value
        let velocity = value.velocity.value
        let result = sums(at: value.angle)
        // Exponents up to 2β keep 10⁻¹⁵ of themselves, angles near a crowd β·10⁻¹⁶.
        let error = 1e-13 * max(1, abs(logarithm)) + 1e-15 * field.beta
        #expect(abs(result.logPartition - logarithm) < error, comment)
        // X is sin(θ_j − θ) of the ring that matters, or a mean weighted by such exponentials.
        #expect(abs(result.velocity - velocity) < 1e-12, comment)
        // Relatively right near the north pole.
        if value.angle < 1e-3 {
          #expect(abs(result.velocity - velocity) <= 1e-12 * abs(velocity), comment)
        }
      }
    }
  }

  /// Two rings, and poles with a light ring between, from places of which many are in voids.
  @Test(arguments: [false, true])
  func voidsEqualTheReference(isCompressed: Bool) throws {
    for entry in try References.load("rings", as: References.Fields.self).cases {
      let dimension = try #require(entry.dimension)
      let rings = try #require(entry.rings)
      let sums = sums(
        dimension, entry.beta, rings.map { $0[0] }, rings.map { $0[1] }, isCompressed: isCompressed)
      for point in entry.points {
        let comment = Comment("\(entry.name), d = \(dimension), β = \(entry.beta), \(point.angle)")
        let result = sums(at: point.angle)
        // What issue and documentation promise.
        #expect(abs(result.logPartition + entry.beta - point.logPartition) < 1e-8, comment)
        #expect(abs(result.velocity - point.velocity) < 1e-8, comment)
      }
    }
  }

  /// d = 3: points on circles of latitude; 256 of them average e^{x cos φ}, x ≤ 81, exactly.
  @Test(arguments: [0.0, 1, 9, 81])
  func ringsOfTheTwoSphereAreCirclesOfPoints(beta: Double) {
    let angles = [0, 0.02, 0.7, 0.75, 1.5, 1.57, 2, 2.9, Double.pi]
    let masses = SplitMix.lightMasses(angles.count)
    let around = 256
    var points: [Double] = []
    for angle in angles {
      for k in 0..<around {
        let φ = 2 * Double.pi * Double(k) / Double(around)
        points += [sin(angle) * cos(φ), sin(angle) * sin(φ), cos(angle)]
      }
    }
    var partition = [Double](repeating: 0, count: points.count / 3)
    var slope = [Double](repeating: 0, count: points.count)
    SpherePairSums(count: partition.count, dimension: 3).evaluate(
      points: points, masses: masses.flatMap { [Double](repeating: $0 / 256, count: around) },
      beta: beta, partition: &partition, slope: &slope)
    let sums = sums(3, beta, angles, masses)
    for (i, angle) in angles.enumerated() {
      let result = sums(at: angle)
      let first = i * around
      // Southwards at φ = 0: the direction of growing θ.
      let along = cos(angle) * slope[3 * first] - sin(angle) * slope[3 * first + 2]
      // Sums of 2304 terms with 10⁻¹⁶ of themselves, 10⁻¹⁶ of the exponent.
      #expect(abs(exp(result.logPartition) / partition[first] - 1) < 1e-13)
      #expect(abs(result.velocity - along / partition[first]) < 1e-13)
    }
  }

  /// One atom at the north pole: Z̄ = e^{β(cos θ − 1)}, X = −sin θ, in any dimension.
  @Test(arguments: dimensions, betas)
  func anAtomAtThePoleIsSeenFromEverywhere(dimension: Int, beta: Double) {
    let sums = sums(dimension, beta, [0], [1])
    for angle in [0, 1e-12, 1e-4, 0.3, 1.5, 3, Double.pi] {
      let result = sums(at: angle)
      let half = sin(angle / 2)
      let exponent = -2 * beta * half * half
      #expect(abs(result.logPartition - exponent) <= 1e-14 + 4e-16 * abs(exponent))
      #expect(abs(result.velocity + sin(angle)) <= 4e-16 * sin(angle) + 2e-16)
    }
  }

  /// Atoms of masses m at the north and 1 − m at the south pole:
  /// Z̄ = m e^{−β(1 − cos θ)} + (1 − m) e^{−β(1 + cos θ)}, X = sin θ (south − north)/Z̄.
  @Test(arguments: dimensions, [1.0, 30, 300, 1e4])
  func atomsAtBothPolesShareTheSphere(dimension: Int, beta: Double) {
    let sums = sums(dimension, beta, [Double.pi, 0], [1, 1e-300])
    for angle in stride(from: 0.0, through: 3.1, by: 0.05) {
      let result = sums(at: angle)
      let north = log(1e-300) - 2 * beta * pow(sin(angle / 2), 2)
      let south = -2 * beta * pow(cos(angle / 2), 2)
      let larger = max(north, south)
      let logarithm = larger + log1p(exp(min(north, south) - larger))
      // The exponents, up to 2β, are rounded here and there.
      let error = 1e-15 * (1000 + beta)
      #expect(abs(result.logPartition - logarithm) < error)
      #expect(abs(result.velocity - sin(angle) * tanh((south - north) / 2)) < error)
    }
  }

  /// A compressed crowd is within 10⁻¹⁰ and the rounding of exponents up to 2β.
  @Test(arguments: dimensions, betas)
  func crowdsMayBeCompressed(dimension: Int, beta: Double) {
    let angles = crowds(900)
    var random = SplitMix(state: 7)
    let masses = angles.map { _ in pow(10, Double.random(in: -30...0, using: &random)) }
    let all = sums(dimension, beta, angles, masses)
    let few = sums(dimension, beta, angles, masses, isCompressed: true)
    for angle in stride(from: 0.0, through: 3.15, by: 0.01) {
      let θ = min(angle, Double.pi)
      #expect(abs(all(at: θ).logPartition - few(at: θ).logPartition) < 1e-10 + 1e-14 * beta)
      #expect(abs(all(at: θ).velocity - few(at: θ).velocity) < 1e-10)
    }
  }

  /// One heavy ring at an edge and light ones at the other: nodes of both signs nearly cancel there.
  @Test(arguments: [3, 64], [20.0, 81, 1e4])
  func unevenCrowdsMayBeCompressed(dimension: Int, beta: Double) {
    let width = 7.9 / beta
    let angles = (0..<64).map { 0.4 + width * Double($0) / 63 }
    let masses = (0..<64).map { $0 == 0 ? 1 : 1e-5 }
    let all = sums(dimension, beta, angles, masses)
    let few = sums(dimension, beta, angles, masses, isCompressed: true)
    for θ in stride(from: 0.0, through: 3.1, by: 0.03) {
      #expect(abs(all(at: θ).logPartition - few(at: θ).logPartition) < 1e-10 + 1e-14 * beta)
      #expect(abs(all(at: θ).velocity - few(at: θ).velocity) < 1e-10)
    }
  }

  @Test(arguments: dimensions, betas)
  func mirroredRingsMirrorTheField(dimension: Int, beta: Double) {
    // Multiples of 2⁻⁵⁰ keep π − θ exact.
    let angles = crowds(50).map { ($0 * 0x1p50).rounded() * 0x1p-50 }
    let masses = SplitMix.lightMasses(50)
    let one = sums(dimension, beta, angles, masses)
    let other = sums(dimension, beta, angles.map { Double.pi - $0 }, masses)
    for θ in [0, 0.5, 1, 1.25, 2.5, 3] {
      let a = one(at: θ)
      let b = other(at: Double.pi - θ)
      // The same terms in another order.
      #expect(abs(a.logPartition - b.logPartition) <= 1e-14 * max(1, abs(a.logPartition)))
      #expect(abs(a.velocity + b.velocity) < 1e-14)
    }
  }

  @Test(arguments: dimensions, betas)
  func speedsAreAtMostOne(dimension: Int, beta: Double) {
    for isCompressed in [false, true] {
      let sums = sums(dimension, beta, crowds(300), nil, isCompressed: isCompressed)
      for θ in stride(from: 0.0, through: 3.14, by: 0.02) {
        #expect(abs(sums(at: θ).velocity) <= 1)
      }
      #expect(sums(at: 0).velocity == 0)
      #expect(sums(at: .pi).velocity == 0)
    }
  }

  @Test func ringsWithoutMassAreNotThere() {
    let angles = crowds(40)
    let some = sums(3, 9, angles, angles.indices.map { $0 < 20 ? 0.05 : 0 })
    let few = sums(3, 9, Array(angles.prefix(20)), nil)
    #expect(abs(some(at: 2).logPartition - few(at: 2).logPartition) < 1e-14)
    #expect(abs(some(at: 2).velocity - few(at: 2).velocity) < 1e-14)
    let none = sums(3, 9, angles, [Double](repeating: 0, count: 40))
    #expect(none(at: 1).logPartition == -.infinity)
    #expect(none(at: 1).velocity == 0)
  }

  /// The ring −θ is the ring θ, seen with θ growing the other way.
  @Test(arguments: [3, 64])
  func anglesBeyondAPoleAreFolded(dimension: Int) {
    let angles = [0.25, 1, 3]
    let one = sums(dimension, 9, angles, nil)
    let other = sums(dimension, 9, [-0.25, 1, 2 * Double.pi - 3], nil)
    for θ in [0.125, 1.5, 3] {
      let value = one(at: θ)
      #expect(abs(other(at: θ).logPartition - value.logPartition) < 1e-14)
      #expect(abs(other(at: -θ).velocity + value.velocity) < 1e-14)
      #expect(abs(other(at: 2 * .pi - θ).velocity + value.velocity) < 1e-14)
    }
  }

  @Test(arguments: [Double.nan, .infinity])
  func whatIsNoAngleHasNoField(angle: Double) {
    #expect(sums(3, 9, [0.5, 1], nil)(at: angle).velocity.isNaN)
    let sums = sums(3, 9, [0.5, angle], nil, isCompressed: true)
    #expect(sums(at: 1).logPartition.isNaN && sums(at: 1).velocity.isNaN)
  }

  @Test func tooManyRingsAreRefused() async {
    await #expect(processExitsWith: .failure) {
      let sums = RingSums(kernel: RingKernel(beta: 1, dimension: 3), count: 1)
      [0.5, 1].withUnsafeBufferPointer { sums.place($0, masses: nil) }
    }
  }
}

extension SplitMix {
  /// Masses from 1 down to 10⁻¹².
  fileprivate static func lightMasses(_ count: Int) -> [Double] {
    var random = SplitMix(state: 11)
    return (0..<count).map { _ in pow(10, Double.random(in: -12...0, using: &random)) }
  }
}
