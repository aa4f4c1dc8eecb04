import Foundation
import TestSupport
import Testing
import Transforms

/// log Z and X where Z is tiny, against bare sums in log form and against sixty digits.
struct CircleVoidSumsTests {
  /// Below β = 1, by tables, and beyond them by the tree.
  static let betas = [1e-3, 0.5, 1, 9, 81, 320, 1000, 1e4, 1e5, 1e6]

  struct Sums {
    var logPartition: [Double]
    var quotient: [Double]
  }

  /// What is promised, whatever β.
  ///
  /// In doubles alone 2β sin² is wrong by 10⁻¹⁶ of itself, 2·10⁻¹⁰ at β = 10⁶, and so is the
  /// log-sum-exp these tests compare with: together they remain below 10⁻⁹.
  static let tolerance = 1e-9

  private func fast(
    _ sums: CircleVoidSums, _ angles: [Double], _ masses: [Double], at targets: [Double]
  ) -> Sums {
    var result = Sums(
      logPartition: [Double](repeating: .nan, count: targets.count),
      quotient: [Double](repeating: .nan, count: targets.count))
    angles.withUnsafeBufferPointer { angles in
      masses.withUnsafeBufferPointer { sums.setSources(angles: angles, masses: $0) }
    }
    targets.withUnsafeBufferPointer {
      sums.evaluate(at: $0, logPartition: &result.logPartition, quotient: &result.quotient)
    }
    return result
  }

  /// log Z and X by their definition: every exponent relative to the largest.
  private func plain(
    _ beta: Double, _ angles: [Double], _ masses: [Double], at targets: [Double]
  ) -> Sums {
    var result = Sums(logPartition: [], quotient: [])
    for target in targets {
      let exponents = zip(angles, masses).map { angle, mass in
        let half = sin((target - angle) / 2)
        return log(mass) - 2 * beta * half * half
      }
      let largest = exponents.max() ?? 0
      var partition = 0.0
      var slope = 0.0
      for (angle, exponent) in zip(angles, exponents) {
        let kernel = exp(exponent - largest)
        partition += kernel
        slope -= kernel * sin(target - angle)
      }
      result.logPartition.append(largest + log(partition))
      result.quotient.append(slope / partition)
    }
    return result
  }

  private func expectEqual(_ a: Sums, _ b: Sums, _ tolerance: Double = tolerance) {
    let differences = zip(a.logPartition, b.logPartition).map { ($0 - $1).magnitude }
    let slopes = zip(a.quotient, b.quotient).map { ($0 - $1).magnitude }
    #expect(differences.allSatisfy { $0 <= tolerance }, "\(differences.max() ?? 0)")
    #expect(slopes.allSatisfy { $0 <= tolerance }, "\(slopes.max() ?? 0)")
    #expect(a.quotient.allSatisfy { $0.magnitude <= 1 })
  }

  /// Four clusters of 4 · `crowd` points as wide as kernels or far narrower, an atom, and voids with
  /// masses down to 10⁻³⁰⁰ between; sorted by angle, which is a multiple of 2⁻⁴⁰.
  private func clusters(crowd: Int, voids: Int, _ seed: UInt64) -> ([Double], [Double]) {
    var random = SplitMix(state: seed)
    var angles = random.numbers(voids, in: 0...6.28)
    var masses = angles.indices.map { _ in pow(10, Double.random(in: -300 ... -20, using: &random))
    }
    for (center, width) in [(0.4, 1e-9), (1.7, 1e-2), (4.1, 1e-4), (4.9, 0.2)] {
      angles += random.numbers(crowd, in: (center - width)...(center + width))
      masses += (0..<crowd).map { _ in Double.random(in: 0.1...1, using: &random) / Double(crowd) }
    }
    angles.append(2.5)
    masses.append(0.3)
    let order = angles.indices.sorted { angles[$0] < angles[$1] }
    return (order.map { angles[$0] }, order.map { masses[$0] })
  }

  @Test(arguments: betas)
  func sumsEqualTheirDefinition(beta: Double) {
    let (angles, masses) = clusters(crowd: 100, voids: 200, 1)
    var random = SplitMix(state: 2)
    let targets = (random.numbers(300, in: 0...6.28) + angles).sorted()
    let result = fast(CircleVoidSums(beta: beta), angles, masses, at: targets)
    expectEqual(result, plain(beta, angles, masses, at: targets))
  }

