internal import Foundation
internal import Transforms

/// How the law answers to a little extra mass: the linearized flow in Lagrangian form.
///
/// J labels at the quantiles of μ/4 + 3σ/4 carry the masses w_j of the law around them, so that sums
/// over them are spectrally accurate for the continuum. Beside their angles θ_j and log densities ℓ_j the state
/// carries Ξ_jb, the displacement of label j by a unit of mass added at label b:
///
///     θ_j′ = X(θ_j),    ℓ_j′ = −X′(θ_j),    Ξ_jb′ = X′(θ_j) Ξ_jb + δX[response of b + δ_{θ_b}](θ_j)
///
/// The response of b is the law with its labels displaced: it changes ∫ φ dμ by Σ_j w_j Ξ_jb φ′(θ_j).
/// Between two clusters the flow stretches labels apart, and mass that changes sides does so between
/// two of them, where no derivative sees it. There the flux through a label, −f_j Ξ_jb / 2π, counts
/// instead: ½ (f_j/2π) Ξ_jb (φ_{j+1} − φ_{j−1}).
///
/// With N independent draws the law differs from μ by N^{−1/2} Σ_b √w_b g_b (δ_{θ_b} + response of
/// b), g Gaussian: the central limit theorem carried along the flow (literature 5.8, C37). With noise
/// the labels are J stratified draws of mass 1/J that diffuse, responses are plain sums over them,
/// and covariances have a relative error √(2/J).
public struct CircleFluctuationDynamics: ResponseDynamics {
  public let equation: Equation
  /// J, a multiple of 16.
  public let count: Int

  /// w_j, summing to one.
  private let masses: [Double]
  private let starts: [Double]
  private let logDensities: [Double]
  /// How far apart the neighbours of each label are at the start.
  private let gaps: [Double]
  private let clock: Double
  /// Extra masses of the samples of second order.
  private let extras: [SIMD16<Double>]
  private var jacobian: [Double]
  private var forcing: [Double]

  private static let bumpShare = 0.25

  /// - Parameters:
  ///   - law: the initial law, one that has a density.
  ///   - count: J, a multiple of 16.
  ///   - seed: of the draws, where there is noise.
  public init(equation: Equation, law: InitialLaw, count: Int, seed: UInt64) {
    precondition(count > 0 && count % 16 == 0, "the number of labels is a multiple of 16")
    self.equation = equation
    self.count = count
    let moments = law.circularMoments(modes: max(1, law.circularModes))
    let ones = [Double](repeating: 1, count: moments.count)
    if equation.noise > 0 {
      let sampler = CircleSampler(law: law)
      let stream = RandomStream(seed: seed, member: 0, purpose: .fluctuation)
      // Stratified draws: independent within their cells, without the scatter between cells.
      starts = (0..<count).map { b in
        sampler.angle(at: (Double(b) + stream.uniform(index: b, draw: 0)) / Double(count))
      }
      masses = [Double](repeating: 1 / Double(count), count: count)
    } else {
      // Quantiles of μ/4 + 3σ/4: some labels for narrow bumps, most for the space between them,
      // where separators are.
      var mixed = moments
      for i in 2..<mixed.values.count { mixed.values[i] *= Self.bumpShare }
      let cumulative = CumulativeLaw.density(mixed)
      starts = (0..<count).map { cumulative.angle(at: (Double($0) + 0.5) / Double(count)) }
      let shares = starts.map { angle in
        let value = max(0, moments.series(ones, at: angle))
        return value / (Self.bumpShare * value + 1 - Self.bumpShare)
      }
      let sum = shares.reduce(0, +)
      masses = shares.map { $0 / sum }
    }
    logDensities = starts.map {
      log(max(moments.series(ones, at: $0), .leastNormalMagnitude))
    }
    let places = starts
    gaps = places.indices.map { CircleResponse.gap(at: $0, among: places, count: count) }
    clock = equation.attention.clock
    extras = SecondOrder.extraMasses(masses)
    jacobian = [Double](repeating: 0, count: count * count)
    forcing = jacobian
  }

  /// Enough labels to resolve a kernel of width β^{−1/2}, as far as β = 4096.
  public static func labelCount(for equation: Equation) -> Int {
    let needed = 8 * equation.attention.beta.squareRoot()
    let count = min(512, max(384, needed))
    return (Int(count) + 15) / 16 * 16
  }

  /// The state at t = 0.
  public var initialState: [Double] {
    starts + logDensities
      + [Double](repeating: 0, count: count * count + SecondOrder.samples * count)
  }

  public mutating func diffuse(
    _ state: inout [Double], spread: Double, stream: RandomStream, draw: Int
  ) {
    addNoise(to: &state, count: count, spread, stream, draw)
  }

  /// Responses beyond 100 say only that chance decides: they need no absolute accuracy.
  public func errorUnit(of state: [Double]) -> Double {
    max(1, 0.01 * (state[(2 * count)...].lazy.map { abs($0) }.max() ?? 0))
  }

