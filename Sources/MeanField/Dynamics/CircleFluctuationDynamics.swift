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
/// two of them, where no derivative sees it. There the flux past a label counts instead (`TornPoints`). Labels
/// that have come together become one point, in the end one for every cluster (`ResponsePoint`), so that a
/// state that lives long costs next to nothing; what fluctuations have made of its clusters' masses is then settled.
///
/// With N independent draws the law differs from μ by N^{−1/2} Σ_b √w_b g_b (δ_{θ_b} + response of
/// b), g Gaussian: the central limit theorem carried along the flow (Sznitman 1991). With noise
/// the labels are J stratified draws of mass 1/J that diffuse, responses are plain sums over them,
/// and covariances have a relative error √(2/J).
public struct CircleFluctuationDynamics: ResponseDynamics {
  public let equation: Equation
  /// J, a multiple of 16.
  public let count: Int

  let labels: ResponseLabels
  var points: [ResponsePoint]
  /// Of the kernel, in radians.
  let width: Double
  /// Points whose labels are all within this part of the kernel's width become one: the flow takes them along as
  /// one up to its square.
  var narrow = 0.02
  private let starts: [Double]
  private let logDensities: [Double]
  private let clock: Double
  private var jacobian: [Double]
  /// ∂X(θ_j)/∂w_i.
  private var pulls: [Double]

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
    let masses: [Double]
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
    labels = ResponseLabels(
      masses: masses,
      gaps: places.indices.map { Self.gap(at: $0, among: places, count: count) },
      extras: SecondOrder.extraMasses(masses))
    points = labels.points
    width = 1 / max(1, equation.attention.beta).squareRoot()
    clock = equation.attention.clock
    jacobian = []
    pulls = []
  }

  /// The angle from the point before to the point after.
  static func gap(at p: Int, among angles: [Double], count: Int) -> Double {
    let turn = 2 * Double.pi
    let next = p + 1 == count ? angles[0] + turn : angles[p + 1]
    let last = p == 0 ? angles[count - 1] - turn : angles[p - 1]
    return next - last
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
    let n = points.count
    var largest = 0.0
    for p in 0..<n {
      let weight = points[p].errorWeight
      for i in responses(of: p) { largest = max(largest, weight * abs(state[i])) }
      for i in seconds(of: p) { largest = max(largest, weight * abs(state[i])) }
    }
    return max(1, 0.01 * largest)
  }

  /// A torn point's displacement moves the law by its flux.
  public func weighErrors(_ errors: UnsafeMutablePointer<Double>) {
    for p in points.indices where points[p].errorWeight < 1 {
      for i in responses(of: p) { errors[i] *= points[p].errorWeight }
      for i in seconds(of: p) { errors[i] *= points[p].errorWeight }
    }
  }

  /// Where in a state Ξ_p is.
  func responses(of p: Int) -> Range<Int> {
    let start = 2 * points.count + p * count
    return start..<(start + count)
  }

  /// Where Ω_p is.
  func seconds(of p: Int) -> Range<Int> {
    let start = (2 + count) * points.count + p * SecondOrder.samples
    return start..<(start + SecondOrder.samples)
  }

  public mutating func writeRate(
    of state: UnsafePointer<Double>, into rate: UnsafeMutablePointer<Double>
  ) {
    let n = points.count
    let masses = points.masses
    let beta = equation.attention.beta
    let sines = (0..<n).map { sin(0.5 * state[$0]) }
    let cosines = (0..<n).map { cos(0.5 * state[$0]) }
    let divides = equation.attention.normalization == .softmax
    let torn = torn(among: state)
    if jacobian.count != n * n {
      jacobian = [Double](repeating: 0, count: n * n)
      pulls = jacobian
    }
    // e^{β(cos Δ − 1)} = 2^{exponent · sin²(Δ/2)}.
    let exponent = -2 * beta / log(2)
    // Exponentials are taken eight at a time.
    var kernels = [Double](repeating: 0, count: (n + 7) / 8 * 8)
    var kernelSines = kernels
    var rises = kernels
    var bends = kernels
    let shifts = CircleSecondOrder.shifts(
      state + responses(of: 0).lowerBound, count: n, labels.extras)
    let second = CircleSecondOrder(
      beta: beta, points: points, shifts: shifts, torn: torn)
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
      for i in n..<kernels.count { kernels[i] = 0 }
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
      for i in 0..<n {
        pulls[row + i] = -factor * (kernelSines[i] + share * kernels[i])
        jacobian[row + i] = factor * masses[i] * (rises[i] - share * beta * kernelSines[i])
      }
      torn.distribute(&jacobian, from: row, pulls)
      jacobian[row + j] += velocityRate
      second.writeRate(
        at: j, kernels, kernelSines, rises, bends, masses: masses, velocity: velocity,
        factor: factor, divides: divides, jacobian: jacobian, pulls: pulls, row: row,
        state: state + seconds(of: 0).lowerBound, into: rate + seconds(of: 0).lowerBound)
      rate[j] = velocity
      // Of several labels that is how much narrower they become.
      rate[n + j] = points[j].hasDensity || points[j].hasWidth ? -velocityRate : 0
    }
    respond(to: state, rate)
    for p in 0..<n where points[p].isSettled {
      // A separator stays where the flow divides; leaving that place by rounding would only cost steps.
      if points[p].isSeparator { rate[p] = 0 }
      rate[n + p] = 0
      for i in responses(of: p) { rate[i] = 0 }
      for i in seconds(of: p) { rate[i] = 0 }
    }
  }

  /// Ξ′ = A Ξ + W, where a unit of mass at label b is at its point, and H_p elsewhere.
  private func respond(
    to state: UnsafePointer<Double>, _ rate: UnsafeMutablePointer<Double>
  ) {
    let n = points.count
    let owners = points.owners
    let (responses, rates) = (state + 2 * n, rate + 2 * n)
    jacobian.withUnsafeBufferPointer { jacobian in
      guard let a = jacobian.baseAddress else { return }
      multiply(a, responses, into: rates, rows: n, inner: n, columns: count)
    }
    owners.withUnsafeBufferPointer { owners in
      pulls.withUnsafeBufferPointer { pulls in
        for j in 0..<n {
          let row = rates + j * count
          for b in 0..<count { row[b] += pulls[j * n + owners[b]] }
        }
      }
    }
    for p in 0..<n where !points[p].transfers.isEmpty {
      points[p].transfers.withUnsafeBufferPointer { transfers in
        for j in 0..<n {
          let (row, pull) = (rates + j * count, pulls[j * n + p])
          for b in 0..<count { row[b] += pull * transfers[b] }
        }
      }
    }
  }

  func torn(among state: UnsafePointer<Double>) -> TornPoints {
    TornPoints(points, logDensities: state + points.count)
  }

  public var structure: [Double] { points.encoded(labels) }

  public mutating func adopt(stateCount: Int, structure: [Double], from present: Int) -> Bool {
    guard let saved = [ResponsePoint](decoding: structure, labels),
      stateCount == saved.count * (2 + count + SecondOrder.samples)
    else { return false }
    points = saved
    return true
  }

  public func response(of state: [Double]) -> any LinearResponse { labels(of: state) }

  /// The state in physical terms.
  public func labels(of state: [Double]) -> CircleResponse {
    let n = points.count
    var points = points
    for p in 0..<n { points[p].narrow(by: state[n + p]) }
    return CircleResponse(
      angles: Array(state[0..<n]), points: points, masses: labels.masses,
      densities: (0..<n).map { points[$0].hasDensity ? exp(state[n + $0]) : .nan },
      hasOrder: equation.noise == 0, torn: torn(state),
      displacements: Array(state[responses(of: 0).lowerBound..<seconds(of: 0).lowerBound]),
      labelExtras: labels.extras,
      seconds: (0..<n).map {
        CircleSecondOrder.load(state, seconds(of: $0).lowerBound) / SecondOrder.scale
      })
  }
}
