/// Voids of the circle: between atoms that hardly move, the density at the watershed says all.
///
/// Where one k-th of the circle is solved, panels stay until they are void.
extension CirclePanelLine {
  /// Only where atoms drift so slowly that voids are in balance with them.
  func emptyVoids(of mesh: inout PanelMesh, _ equation: Equation, limits: PanelLimits) {
    let pieces = mesh.pieces
    let atoms = pieces.indices.filter { pieces[$0].count == 1 }
    let rest = pieces.reduce(0) { $0 + ($1.count == 1 ? 0 : $1.mass) }
    guard symmetry == 1, atoms.count > 1, atoms.count < pieces.count, rest < PanelLimits.emptyMass
    else { return }
    let flow = CircleFlow(
      equation, positions: atoms.map { pieces[$0].first.position },
      masses: atoms.map { pieces[$0].mass })
    let speed = flow.positions.reduce(0) { max($0, abs(flow.jet(at: $1).velocity)) }
    let ends = flow.nextPositions
    var found: [Double?] = []
    for (k, i) in atoms.enumerated() {
      let isLast = k + 1 == atoms.count
      // A panel before the first atom is one beyond the last.
      let hasPanels = isLast ? i + 1 < pieces.count || atoms[0] > 0 : atoms[k + 1] > i + 1
      guard hasPanels else {
        found.append(nil)
        continue
      }
      guard let watershed = flow.watershed(between: flow.positions[k], and: ends[k]),
        speed * max(1, equation.attention.beta) < PanelLimits.stillness * watershed.slope
      else { return }
      let places = [watershed.position, watershed.position - 2 * Double.pi]
      let densities = PanelDensities(mesh, self)
      guard let value = mesh.logDensities(at: places, densities).first(where: { !$0.isNaN }) else {
        return
      }
      found.append(value)
    }
    mesh.pieces = zip(atoms, found).map { i, value in
      guard case .atom(var atom) = pieces[i] else { return pieces[i] }
      atom.voidLogDensity = value
      return .atom(atom)
    }
  }

  /// Forgets voids that have become too empty for any number, or in which the flow parts no more.
  func forgetVoids(of mesh: inout PanelMesh, _ equation: Equation) {
    guard !mesh.voidLogDensities.isEmpty else { return }
    let flow = CircleFlow(equation, positions: mesh.positions, masses: mesh.masses)
    let ends = flow.nextPositions
    for (i, piece) in mesh.pieces.enumerated() {
      guard case .atom(var atom) = piece, let value = atom.voidLogDensity else { continue }
      let slope = flow.watershed(between: atom.position, and: ends[i])?.slope
      // Towards an atom, at a distance s, the density rises like s^{−1−slope}, for 15 powers of e.
      if let slope, value + 15 * (1 + slope) > PanelLimits.leastLogDensity { continue }
      atom.voidLogDensity = nil
      mesh.pieces[i] = .atom(atom)
    }
  }

  /// d/dt log dμ/dσ = −X′ at every watershed.
  func writeVoidRates(
    _ voids: [Int], _ equation: Equation, positions: [Double], masses: [Double],
    into rates: UnsafeMutablePointer<Double>
  ) {
    let flow = CircleFlow(equation, positions: positions, masses: masses)
    let ends = flow.nextPositions
    for (k, i) in voids.enumerated() {
      // Where atoms have come together there is no void to speak of any more.
      rates[k] = -(flow.watershed(between: positions[i], and: ends[i])?.slope ?? 0)
    }
  }
}
