internal import Foundation
internal import Transforms

/// A density on the circle carried by its Fourier coefficients, dμ/dσ = Σ_k m_k e^{ikθ}.
///
///     dm_k/dt = −ik (f X)_k − D k² m_k
///
/// The state is (Re m₀, Im m₀, …, Im m_K, W) with K = (M − 1)/3 on a grid of M points, so that the
/// product f X is free of aliasing where X is band-limited; mass is conserved because mode 0 never
/// moves. W = ∫ (dĒ/dt) dt collects the dissipation, Ē = e^{−β} E, to be compared with the energy.
///
/// When the tail of the spectrum exceeds a tenth of the tolerance the grid doubles.
public struct SpectralDynamics: Dynamics {
  public let equation: Equation
  public let tolerance: Double
  public let maximumPoints: Int
  /// Grid points M.
  public var points: Int { density.count }
  /// K, the highest mode of the state.
  public private(set) var modes: Int
  public private(set) var linearRates: [Double] = []

  private let spectrum: KernelSpectrum
  private let clock: Double
  private var density: RealFourierTransform
  private var slope: RealFourierTransform
  private var partition: RealFourierTransform?
  /// Smallest Z/max Z seen by any stage of the present step.
  private var smallestPartition = 1.0

  /// Below this part of its maximum a Fourier sum for Z has lost three digits in four.
  static let resolvablePartition = 1e-13

  /// - Parameters:
  ///   - points: where the grid starts, ≥ 8.
  ///   - maximumPoints: where it gives up.
  ///   - tolerance: largest error of any moment that space may cause.
  public init(equation: Equation, points: Int, maximumPoints: Int, tolerance: Double) {
    self.equation = equation
    self.tolerance = tolerance
    self.maximumPoints = maximumPoints
    spectrum = KernelSpectrum(beta: equation.attention.beta)
    clock = equation.attention.clock
    density = RealFourierTransform(count: points)
    slope = RealFourierTransform(count: points)
    modes = Self.modes(points: points)
    layOut(points: points)
  }

  /// The state of an initial law, on a grid fine enough for it.
  ///
  /// - Throws: `SimulationFailure.resolutionLost` at time 0.
  public mutating func state(of law: InitialLaw) throws(SimulationFailure) -> [Double] {
    precondition(law.hasDensity, "tokens have no density")
    // Symmetric starts leave gaps in the spectrum: one of period 2π/L must show its multiples of L in
    // the tail. A mixture of bumps has at most their number as its symmetry.
    let needed: Int
    switch law {
    case .harmonics, .perturbedUniform: needed = 12 * law.significantModes
    case .vonMises(let bumps): needed = bumps.count > 1 ? 12 * bumps.count : 0
    case .uniform, .tokens: needed = 0
    }
    while true {
      let moments = law.moments(modes: max(modes, law.significantModes))
      // Modes that the grid does not carry are lost outright.
      let tail =
        ((modes - modes / 4)..<moments.count)
        .map { moments.squaredMagnitude($0) }.max().map { $0.squareRoot() } ?? 0
      let state = moments.resized(to: modes + 1).values + [0]
      if points >= needed && tail <= threshold { return state }
      guard 2 * points <= maximumPoints else {
        if tail <= tolerance { return state }
        throw .resolutionLost(time: 0, tail: tail, tolerance: tolerance, points: points)
      }
      layOut(points: 2 * points)
    }
  }

  public func controlledCount(of stateCount: Int) -> Int { stateCount - 1 }

  /// Modes free of aliasing on M points.
  static func modes(points: Int) -> Int { max(1, (points - 1) / 3) }

  private mutating func layOut(points: Int) {
    if points != density.count {
      density = RealFourierTransform(count: points)
      slope = RealFourierTransform(count: points)
    }
    partition =
      equation.attention.normalization == .softmax ? RealFourierTransform(count: points) : nil
    modes = Self.modes(points: points)
    linearRates = []
    if equation.noise > 0 {
      for k in 0...modes {
        let rate = -equation.noise * Double(k) * Double(k)
        linearRates += [rate, rate]
      }
      linearRates.append(0)
    }
  }

  /// Lays out the grid a saved state was on: the first one by doubling that has its length.
  ///
  /// - Returns: false if there is none.
  mutating func adopt(stateCount: Int) -> Bool {
    while 2 * (modes + 1) + 1 < stateCount && 2 * points <= maximumPoints {
      layOut(points: 2 * points)
    }
    return 2 * (modes + 1) + 1 == stateCount
  }

