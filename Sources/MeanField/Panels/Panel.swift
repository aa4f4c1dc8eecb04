internal import Foundation

/// An interval of labels, and where the flow has carried its nodes.
///
/// A label is the position at the panel's birth, θ₀ = anchor + centre + halfWidth · ξ, the anchor being
/// the nearer pole where there are poles, so that labels beside it keep their digits. With Φ(ξ) the position now,
/// what the panel carries never changes: dμ = r₀ dσ(θ₀), and the density now follows from the flow alone,
///
///     log r = log r₀ + log(dσ/dθ)(θ₀) + log halfWidth − log Φ′(ξ) − log(dσ/dθ)(Φ).
///
/// Halves of halves may be narrower than what separates two numbers near `centre`: nothing depends on
/// the difference of two labels, only on `halfWidth`.
struct Panel: Sendable, Equatable {
  let anchor: Double
  var centre: Double
  var halfWidth: Double
  /// log r₀ at the nodes.
  var logDensities: PanelRule.Row
  /// Positions of the nodes at t = 0.
  var labels: PanelRule.Row
  /// Φ at the nodes, ascending.
  var positions: PanelRule.Row
  /// Quadrature weight times density, at the nodes: what sums over the law need.
  private(set) var masses: PanelRule.Row
  private(set) var mass: Double

  private static var rule: PanelRule { .standard }

  /// A panel just born: its labels are its positions.
  init(
    anchor: Double, centre: Double, halfWidth: Double, line: some PanelLine,
    logDensity: (Double) -> (value: Double, label: Double)
  ) {
    self.anchor = anchor
    self.centre = centre
    self.halfWidth = halfWidth
    positions = anchor + (centre + halfWidth * Self.rule.places)
    logDensities = .zero
    labels = .zero
    masses = .zero
    mass = 0
    for i in 0..<PanelRule.count {
      let (value, label) = logDensity(positions[i])
      // Where a density is zero, its logarithm is one that no mass comes from.
      logDensities[i] = max(value, -2000)
      labels[i] = label
    }
    weigh(line)
  }

  /// One that has been saved; its positions are elsewhere.
  init(
    anchor: Double, centre: Double, halfWidth: Double, logDensities: PanelRule.Row,
    labels: PanelRule.Row, masses: PanelRule.Row
  ) {
    self.anchor = anchor
    self.centre = centre
    self.halfWidth = halfWidth
    self.logDensities = logDensities
    self.labels = labels
    self.masses = masses
    mass = masses.total
    positions = labels
  }

  private mutating func weigh(_ line: some PanelLine) {
    masses = Self.masses(line, logDensities, centre, halfWidth)
    mass = masses.total
  }

  /// Of a panel, or of what a part of one would be.
  private static func masses(
    _ line: some PanelLine, _ logDensities: PanelRule.Row, _ centre: Double, _ halfWidth: Double
  ) -> PanelRule.Row {
    let volume = logUniforms(line, centre + halfWidth * rule.places)
    return rule.weights * (logDensities + volume + log(halfWidth)).exponentials
  }

  /// log dσ/dθ at the nodes; round the circle it is the same everywhere.
  @inline(__always)
  private static func logUniforms(_ line: some PanelLine, _ angles: PanelRule.Row) -> PanelRule.Row
  {
    if line.isClosed { return PanelRule.Row(repeating: line.logUniform(at: 0)) }
    var values = angles
    for i in 0..<PanelRule.count { values[i] = line.logUniform(at: angles[i]) }
    return values
  }

  /// Multiplies the density.
  mutating func scale(by factor: Double) {
    guard factor.isFinite, factor > 0 else { return }
    logDensities += log(factor)
    weigh(part: factor)
  }

  /// Weighs a part of what it did, its density being what it was.
  mutating func weigh(part: Double) {
    masses *= part
    mass = masses.total
  }

  /// Goes once round the circle.
  mutating func shift(by turn: Double) {
    centre += turn
    positions += turn
    labels += turn
  }

  /// Puts an end of the image where symmetry keeps it, at the pole that the panel touches.
  ///
  /// A pole that mass leaves is unstable: what rounding moves it by would grow with the flow.
  mutating func pin(to pole: Double) {
    guard anchor == pole, abs(abs(centre) - halfWidth) < 0.01 * halfWidth else { return }
    let (start, end) = ends
    let (free, pinned) = abs(start - pole) < abs(end - pole) ? (end, start) : (start, end)
    let factor = (pole - free) / (pinned - free)
    positions = free + (positions - free) * factor
  }

  /// Φ(−1) and Φ(1).
  var ends: (start: Double, end: Double) { Self.rule.ends(of: positions) }

  /// Last Legendre coefficients of Φ: what a polynomial no longer sees of the flow.
  var tail: Double { Self.rule.tail(positions) }
  /// The same of log r₀.
  var densityTail: Double { Self.rule.tail(logDensities) }

