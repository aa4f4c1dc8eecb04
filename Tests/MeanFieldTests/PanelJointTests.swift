import Foundation
import Testing

@testable import MeanField

/// When two panels become one: what counts is the density along the line, not along their labels.
@Suite struct PanelJointTests {
  private static let line = CirclePanelLine(symmetry: 1)
  private static let limits = PanelLimits(tolerance: 1e-8, timeTolerance: 1e-8, beta: 60)

  /// A panel of labels that a flow has carried to where log dμ/dσ is a given function.
  private static func panel(
    _ labels: ClosedRange<Double>, flow: (Double) -> Double, slope: (Double) -> Double,
    logDensity: (Double) -> Double
  ) -> PanelProfile {
    let halfWidth = 0.5 * (labels.upperBound - labels.lowerBound)
    var panel = Panel(
      anchor: 0, centre: labels.lowerBound + halfWidth, halfWidth: halfWidth, line: line
    ) { label in (logDensity(flow(label)) + log(slope(label)), label) }
    for i in 0..<PanelRule.count { panel.positions[i] = flow(panel.labels[i]) }
    return PanelProfile(panel)
  }

  /// Beyond a watershed of rate λ a label a is at a distance a^{−1/λ} of the cluster: labels from a to 2a
  /// cover a fortieth of the way, where the density hardly bends.
  @Test func squeezedLabelsJoin() throws {
    let rate = 28.0
    func flow(_ label: Double) -> Double { 2 - pow(label, -1 / rate) }
    func slope(_ label: Double) -> Double { pow(label, -1 / rate - 1) / rate }
    // As dense as mass is that came from the watershed at that distance.
    func logDensity(_ position: Double) -> Double { -60 - (1 + rate) * log(2 - position) }
    var left = Self.panel(1...2, flow: flow, slope: slope, logDensity: logDensity)
    var right = Self.panel(2...4, flow: flow, slope: slope, logDensity: logDensity)
    let joint = try #require(Self.limits.joint(&left, &right, Self.line))
    for i in 0..<PanelRule.count {
      // A joint may be wrong by 6·10⁻⁸; the nodes' own logarithms are right to 10⁻¹¹.
      #expect(abs(joint.logDensities[i] - logDensity(joint.positions[i])) < 1e-7)
    }
    let mass = left.panel.mass + right.panel.mass
    #expect(abs(joint.mass / mass - 1) < 1e-14)
  }

  /// A Legendre polynomial of degree p has its zeros at the p nodes: one panel would see nothing of it.
  @Test(arguments: [0, 1e-6])
  func whatLiesBetweenTheNodesIsNotLost(size: Double) {
    func legendre(_ x: Double) -> Double {
      var (before, value) = (1.0, x)
      for k in 1..<PanelRule.count {
        let k = Double(k)
        (before, value) = (value, ((2 * k + 1) * x * value - k * before) / (k + 1))
      }
      return value
    }
    // On halves, 2⁻¹⁶ of what they cannot know is left.
    func logDensity(_ position: Double) -> Double {
      -60 + 20 * position + size * legendre((position - 1) / 0.05)
    }
    var halves = [0.95...1.0, 1.0...1.05].map { labels in
      Self.panel(labels, flow: { $0 }, slope: { _ in 1 }, logDensity: logDensity)
    }
    var (left, right) = (halves.removeFirst(), halves.removeFirst())
    #expect((Self.limits.joint(&left, &right, Self.line) == nil) == (size > 0))
  }
}