  // MARK: The right-hand side

  public mutating func writeRate(
    of state: UnsafePointer<Double>, into rate: UnsafeMutablePointer<Double>
  ) {
    loadSeries(state)
    let budget: Double
    if let partition {
      budget = divideAndMultiply(partition)
    } else {
      budget = multiply()
    }
    density.analyze()
    let scale = 1 / Double(points)
    for k in 0...modes {
      let re = density.coefficients[2 * k]
      let im = density.coefficients[2 * k + 1]
      let factor = Double(k) * scale
      rate[2 * k] = factor * im
      rate[2 * k + 1] = -factor * re
    }
    // d/dt m₀ is zero by structure; say so without rounding.
    rate[0] = 0
    rate[1] = 0
    rate[2 * (modes + 1)] = budget * scale + noiseBudget(state)
  }

  /// Synthesizes f, X̄ and, for softmax, Z̄ on the grid.
  private func loadSeries(_ state: UnsafePointer<Double>) {
    let used = 2 * (modes + 1)
    density.coefficients.update(from: state, count: used)
    (density.coefficients + used).update(repeating: 0, count: density.coefficientCount - used)
    density.synthesize()
    let kept = min(modes, spectrum.modes)
    slope.clearCoefficients()
    spectrum.slope.withUnsafeBufferPointer { v in
      for k in 0...kept {
        slope.coefficients[2 * k] = -v[k] * state[2 * k + 1]
        slope.coefficients[2 * k + 1] = v[k] * state[2 * k]
      }
    }
    slope.synthesize()
    if let partition {
      partition.clearCoefficients()
      spectrum.partition.withUnsafeBufferPointer { a in
        for k in 0...kept {
          partition.coefficients[2 * k] = a[k] * state[2 * k]
          partition.coefficients[2 * k + 1] = a[k] * state[2 * k + 1]
        }
      }
      partition.synthesize()
    }
  }

  /// density ← f X with X = clock · X̄; returns Σ f X X̄.
  private func multiply() -> Double {
    let count = points
    var sum = Vector.zero
    let factor = Vector(repeating: clock)
    var j = 0
    while j + 8 <= count {
      let f = load(density.samples + j)
      let x = load(slope.samples + j)
      let flux = f * (factor * x)
      store(flux, density.samples + j)
      sum = sum.addingProduct(flux, x)
      j += 8
    }
    var total = sum.sum()
    while j < count {
      let x = slope.samples[j]
      let flux = density.samples[j] * (clock * x)
      density.samples[j] = flux
      total += flux * x
      j += 1
    }
    return total
  }

  /// density ← f X with X = X̄/Z̄; returns Σ f X X̄ and keeps watch on the smallest Z̄.
  private mutating func divideAndMultiply(_ partition: RealFourierTransform) -> Double {
    let count = points
    var sum = Vector.zero
    var low = Vector(repeating: .infinity)
    var high = Vector(repeating: -.infinity)
    var j = 0
    while j + 8 <= count {
      let f = load(density.samples + j)
      let x = load(slope.samples + j)
      let z = load(partition.samples + j)
      low = low.replacing(with: z, where: z .< low)
      high = high.replacing(with: z, where: z .> high)
      let flux = f * x / z
      store(flux, density.samples + j)
      sum = sum.addingProduct(flux, x)
      j += 8
    }
    var total = sum.sum()
    var least = low.min()
    var most = high.max()
    while j < count {
      let x = slope.samples[j]
      let z = partition.samples[j]
      least = min(least, z)
      most = max(most, z)
      let flux = density.samples[j] * x / z
      density.samples[j] = flux
      total += flux * x
      j += 1
    }
    smallestPartition = min(smallestPartition, least / most)
    return total
  }

  /// (D/β) ∫ ΔZ̄ dμ = −D Σ_k k v_k |m_k|².
  private func noiseBudget(_ state: UnsafePointer<Double>) -> Double {
    guard equation.noise > 0 else { return 0 }
    var sum = 0.0
    for k in 1..<max(1, min(modes, spectrum.modes) + 1) {
      let square = state[2 * k] * state[2 * k] + state[2 * k + 1] * state[2 * k + 1]
      sum += 2 * Double(k) * spectrum.slope[k] * square
    }
    return -equation.noise * sum
  }

