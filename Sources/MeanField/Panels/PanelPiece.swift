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

  var isPanel: Bool {
    if case .panel = self { true } else { false }
  }

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
      panel.positions = PanelRule.Row(at: source)
      self = .panel(panel)
    case .atom(var atom):
      atom.position = source[0]
      self = .atom(atom)
    }
  }

  /// Appends the positions to a row of numbers.
  func write(to row: inout [Double]) {
    switch self {
    case .panel(let panel): panel.positions.append(to: &row)
    case .atom(let atom): row.append(atom.position)
    }
  }

  /// Appends the masses.
  func writeMasses(to row: inout [Double]) {
    switch self {
    case .panel(let panel): panel.masses.append(to: &row)
    case .atom(let atom): row.append(atom.mass)
    }
  }

  /// Appends the labels.
  func writeLabels(to row: inout [Double]) {
    switch self {
    case .panel(let panel): panel.labels.append(to: &row)
    case .atom(let atom): row.append(atom.label)
    }
  }

  /// Means of positions and labels, counted from the first of another piece, times the mass.
  func moments(from origin: PanelPiece) -> (position: Double, label: Double) {
    switch self {
    case .panel(let panel):
      let (position, label) = origin.first
      return (
        (panel.masses * (panel.positions - position)).total,
        (panel.masses * (panel.labels - label)).total
      )
    case .atom(let atom):
      let (position, label) = origin.first
      return (atom.mass * (atom.position - position), atom.mass * (atom.label - label))
    }
  }

  /// Position and label of the first node.
  var first: (position: Double, label: Double) {
    switch self {
    case .panel(let panel): (panel.positions[0], panel.labels[0])
    case .atom(let atom): (atom.position, atom.label)
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
