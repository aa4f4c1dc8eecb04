internal import Foundation

/// Panels and atoms along a line, in order.
struct PanelMesh: Sendable, Equatable {
  var pieces: [PanelPiece]

  /// Entries of a state: one position for every node.
  var count: Int { pieces.reduce(0) { $0 + $1.count } }
  /// Σ m: what an addition rounds off goes to the next, as there may be thousands.
  var mass: Double {
    var sum = 0.0
    var excess = 0.0
    for piece in pieces {
      let next = piece.mass - excess
      let total = sum + next
      excess = (total - sum) - next
      sum = total
    }
    return sum
  }
  var masses: [Double] { pieces.reduce(into: []) { $1.writeMasses(to: &$0) } }
  var positions: [Double] { pieces.reduce(into: []) { $1.write(to: &$0) } }
  /// log dμ/dσ at the watersheds of voids without panels: entries of a state too, after the positions.
  var voidLogDensities: [Double] {
    pieces.compactMap { piece in
      if case .atom(let atom) = piece { return atom.voidLogDensity }
      return nil
    }
  }

  /// Takes the positions from a state, and leaves what follows them alone.
  mutating func load(_ state: [Double]) {
    precondition(state.count >= count, "a position for every node")
    var place = 0
    state.withUnsafeBufferPointer { state in
      guard let base = state.baseAddress else { return }
      for i in pieces.indices {
        pieces[i].take(base + place)
        place += pieces[i].count
      }
    }
    for i in pieces.indices {
      guard case .atom(var atom) = pieces[i], atom.voidLogDensity != nil else { continue }
      atom.voidLogDensity = state[place]
      pieces[i] = .atom(atom)
      place += 1
    }
  }

  /// Weighted points, in any order.
  init(atoms points: [Double], masses: [Double]) {
    let order = points.indices.sorted { points[$0] < points[$1] }
    pieces = order.map {
      .atom(Atom(position: points[$0], mass: masses[$0], label: points[$0]))
    }
  }

  /// Panels fine enough for a law at t = 0.
  init(_ law: InitialLaw, on line: some PanelLine, limits: PanelLimits) {
    let logDensity = line.logDensity(of: law)
    let length = line.range.upperBound - line.range.lowerBound
    // As many on either side of the middle, each counted from its own end.
    let count = 2 * Int((0.5 * length / limits.widest).rounded(.up))
    var waiting = (0..<count).reversed().map { i in
      let isSecond = 2 * i >= count
      return Waiting(
        anchor: isSecond ? line.range.upperBound : line.range.lowerBound,
        centre: (Double(isSecond ? i - count : i) + 0.5) * length / Double(count),
        halfWidth: 0.5 * length / Double(count), tail: .infinity)
    }
    var panels: [Panel] = []
    while let next = waiting.popLast() {
      let panel = Panel(
        anchor: next.anchor, centre: next.centre, halfWidth: next.halfWidth, line: line
      ) { (logDensity($0), $0) }
      if next.halfWidth > 1e-13 * length,
        limits.needsHalvingAtStart(panel, line, tailBefore: next.tail)
      {
        waiting += next.halves(tail: panel.densityTail)
      } else {
        panels.append(panel)
      }
    }
    panels.removeAll { limits.isVoid($0.logDensities) }
    pieces = panels.map { .panel($0) }
    let mass = mass
    pieces = panels.map { panel in
      var panel = panel
      panel.scale(by: 1 / mass)
      return .panel(panel)
    }
  }

  /// A panel that may have to be halved, and what its parent could not resolve.
  private struct Waiting {
    var anchor: Double
    var centre: Double
    var halfWidth: Double
    var tail: Double

    /// The right half, then the left.
    func halves(tail: Double) -> [Waiting] {
      [0.5, -0.5].map { side in
        Waiting(
          anchor: anchor, centre: centre + side * halfWidth, halfWidth: 0.5 * halfWidth, tail: tail)
      }
    }
  }

  // MARK: As the law moves

  /// Halves the panels for which a condition holds.
  mutating func halve(_ line: some PanelLine, where condition: (Int, Panel) -> Bool) {
    pieces = pieces.enumerated().flatMap { i, piece -> [PanelPiece] in
      guard case .panel(let panel) = piece, condition(i, panel) else { return [piece] }
      let (left, right) = panel.halves(line)
      return [.panel(left), .panel(right)]
    }
  }

  /// Leaves out panels whose density is too low for any number.
  mutating func dropVoids(_ line: some PanelLine, limits: PanelLimits) {
    pieces.removeAll { piece in
      guard case .panel(let panel) = piece, panel.mass < PanelLimits.negligibleMass else {
        return false
      }
      return limits.isVoid(panel.currentLogDensities(line))
    }
  }