  // MARK: Resolution

  public mutating func beginAttempt() { smallestPartition = 1 }

  public mutating func checkStart(_ state: [Double], time: Double) throws(SimulationFailure) {
    guard smallestPartition < Self.resolvablePartition else { return }
    let (angle, ratio) = emptiestPlace(state)
    throw .voidUnresolved(time: time, angle: angle, ratio: min(ratio, smallestPartition))
  }

  public mutating func resolves(
    _ candidate: [Double], time: Double
  ) throws(SimulationFailure) -> Bool {
    try checkStart(candidate, time: time)
    // On the last grid a tail between threshold and tolerance is still within the promise.
    return tail(of: candidate) <= (2 * points <= maximumPoints ? threshold : tolerance)
  }

  public mutating func refine(
    _ state: inout [Double], lost candidate: [Double], time: Double
  ) throws(SimulationFailure) {
    guard 2 * points <= maximumPoints else {
      throw .resolutionLost(
        time: time, tail: tail(of: candidate), tolerance: tolerance, points: points)
    }
    let integral = state.removeLast()
    layOut(points: 2 * points)
    state += [Double](repeating: 0, count: 2 * (modes + 1) - state.count)
    state.append(integral)
  }

  /// The grid doubles before the tail reaches the tolerance; below 4·10⁻¹⁵ it would chase rounding.
  private var threshold: Double { max(0.1 * tolerance, 4e-15) }

  /// Largest |m_k| of the last quarter of the modes: what the grid is about to lose.
  public func tail(of state: [Double]) -> Double {
    var best = 0.0
    for k in (modes - modes / 4)...modes {
      let square = state[2 * k] * state[2 * k] + state[2 * k + 1] * state[2 * k + 1]
      if !(square <= best) { best = square }
    }
    return best.squareRoot()
  }

  private func emptiestPlace(_ state: [Double]) -> (angle: Double, ratio: Double) {
    guard let partition else { return (0, 1) }
    state.withUnsafeBufferPointer { state in
      if let base = state.baseAddress { loadSeries(base) }
    }
    var place = 0
    var most = -Double.infinity
    for j in 0..<points {
      if partition.samples[j] < partition.samples[place] { place = j }
      most = max(most, partition.samples[j])
    }
    return (2 * Double.pi * Double(place) / Double(points), partition.samples[place] / most)
  }

  // MARK: What observers see

  /// The state in physical terms.
  public func snapshot(of state: [Double], time: Double, steps: Int, stepSize: Double) -> Snapshot {
    state.withUnsafeBufferPointer { state in
      if let base = state.baseAddress { loadSeries(base) }
    }
    let values = (0..<points).map { density.samples[$0] }
    let descent = (0..<points).map { slope.samples[$0] }
    let velocities: [Double]
    if let partition {
      velocities = (0..<points).map { descent[$0] / partition.samples[$0] }
    } else {
      velocities = descent.map { clock * $0 }
    }
    let moments = Moments(values: Array(state.dropLast()))
    let spacing = 2 * Double.pi / Double(points)
    return Snapshot(
      time: time, steps: steps, stepSize: stepSize, equation: equation,
      angles: (0..<points).map { spacing * Double($0) },
      masses: values.map { $0 / Double(points) },
      densities: values, velocities: velocities, gradients: descent, moments: moments,
      cumulative: .density(moments), dissipated: state[state.count - 1],
      resolution: tail(of: state))
  }
}

extension Attention {
  /// X / X̄ where that is a constant: e^β without normalization, 1 for peak and at β = 0.
  var clock: Double {
    switch normalization {
    case .unnormalized: exp(beta)
    case .softmax, .peak: 1
    }
  }

  /// E / Ē: the kernel of the energy is e^{β⟨x,y⟩}, for peak e^{β(⟨x,y⟩−1)}; infinite where it
  /// overflows.
  var energyUnit: Double {
    switch normalization {
    case .unnormalized, .softmax: exp(beta)
    case .peak: 1
    }
  }
}

@inline(__always)
private func load(_ pointer: UnsafePointer<Double>) -> Vector {
  UnsafeRawPointer(pointer).loadUnaligned(as: Vector.self)
}

@inline(__always)
private func store(_ value: Vector, _ pointer: UnsafeMutablePointer<Double>) {
  UnsafeMutableRawPointer(pointer).storeBytes(of: value, as: Vector.self)
}
