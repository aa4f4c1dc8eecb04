/// A way to carry tokens, discretized: du/dt = L u + N(u, t).
///
/// The stepper sees densities, particles and fluctuations only through this protocol. A state is a
/// flat array of reals whose meaning belongs to the dynamics.
public protocol Dynamics {
  /// L ≤ 0, which leaves entries beyond its own as they are; nil where nothing is stiff.
  var linearMap: TriangularMap? { get }

  /// The leading entries whose local error is bounded; the others are integrals along the way.
  func controlledCount(of stateCount: Int) -> Int

  /// Moves the state by Brownian motion of diffusivity D for a while, where the equation has noise.
  ///
  /// - Parameters:
  ///   - state: as a step has left it.
  ///   - spread: D times the duration.
  ///   - stream: of the numbers, the same for all motions.
  ///   - draw: number of this motion; every one has random numbers of its own.
  mutating func diffuse(_ state: inout [Double], spread: Double, stream: RandomStream, draw: Int)

  /// What one unit of tolerance means for this state, 1 where entries are of order one.
  func errorUnit(of state: [Double]) -> Double

  /// Makes the local errors of those entries smaller that may err by more than the tolerance, and larger of those that may
  /// only by less.
  func weighErrors(_ errors: UnsafeMutablePointer<Double>)

  /// Writes N(u, t); both arrays have the length of the state.
  mutating func writeRate(
    of state: UnsafePointer<Double>, into rate: UnsafeMutablePointer<Double>)

  /// Called when the rate at the start of a step has been evaluated.
  mutating func beginStep(_ state: [Double])

  /// Whether the representation still resolves a step whose time error is within tolerance.
  mutating func resolves(_ candidate: [Double]) -> Bool

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
  public var linearMap: TriangularMap? { nil }
  public func controlledCount(of stateCount: Int) -> Int { stateCount }
  public mutating func diffuse(
    _ state: inout [Double], spread: Double, stream: RandomStream, draw: Int
  ) {
    addNoise(to: &state, count: controlledCount(of: state.count), spread, stream, draw)
  }
  public func errorUnit(of state: [Double]) -> Double { 1 }
  public func weighErrors(_ errors: UnsafeMutablePointer<Double>) {}
  public mutating func beginStep(_ state: [Double]) {}
  public mutating func resolves(_ candidate: [Double]) -> Bool { true }
  public mutating func refine(
    _ state: inout [Double], lost candidate: [Double], time: Double
  ) throws(SimulationFailure) {}
  public mutating func finishStep(_ state: inout [Double]) {}
}

/// Adds √(2 D h) times a standard normal number to each of the leading entries.
func addNoise(
  to state: inout [Double], count: Int, _ spread: Double, _ stream: RandomStream, _ draw: Int
) {
  let size = (2 * spread).squareRoot()
  for i in stride(from: 0, to: count, by: 2) {
    let pair = stream.normals(index: i / 2, draw: draw)
    state[i] += size * pair.0
    if i + 1 < count { state[i + 1] += size * pair.1 }
  }
}

/// Dynamics of a law that observers may look at.
public protocol LawDynamics: Dynamics {
  /// How fine the representation is; nil for tokens.
  var resolution: Resolution? { get }

  /// What a state needs besides its numbers to be told what it is; empty where its length says it.
  var structure: [Double] { get }

  /// Takes the representation that a saved state of this length and structure was in.
  ///
  /// - Returns: false if there is none.
  mutating func adopt(stateCount: Int, structure: [Double]) -> Bool

  /// The state in physical terms.
  mutating func snapshot(of state: [Double], time: Double, steps: Int, stepSize: Double) -> Snapshot

  /// Where the mass is, without the rest of a snapshot.
  mutating func law(of state: [Double]) -> any Law
}

extension LawDynamics {
  public mutating func law(of state: [Double]) -> any Law {
    snapshot(of: state, time: 0, steps: 0, stepSize: 0).law
  }
  public var resolution: Resolution? { nil }
  public var structure: [Double] { [] }
  public mutating func adopt(stateCount: Int, structure: [Double]) -> Bool { true }
}

/// Dynamics of what sampling does to a law.
public protocol ResponseDynamics: Dynamics {
  func response(of state: [Double]) -> any LinearResponse

  /// What a state needs besides its numbers to be told what it is; empty where its length says it.
  var structure: [Double] { get }

  /// Takes the representation that a saved state of this length and structure was in; states have the length
  /// `present` as they are.
  ///
  /// - Returns: false if there is none.
  mutating func adopt(stateCount: Int, structure: [Double], from present: Int) -> Bool
}
