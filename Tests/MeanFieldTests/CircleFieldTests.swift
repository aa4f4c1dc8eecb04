import Foundation
import TestSupport
import Testing
import Transforms

@testable import MeanField

/// The field of points of the circle at the points, in voids too: `voids.json`, mpmath at 50 digits.
struct CircleFieldTests {
  static let roads: [CircleField.Road?] = [nil, .pairs, .moments]

  private func velocities(
    _ angles: [Double], _ masses: [Double]?, _ beta: Double, road: CircleField.Road?,
    symmetry: Int = 1
  ) -> [Double] {
    let field = CircleField(
      Equation(attention: Attention(beta: beta)), symmetry: symmetry, road: road, voidShare: 1e-6)
    var result = [Double](repeating: .nan, count: angles.count)
    angles.withUnsafeBufferPointer {
      _ = field.writeVelocities(of: $0, masses: masses, into: &result)
    }
    return result
  }

  /// An isolated token has its own velocity, not rounding; so has a place without any mass.
  @Test(arguments: roads)
  func velocitiesEqualTheReference(road: CircleField.Road?) throws {
    for entry in try References.load("voids", as: References.Fields.self).cases {
      let probes = entry.points
      let angles: [Double]
      let masses: [Double]
      if let atoms = entry.atoms {
        angles = probes.map(\.angle) + atoms.map { $0[0] }
        masses = probes.map { _ in 0 } + atoms.map { $0[1] }
      } else {
        // Between the narrow bumps at β = 10⁴ mass counts that no number can hold.
        if entry.name == "two narrow bumps" && entry.beta > 1000 { continue }
        let points = points(of: try #require(entry.vonMises))
        angles = probes.map(\.angle) + points.angles
        masses = probes.map { _ in 0 } + points.masses
      }
      // The definition takes long for thousands of points.
      if road == .pairs && angles.count > 1000 { continue }
      let found = velocities(angles, masses, entry.beta, road: road)
      for (i, probe) in probes.enumerated() {
        let comment = Comment("\(entry.name), β = \(entry.beta), θ = \(probe.angle)")
        // What the issue asks for.
        #expect(abs(found[i] - probe.velocity) < 1e-8, comment)
      }
    }
  }

  /// A single place is summed by itself.
  @Test func placesByThemselvesEqualTheReference() throws {
    for entry in try References.load("voids", as: References.Fields.self).cases {
      guard let atoms = entry.atoms else { continue }
      for probe in entry.points {
        let found = velocities(
          [probe.angle] + atoms.map { $0[0] }, [0] + atoms.map { $0[1] }, entry.beta,
          road: .moments)
        let comment = Comment("\(entry.name), β = \(entry.beta), θ = \(probe.angle)")
        #expect(abs(found[0] - probe.velocity) < 1e-8, comment)
      }
    }
  }

  /// X and dX/dθ of a few atoms anywhere.
  @Test func theFlowOfAtomsEqualsTheReference() throws {
    for entry in try References.load("voids", as: References.Fields.self).cases {
      guard let atoms = entry.atoms else { continue }
      let flow = CircleFlow(
        Equation(attention: Attention(beta: entry.beta)), positions: atoms.map { $0[0] },
        masses: atoms.map { $0[1] })
      for point in entry.points {
        let jet = flow.jet(at: point.angle)
        let comment = Comment("\(entry.name), β = \(entry.beta), θ = \(point.angle)")
        #expect(abs(jet.velocity - point.velocity) < 1e-8, comment)
        // Slopes are up to β.
        #expect(abs(jet.slope - point.slope) < 1e-8 * max(1, entry.beta), comment)
      }
    }
  }

  /// Points that quadrature on the circle needs: 32 within a narrow bump's width of 0.01.
  private func points(of bumps: [[Double]]) -> (angles: [Double], masses: [Double]) {
    let law = InitialLaw.vonMises(
      bumps.map { .init(mean: $0[0], concentration: $0[1], weight: $0[2]) })
    let count = 20_000
    let angles = (0..<count).map { 2 * Double.pi * Double($0) / Double(count) }
    let masses = angles.map(law.circularLogDensity()).map { exp($0) / Double(count) }
    // Below that there are no normal numbers.
    return (angles, masses.map { $0 < 1e-300 ? 0 : $0 })
  }

  /// A light token sends nothing to the sum over pairs: both roads say the same of thousands.
  @Test(arguments: [9.0, 81, 1e4])
  func lightTokensGoByMomentsToo(beta: Double) {
    var random = SplitMix(state: 1)
    let angles = random.numbers(3000, in: 0...2)
    let masses = angles.indices.map { pow(10, -Double($0 % 30)) }
    let total = masses.reduce(0, +)
    let shares = masses.map { $0 / total }
    let pairs = velocities(angles, shares, beta, road: .pairs)
    let moments = velocities(angles, shares, beta, road: .moments)
    #expect(zip(pairs, moments).allSatisfy { abs($0 - $1) < 1e-8 })
  }

  /// One third of a symmetric law moves like all of it.
  @Test(arguments: [CircleField.Road.pairs, .moments], [9.0, 400])
  func oneThirdMovesLikeTheWhole(road: CircleField.Road, beta: Double) {
    let third = [0.1, 0.2, 1.3]
    let masses = [0.5, 0.5 - 1e-12, 1e-12]
    let part = velocities(third, masses, beta, road: road, symmetry: 3)
    let turns = (0..<3).map { 2 * Double.pi * Double($0) / 3 }
    let whole = velocities(
      turns.flatMap { turn in third.map { $0 + turn } },
      turns.flatMap { _ in masses.map { $0 / 3 } }, beta, road: .pairs)
    for i in third.indices { #expect(abs(part[i] - whole[i]) < 1e-8) }
  }

  /// Where states are lost velocities are no numbers.
  @Test(arguments: [CircleField.Road.pairs, .moments])
  func lostAnglesHaveNoVelocity(road: CircleField.Road) {
    let lost = velocities([0, 1, .nan], nil, 81, road: road)
    #expect(lost.allSatisfy { $0.isNaN })
  }

  // MARK: Voids traced back

  /// All of a void comes from its watershed; what lies beyond an atom does not, and has no value.
  @Test(arguments: [9.0, 25, 1000])
  func whatDoesNotComeFromTheWatershedHasNoValue(beta: Double) throws {
    let flow = CircleFlow(
      Equation(attention: Attention(beta: beta)), positions: [0, 2.2], masses: [0.5, 0.5])
    let watershed = try #require(flow.watershed(between: 0, and: 2.2))
    let rises = VoidTracing.rises(
      of: [0.01, 0.5, 1.1, 1.7, 2.19, 3], in: flow, from: watershed)
    // The void is symmetric about its watershed, where the density is lowest. It rises like a power of the
    // distance from the atoms, of which a step leaves 10⁻⁹ wrong.
    let allowed = 1e-6 * (1 + watershed.slope)
    #expect(abs(rises[0] - rises[4]) < allowed && abs(rises[1] - rises[3]) < allowed)
    #expect(abs(rises[2]) < allowed && rises[0] > rises[1] && rises[1] > 0.1)
    #expect(rises[5].isNaN)
  }

  /// A step that fails leaves nothing that could be taken for a density.
  @Test func failedStepsLeaveNoValues() throws {
    let flow = CircleFlow(
      Equation(attention: Attention(beta: 9)), positions: [0, 2.2], masses: [0.5, 0.5])
    let watershed = try #require(flow.watershed(between: 0, and: 2.2))
    let rises = VoidTracing.rises(of: [0.5, .nan], in: flow, from: watershed)
    #expect(rises.count == 2 && rises.allSatisfy { $0.isNaN })
  }
}
