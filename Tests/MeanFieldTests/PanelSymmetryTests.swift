import Foundation
import TestSupport
import Testing

@testable import MeanField

/// One k-th of the circle in place of all of it.
@Suite struct PanelSymmetryTests {
  static let law = ReferenceSolutionTests.cosine(3, 0.1)

  /// While the whole circle keeps its symmetry, both are the same law.
  @Test(arguments: [
    Attention(beta: 5), Attention(beta: 5, normalization: .unnormalized), Attention(beta: 60),
    Attention(beta: 0),
  ])
  func partsCarryTheLawOfTheWhole(attention: Attention) throws {
    let end = attention.normalization == .unnormalized ? 0.2 : 4.0
    let tolerance = 1e-10
    let part = PanelRuns.circle(
      attention, from: Self.law, tolerance: tolerance, symmetry: 3, end: end)
    let whole = PanelRuns.circle(attention, from: Self.law, tolerance: tolerance, end: end)
    let angles = (0..<50).map { 0.01 + 2 * Double.pi * Double($0) / 50 }
    for time in [0, 0.5 * end, end] {
      try part.advance(to: time)
      try whole.advance(to: time)
      let (a, b) = (part.snapshot(), whole.snapshot())
      let allowed = 2 * PanelRuns.allowed(a.equation, tolerance, time)
      let degrees = Array(0...30)
      let pairs = zip(a.law.moments(degrees: degrees), b.law.moments(degrees: degrees))
      #expect(pairs.allSatisfy { abs($0 - $1) < allowed })
      #expect(abs(a.law.mass - 1) < 1e-15)
      #expect(abs(a.normalizedEnergy - b.normalizedEnergy) < 2 * allowed)
      #expect(abs(a.energyAboveUniform - b.energyAboveUniform) < 2 * allowed)
      #expect(abs(a.scaledDissipation - b.scaledDissipation) < 4 * allowed)
      #expect(abs(a.entropy - b.entropy) < 1e-6)
      // Logarithms of densities are right to 1e-7.
      let logs = zip(
        PanelRuns.logDensities(part, at: angles), PanelRuns.logDensities(whole, at: angles))
      #expect(logs.allSatisfy { abs($0 - $1) < 1e-6 })
      let clusters = (a.law.clusters(attention), b.law.clusters(attention))
      #expect(clusters.0.count == (attention.beta == 0 ? 0 : 3))
      guard attention.beta > 0 else { continue }
      #expect(clusters.0.count == clusters.1.count)
      #expect(clusters.0.allSatisfy { abs($0.mass - 1 / 3.0) < 1e-9 })
    }
  }

  /// Where rounding has long broken the symmetry of the whole, parts keep it to the bit.
  @Test func partsStaySymmetric() throws {
    let attention = Attention(beta: 5)
    func run(_ symmetry: Int) throws -> [Double] {
      let run = PanelRuns.circle(
        attention, from: Self.law, tolerance: 1e-8, symmetry: symmetry, end: 1e5)
      // Three clusters, whose distances grow unequal at the rate 0.007 (C22) from 10⁻¹⁶ on.
      try run.advance(to: 1e4)
      return run.snapshot().law.moments(degrees: Array(1...6))
    }
    let part = try run(3)
    for k in [1, 2, 4, 5] { #expect(part[2 * k - 2] == 0 && part[2 * k - 1] == 0) }
    #expect(abs(hypot(part[4], part[5]) - 1) < 1e-7)
    // Two clusters have met, |m₁| = 1/3 or more: otherwise the test would show nothing.
    let whole = try run(1)
    #expect(hypot(whole[0], whole[1]) > 0.3)
  }

  /// C19 by a third of the circle.
  @Test(arguments: [1e-6, 1e-10], [1, 2])
  func referencesAreMetByAThird(tolerance: Double, index: Int) throws {
    let reference = ReferenceSolutionTests.nonlinear[index]
    let end = reference.moments.map(\.time).max() ?? 1
    let run = PanelRuns.circle(
      reference.equation.attention, from: reference.law, tolerance: tolerance, symmetry: 3, end: end
    )
    for moment in reference.moments {
      try run.advance(to: moment.time)
      let found = run.snapshot().law.moments(degrees: [moment.mode])[0]
      #expect(
        abs(found - moment.value)
          < PanelRuns.allowed(reference.equation, tolerance, moment.time))
    }
  }

  /// Points are folded too: four images of each are one atom, and their clusters those of the whole.
  ///
  /// The whole keeps its symmetry as long as e^{λt}, λ below 10, has not made rounding visible.
  @Test func pointsAreFolded() throws {
    let attention = Attention(beta: 4)
    let corners = [0.0, 0.3, 1.1].flatMap { angle in
      (0..<4).map { angle + 0.5 * Double.pi * Double($0) }
    }
    let masses = [0.1, 0.05, 0.1].flatMap { [Double](repeating: $0, count: 4) }
    // Images of a point on the seam may be on either side of it.
    var points = corners
    points[1] = points[1].nextDown
    points[3] = points[3].nextUp
    let law = PanelRuns.tokens(points, masses)
    let part = PanelRuns.circle(attention, from: law, tolerance: 1e-12, symmetry: 4, end: 100)
    let whole = PanelRuns.circle(attention, from: law, tolerance: 1e-12, end: 100)
    #expect(part.state.count == 4)
    for time in [0, 0.5, 1, 2] {
      try part.advance(to: time)
      try whole.advance(to: time)
      let (a, b) = (part.snapshot(), whole.snapshot())
      #expect(abs(a.law.mass - 1) < 1e-15)
      #expect(abs(a.normalizedEnergy - b.normalizedEnergy) < 20e-12)
      #expect(abs(a.scaledDissipation - b.scaledDissipation) < 20e-12)
      let angles = (PanelRuns.angles(part).sorted(), PanelRuns.angles(whole).sorted())
      #expect(angles.0.count == 12)
      #expect(zip(angles.0, angles.1).allSatisfy { abs(remainder($0 - $1, .pi / 2)) < 20e-12 })
      #expect(a.clusters().count == b.clusters().count)
    }
    // All has met at four places, whatever the way.
    try part.advance(to: 100)
    #expect(part.state.count == 2)
    #expect(part.snapshot().clusters().allSatisfy { abs($0.mass - 0.25) < 1e-15 })
  }
}
