internal import Foundation

/// When panels are halved, joined and made atoms.
///
/// Two things are asked of a panel: that no moment is wrong by more than its share of the tolerance on
/// account of the mass it carries, and that the logarithm of the density is right to about 10⁻⁷, even
/// where there is hardly any mass.
struct PanelLimits: Sendable {
  /// Largest error of any moment that space may cause.
  let tolerance: Double
  /// The kernel's sharpest features are this many in a radian: √β.
  private let waveNumber: Double
  /// No image of a panel is wider: p nodes must see the kernel, e^{−βΔ²/2}.
  let widest: Double
  /// Mass within this is as good as a point: a width w changes mode k by (kw)²/24 of itself.
  let atomWidth: Double
  /// What the error of a position counts that moves no mass, 1 for the tolerance of time.
  private let lightWeight: Double

  /// e^{−500} ≈ 10^{−217}: less dense than this is void.
  static let leastLogDensity = -500.0
  /// So little mass is not missed.
  static let negligibleMass = 1e-30
  /// Panels with less mass together carry nothing but the density of voids.
  static let emptyMass = 1e-17
  /// Nodes of a panel as narrow as this are not told apart for long: the nearest are 2 % of it from one another,
  /// 250 times what a position is known to.
  static let indistinctWidth = 1e-11
  /// Atoms slower than this part of how fast voids part, in units of the kernel's width.
  static let stillness = 1e-4
  /// The part of an image's width that Φ may be wrong by: its slope, and with it the density, is then
  /// right to p² times that.
  private static let flowTail = 1e-9
  private static let densityTail = 3e-8
  /// What the logarithm of a density may change by where two panels become one.
  private static let jointError = 6e-8
  /// What rounding leaves in positions: halving would chase it.
  private static let rounding = 2e-13
  /// Errors of a step in positions where there is a density.
  ///
  /// No position may err by more than the upper end, and none without mass is asked to err by less than the lower: in
  /// voids logarithms of densities have slopes of about ten.
  private static let positionErrors = 1e-8...1e-7

  /// - Parameters:
  ///   - tolerance: largest error of any moment that space may cause.
  ///   - timeTolerance: local error of the time stepper.
  init(tolerance: Double, timeTolerance: Double, beta: Double) {
    self.tolerance = tolerance
    let asked = Self.positionErrors
    lightWeight = timeTolerance / min(max(timeTolerance, asked.lowerBound), asked.upperBound)
    waveNumber = max(1, beta.squareRoot())
    widest = min(0.8, 2.5 / waveNumber)
    atomWidth = 1.5 * tolerance.squareRoot() / max(64, 3 * waveNumber)
  }

  /// What the error of a node's position counts, 1 for the tolerance of time: less the less mass it
  /// moves, but positions are as right as a density asks, if there is one.
  func errorWeight(ofMass mass: Double, hasDensity: Bool) -> Double {
    max(min(1, 1e3 * mass), hasDensity ? lightWeight : min(1, lightWeight))
  }
  /// The same of the logarithm of a density.
  var logDensityErrorWeight: Double { max(1, lightWeight) }

  func isVoid(_ logDensities: PanelRule.Row) -> Bool {
    all(logDensities .< Self.leastLogDensity)
  }

  /// Error of the moments that a panel's polynomial may cause, in their unit.
  func momentError(_ panel: Panel) -> Double { panel.tail * panel.mass * waveNumber }

  /// Above 1 a panel of some mass has to be halved.
  ///
  /// - Parameters:
  ///   - tail: of its positions.
  ///   - width: of its image.
  func excess(tail: Double, mass: Double, width: Double) -> Double {
    guard tail > Self.rounding else { return 0 }
    return max(tail * mass * waveNumber / (0.02 * tolerance), tail / (Self.flowTail * width))
  }

  /// Whether a panel would have to be halved once its image is wider by a factor.
  func needsHalving(_ panel: Panel, width: Double, stretch: Double) -> Bool {
    let stretch = min(max(1, stretch), 2)
    // The coefficient of degree p − 1 grows like that power of the stretch.
    return width * stretch > widest
      || excess(tail: panel.tail, mass: panel.mass, width: width)
        * pow(stretch, Double(PanelRule.count)) > 1
  }

  /// Whether the density at t = 0 asks for narrower panels.
  ///
  /// - Parameter tailBefore: tail of the panel of which this one is a half.
  func needsHalvingAtStart(
    _ panel: Panel, _ line: some PanelLine, tailBefore: Double
  ) -> Bool {
    if isVoid(panel.logDensities) { return false }
    if !sumsRight(panel, line, within: 0.01 * tolerance) { return true }
    // Where halving does not help, the logarithm is rounding, or that of a zero.
    let tail = panel.densityTail
    return panel.mass > 1e-250 && tail > Self.densityTail && tail < 0.25 * tailBefore
  }

  /// Whether sums over the nodes of a panel just born are right to some error.
  ///
  /// Logarithms may be smooth where the density itself is a narrow peak.
  private func sumsRight(_ panel: Panel, _ line: some PanelLine, within error: Double) -> Bool {
    PanelRule.standard.tail(panel.masses / PanelRule.standard.weights)
      < max(error, 1e-14 * panel.mass)
  }

  /// One panel for two neighbours, where it resolves what both know; nil elsewhere.
  func joint(_ left: inout PanelProfile, _ right: inout PanelProfile, _ line: some PanelLine)
    -> Panel?
  {
    let start = left.ends.start
    let (border, end) = right.ends
    let width = end - start
    let gap = border - left.ends.end
    guard width < 0.5 * widest, width > 4 * atomWidth, abs(gap) < 1e-6 * width else { return nil }
    guard left.mayJoin(&right, line, within: Self.jointError) else { return nil }
    let (leftDensity, rightDensity) = (left.density(line), right.density(line))
    let middle = 0.5 * (start + end)
    let anchor = line.anchor(of: middle)
    var joint = Panel(
      anchor: anchor, centre: middle - anchor, halfWidth: 0.5 * width, line: line
    ) { position in
      let isLeft = position < border
      let (panel, density) = isLeft ? (left.panel, leftDensity) : (right.panel, rightDensity)
      let place = panel.coordinate(of: position, slopes: density.slopes)
      return (
        PanelRule.standard.value(density.logs, at: place),
        PanelRule.standard.value(panel.labels, at: place)
      )
    }
    let tail = joint.densityTail
    // The last coefficients may be small by chance: what both know must be there.
    let error = min(Self.jointError, 0.01 * tolerance / joint.mass)
    guard tail < Self.jointError, tail * joint.mass < 0.001 * tolerance,
      sumsRight(joint, line, within: 0.001 * tolerance),
      joint.says(leftDensity.logs, at: left.panel.positions, within: error),
      joint.says(rightDensity.logs, at: right.panel.positions, within: error)
    else { return nil }
    joint.scale(by: (left.panel.mass + right.panel.mass) / joint.mass)
    return joint
  }
}
