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
public struct FluctuationDynamics: Dynamics {
  public let equation: Equation
  /// J, a multiple of 16.
  public let count: Int
  public var linearRates: [Double] { [] }

  /// w_j, summing to one.
  private let masses: [Double]
  private let starts: [Double]
  private let logDensities: [Double]
  /// How far apart the neighbours of each label are at the start.
  private let gaps: [Double]
  private let clock: Double
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
    let moments = law.moments(modes: max(1, law.significantModes))
    let ones = [Double](repeating: 1, count: moments.count)
    if equation.noise > 0 {
      let sampler = Sampler(law: law)
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
    gaps = places.indices.map { LinearResponse.gap(at: $0, among: places, count: count) }
    clock = equation.attention.clock
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
    starts + logDensities + [Double](repeating: 0, count: count * count)
  }

  public func noisyCount(of stateCount: Int) -> Int { count }

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
      equation.noise > 0 ? 0 : LinearResponse.stretch(of: $0, among: state, gaps: gaps)
    }
    let fluxes = (0..<n).map { stretches[$0] * exp(state[n + $0]) / (4 * Double.pi) }
    let pointMasses = (0..<n).map { (1 - stretches[$0]) * masses[$0] }
    // e^{β(cos Δ − 1)} = 2^{exponent · sin²(Δ/2)}.
    let exponent = -2 * beta / log(2)
    var kernels = [Double](repeating: 0, count: n)
    var kernelSines = kernels
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

  /// The state in physical terms.
  public func response(of state: [Double]) -> LinearResponse {
    LinearResponse(
      angles: Array(state[0..<count]), masses: masses,
      densities: state[count..<(2 * count)].map { exp($0) }, hasOrder: equation.noise == 0,
      gaps: gaps,
      displacements: Array(state[(2 * count)...]))
  }
}

/// Where J masses stand and how a unit of mass added at one displaces every other.
public struct LinearResponse: Sendable {
  /// θ_j; ascending through one turn where there is no noise.
  public let angles: [Double]
  /// w_j, summing to one.
  public let masses: [Double]
  /// dμ/dσ at the labels, where there is no noise.
  public let densities: [Double]
  /// Whether neighbours stay neighbours: without noise.
  let hasOrder: Bool
  /// How far apart the neighbours of each label were at the start.
  let gaps: [Double]
  /// Ξ_jb at j·J + b.
  public let displacements: [Double]

  public var count: Int { angles.count }

  /// How much the flux past label j counts instead of derivatives at it: 0 while its neighbours are at
  /// most three times as far apart as at the start, 1 from six times on, smooth in between.
  static func stretch(of j: Int, among angles: UnsafePointer<Double>, gaps: [Double]) -> Double {
    let ratio = gap(at: j, among: angles, count: gaps.count) / gaps[j]
    let t = min(max((ratio - 3) / 3, 0), 1)
    return t * t * (3 - 2 * t)
  }

  /// The angle from the label before to the label after.
  static func gap(at j: Int, among angles: UnsafePointer<Double>, count: Int) -> Double {
    let turn = 2 * Double.pi
    let next = j + 1 == count ? angles[0] + turn : angles[j + 1]
    let last = j == 0 ? angles[count - 1] - turn : angles[j - 1]
    return next - last
  }

  /// Influence ψ_k(b) of label b on m_k: e^{−ikθ_b} plus what the response of b adds, centred.
  ///
  /// N E[Δm_k conj Δm_l] is the mean of ψ_k conj ψ_l over b with weights w_b.
  public func influence(on mode: Int) -> (real: [Double], imaginary: [Double]) {
    let n = count
    let k = Double(mode)
    let cosines = angles.map { cos(k * $0) }
    let sines = angles.map { -sin(k * $0) }
    var real = cosines
    var imaginary = sines
    for j in 0..<n {
      // −ik e^{−ikθ} at the label, or its integral between the neighbours.
      let stretch = hasOrder ? Self.stretch(of: j, among: angles, gaps: gaps) : 0
      let mass = (1 - stretch) * masses[j]
      let flux = stretch * densities[j] / (4 * Double.pi)
      let x = mass * k * sines[j] + flux * (cosines[(j + 1) % n] - cosines[(j + n - 1) % n])
      let y = -mass * k * cosines[j] + flux * (sines[(j + 1) % n] - sines[(j + n - 1) % n])
      for b in 0..<n {
        real[b] += x * displacements[j * n + b]
        imaginary[b] += y * displacements[j * n + b]
      }
    }
    return (centred(real), centred(imaginary))
  }

  private func centred(_ values: [Double]) -> [Double] {
    let mean = zip(values, masses).reduce(0) { $0 + $1.0 * $1.1 }
    return values.map { $0 - mean }
  }

  /// The law with masses added at the labels, in linear response.
  ///
  /// - Parameter extra: δw_b for every label, summing to zero.
  func curve(adding extra: [Double]) -> MassCurve {
    let n = count
    let shifts = (0..<n).map { j in
      (0..<n).reduce(0) { $0 + displacements[j * n + $1] * extra[$1] }
    }
    guard hasOrder else {
      return .through(
        zip(angles, shifts).map { $0 + $1 }, masses: zip(extra, masses).map { $0 + $1 })
    }
    var points: [(angle: Double, level: Double)] = []
    var below = 0.0
    for j in 0..<n {
      let level = below + 0.5 * (masses[j] + extra[j])
      below += masses[j] + extra[j]
      // Beside a gap the label stays and the flux changes its level; elsewhere it moves.
      if Self.stretch(of: j, among: angles, gaps: gaps) > 0.5 {
        points.append((angles[j], level - densities[j] / (2 * Double.pi) * shifts[j]))
      } else {
        points.append((angles[j] + shifts[j], level))
      }
    }
    return MassCurve(vertices: points)
  }
}