  public mutating func writeRate(
    of state: UnsafePointer<Double>, into rate: UnsafeMutablePointer<Double>
  ) {
    let n = count
    let beta = equation.attention.beta
    let sines = (0..<n).map { sin(0.5 * state[$0]) }
    let cosines = (0..<n).map { cos(0.5 * state[$0]) }
    let divides = equation.attention.normalization == .softmax
    // Shares of the two rules, and f_i/4π: what a displacement carries past the two neighbours.
    let stretches = (0..<n).map {
      equation.noise > 0 ? 0 : CircleResponse.stretch(of: $0, among: state, gaps: gaps)
    }
    let fluxes = (0..<n).map { stretches[$0] * exp(state[n + $0]) / (4 * Double.pi) }
    let pointMasses = (0..<n).map { (1 - stretches[$0]) * masses[$0] }
    // e^{β(cos Δ − 1)} = 2^{exponent · sin²(Δ/2)}.
    let exponent = -2 * beta / log(2)
    var kernels = [Double](repeating: 0, count: n)
    var kernelSines = kernels
    var rises = kernels
    var bends = kernels
    let shifts = (0..<n).map { j in
      CircleSecondOrder.shift(state + 2 * n + j * n, extras)
    }
    let second = CircleSecondOrder(
      beta: beta, extras: extras, shifts: shifts, pointMasses: pointMasses,
      stretches: stretches, fluxes: fluxes)
    for j in 0..<n {
      let row = j * n
      // e = e^{β(cos Δ − 1)} and e sin Δ, their sums, and the rate of change of both with θ_j.
      var partition = 0.0
      var slope = 0.0
      var slopeRate = 0.0
      for i in 0..<n {
        let halfSine = sines[j] * cosines[i] - cosines[j] * sines[i]
        kernels[i] = exponent * halfSine * halfSine
      }
      exponentials2(&kernels)
      for i in 0..<n {
        let halfSine = sines[j] * cosines[i] - cosines[j] * sines[i]
        let halfCosine = cosines[j] * cosines[i] + sines[j] * sines[i]
        let kernel = kernels[i]
        let sine = 2 * halfSine * halfCosine
        let rise = kernel * (1 - 2 * halfSine * halfSine - beta * sine * sine)
        kernelSines[i] = kernel * sine
        partition += masses[i] * kernel
        slope += masses[i] * kernel * sine
        slopeRate += masses[i] * rise
        jacobian[row + i] = rise
        rises[i] = rise
        // The next derivative of κ sin Δ.
        bends[i] =
          kernel
          * ((beta * beta * sine * sine - 1) * sine
            - 3 * beta * sine * (1 - 2 * halfSine * halfSine))
      }
      let velocity = divides ? -slope / partition : -clock * slope
      let factor = divides ? 1 / partition : clock
      // δX_j = −factor (δS_j + share δZ_j), and S′, Z′ = −β S along the circle.
      let share = divides ? velocity : 0
      let velocityRate = -factor * (slopeRate - share * beta * slope)
      for b in 0..<n { forcing[row + b] = -factor * (kernelSines[b] + share * kernels[b]) }
      for i in 0..<n {
        jacobian[row + i] =
          factor * pointMasses[i] * (jacobian[row + i] - share * beta * kernelSines[i])
      }
      for i in 0..<n where fluxes[i] > 0 {
        let next = i + 1 == n ? 0 : i + 1
        let last = i == 0 ? n - 1 : i - 1
        jacobian[row + i] += fluxes[i] * (forcing[row + next] - forcing[row + last])
      }
      jacobian[row + j] += velocityRate
      second.writeRate(
        at: j, kernels, kernelSines, rises, bends, masses: masses, velocity: velocity,
        factor: factor, divides: divides, jacobian: jacobian, row: row,
        state: state + 2 * n + n * n, into: rate + 2 * n + n * n)
      rate[j] = velocity
      rate[n + j] = -velocityRate
    }
    let responses = rate + 2 * n
    jacobian.withUnsafeBufferPointer { jacobian in
      forcing.withUnsafeBufferPointer { forcing in
        guard let a = jacobian.baseAddress, let w = forcing.baseAddress else { return }
        multiply(a, state + 2 * n, into: responses, size: n)
        for i in 0..<(n * n) { responses[i] += w[i] }
      }
    }
  }

  public func response(of state: [Double]) -> any LinearResponse { labels(of: state) }

  /// The state in physical terms.
  public func labels(of state: [Double]) -> CircleResponse {
    CircleResponse(
      angles: Array(state[0..<count]), masses: masses,
      densities: state[count..<(2 * count)].map { exp($0) }, hasOrder: equation.noise == 0,
      gaps: gaps, displacements: Array(state[(2 * count)..<(2 * count + count * count)]),
      extras: extras,
      seconds: (0..<count).map { j in
        CircleSecondOrder.load(state, 2 * count + count * count + SecondOrder.samples * j)
          / SecondOrder.scale
      })
  }
}
