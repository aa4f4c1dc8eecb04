internal import Foundation

/// What a mesh says of the law it carries.
extension PanelMesh {
  /// Copies side by side, which share the mass.
  func repeated(_ count: Int, every turn: Double) -> PanelMesh {
    guard count > 1 else { return self }
    var all = self
    all.pieces = (0..<count).flatMap { copy in
      pieces.map {
        $0.weighing(part: 1 / Double(count)).shifted(by: Double(copy) * turn)
      }
    }
    return all
  }

  /// All nodes as they stand.
  ///
  /// - Parameter densities: those of this mesh.
  func nodes(_ densities: PanelDensities) -> LawNodes {
    var nodes = LawNodes(
      angles: [], logDensities: densities.logs, masses: [], labels: [], isAtom: [])
    nodes.angles.reserveCapacity(densities.logs.count)
    nodes.masses.reserveCapacity(densities.logs.count)
    nodes.labels.reserveCapacity(densities.logs.count)
    nodes.isAtom.reserveCapacity(densities.logs.count)
    for piece in pieces {
      piece.write(to: &nodes.angles)
      piece.writeMasses(to: &nodes.masses)
      piece.writeLabels(to: &nodes.labels)
      nodes.isAtom.append(
        contentsOf: repeatElement(piece.count == 1, count: piece.count))
    }
    return nodes
  }

  /// Weighted points that integrate waves of a given number exactly.
  ///
  /// A panel whose image is too wide for its own nodes is cut, without being changed.
  func quadrature(
    _ line: some PanelLine, waveNumber: Double
  ) -> (positions: [Double], masses: [Double]) {
    var positions: [Double] = []
    var masses: [Double] = []
    for piece in pieces {
      guard case .panel(let panel) = piece, panel.mass > 1e-18 else {
        piece.write(to: &positions)
        piece.writeMasses(to: &masses)
        continue
      }
      let (start, end) = panel.ends
      // 16 nodes integrate e^{iκξ} to 10⁻¹⁶ for κ ≤ 5.
      if (end - start) * waveNumber > 10 {
        panel.writeParts(line, widest: 10 / waveNumber, to: &positions, &masses)
      } else {
        piece.write(to: &positions)
        piece.writeMasses(to: &masses)
      }
    }
    return (positions, masses)
  }

  /// Mass below a position.
  func mass(below position: Double, _ line: some PanelLine) -> Double {
    var sum = 0.0
    for piece in pieces {
      let (start, end) = piece.ends
      if end < position {
        sum += piece.mass
      } else if case .panel(let panel) = piece, start < position {
        sum += panel.mass(before: panel.coordinate(of: position), line)
      }
    }
    return sum
  }

  /// Positions and the mass below them, so close that the polygon through them is within 10⁻⁹.
  func vertices(_ line: some PanelLine) -> [(position: Double, level: Double)] {
    var result: [(position: Double, level: Double)] = []
    var below = 0.0
    for piece in pieces {
      switch piece {
      case .atom(let atom):
        result.append((atom.position, below))
        result.append((atom.position, below + atom.mass))
      case .panel(let panel):
        // A chord leaves a smooth curve by an eighth of its second difference.
        let cuts = max(1, min(256, Int((panel.mass * 1e9).squareRoot())))
        let (start, end) = panel.ends
        result.append((start, below))
        for cut in 1...cuts where cut < cuts {
          let place = 2 * Double(cut) / Double(cuts) - 1
          result.append(
            (
              PanelRule.standard.value(panel.positions, at: place),
              below + panel.mass(before: place, line)
            ))
        }
        result.append((end, below + panel.mass))
      }
      below += piece.mass
    }
    return result
  }

  /// The largest error of a moment that a panel's polynomial may cause.
  func blindness(_ limits: PanelLimits) -> Double {
    pieces.reduce(0) { largest, piece in
      guard case .panel(let panel) = piece else { return largest }
      return max(largest, limits.momentError(panel))
    }
  }
}
