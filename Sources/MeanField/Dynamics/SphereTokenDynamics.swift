internal import Foundation
internal import Transforms

/// N weighted tokens on S^{d−1}, any d: x_i′ = X[μ](x_i), μ = Σ_i w_i δ_{x_i}, the token itself included.
///
/// The state is (x₁, …, x_N, W), d ambient coordinates for each token, with W = ∫ (dĒ/dt) dt as for
/// densities. The velocity is that at x/|x|, tangent there, so that stages of a step that leave the
/// sphere by a little see a smooth field; a finished step puts every token back.
public struct SphereTokenDynamics: AttentionStepping {
  public let equation: Equation
  public let count: Int
  /// d.
  public let dimension: Int

  private let masses: [Double]?
  private let kernel: KernelSpectrum
  private let field: SphereTokenField
  private let clock: Double
  private let momentCount: Int
  private var unit: [Double]
  private var partition: [Double]
  private var slope: [Double]
  /// The papers' scheme for a few tokens at moderate β, made when it is first asked for.
  private var papersStep: AttentionStep?

  /// - Parameters:
  ///   - masses: weights summing to one, or nil for 1/N each.
  ///   - momentCount: how many degrees of moments snapshots carry, at least.
  ///   - road: nil takes the faster one.
  init(
    equation: Equation, count: Int, masses: [Double]? = nil, momentCount: Int = 0,
    road: SphereTokenField.Road? = nil
  ) {
    self.equation = equation
    self.count = count
    self.masses = masses
    self.momentCount = momentCount
    dimension = equation.manifold.dimension
    kernel = equation.kernel
    field = SphereTokenField(kernel: kernel, count: count, masses: masses, road: road)
    clock = equation.attention.clock
    unit = [Double](repeating: 0, count: count * dimension)
    slope = unit
    partition = [Double](repeating: 1, count: count)
  }

  private var isForPapersStep: Bool {
    count <= AttentionStep.largestCount && equation.attention.beta <= AttentionStep.largestBeta
      && field.road == .direct
  }

  /// The state of tokens at the given points, row after row.
  public func state(points: [Double]) -> [Double] {
    precondition(points.count == count * dimension, "d coordinates for every token")
    var state = points + [0]
    normalizeRows(&state)
    return state
  }

  public func controlledCount(of stateCount: Int) -> Int { stateCount - 1 }

  public mutating func writeRate(
    of state: UnsafePointer<Double>, into rate: UnsafeMutablePointer<Double>
  ) {
    evaluateField(state)
    let divides = equation.attention.normalization == .softmax
    var budget = 0.0
    for i in 0..<count {
      let factor = divides ? 1 / partition[i] : clock
      var square = 0.0
      for j in (i * dimension)..<((i + 1) * dimension) {
        rate[j] = factor * slope[j]
        square += slope[j] * slope[j]
      }
      budget += (masses?[i] ?? 1 / Double(count)) * factor * square
    }
    rate[count * dimension] = budget
  }

  private mutating func evaluateField(
    _ state: UnsafePointer<Double>, radial: UnsafeMutablePointer<Double>? = nil
  ) {
    for i in 0..<count { normalize(state + i * dimension, into: &unit, at: i * dimension) }
    field.evaluate(at: unit, partition: &partition, slope: &slope, radial: radial)
  }

  private func normalize(_ row: UnsafePointer<Double>, into result: inout [Double], at start: Int) {
    var square = 0.0
    for k in 0..<dimension { square += row[k] * row[k] }
    let factor = 1 / square.squareRoot()
    for k in 0..<dimension { result[start + k] = factor * row[k] }
  }

  /// Every token back on the sphere, to 10⁻¹⁶ of its length.
  public mutating func finishStep(_ state: inout [Double]) { normalizeRows(&state) }

  private func normalizeRows(_ state: inout [Double]) {
    for i in 0..<count {
      var square = 0.0
      for j in (i * dimension)..<((i + 1) * dimension) { square += state[j] * state[j] }
      let factor = 1 / square.squareRoot()
      for j in (i * dimension)..<((i + 1) * dimension) { state[j] *= factor }
    }
  }

