/// Repeats one map with a fixed step, such as the papers' scheme.
///
/// The way to an appointed time is divided into equal steps no longer than the given one, so that
/// appointments that are multiples of the step change nothing.
public struct FixedStepper<D: Dynamics> {
  /// The longest step.
  public let step: Double
  public var memory = Stepper.Memory()
  private let take: (inout D, inout [Double], Double) -> Void

  /// - Parameter take: moves a state by one step of the given length.
  init(step: Double, take: @escaping (inout D, inout [Double], Double) -> Void) {
    precondition(step > 0, "a step is positive")
    self.step = step
    self.take = take
  }

  /// Steps until `target`, exactly.
  mutating func advance(
    _ dynamics: inout D, _ state: inout [Double], to target: Double,
    shouldStop: () -> Bool = { false }
  ) throws(SimulationFailure) {
    var memory = memory
    defer { self.memory = memory }
    try takeEqualSteps(&memory, to: target, step: step, shouldStop: shouldStop) { h, _ in
      take(&dynamics, &state, h)
      return state.isFinite
    }
  }
}

extension [Double] {
  /// Whether all are: 0 · x is 0 for finite x and NaN for others, and NaN stays in a sum.
  fileprivate var isFinite: Bool {
    withUnsafeBytes { bytes in
      var zeros = SIMD8<Double>.zero
      let whole = count / 8 * 8
      for i in stride(from: 0, to: 8 * whole, by: 64) {
        let values = bytes.loadUnaligned(fromByteOffset: i, as: SIMD8<Double>.self)
        zeros = zeros.addingProduct(values, SIMD8<Double>.zero)
      }
      return zeros.sum() == 0 && self[whole...].allSatisfy(\.isFinite)
    }
  }
}

/// The way to an appointed time in equal steps no longer than a given one.
///
/// - Parameters:
///   - take: makes a step of the given length and number; false if the state is no longer finite.
func takeEqualSteps(
  _ memory: inout Stepper.Memory, to target: Double, step: Double, shouldStop: () -> Bool,
  take: (Double, Int) -> Bool
) throws(SimulationFailure) {
  while memory.time < target {
    // Two planned times that rounding cannot tell apart are one.
    if memory.acceptedSteps > 0, target - memory.time <= 16 * memory.time.ulp {
      memory.time = target
      return
    }
    let remaining = target - memory.time
    let pieces = max(1, (remaining / step - 1e-9).rounded(.up))
    let h = remaining / pieces
    guard h > 16 * memory.time.ulp else {
      throw .stepTooSmall(time: memory.time, step: h)
    }
    let isFinite = take(h, memory.acceptedSteps)
    memory.time = pieces == 1 ? target : memory.time + h
    memory.lastStep = h
    memory.acceptedSteps += 1
    guard isFinite else { throw .stateNotFinite(time: memory.time) }
    if shouldStop() { return }
  }
}
