/// What a mesh is made of, in brief: enough to judge a state by its numbers alone.
struct PanelOutline: Sendable {
  /// Entries of the state, for every piece.
  private(set) var counts: [Int] = []
  private(set) var masses: [Double] = []

  mutating func read(_ pieces: [PanelPiece]) {
    counts.removeAll(keepingCapacity: true)
    masses.removeAll(keepingCapacity: true)
    for i in pieces.indices {
      counts.append(pieces[i].count)
      masses.append(pieces[i].mass)
    }
  }

  /// Ends of all pieces, as the positions of a state have them.
  func ends(in state: [Double]) -> [(start: Double, end: Double)] {
    state.withUnsafeBufferPointer { state in
      guard let base = state.baseAddress else { return [] }
      var place = 0
      return counts.map { count in
        defer { place += count }
        return count > 1
          ? PanelRule.standard.ends(at: base + place) : (state[place], state[place])
      }
    }
  }

  /// Whether no panel is much too steep where a state has it, and its nodes are in order.
  func isResolved(in state: [Double], _ limits: PanelLimits) -> Bool {
    state.withUnsafeBufferPointer { state in
      guard var positions = state.baseAddress else { return true }
      for (count, mass) in zip(counts, masses) {
        defer { positions += count }
        guard count > 1 else { continue }
        // What is narrower becomes an atom after the step.
        if abs(positions[count - 1] - positions[0]) > PanelLimits.indistinctWidth {
          for i in 1..<count where positions[i] <= positions[i - 1] { return false }
        }
        let (start, end) = PanelRule.standard.ends(at: positions)
        let tail = PanelRule.standard.tail(at: positions)
        if limits.excess(tail: tail, mass: mass, width: end - start) > 20 { return false }
      }
      return true
    }
  }
}