  /// Brownian motion on S^{d−1}: every token goes along a great circle in a random direction.
  ///
  /// The direction is uniform in its tangent space, the angle ω is given by
  ///
  ///     1 − cos ω = |ξ|² (1 − e^{−(d−1)τ})/(d−1),    τ = D · duration, ξ Gaussian in R^{d−1}.
  ///
  /// From P_l = 1 − λs/(d−1) + λ(λ−d+1)s²/(2(d−1)(d+1)) − …, s = 1 − cos ω, λ = l(l+d−2), and
  /// E|ξ|⁴ = (d−1)(d+1): E P_l(cos ω) = e^{−λτ} + O(τ³), exactly so for l = 1. Weak order 2.
  public mutating func diffuse(
    _ state: inout [Double], spread: Double, stream: RandomStream, draw: Int
  ) {
    let d = dimension
    let scale = -expm1(-Double(d - 1) * spread) / Double(d - 1)
    var direction = [Double](repeating: 0, count: d)
    let pairs = (d + 1) / 2
    for i in 0..<count {
      for p in 0..<pairs {
        let pair = stream.normals(index: i * pairs + p, draw: draw)
        direction[2 * p] = pair.0
        if 2 * p + 1 < d { direction[2 * p + 1] = pair.1 }
      }
      // The tangent part of a Gaussian vector of R^d is one of R^{d−1}.
      var along = 0.0
      for k in 0..<d { along += direction[k] * state[i * d + k] }
      var square = 0.0
      for k in 0..<d {
        direction[k] -= along * state[i * d + k]
        square += direction[k] * direction[k]
      }
      // Beyond the antipode there is nothing: for sensible steps that is never drawn.
      let fall = min(scale * square, 2)
      let sine = (fall * (2 - fall)).squareRoot()
      let factor = square > 0 ? sine / square.squareRoot() : 0
      for k in 0..<d {
        state[i * d + k] = (1 - fall) * state[i * d + k] + factor * direction[k]
      }
    }
  }

  public mutating func snapshot(
    of state: [Double], time: Double, steps: Int, stepSize: Double
  ) -> Snapshot {
    state.withUnsafeBufferPointer { if let base = $0.baseAddress { evaluateField(base) } }
    let weights = masses ?? [Double](repeating: 1 / Double(count), count: count)
    let divides = equation.attention.normalization == .softmax
    var energy = 0.0
    var dissipation = 0.0
    var largest = 0.0
    for i in 0..<count {
      let factor = divides ? 1 / partition[i] : clock
      var square = 0.0
      for j in (i * dimension)..<((i + 1) * dimension) { square += slope[j] * slope[j] }
      energy += weights[i] * partition[i]
      dissipation += weights[i] * factor * square
      largest = max(largest, factor * factor * square)
    }
    let law = law(of: state)
    let beta = equation.attention.beta
    if equation.noise > 0 { dissipation += equation.noise * field.curvature(at: unit) }
    let above =
      beta > 0
      ? (energy - kernel.partition[0]) / (2 * beta)
      : 0.5 * law.mean.reduce(0) { $0 + $1 * $1 }
    return Snapshot(
      time: time, steps: steps, stepSize: stepSize, equation: equation, law: law,
      normalizedEnergy: energy, energyAboveUniform: above, scaledDissipation: dissipation,
      largestSpeed: largest.squareRoot(),
      dissipated: equation.noise > 0 ? nil : state[state.count - 1])
  }

  public func law(of state: [Double]) -> any Law {
    let cloud = CloudLaw(
      points: Array(state.dropLast()),
      masses: masses ?? [Double](repeating: 1 / Double(count), count: count),
      manifold: equation.manifold)
    return equation.manifold == .sphere
      ? SphereLaw(cloud, degree: max(momentCount - 1, kernel.modes)) : cloud
  }

  mutating func takeAttentionStep(_ state: inout [Double], length h: Double) {
    if papersStep == nil, isForPapersStep {
      papersStep = AttentionStep(count: count, dimension: dimension)
    }
    if let papersStep {
      let divides = equation.attention.normalization == .softmax
      let dissipation = papersStep.take(
        &state, masses: masses, beta: equation.attention.beta, length: h,
        clock: divides ? nil : clock)
      state[count * dimension] += h * dissipation
      return
    }
    var radial = [Double](repeating: 0, count: count)
    evaluateField(state, radial: &radial)
    let divides = equation.attention.normalization == .softmax
    for i in 0..<count {
      let factor = divides ? 1 / partition[i] : clock
      var square = 0.0
      for j in (i * dimension)..<((i + 1) * dimension) {
        state[j] = (1 + h * factor * radial[i]) * unit[j] + h * factor * slope[j]
        square += slope[j] * slope[j]
      }
      state[count * dimension] += h * (masses?[i] ?? 1 / Double(count)) * factor * square
    }
    normalizeRows(&state)
  }
}