  @Test func sumsEqualSixtyDigits() throws {
    let reference = try VoidReferences.load()
    for entry in reference.cases {
      let expected = Sums(
        logPartition: entry.logPartition.map(\.value),
        quotient: entry.quotient.map(\.value))
      let result = fast(
        CircleVoidSums(beta: entry.beta), reference.angles, reference.masses,
        at: reference.targets)
      expectEqual(result, expected)
    }
  }

  /// A few atoms, one of them far lighter than the others.
  @Test func sumsEqualTheFieldOfAtoms() throws {
    for entry in try References.load("voids", as: References.Fields.self).cases {
      guard let atoms = entry.atoms else { continue }
      let result = fast(
        CircleVoidSums(beta: entry.beta), atoms.map { $0[0] }, atoms.map { $0[1] },
        at: entry.points.map(\.angle))
      let expected = Sums(
        logPartition: entry.points.map { $0.logPartition - entry.beta },
        quotient: entry.points.map(\.velocity))
      // The table's log Z is that of e^{β cos}: its digits are those of β.
      expectEqual(result, expected, 1e-8)
    }
  }

  /// Every kind of run: alone, few, a crowd; targets far more than cells, and far fewer.
  @Test(arguments: [9.0, 81, 1000, 1e4], [1, 3, 16, 17, 40])
  func crowdsOfAnySizeCount(beta: Double, crowd: Int) {
    let (angles, masses) = clusters(crowd: crowd, voids: crowd, 3)
    var targets = [3, 5.5, 5.5]
    for i in 0..<200 { targets.append(1.9 + 5e-4 * Double(i)) }
    for i in 0..<200 { targets.append(2.2 + 1e-5 * Double(i)) }
    let result = fast(CircleVoidSums(beta: beta), angles, masses, at: targets)
    expectEqual(result, plain(beta, angles, masses, at: targets))
  }

  /// Z = m₁ e₁ + m₂ e₂: X jumps from one atom's pull to the other's.
  @Test(arguments: [1.0, 9, 81, 320, 1e4, 1e6])
  func twoAtomsAloneAreSeenFromEverywhere(beta: Double) {
    let targets = (0..<1000).map { 2 * Double.pi * Double($0) / 1000 }
    let result = fast(CircleVoidSums(beta: beta), [0.5, 3], [0.3, 0.7], at: targets)
    for (i, theta) in targets.enumerated() {
      let a = sin((theta - 0.5) / 2)
      let b = sin((theta - 3) / 2)
      // log of the ratio of both terms, a product where 2β(a² − b²) would cancel.
      let ratio = log(0.3 / 0.7) - 2 * beta * (a - b) * (a + b)
      let share = 1 / (1 + exp(-ratio))
      let slope = -share * sin(theta - 0.5) - (1 - share) * sin(theta - 3)
      let larger = max(log(0.3) - 2 * beta * a * a, log(0.7) - 2 * beta * b * b)
      let partition = larger + log1p(exp(-ratio.magnitude))
      #expect(abs(result.quotient[i] - slope) < Self.tolerance)
      #expect(abs(result.logPartition[i] - partition) < Self.tolerance)
      #expect(result.quotient[i].magnitude <= 1)
    }
  }

  /// A quarter turn away from a lone atom the speed is one, which rounding must not pass.
  @Test(arguments: betas)
  func speedNeverExceedsOne(beta: Double) {
    let targets = (0..<500).map { 1 + Double.pi / 2 + 1e-6 * Double($0 - 250) }
    let result = fast(CircleVoidSums(beta: beta), [1], [1e-300], at: targets)
    #expect(result.quotient.allSatisfy { $0.magnitude <= 1 })
    // −sin(π/2 + x) ≥ −1 and is within x²/2 of it.
    #expect(result.quotient.allSatisfy { abs($0 + 1) < 1e-7 })
  }

  @Test(arguments: [9.0, 81, 1e4])
  func smoothDensitiesAreSummedToo(beta: Double) {
    let angles = (0..<4000).map { 2 * Double.pi * Double($0) / 4000 }
    let masses = angles.map { exp(40 * cos($0 - 2) - 40) / 4000 }
    let targets = stride(from: 0, to: 4000, by: 7).map { angles[$0] + 1e-4 }
    let result = fast(CircleVoidSums(beta: beta), angles, masses, at: targets)
    expectEqual(result, plain(beta, angles, masses, at: targets))
  }

