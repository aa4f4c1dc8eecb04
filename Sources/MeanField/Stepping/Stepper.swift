internal import Foundation
internal import Transforms

/// Adaptive time stepping: the only step function there is for deterministic dynamics.
///
/// The local error, in the largest norm and in units of `Dynamics.errorUnit`, stays below the
/// tolerance; the step follows a proportional–integral controller (Gustafsson 1991) or, where that is
/// shorter, what the trend of the error predicts (Gustafsson 1994): before a merger every step must be a
/// part of the last. The way to an appointed time is divided into equal steps no longer than the chosen
/// one, so that times are hit exactly and no step is tiny.
public struct Stepper {
  public let scheme: Scheme
  public let tolerance: Double

  /// Everything that decides the next step besides the state: what a checkpoint must keep.
  public struct Memory: Sendable, Equatable {
    public var time = 0.0
    /// What rounding has left out of `time`: far out, steps may be shorter than doubles are apart.
    public var timeRest = 0.0
    /// The length the controller asks for; 0 before the first step.
    public var chosen = 0.0
    public var previousError = 1.0
    public var acceptedSteps = 0
    public var rejectedSteps = 0
    /// Length of the last step taken.
    public var lastStep = 0.0

    public init() {}

    fileprivate func remaining(to target: Double) -> Double { (target - time) - timeRest }

    /// Time is told apart to 32 digits, but in a unit of it tokens move by one at most: from t = 1 on, nothing
    /// that goes on for less than a part of 10¹⁵ of that is their motion.
    fileprivate var shortestStep: Double {
      16 * max(min(1, time).ulp, Double.ulpOfOne * time.ulp)
    }

    /// Whether no step leads there any more; then it is there.
    @discardableResult
    fileprivate mutating func arrives(at target: Double) -> Bool {
      guard remaining(to: target) <= shortestStep else { return false }
      (time, timeRest) = (target, 0)
      return true
    }

    /// Knuth's sum of two numbers, with what rounding leaves.
    fileprivate mutating func move(by step: Double) {
      let step = step + timeRest
      let sum = time + step
      let part = sum - time
      timeRest = (time - (sum - part)) + (step - part)
      time = sum
    }
  }

  public var memory = Memory()
  /// Right-hand sides evaluated so far.
  public private(set) var evaluations = 0

  private var storage: [StageArray] = []
  private var factors = IntegratingFactors()
  private let longest: Double

  /// - Parameters:
  ///   - scheme: stable for stiff parts if the dynamics has any.
  ///   - tolerance: local error, 10⁻¹⁴…10⁻².
  ///   - longest: no step is longer than this.
  public init(scheme: Scheme, tolerance: Double, longest: Double) {
    self.scheme = scheme
    self.tolerance = tolerance
    self.longest = longest
  }

  /// Steps until `target`, exactly.
  ///
  /// - Parameters:
  ///   - dynamics: of the state; may take a finer representation on the way.
  ///   - state: at the time of `memory`, overwritten by that at the end.
  ///   - target: a time not before that.
  ///   - shouldStop: asked after every step; true leaves at once, between two steps.
  public mutating func advance<D: Dynamics>(
    _ dynamics: inout D, _ state: inout [Double], to target: Double,
    shouldStop: () -> Bool = { false }
  ) throws(SimulationFailure) {
    while memory.remaining(to: target) > 0 {
      // Two planned times that rounding cannot tell apart are one.
      if memory.acceptedSteps > 0, memory.arrives(at: target) { return }
      try step(&dynamics, &state, towards: target)
      // Before it may stop: whoever goes on later goes on from the same time.
      memory.arrives(at: target)
      if shouldStop() { return }
    }
  }

