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
  func nodes(_ line: some PanelLine) -> LawNodes {
    LawNodes(
      angles: positions,
      logDensities: pieces.flatMap { piece -> [Double] in
        if case .panel(let panel) = piece { return panel.currentLogDensities(line) }
        return [.nan]
      }, masses: masses, labels: labels,
      isAtom: pieces.flatMap { piece in
        if case .atom = piece { return [true] }
        return [Bool](repeating: false, count: piece.count)
      })
  }

  /// Weighted points that integrate waves of a given number exactly.
  ///
  /// A panel whose image is too wide for its own nodes is cut, without being changed.
  func quadrature(
    _ line: some PanelLine, waveNumber: Double
  ) -> (positions: [Double], masses: [Double]) {
    var positions: [Double] = []
    var masses: [Double] = []
    func add(_ piece: PanelPiece) {
      if case .panel(let panel) = piece {
        let (start, end) = panel.ends
        // 16 nodes integrate e^{iκξ} to 10⁻¹⁶ for κ ≤ 5.
        if (end - start) * waveNumber > 10, panel.mass > 1e-18 {
          panel.halves(line).forEach { add(.panel($0)) }
          return
        }
      }
      positions += piece.positions
      masses += piece.masses
    }
    pieces.forEach(add)
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

  /// log dμ/dσ at positions between the first and the last; NaN where there are no panels.
  func logDensities(at positions: [Double], _ line: some PanelLine) -> [Double] {
    var result = [Double](repeating: .nan, count: positions.count)
    let order = positions.indices.sorted { positions[$0] < positions[$1] }
    var next = 0
    for case .panel(let panel) in pieces {
      // Two neighbours meet but for rounding and what their polynomials miss.
      var (start, end) = panel.ends
      let slack = 1e-8 * (end - start)
      start -= slack
      end += slack
      while next < order.count, positions[order[next]] < start { next += 1 }
      guard next < order.count, positions[order[next]] <= end else { continue }
      let values = panel.currentLogDensities(line)
      let slopes = PanelRule.standard.derivative(panel.positions)
      while next < order.count, positions[order[next]] <= end {
        let place = panel.coordinate(of: positions[order[next]], slopes: slopes)
        result[order[next]] = PanelRule.standard.value(values, at: place)
        next += 1
      }
    }
    return result
  }

  /// −∫ log(dμ/dσ) dμ, NaN where there are atoms, and the smallest density at a node.
  func entropyAndMinimum(_ line: some PanelLine) -> (entropy: Double, minimum: Double) {
    var entropy = 0.0
    var lowest = Double.infinity
    for piece in pieces {
      switch piece {
      case .atom:
        entropy = .nan
      case .panel(let panel):
        for (m, value) in zip(panel.masses, panel.currentLogDensities(line)) {
          entropy -= m * value
          lowest = min(lowest, value)
        }
      }
    }
    return (entropy, lowest == .infinity ? .nan : exp(lowest))
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