  /// Where Z is not small the pair sums say the same.
  @Test(arguments: [1.0, 9, 81, 1000, 1e4])
  func pairSumsAgreeWhereTheySee(beta: Double) {
    let (angles, masses) = clusters(crowd: 100, voids: 50, 4)
    let result = fast(CircleVoidSums(beta: beta), angles, masses, at: angles)
    var partition = [Double](repeating: 0, count: angles.count)
    var slope = partition
    angles.withUnsafeBufferPointer {
      CirclePairSums(count: angles.count).evaluate(
        at: $0, masses: masses, beta: beta, partition: &partition, slope: &slope)
    }
    for i in angles.indices where partition[i] > 1e-3 {
      #expect(abs(result.logPartition[i] - log(partition[i])) < Self.tolerance)
      #expect(abs(result.quotient[i] - slope[i] / partition[i]) < Self.tolerance)
    }
  }

  /// The angles are multiples of 2⁻⁴⁰ and so is the turn, so nothing but the cells changes.
  @Test(arguments: [9.0, 81, 1000, 1e4, 1e6])
  func rotationsChangeNothing(beta: Double) {
    let (angles, masses) = clusters(crowd: 50, voids: 100, 5)
    let sums = CircleVoidSums(beta: beta)
    let reference = fast(sums, angles, masses, at: angles)
    for turn in [1, -3.75, 40.5] {
      let turned = angles.map { $0 + turn }
      expectEqual(fast(sums, turned, masses, at: turned), reference)
    }
  }

  /// Whole turns move an angle by their rounding, 4·10⁻¹⁵, and log Z by β times that.
  @Test(arguments: [9.0, 81, 1000, 1e4])
  func theSeamMayBeAnywhere(beta: Double) {
    let (angles, masses) = clusters(crowd: 50, voids: 100, 6)
    let sums = CircleVoidSums(beta: beta)
    let reference = fast(sums, angles, masses, at: angles)
    let cut = angles.map { $0 < 2.2 ? $0 : $0 - 2 * Double.pi }
    expectEqual(fast(sums, cut, masses, at: angles), reference)
    let far = angles.enumerated().map { $1 + 2 * Double.pi * Double($0 % 3 - 1) }
    expectEqual(fast(sums, angles, masses, at: far), reference)
  }

  @Test(arguments: [9.0, 81, 1000, 1e4, 1e6])
  func anyOrderGivesTheSame(beta: Double) {
    let (angles, masses) = clusters(crowd: 100, voids: 100, 7)
    let sums = CircleVoidSums(beta: beta)
    let reference = fast(sums, angles, masses, at: angles)
    var random = SplitMix(state: 8)
    let order = angles.indices.shuffled(using: &random)
    let shuffled = fast(sums, order.map { angles[$0] }, order.map { masses[$0] }, at: angles)
    expectEqual(shuffled, reference)
    let asked = fast(sums, angles, masses, at: order.map { angles[$0] })
    let expected = Sums(
      logPartition: order.map { reference.logPartition[$0] },
      quotient: order.map { reference.quotient[$0] })
    expectEqual(asked, expected)
  }

  @Test(arguments: [9.0, 1e4])
  func nothingIsLeftFromBefore(beta: Double) {
    let (angles, masses) = clusters(crowd: 100, voids: 200, 9)
    let used = CircleVoidSums(beta: beta)
    _ = fast(used, angles, masses, at: angles)
    for count in [1, 9, 120] {
      let some = (Array(angles.prefix(count)), Array(masses.prefix(count)))
      let fresh = fast(CircleVoidSums(beta: beta), some.0, some.1, at: angles)
      let again = fast(used, some.0, some.1, at: angles)
      #expect(fresh.logPartition == again.logPartition && fresh.quotient == again.quotient)
    }
  }

  /// Points without mass are no points.
  @Test(arguments: [9.0, 1e4])
  func emptyPointsDoNotCount(beta: Double) {
    let angles = [0, 1, 2, 3.0]
    let targets = (0..<50).map { 0.1 * Double($0) }
    let sums = CircleVoidSums(beta: beta)
    let result = fast(sums, angles, [0, 0.5, 0, 0.25], at: targets)
    expectEqual(result, plain(beta, [1, 3], [0.5, 0.25], at: targets))
  }
}

/// `voidsums.json` of `Tests/References`: numbers as text of 20 digits.
private struct VoidReferences: Decodable {
  var angles: [Double]
  var masses: [Double]
  var targets: [Double]
  var cases: [Entry]

  static func load() throws -> Self { try References.load("voidsums") }

  struct Entry: Decodable {
    var beta: Double
    var logPartition: [References.Digits]
    var quotient: [References.Digits]
  }
}
