/// A mesh as plain numbers and back, without its positions, which are the state.
extension PanelMesh {
  private static let panelSize = 4 + 3 * PanelRule.count

  /// Atoms as (0, mass, label, log density of the void or NaN), panels as (1, anchor, centre, half width, log r₀, labels, masses).
  var encoded: [Double] {
    pieces.flatMap { piece -> [Double] in
      switch piece {
      case .atom(let atom): [0, atom.mass, atom.label, atom.voidLogDensity ?? .nan]
      case .panel(let panel):
        [1, panel.anchor, panel.centre, panel.halfWidth]
          + [panel.logDensities, panel.labels, panel.masses].flatMap { row in
            (0..<PanelRule.count).map { row[$0] }
          }
      }
    }
  }

  /// Nil for numbers that are no mesh.
  init?(decoding numbers: ArraySlice<Double>) {
    pieces = []
    var rest = numbers
    while let kind = rest.first {
      if kind == 0, rest.count >= 4 {
        let values = Array(rest.prefix(4))
        pieces.append(
          .atom(
            Atom(
              position: 0, mass: values[1], label: values[2],
              voidLogDensity: values[3].isNaN ? nil : values[3])))
        rest = rest.dropFirst(4)
      } else if kind == 1, rest.count >= Self.panelSize {
        pieces.append(.panel(Panel(decoding: Array(rest.prefix(Self.panelSize)))))
        rest = rest.dropFirst(Self.panelSize)
      } else {
        return nil
      }
    }
  }
}

extension Panel {
  fileprivate init(decoding numbers: [Double]) {
    let p = PanelRule.count
    self.init(
      anchor: numbers[1], centre: numbers[2], halfWidth: numbers[3],
      logDensities: PanelRule.Row(numbers[4..<(4 + p)]),
      labels: PanelRule.Row(numbers[(4 + p)..<(4 + 2 * p)]),
      masses: PanelRule.Row(numbers[(4 + 2 * p)...]))
  }
}