  /// Whether a panel just born knows a logarithm at places on it.
  func says(_ logs: PanelRule.Row, at places: PanelRule.Row, within error: Double) -> Bool {
    let level = logDensities[PanelRule.count / 2]
    let powers = Self.rule.powers(of: logDensities, above: level)
    let nodes = (places - (anchor + centre)) / halfWidth
    var value = PanelRule.Row(repeating: powers[PanelRule.count - 1])
    for l in stride(from: PanelRule.count - 2, through: 0, by: -1) {
      value = PanelRule.Row(repeating: powers[l]).addingProduct(value, nodes)
    }
    let difference = value - (logs - level)
    return all(difference * difference .< PanelRule.Row(repeating: error * error))
  }

  /// The two halves, of the same mass together.
  func halves(_ line: some PanelLine) -> (Panel, Panel) {
    func half(_ side: Int) -> Panel {
      var half = self
      half.halfWidth = 0.5 * halfWidth
      half.centre = centre + (side == 0 ? -0.5 : 0.5) * halfWidth
      half.logDensities = Self.rule.half(side, of: logDensities)
      half.labels = Self.rule.half(side, of: labels)
      half.positions = Self.rule.half(side, of: positions)
      half.weigh(line)
      return half
    }
    var (left, right) = (half(0), half(1))
    let factor = mass / (left.mass + right.mass)
    left.scale(by: factor)
    right.scale(by: factor)
    return (left, right)
  }

  /// Appends nodes and masses of halves of halves, until no image is wider than a number.
  func writeParts(
    _ line: some PanelLine, widest: Double, to positions: inout [Double], _ masses: inout [Double]
  ) {
    let first = masses.count
    var total = 0.0
    func add(_ place: PanelRule.Row, _ logs: PanelRule.Row, _ centre: Double, _ halfWidth: Double) {
      let rule = Self.rule
      let (start, end) = rule.ends(of: place)
      guard end - start > widest else {
        place.append(to: &positions)
        let own = Self.masses(line, logs, centre, halfWidth)
        own.append(to: &masses)
        total += own.total
        return
      }
      let half = 0.5 * halfWidth
      add(rule.half(0, of: place), rule.half(0, of: logs), centre - half, half)
      add(rule.half(1, of: place), rule.half(1, of: logs), centre + half, half)
    }
    add(self.positions, logDensities, centre, halfWidth)
    let factor = mass / total
    for i in first..<masses.count { masses[i] *= factor }
  }

  // MARK: The law now

  /// log dμ/dσ at the nodes.
  func currentLogDensities(_ line: some PanelLine) -> PanelRule.Row {
    currentLogDensities(line, slopes: slopes)
  }

  /// The same where Φ′ at the nodes is known.
  func currentLogDensities(_ line: some PanelLine, slopes: PanelRule.Row) -> PanelRule.Row {
    let logs = logDensities + log(halfWidth) - slopes.logarithms
    if line.isClosed { return logs }
    return logs + Self.logUniforms(line, centre + halfWidth * Self.rule.places)
      - Self.logUniforms(line, positions)
  }

  /// Φ′ at the nodes.
  var slopes: PanelRule.Row { Self.rule.derivative(positions) }

  /// The ξ with Φ(ξ) = position, by Newton's method between two nodes.
  ///
  /// - Parameter slopes: Φ′ at the nodes, where they are known.
  func coordinate(of position: Double, slopes: PanelRule.Row? = nil) -> Double {
    let slopes = slopes ?? self.slopes
    let nodes = Self.rule.nodes
    var next = 0
    while next < PanelRule.count, positions[next] <= position { next += 1 }
    var low = next == 0 ? -1 : nodes[next - 1]
    var high = next == PanelRule.count ? 1 : nodes[next]
    // The cubic of the inverse, or from an outer node on the tangent.
    let known = max(0, next - 1)
    let offset = position - positions[known]
    var first = offset / slopes[known]
    if next > 0, next < PanelRule.count {
      let width = positions[next] - positions[known]
      let part = offset / width
      let chord = part * (nodes[next] - nodes[known])
      let starts = width / slopes[known] - (nodes[next] - nodes[known])
      let ends = width / slopes[next] - (nodes[next] - nodes[known])
      first = chord + part * (1 - part) * ((1 - part) * starts - part * ends)
    }
    let guess = nodes[known] + first
    var place = guess.isNaN ? 0.5 * (low + high) : min(max(guess, low), high)
    for _ in 0..<60 {
      let (value, slope) = Self.rule.values(positions, slopes, at: place)
      let excess = value - position
      if excess <= 0 { low = place } else { high = place }
      let newton = place - excess / slope
      let isInside = newton >= low && newton <= high
      let next = isInside ? newton : 0.5 * (low + high)
      // Newton's method squares what is left.
      if abs(next - place) < (isInside ? 1e-9 : 1e-14) { return next }
      place = next
    }
    return place
  }

  /// Mass between ξ = −1 and a place, by Gauss's rule on that part.
  func mass(before place: Double, _ line: some PanelLine) -> Double {
    let part = 0.5 * (place + 1)
    let nodes = part * (Self.rule.places + 1) - 1
    var logs = nodes
    for i in 0..<PanelRule.count { logs[i] = Self.rule.value(logDensities, at: nodes[i]) }
    let volume = Self.logUniforms(line, centre + halfWidth * nodes)
    return part * (Self.rule.weights * (logs + volume + log(halfWidth)).exponentials).total
  }
}