  private mutating func step<D: Dynamics>(
    _ dynamics: inout D, _ state: inout [Double], towards target: Double
  ) throws(SimulationFailure) {
    prepare(for: dynamics, count: state.count)
    evaluate(&dynamics, state, into: storage[0])
    dynamics.beginStep(state)
    if memory.chosen == 0 { memory.chosen = firstStep(&dynamics, state) }
    // Every attempt writes all of it.
    var candidate = [Double](unsafeUninitializedCapacity: state.count) { $1 = state.count }
    var wasRejected = false
    var wasHalved = false
    while true {
      let remaining = memory.remaining(to: target)
      let pieces = max(1, (remaining / min(memory.chosen, longest) - 1e-9).rounded(.up))
      let h = remaining / pieces
      if !(h > memory.shortestStep) {
        guard state.allSatisfy(\.isFinite) else { throw .stateNotFinite(time: memory.time) }
        throw .stepTooSmall(time: memory.time, step: h)
      }
      let error = attempt(&dynamics, state, h, into: &candidate)
      guard error <= 1 else {
        // Also where the error is not a number.
        memory.chosen = h * (error.isFinite ? max(0.2, 0.9 * pow(error, -exponent)) : 0.2)
        memory.rejectedSteps += 1
        wasRejected = true
        continue
      }
      let time = pieces == 1 ? target : memory.time + h
      if !dynamics.resolves(candidate) {
        // The time error alone may fill the tail: only what a shorter step leaves there is lost.
        if !wasHalved {
          wasHalved = true
          memory.chosen = 0.5 * h
          memory.rejectedSteps += 1
          continue
        }
        let coarse = state
        try dynamics.refine(&state, lost: candidate, time: time)
        if state == coarse {
          // There is nothing finer: the step is to blame.
          memory.chosen = 0.2 * h
          memory.rejectedSteps += 1
          continue
        }
        prepare(for: dynamics, count: state.count)
        evaluate(&dynamics, state, into: storage[0])
        candidate = state
        continue
      }
      let safeError = max(error, 1e-8)
      var growth = 0.9 * pow(safeError, -0.7 * exponent) * pow(memory.previousError, 0.4 * exponent)
      if memory.lastStep > 0 {
        // Hairer & Wanner, section IV.8: an error of φ hᵖ whose φ goes on growing as it did.
        let trend = pow(memory.previousError, exponent) * pow(safeError, -2 * exponent)
        growth = min(growth, 0.9 * h / memory.lastStep * trend)
      }
      growth = min(max(growth, 0.2), wasRejected ? 1 : 6)
      // A step cut short by an appointment says little about longer ones.
      memory.chosen = h < 0.5 * memory.chosen ? max(memory.chosen, h * growth) : h * growth
      memory.previousError = safeError
      memory.move(by: h)
      if pieces == 1 { (memory.time, memory.timeRest) = (target, 0) }
      memory.lastStep = h
      memory.acceptedSteps += 1
      swap(&state, &candidate)
      dynamics.finishStep(&state)
      return
    }
  }

  private var exponent: Double { 1 / Double(scheme.order) }

