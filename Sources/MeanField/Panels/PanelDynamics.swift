internal import Foundation

/// A law without noise, carried along its flow: characteristics on panels of labels, and atoms.
///
/// With Φ_t the flow of X[μ_t], dΦ_t(a)/dt = X[μ_t](Φ_t(a)), and the mass of a label never changes. A
/// state is Φ_t at the nodes of all panels and the positions of all atoms, in order along the line,
/// and W = ∫ (dĒ/dt) dt. The law is smooth in its labels however sharp it has become: only near the
/// watershed between two clusters Φ_t steepens, and there panels are halved as time goes on.
///
/// Panels narrower than the tolerance can tell become atoms, so that a run ends as a few weighted
/// points, which move as slowly as they are far apart.
struct PanelDynamics<Line: PanelLine>: LawDynamics {
  let equation: Equation
  let line: Line
  let limits: PanelLimits
  private(set) var mesh: PanelMesh
  private let field: any PanelField
  private var masses: [Double] = []
  private var outline = PanelOutline()
  /// Atoms with a watershed after them.
  private var voids: [Int] = []
  /// Whether there is more than atoms of which nothing else is known.
  private var hasDensity: Bool { !voids.isEmpty || mesh.pieces.contains(where: \.isPanel) }
  private var seen = SeenRate()
  /// Positions when the present step began.
  private var before: [Double] = []
  /// Steps since voids were left out and neighbours joined: that takes as long as a step.
  private var stepsSinceTidying = 0
  private static var tidyingInterval: Int { 4 }

  init(equation: Equation, line: Line, law: InitialLaw, numerics: PanelNumerics) {
    self.equation = equation
    self.line = line
    limits = PanelLimits(
      tolerance: numerics.spaceTolerance, timeTolerance: numerics.tolerance,
      beta: equation.attention.beta)
    field = line.field(equation)
    if case .tokens(let tokens) = law {
      mesh = line.atoms(of: tokens)
    } else {
      mesh = PanelMesh(law, on: line, limits: limits)
    }
    readMesh()
  }

  /// The state at t = 0.
  var initialState: [Double] { mesh.positions + mesh.voidLogDensities + [0] }

  func controlledCount(of stateCount: Int) -> Int { stateCount - 1 }

  mutating func writeRate(
    of state: UnsafePointer<Double>, into rate: UnsafeMutablePointer<Double>
  ) {
    if seen.take(of: state, into: rate) { return }
    let positions = UnsafeBufferPointer(start: state, count: masses.count)
    let budget = field.writeVelocities(of: positions, masses: masses, into: rate)
    rate[masses.count + voids.count] = budget
    if !voids.isEmpty {
      line.writeVoidRates(
        voids, equation, positions: Array(positions), masses: masses, into: rate + masses.count)
    }
  }

  /// A position of little mass need not be right to the tolerance, only to what its density needs; where the
  /// tolerance is loose, that is less.
  func weighErrors(_ errors: UnsafeMutablePointer<Double>) {
    let hasDensity = hasDensity
    for i in masses.indices {
      errors[i] *= limits.errorWeight(ofMass: masses[i], hasDensity: hasDensity)
    }
    for i in voids.indices { errors[masses.count + i] *= limits.logDensityErrorWeight }
  }

  // MARK: Continuing

  var structure: [Double] { [Double(stepsSinceTidying)] + mesh.encoded }

  mutating func adopt(stateCount: Int, structure: [Double]) -> Bool {
    guard let steps = structure.first.flatMap(Int.init(exactly:)),
      let mesh = PanelMesh(decoding: structure.dropFirst()),
      mesh.count + mesh.voidLogDensities.count + 1 == stateCount
    else { return false }
    self.mesh = mesh
    stepsSinceTidying = steps
    readMesh()
    return true
  }

  // MARK: Remeshing

  mutating func beginStep(_ state: [Double]) {
    before = state
  }

  mutating func resolves(_ candidate: [Double]) -> Bool {
    outline.isResolved(in: candidate, limits)
  }

  /// Halves in the earlier state what has become too steep in the later one.
  mutating func refine(
    _ state: inout [Double], lost candidate: [Double], time: Double
  ) throws(SimulationFailure) {
    mesh.load(candidate)
    let steep = mesh.pieces.map { piece in
      guard case .panel(let panel) = piece else { return false }
      let (start, end) = panel.ends
      return limits.excess(tail: panel.tail, mass: panel.mass, width: end - start) > 1
    }
    mesh.load(state)
    mesh.halve(line) { i, _ in steep[i] }
    take(&state)
    before = state
  }

  mutating func finishStep(_ state: inout [Double]) {
    let endsBefore = outline.ends(in: before)
    mesh.load(state)
    if !line.isClosed { mesh.pin(line.range) }
    let narrows = mesh.adapt(line, limits: limits, before: endsBefore)
    stepsSinceTidying += 1
    if stepsSinceTidying == Self.tidyingInterval {
      stepsSinceTidying = 0
      mesh.join(line, limits: limits, where: narrows)
      mesh.dropVoids(line, limits: limits)
      line.emptyVoids(of: &mesh, equation, limits: limits)
      if line.isClosed {
        mesh.turnSeam(line.range.upperBound - line.range.lowerBound, limits: limits)
      }
    }
    line.forgetVoids(of: &mesh, equation)
    take(&state)
  }

  /// Writes the mesh's positions into the state, W left as it is.
  private mutating func take(_ state: inout [Double]) {
    let budget = state[state.count - 1]
    state.removeAll(keepingCapacity: true)
    for i in mesh.pieces.indices { mesh.pieces[i].write(to: &state) }
    state += mesh.voidLogDensities
    state.append(budget)
    readMesh()
  }

  private mutating func readMesh() {
    masses.removeAll(keepingCapacity: true)
    for i in mesh.pieces.indices { mesh.pieces[i].writeMasses(to: &masses) }
    seen = SeenRate()
    outline.read(mesh.pieces)
    voids = mesh.pieces.indices.filter { i in
      if case .atom(let atom) = mesh.pieces[i] { return atom.voidLogDensity != nil }
      return false
    }
  }

  // MARK: What observers see

  mutating func snapshot(
    of state: [Double], time: Double, steps: Int, stepSize: Double
  ) -> Snapshot {
    mesh.load(state)
    var rates = state
    state.withUnsafeBufferPointer { state in
      rates.withUnsafeMutableBufferPointer { rates in
        guard let state = state.baseAddress, let rates = rates.baseAddress else { return }
        writeRate(of: state, into: rates)
      }
    }
    seen = SeenRate(of: state, rates)
    let densities = PanelDensities(mesh, line)
    let (entropy, minimum) = densities.entropyAndMinimum(masses: masses)
    let law = line.law(mesh, densities, equation, limits: limits)
    let energies = line.energies(law, equation)
    return Snapshot(
      time: time, steps: steps, stepSize: stepSize, equation: equation,
      law: law, normalizedEnergy: energies.normalized, energyAboveUniform: energies.aboveUniform,
      scaledDissipation: rates[rates.count - 1],
      largestSpeed: largestMagnitude(rates, count: masses.count),
      entropy: entropy,
      minimumDensity: minimum, dissipated: state[state.count - 1],
      resolution: mesh.blindness(limits))
  }
}
