internal import Foundation
internal import Transforms

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
  var logDensities: [Double]
  /// Positions of the nodes at t = 0.
  var labels: [Double]
  /// Φ at the nodes, ascending.
  var positions: [Double]
  /// Quadrature weight times density, at the nodes: what sums over the law need.
  private(set) var masses: [Double]
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
    positions = Self.rule.nodes.map { anchor + (centre + halfWidth * $0) }
    let values = positions.map(logDensity)
    // Where a density is zero, its logarithm is one that no mass comes from.
    logDensities = values.map { max($0.value, -2000) }
    labels = values.map(\.label)
    masses = []
    mass = 0
    weigh(line)
  }

  /// One that has been saved; its positions are elsewhere.
  init(
    anchor: Double, centre: Double, halfWidth: Double, logDensities: [Double], labels: [Double],
    masses: [Double]
  ) {
    self.anchor = anchor
    self.centre = centre
    self.halfWidth = halfWidth
    self.logDensities = logDensities
    self.labels = labels
    self.masses = masses
    mass = masses.reduce(0, +)
    positions = labels
  }

  private mutating func weigh(_ line: some PanelLine) {
    let rule = Self.rule
    masses = rule.nodes.indices.map { i in
      rule.weights[i]
        * exp(logDensities[i] + line.logUniform(at: birth(rule.nodes[i])) + log(halfWidth))
    }
    mass = masses.reduce(0, +)
  }

  /// The label from its anchor, which is all that the volume element asks for.
  private func birth(_ node: Double) -> Double { centre + halfWidth * node }

  /// Multiplies the density.
  mutating func scale(by factor: Double) {
    guard factor.isFinite, factor > 0 else { return }
    let shift = log(factor)
    for i in masses.indices {
      logDensities[i] += shift
      masses[i] *= factor
    }
    mass = masses.reduce(0, +)
  }

  /// Weighs a part of what it did, its density being what it was.
  mutating func weigh(part: Double) {
    for i in masses.indices { masses[i] *= part }
    mass = masses.reduce(0, +)
  }

  /// Goes once round the circle.
  mutating func shift(by turn: Double) {
    centre += turn
    for i in positions.indices {
      positions[i] += turn
      labels[i] += turn
    }
  }

  /// Puts an end of the image where symmetry keeps it, at the pole that the panel touches.
  ///
  /// A pole that mass leaves is unstable: what rounding moves it by would grow with the flow.
  mutating func pin(to pole: Double) {
    guard anchor == pole, abs(abs(centre) - halfWidth) < 0.01 * halfWidth else { return }
    let (start, end) = ends
    let (free, pinned) = abs(start - pole) < abs(end - pole) ? (end, start) : (start, end)
    let factor = (pole - free) / (pinned - free)
    for i in positions.indices { positions[i] = free + (positions[i] - free) * factor }
  }

  /// Φ(−1) and Φ(1).
  var ends: (start: Double, end: Double) { Self.rule.ends(of: positions) }

  /// Last Legendre coefficients of Φ: what a polynomial no longer sees of the flow.
  var tail: Double { Self.rule.tail(positions) }
  /// The same of log r₀.
  var densityTail: Double { Self.rule.tail(logDensities) }

  /// The two halves, of the same mass together.
  func halves(_ line: some PanelLine) -> [Panel] {
    var halves = (0..<2).map { side in
      var half = self
      half.halfWidth = 0.5 * halfWidth
      half.centre = centre + (side == 0 ? -0.5 : 0.5) * halfWidth
      half.logDensities = Self.rule.half(side, of: logDensities)
      half.labels = Self.rule.half(side, of: labels)
      half.positions = Self.rule.half(side, of: positions)
      half.weigh(line)
      return half
    }
    let factor = mass / (halves[0].mass + halves[1].mass)
    for side in 0..<2 { halves[side].scale(by: factor) }
    return halves
  }

  /// Appends nodes and masses of halves of halves, until no image is wider than a number.
  func writeParts(
    _ line: some PanelLine, widest: Double, to positions: inout [Double], _ masses: inout [Double]
  ) {
    let first = masses.count
    func add(_ place: PanelRule.Row, _ logs: PanelRule.Row, _ centre: Double, _ halfWidth: Double) {
      let rule = Self.rule
      let (start, end) = rule.ends(of: place)
      if end - start > widest {
        for side in 0..<2 {
          let half = 0.5 * halfWidth
          add(
            rule.half(side, of: place), rule.half(side, of: logs),
            centre + (side == 0 ? -half : half), half)
        }
        return
      }
      for i in 0..<PanelRule.count {
        positions.append(place[i])
        masses.append(
          logs[i] + log(halfWidth) + line.logUniform(at: centre + halfWidth * rule.nodes[i]))
      }
      let log2e = 1.4426950408889634
      for i in stride(from: masses.count - PanelRule.count, to: masses.count, by: 8) {
        let exponents = Vector((0..<8).map { masses[i + $0] })
        let densities = exponential2(log2e * exponents)
        for lane in 0..<8 {
          masses[i + lane] = rule.weights[(i - first + lane) % PanelRule.count] * densities[lane]
        }
      }
    }
    add(PanelRule.row(self.positions), PanelRule.row(logDensities), centre, halfWidth)
    let factor = mass / masses[first...].reduce(0, +)
    for i in first..<masses.count { masses[i] *= factor }
  }

  // MARK: The law now

  /// log dμ/dσ at the nodes.
  func currentLogDensities(_ line: some PanelLine) -> [Double] {
    currentLogDensities(line, slopes: slopes)
  }

  /// The same where Φ′ at the nodes is known.
  func currentLogDensities(_ line: some PanelLine, slopes: [Double]) -> [Double] {
    let width = log(halfWidth)
    return positions.indices.map { i in
      logDensities[i] + line.logUniform(at: birth(Self.rule.nodes[i])) + width
        - log(slopes[i]) - line.logUniform(at: positions[i])
    }
  }

  /// Turns log Φ′ into log dμ/dσ at the nodes, from a place on in a row of numbers.
  func finishLogDensities(_ line: some PanelLine, of row: inout [Double], from start: Int) {
    let width = log(halfWidth)
    for i in positions.indices {
      // Round the circle dσ/dθ is the same everywhere.
      let change =
        line.isClosed
        ? 0 : line.logUniform(at: birth(Self.rule.nodes[i])) - line.logUniform(at: positions[i])
      row[start + i] = logDensities[i] + width - row[start + i] + change
    }
  }

  /// Φ′ at the nodes.
  var slopes: [Double] { Self.rule.derivative(positions) }

  /// The ξ with Φ(ξ) = position, by Newton's method between two nodes.
  ///
  /// - Parameter slopes: Φ′ at the nodes, where they are known.
  func coordinate(of position: Double, slopes: [Double]? = nil) -> Double {
    let slopes = slopes ?? self.slopes
    let nodes = Self.rule.nodes
    let next = positions.firstIndex { $0 > position } ?? positions.count
    var low = next == 0 ? -1 : nodes[next - 1]
    var high = next == positions.count ? 1 : nodes[next]
    // The cubic of the inverse, or from an outer node on the tangent.
    let known = max(0, next - 1)
    let offset = position - positions[known]
    var first = offset / slopes[known]
    if next > 0, next < positions.count {
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

  /// Takes positions from a row of numbers.
  mutating func take(_ source: UnsafePointer<Double>) {
    positions.withUnsafeMutableBufferPointer { positions in
      positions.baseAddress?.update(from: source, count: positions.count)
    }
  }

  /// Mass between ξ = −1 and a place, by Gauss's rule on that part.
  func mass(before place: Double, _ line: some PanelLine) -> Double {
    let part = 0.5 * (place + 1)
    return Self.rule.nodes.indices.reduce(0) { sum, i in
      let node = part * (Self.rule.nodes[i] + 1) - 1
      let logarithm =
        Self.rule.value(logDensities, at: node) + line.logUniform(at: birth(node)) + log(halfWidth)
      return sum + part * Self.rule.weights[i] * exp(logarithm)
    }
  }
}

/// Mass on a point: what is left of panels narrower than the tolerance can tell.
struct Atom: Sendable, Equatable {
  var position: Double
  var mass: Double
  /// Mean position of its mass at t = 0.
  var label: Double
  /// log dμ/dσ at the watershed between this atom and the next, where the void there has no panels;
  /// nil where nothing is known of it.
  var voidLogDensity: Double?
}

/// What a mesh is made of.
enum PanelPiece: Sendable, Equatable {
  case panel(Panel)
  case atom(Atom)

  /// Entries of the state.
  var count: Int {
    switch self {
    case .panel: PanelRule.count
    case .atom: 1
    }
  }

  var mass: Double {
    switch self {
    case .panel(let panel): panel.mass
    case .atom(let atom): atom.mass
    }
  }

  var masses: [Double] {
    switch self {
    case .panel(let panel): panel.masses
    case .atom(let atom): [atom.mass]
    }
  }

  var positions: [Double] {
    switch self {
    case .panel(let panel): panel.positions
    case .atom(let atom): [atom.position]
    }
  }

  var labels: [Double] {
    switch self {
    case .panel(let panel): panel.labels
    case .atom(let atom): [atom.label]
    }
  }

  var ends: (start: Double, end: Double) {
    switch self {
    case .panel(let panel): panel.ends
    case .atom(let atom): (atom.position, atom.position)
    }
  }

  /// Takes as many positions as there are from a row of numbers.
  mutating func take(_ source: UnsafePointer<Double>) {
    switch self {
    case .panel(var panel):
      // Let go of first, so that no array is copied.
      self = .atom(Atom(position: 0, mass: 0, label: 0))
      panel.take(source)
      self = .panel(panel)
    case .atom(var atom):
      atom.position = source[0]
      self = .atom(atom)
    }
  }

  /// Appends the positions to a row of numbers.
  func write(to row: inout [Double]) {
    switch self {
    case .panel(let panel): row += panel.positions
    case .atom(let atom): row.append(atom.position)
    }
  }

  /// Appends the masses.
  func writeMasses(to row: inout [Double]) {
    switch self {
    case .panel(let panel): row += panel.masses
    case .atom(let atom): row.append(atom.mass)
    }
  }

  func shifted(by turn: Double) -> PanelPiece {
    switch self {
    case .panel(var panel):
      panel.shift(by: turn)
      return .panel(panel)
    case .atom(var atom):
      atom.position += turn
      atom.label += turn
      return .atom(atom)
    }
  }

  func weighing(part: Double) -> PanelPiece {
    switch self {
    case .panel(var panel):
      panel.weigh(part: part)
      return .panel(panel)
    case .atom(var atom):
      atom.mass *= part
      return .atom(atom)
    }
  }
}