  /// After a step: neighbours that are closer than can be told, and come closer still, become atoms;
  /// panels that will soon be too steep are halved.
  ///
  /// - Parameter before: ends of the pieces when the step began.
  /// - Returns: for every piece there is then, whether it has become narrower.
  mutating func adapt(
    _ line: some PanelLine, limits: PanelLimits, before: [(start: Double, end: Double)]
  ) -> [Bool] {
    let ends = pieces.map(\.ends)
    /// The last of the pieces that are together narrower than a width.
    func reach(from i: Int, _ width: Double) -> Int {
      var j = i
      while j + 1 < pieces.count, ends[j + 1].end - ends[i].start < width { j += 1 }
      return j
    }
    var narrows: [Bool] = []
    var changes: [(range: ClosedRange<Int>, pieces: [PanelPiece])] = []
    var i = 0
    while i < pieces.count {
      var j = reach(from: i, limits.atomWidth)
      var isNarrow =
        j > i || pieces[i].isPanel && ends[i].end - ends[i].start < 0.25 * limits.atomWidth
      // Atoms that have met move no more. Panels without mass say what the density of a void is, until they have
      // come together by themselves: there are clusters of any mass.
      if isNarrow, pieces[i...j].contains(where: \.isPanel),
        !pieces[i...j].contains(where: { $0.mass > PanelLimits.emptyMass })
      {
        j = reach(from: i, PanelLimits.indistinctWidth)
        isNarrow =
          ends[j].end - ends[i].start < PanelLimits.indistinctWidth
          && pieces[i...j].contains(where: \.isPanel)
      }
      if isNarrow, ends[j].end - ends[i].start <= before[j].end - before[i].start {
        changes.append((i...j, [.atom(Self.atom(Array(pieces[i...j]), line))]))
        narrows.append(true)
        i = j + 1
        continue
      }
      let own = ends[i].end - ends[i].start
      let stretch = own / (before[i].end - before[i].start)
      if case .panel(let panel) = pieces[i],
        limits.needsHalving(panel, width: own, stretch: stretch)
      {
        let (left, right) = panel.halves(line)
        changes.append((i...i, [.panel(left), .panel(right)]))
        narrows += [false, false]
      } else {
        narrows.append(stretch < 1)
      }
      i += 1
    }
    // From the last to the first, so that the others keep their places.
    for change in changes.reversed() {
      pieces.replaceSubrange(change.range, with: change.pieces)
    }
    return narrows
  }

  private static func atom(_ pieces: [PanelPiece], _ line: some PanelLine) -> Atom {
    let (origin, origins) = pieces[0].first
    var mass = 0.0
    var position = 0.0
    var label = 0.0
    for piece in pieces {
      let moments = piece.moments(from: pieces[0])
      mass += piece.mass
      position += moments.position
      label += moments.label
    }
    let mean = mass > 0 ? origin + position / mass : origin
    let ends = (pieces[0].ends.start, pieces[pieces.count - 1].ends.end)
    return Atom(
      position: line.place(ofMean: mean, between: ends.0, and: ends.1), mass: mass,
      label: mass > 0 ? origins + label / mass : origins,
      voidLogDensity: pieces.last.flatMap { piece -> Double? in
        if case .atom(let atom) = piece { return atom.voidLogDensity }
        return nil
      })
  }

  /// Holds the ends of a line that has some.
  mutating func pin(_ range: ClosedRange<Double>) {
    guard case .panel(var first)? = pieces.first else { return pinLast(range.upperBound) }
    first.pin(to: range.lowerBound)
    pieces[0] = .panel(first)
    pinLast(range.upperBound)
  }

  private mutating func pinLast(_ end: Double) {
    guard case .panel(var last)? = pieces.last else { return }
    last.pin(to: end)
    pieces[pieces.count - 1] = .panel(last)
  }

  /// Moves the seam of a closed line away from where mass comes together.
  mutating func turnSeam(_ turn: Double, limits: PanelLimits) {
    guard pieces.count > 1 else { return }
    for _ in pieces.indices {
      guard let first = pieces.first, let last = pieces.last,
        first.ends.end + turn - last.ends.start < limits.atomWidth
      else { return }
      pieces.removeFirst()
      pieces.append(first.shifted(by: turn))
    }
  }

  /// Replaces neighbouring panels by one where one resolves both.
  ///
  /// - Parameter may: for every piece, whether it may be joined.
  mutating func join(_ line: some PanelLine, limits: PanelLimits, where may: [Bool]) {
    var result: [PanelPiece] = []
    // Of the last panel in the result.
    var last: PanelProfile?
    for (i, piece) in pieces.enumerated() {
      guard may[i], case .panel(let panel) = piece else {
        last = nil
        result.append(piece)
        continue
      }
      var profile = PanelProfile(panel)
      if var left = last, let joint = limits.joint(&left, &profile, line) {
        result[result.count - 1] = .panel(joint)
        last = PanelProfile(joint)
      } else {
        result.append(piece)
        last = profile
      }
    }
    pieces = result
  }
}
