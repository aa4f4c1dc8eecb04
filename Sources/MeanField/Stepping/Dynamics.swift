/// A way to carry tokens, discretized: du/dt = L u + N(u, t).
///
/// The stepper sees densities, particles and fluctuations only through this protocol. A state is a
/// flat array of reals whose meaning belongs to the dynamics.
public protocol Dynamics {
  /// Diagonal of L ≤ 0, one number for every entry of the state; empty where nothing is stiff.
  var linearRates: [Double] { get }

  /// The leading entries whose local error is bounded; the others are integrals along the way.
  func controlledCount(of stateCount: Int) -> Int

  /// The leading entries that Brownian motion moves, where the equation has noise.
  func noisyCount(of stateCount: Int) -> Int

  /// What one unit of tolerance means for this state, 1 where entries are of order one.
  func errorUnit(of state: [Double]) -> Double

  /// Writes N(u, t); both arrays have the length of the state.
  mutating func writeRate(
    of state: UnsafePointer<Double>, into rate: UnsafeMutablePointer<Double>)

  /// Called when the rate at the start of a step has been evaluated.
  ///
  /// - Throws: `SimulationFailure` when that rate cannot be trusted.
  mutating func checkStart(_ state: [Double], time: Double) throws(SimulationFailure)

  /// Called before every attempt of a step.
  mutating func beginAttempt()

  /// Whether the representation still resolves a step whose time error is within tolerance.
  ///
  /// - Throws: `SimulationFailure` when no refinement would help.
  mutating func resolves(_ candidate: [Double], time: Double) throws(SimulationFailure) -> Bool

  /// Rewrites a state in a finer representation.
  ///
  /// - Throws: `SimulationFailure` when the finest one allowed is in use.
  mutating func refine(
    _ state: inout [Double], lost candidate: [Double], time: Double
  ) throws(SimulationFailure)

  /// Repairs what a finished step may leave, such as angles outside [0, 2π).
  mutating func finishStep(_ state: inout [Double])
}

extension Dynamics {
  public func controlledCount(of stateCount: Int) -> Int { stateCount }
  public func noisyCount(of stateCount: Int) -> Int { controlledCount(of: stateCount) }
  public func errorUnit(of state: [Double]) -> Double { 1 }
  public mutating func checkStart(_ state: [Double], time: Double) throws(SimulationFailure) {}
  public mutating func beginAttempt() {}
  public mutating func resolves(
    _ candidate: [Double], time: Double
  ) throws(SimulationFailure) -> Bool { true }
  public mutating func refine(
    _ state: inout [Double], lost candidate: [Double], time: Double
  ) throws(SimulationFailure) {}
  public mutating func finishStep(_ state: inout [Double]) {}
}
