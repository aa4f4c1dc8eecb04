internal import Foundation
internal import Transforms

/// How the law answers to a little extra mass: the linearized flow in Lagrangian form.
///
/// J tokens of mass 1/J stand at the quantiles (b + ½)/J of the initial law; because the quantile
/// function is smooth and periodic, their sums are spectrally accurate for the continuum. Beside
/// their angles θ_j the state carries Ξ_jb, the displacement of token j by a unit of mass added at
/// token b:
///
///     θ_j′ = X(θ_j),    Ξ′ = (∂X/∂θ) Ξ + ∂X/∂w
///
/// With N independent draws the law differs from μ by N^{−1/2} Σ_b g_b (δ_{θ_b} + response of b),
/// g Gaussian: the central limit theorem carried along the flow (literature 5.8, C37). With noise the
/// tokens are J independent draws that diffuse, and covariances have a relative error √(2/J).
public struct FluctuationDynamics: Dynamics {
  public let equation: Equation
  /// J, a multiple of 16.
  public let count: Int
  public var linearRates: [Double] { [] }

  private let clock: Double
  private var jacobian: [Double]
  private var forcing: [Double]

  public init(equation: Equation, count: Int) {
    precondition(count > 0 && count % 16 == 0, "the number of labels is a multiple of 16")
    self.equation = equation
    self.count = count
    clock = equation.attention.clock
    jacobian = [Double](repeating: 0, count: count * count)
    forcing = jacobian
  }

  /// Enough labels to resolve a kernel of width β^{−1/2}.
  public static func labelCount(for equation: Equation) -> Int {
    let needed = 8 * equation.attention.beta.squareRoot()
    let count = min(512, max(equation.noise > 0 ? 384 : 256, needed))
    return (Int(count) + 15) / 16 * 16
  }

  /// The state at t = 0: tokens at the quantiles of the law, or drawn from it where there is noise.
  public func state(of law: InitialLaw, seed: UInt64) -> [Double] {
    let sampler = Sampler(law: law)
    let angles: [Double]
    if equation.noise > 0 {
      let stream = RandomStream(seed: seed, member: 0, purpose: .fluctuation)
      // Stratified draws: independent within their cells, without the scatter between cells.
      angles = (0..<count).map { b in
        sampler.angle(at: (Double(b) + stream.uniform(index: b, draw: 0)) / Double(count))
      }
    } else {
      angles = (0..<count).map { sampler.angle(at: (Double($0) + 0.5) / Double(count)) }
    }
    return angles + [Double](repeating: 0, count: count * count)
  }

  public func noisyCount(of stateCount: Int) -> Int { count }

  public mutating func writeRate(
    of state: UnsafePointer<Double>, into rate: UnsafeMutablePointer<Double>
  ) {
    let n = count
    let beta = equation.attention.beta
    let weight = 1 / Double(n)
    let sines = (0..<n).map { sin(0.5 * state[$0]) }
    let cosines = (0..<n).map { cos(0.5 * state[$0]) }
    let divides = equation.attention.normalization == .softmax
    for j in 0..<n {
      // First pass: kernel e and e sin Δ; they also fill the row of ∂X/∂w.
      var partition = 0.0
      var slope = 0.0
      let row = j * n
      for i in 0..<n {
        let halfSine = sines[j] * cosines[i] - cosines[j] * sines[i]
        let halfCosine = cosines[j] * cosines[i] + sines[j] * sines[i]
        let kernel = exp(-2 * beta * halfSine * halfSine)
        let sine = 2 * halfSine * halfCosine
        partition += kernel
        slope += kernel * sine
        forcing[row + i] = kernel
        jacobian[row + i] = sine
      }
      partition *= weight
      slope *= weight
      let velocity = divides ? -slope / partition : -clock * slope
      let factor = divides ? 1 / partition : clock
      let share = divides ? velocity : 0
      var rowSum = 0.0
      for i in 0..<n {
        let kernel = forcing[row + i]
        let sine = jacobian[row + i]
        // ∂X_j/∂θ_i and ∂X_j/∂w_i; the cosine from the half angle again costs less than keeping it.
        let halfSine = sines[j] * cosines[i] - cosines[j] * sines[i]
        let cosine = 1 - 2 * halfSine * halfSine
        let slopeRate = kernel * (cosine - beta * sine * sine)
        let partitionRate = -beta * kernel * sine
        let entry = factor * weight * (slopeRate + share * partitionRate)
        jacobian[row + i] = entry
        rowSum += entry
        forcing[row + i] = -factor * (kernel * sine + share * kernel)
      }
      jacobian[row + j] -= rowSum
      rate[j] = velocity
    }
    let responses = rate + n
    jacobian.withUnsafeBufferPointer { jacobian in
      forcing.withUnsafeBufferPointer { forcing in
        guard let a = jacobian.baseAddress, let w = forcing.baseAddress else { return }
        multiply(a, state + n, into: responses, size: n)
        for i in 0..<(n * n) { responses[i] += w[i] }
      }
    }
  }

  /// The state in physical terms.
  public func response(of state: [Double]) -> LinearResponse {
    LinearResponse(angles: Array(state[0..<count]), displacements: Array(state[count...]))
  }
}

/// Where J equal masses stand and how a unit of mass added at one displaces every other.
public struct LinearResponse: Sendable {
  /// θ_j.
  public let angles: [Double]
  /// Ξ_jb at j·J + b.
  public let displacements: [Double]

  public var count: Int { angles.count }

  /// Influence ψ_k(b) = e^{−ikθ_b} + Σ_j (1/J)(−ik) e^{−ikθ_j} Ξ_jb of label b on m_k, centred.
  ///
  /// N E[Δm_k conj Δm_l] is the mean over b of ψ_k conj ψ_l.
  public func influence(on mode: Int) -> (real: [Double], imaginary: [Double]) {
    let n = count
    let k = Double(mode)
    var real = angles.map { cos(k * $0) }
    var imaginary = angles.map { -sin(k * $0) }
    for j in 0..<n {
      // −ik e^{−ikθ} = −k sin kθ − ik cos kθ.
      let x = -k * sin(k * angles[j]) / Double(n)
      let y = -k * cos(k * angles[j]) / Double(n)
      for b in 0..<n {
        real[b] += x * displacements[j * n + b]
        imaginary[b] += y * displacements[j * n + b]
      }
    }
    return (Self.centred(real), Self.centred(imaginary))
  }

  private static func centred(_ values: [Double]) -> [Double] {
    let mean = values.reduce(0, +) / Double(values.count)
    return values.map { $0 - mean }
  }
}