  /// One step of length h from `state`; storage[0] holds its rate.
  ///
  /// - Returns: the error in units of the tolerance.
  private mutating func attempt<D: Dynamics>(
    _ dynamics: inout D, _ state: [Double], _ h: Double, into candidate: inout [Double]
  ) -> Double {
    let count = state.count
    let stages = scheme.stageCount
    let rates = storage[0..<stages].map(\.base)
    let scratch = storage[stages].base
    let errors = (scratch, storage[stages + 1].base)
    let stiff = dynamics.linearMap
    if let stiff { factors.prepare(scheme: scheme, step: h, map: stiff, count: count) }
    state.withUnsafeBufferPointer { state in
      guard let start = state.baseAddress else { return }
      func combineStages(_ stage: Int, _ weights: [Double], _ result: UnsafeMutablePointer<Double>)
      {
        guard stiff != nil else {
          return combine(
            base: start, weights: weights, scale: h, terms: rates, into: result, count: count)
        }
        let time = h * (stage < stages ? scheme.c[stage] : 1)
        factors.move(start, rates[0], time: time, stage: stage, into: result)
        factors.add(weights.map { h * $0 }, rates, stage: stage, to: result)
      }
      for i in 1..<stages {
        combineStages(i, scheme.a[i], scratch)
        evaluations += 1
        dynamics.writeRate(of: scratch, into: rates[i])
        guard stiff != nil else { continue }
        for n in 0..<count { rates[i][n] -= rates[0][n] }
      }
      candidate.withUnsafeMutableBufferPointer { result in
        guard let result = result.baseAddress else { return }
        guard stiff != nil else {
          return combine(
            base: start, weights: scheme.b, scale: h, first: scheme.errors[0],
            second: scheme.errors[1], terms: rates, into: result, errors.0, errors.1, count: count)
        }
        combineStages(stages, scheme.b, result)
        for (weights, error) in zip(scheme.errors, [errors.0, errors.1]) {
          error.update(repeating: 0, count: count)
          factors.add(weights, rates, stage: stages, to: error)
        }
      }
    }
    let controlled = dynamics.controlledCount(of: count)
    func norm(_ error: UnsafeMutablePointer<Double>) -> Double {
      dynamics.weighErrors(error)
      return largestMagnitude(error, count: controlled)
    }
    let scale = tolerance * dynamics.errorUnit(of: state)
    let fine = norm(errors.0) * h / scale
    let coarse = norm(errors.1) * h / scale
    guard fine.isFinite, coarse.isFinite, largestMagnitude(candidate, count: controlled).isFinite
    else {
      return .infinity
    }
    // fine²/√(fine² + coarse²/100), written so that no square underflows.
    let ratio = coarse / fine
    return fine == 0 ? 0 : fine / (1 + 0.01 * ratio * ratio).squareRoot()
  }

  /// Starting step of Hairer, Nørsett & Wanner, section II.4, in the largest norm.
  private mutating func firstStep<D: Dynamics>(_ dynamics: inout D, _ state: [Double]) -> Double {
    let count = state.count
    let controlled = dynamics.controlledCount(of: count)
    let scale = tolerance * dynamics.errorUnit(of: state)
    let speed = largestMagnitude(storage[0].base, count: controlled) / scale
    guard speed > 0, speed.isFinite else { return longest * 1e-3 }
    let trial = min(longest, 0.01 * (dynamics.errorUnit(of: state) / scale) / speed)
    let probe = storage[scheme.stageCount].base
    state.withUnsafeBufferPointer { state in
      guard let start = state.baseAddress else { return }
      combine(
        base: start, weights: [trial], terms: [storage[0].base], into: probe, count: count)
    }
    let rate = storage[1].base
    evaluations += 1
    dynamics.writeRate(of: probe, into: rate)
    combine(base: rate, weights: [-1], terms: [storage[0].base], into: probe, count: count)
    let bend = largestMagnitude(probe, count: controlled) / scale / trial
    let reference = max(speed, bend.isFinite ? bend : 0)
    return min(longest, 100 * trial, pow(0.01 / reference, exponent))
  }

  private mutating func evaluate<D: Dynamics>(
    _ dynamics: inout D, _ state: [Double], into target: StageArray
  ) {
    evaluations += 1
    state.withUnsafeBufferPointer { state in
      guard let start = state.baseAddress else { return }
      dynamics.writeRate(of: start, into: target.base)
    }
  }

  private mutating func prepare<D: Dynamics>(for dynamics: D, count: Int) {
    precondition(
      dynamics.linearMap == nil || scheme.isStableForStiffParts,
      "\(scheme.name) cannot carry stiff parts")
    if let room = storage.first?.count, room >= count { return }
    // Where panels come with every step, there is room for those of the next ones too.
    let room = storage.isEmpty ? count : count + count / 4
    storage = (0..<(scheme.stageCount + 2)).map { _ in StageArray(count: room) }
  }
}

/// One stage's numbers at an address that does not move.
private final class StageArray {
  let count: Int
  let base: UnsafeMutablePointer<Double>

  init(count: Int) {
    self.count = count
    // From the start of a cache line: vectors that lie across two make sums of stages take twice as long.
    let storage = UnsafeMutableRawPointer.allocate(byteCount: 8 * max(1, count), alignment: 64)
    base = storage.initializeMemory(as: Double.self, repeating: 0, count: count)
  }

  deinit { UnsafeMutableRawPointer(base).deallocate() }
}
