internal import Foundation
internal import Transforms

/// N weighted tokens on the circle: θ_i′ = X[μ](θ_i), μ = Σ_i w_i δ_{θ_i}, the token itself included.
///
/// The state is (θ₁, …, θ_N, W) with W = ∫ (dĒ/dt) dt as for densities. Noise is not part of the
/// rate: the stochastic stepper adds it.
public struct CircleTokenDynamics: AttentionStepping {
  public let equation: Equation
  public let count: Int

  /// Nil for 1/N each.
  private let masses: [Double]?
  /// The same in numbers.
  private let weights: [Double]
  private let kernel: KernelSpectrum
  private let field: CircleField
  private let momentCount: Int
  private let sums: CircleMoments
  private var seen = SeenRate()

  /// - Parameters:
  ///   - masses: weights summing to one, or nil for 1/N each.
  ///   - momentCount: how many moments snapshots carry, at least; K(β) and the judged ones always.
  ///   - usesPairSums: true sums over all pairs, false goes by moments, nil takes the faster.
  public init(
    equation: Equation, count: Int, masses: [Double]? = nil, momentCount: Int = 0,
    usesPairSums: Bool? = nil
  ) {
    self.equation = equation
    self.count = count
    self.masses = masses
    weights = masses ?? [Double](repeating: 1 / Double(count), count: count)
    kernel = equation.kernel
    let road: CircleField.Road? = usesPairSums.map { $0 ? .pairs : .moments }
    // At 10⁻⁶ moments know X to 10⁻⁸.
    field = CircleField(equation, road: road, voidShare: 1e-6)
    self.momentCount = max(momentCount, kernel.modes + 1, Circle().judgedDegree + 1)
    sums = CircleMoments(modes: self.momentCount - 1)
  }

  /// The state of tokens at the given angles.
  public func state(angles: [Double]) -> [Double] {
    precondition(angles.count == count, "one angle for every token")
    return angles.map(wrappedAngle) + [0]
  }

  public func controlledCount(of stateCount: Int) -> Int { stateCount - 1 }

  public mutating func writeRate(
    of state: UnsafePointer<Double>, into rate: UnsafeMutablePointer<Double>
  ) {
    if seen.take(of: state, into: rate) { return }
    rate[count] = field.writeVelocities(
      of: UnsafeBufferPointer(start: state, count: count), masses: masses, into: rate)
  }

  /// Angles back into [0, 2π).
  public mutating func finishStep(_ state: inout [Double]) {
    let turn = 2 * Double.pi
    state.withUnsafeMutableBytes { bytes in
      let state = bytes.assumingMemoryBound(to: Double.self)
      for start in stride(from: 0, to: count, by: 8) {
        let end = min(start + 8, count)
        // Hardly any leaves it in a step.
        if end == start + 8 {
          let angles = bytes.loadUnaligned(fromByteOffset: 8 * start, as: Vector.self)
          if all((angles .>= Vector.zero) .& (angles .< Vector(repeating: turn))) { continue }
        }
        for i in start..<end where state[i].isFinite { state[i] = wrappedAngle(state[i]) }
      }
    }
  }

  public mutating func snapshot(
    of state: [Double], time: Double, steps: Int, stepSize: Double
  ) -> Snapshot {
    let rate = rate(at: state)
    seen = SeenRate(of: state, rate)
    var dissipation = rate[count]
    let angles = Array(state.dropLast())
    var moments = Moments(count: momentCount)
    angles.withUnsafeBufferPointer { sums.write(of: $0, masses: weights, into: &moments.values) }
    func sum(_ part: KernelSpectrum.Part, _ weight: (Int) -> Double) -> Double {
      Moments.kernelSum(
        moments.values, count: moments.count, kernel.factors(part), weight: weight)
    }
    if equation.noise > 0 {
      dissipation -= equation.noise * sum(.potential) { Double($0) * Double($0) }
    }
    return Snapshot(
      time: time, steps: steps, stepSize: stepSize, equation: equation,
      law: CircleLaw(
        angles: angles, masses: weights, densities: nil, moments: moments, floor: 0),
      normalizedEnergy: sum(.partition) { _ in 1 },
      energyAboveUniform: 0.5 * sum(.potential) { _ in 1 }, scaledDissipation: dissipation,
      largestSpeed: largestMagnitude(rate, count: count),
      dissipated: equation.noise > 0 ? nil : state[count])
  }

  /// ⟨x, A⟩ = Σ_j w_j e^{β(cos Δ − 1)} cos Δ by plain sums; the new angle is that of (1 + h⟨x, A⟩, h X).
  mutating func takeAttentionStep(_ state: inout [Double], length h: Double) {
    let velocities = rate(at: state)
    let divides = equation.attention.normalization == .softmax
    let beta = equation.attention.beta
    let angles = Array(state[..<count])
    for i in 0..<count {
      var partition = 0.0
      var radial = 0.0
      for j in 0..<count {
        let half = sin((angles[i] - angles[j]) / 2)
        let fall = 2 * half * half
        let kernel = weights[j] * exp(-beta * fall)
        partition += kernel
        radial += kernel * (1 - fall)
      }
      let factor = divides ? 1 / partition : equation.attention.clock
      let velocity = velocities[i]
      state[i] += atan2(h * velocity, 1 + h * factor * radial)
      state[count] += h * weights[i] * velocity * velocity / factor
    }
    finishStep(&state)
  }

  /// N(u), in an array of its own.
  private mutating func rate(at state: [Double]) -> [Double] {
    [Double](unsafeUninitializedCapacity: state.count) { rate, filled in
      guard let place = rate.baseAddress else { return }
      writeRate(of: state, into: place)
      filled = state.count
    }
  }
}
