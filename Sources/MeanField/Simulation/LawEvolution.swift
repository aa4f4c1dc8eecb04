/// A law's evolution, whatever carries it: what a simulation knows of it.
public protocol LawEvolution: AnyObject {
  var memory: Stepper.Memory { get }
  /// How fine the representation is; nil for tokens.
  var resolution: Resolution? { get }
  /// What continues this evolution to the bit.
  var saved: SavedEvolution { get }

  /// Steps until `target`, exactly, or until `shouldStop` says so between two steps.
  func advance(to target: Double, shouldStop: () -> Bool) throws(SimulationFailure)
  func snapshot() -> Snapshot
  /// The law of a snapshot alone, which may be much less work.
  func law() -> any Law
  /// Goes to a saved place; false, with nothing changed, if it is of another shape.
  func restore(_ saved: SavedEvolution) -> Bool
  /// A copy that can go its own way.
  func replica() -> any LawEvolution
}

/// The evolution of what sampling does to a law.
public protocol ResponseEvolution: AnyObject {
  var memory: Stepper.Memory { get }
  var saved: SavedEvolution { get }

  func advance(to target: Double, shouldStop: () -> Bool) throws(SimulationFailure)
  func response() -> any LinearResponse
  func restore(_ saved: SavedEvolution) -> Bool
}

extension Evolution: LawEvolution where D: LawDynamics {
  public var resolution: Resolution? { dynamics.resolution }

  public var saved: SavedEvolution { saved(structure: dynamics.structure) }

  public func snapshot() -> Snapshot {
    var snapshot = dynamics.snapshot(
      of: state, time: memory.time, steps: memory.acceptedSteps, stepSize: memory.lastStep)
    if memory.acceptedSteps == 0 { initialEnergy = snapshot.energyAboveUniform }
    snapshot.initialEnergy = initialEnergy
    return snapshot
  }

  public func law() -> any Law { dynamics.law(of: state) }

  public func restore(_ saved: SavedEvolution) -> Bool {
    // A density may have been saved in another representation than the present one.
    let isFixed = resolution == nil && saved.structure.isEmpty
    let count = saved.state.count
    return dynamics.adopt(stateCount: count, structure: saved.structure)
      && take(saved, of: isFixed ? state.count : count)
  }

  public func replica() -> any LawEvolution {
    let copy = Evolution(dynamics: dynamics, state: state, stepping: stepping)
    copy.initialEnergy = initialEnergy
    return copy
  }
}

extension Evolution: ResponseEvolution where D: ResponseDynamics {
  public var saved: SavedEvolution { saved(structure: dynamics.structure) }

  public func response() -> any LinearResponse { dynamics.response(of: state) }

  public func restore(_ saved: SavedEvolution) -> Bool {
    let count = saved.state.count
    return dynamics.adopt(stateCount: count, structure: saved.structure, from: state.count)
      && take(saved, of: count)
  }
}

/// An evolution between two steps, as plain data.
public struct SavedEvolution: Sendable, Equatable {
  public var state: [Double]
  /// What tells what the state is, where its length does not.
  public var structure: [Double]
  public var memory: Stepper.Memory
  public var initialEnergy: Double

  public init(
    state: [Double], structure: [Double] = [], memory: Stepper.Memory, initialEnergy: Double
  ) {
    self.state = state
    self.structure = structure
    self.memory = memory
    self.initialEnergy = initialEnergy
  }
}
