internal import Transforms

/// Z̄ and X̄ of weighted tokens on S^{d−1} at the tokens themselves.
///
/// The O(N²) sum is the definition, and in d ≥ 4 the road for any N. On S² many tokens go by harmonics
/// of degree ≤ K(β): points → moments → kernel → field at the points, O(N).
final class SphereTokenField {
  enum Road: Sendable { case direct, harmonics }

  let road: Road
  private let kernel: KernelSpectrum
  private let masses: [Double]?
  private let pairs: SpherePairSums?
  private let transform: SpherePointTransform?
  private var moments: [Double] = []
  private var terms: [Double] = []

  /// - Parameters:
  ///   - masses: nil for 1/N each.
  ///   - road: nil takes the faster one; harmonics are for d = 3.
  init(kernel: KernelSpectrum, count: Int, masses: [Double]?, road: Road? = nil) {
    self.kernel = kernel
    self.masses = masses
    // Moments know Z̄ to 10⁻¹⁴ of its largest value: too little for a token lighter than that.
    let isLight = (masses?.min() ?? 1) < 1e-9
    let faster = Self.fasterRoad(dimension: kernel.dimension, count: count, modes: kernel.modes)
    let chosen = road ?? (isLight ? .direct : faster)
    precondition(chosen == .direct || kernel.dimension == 3, "harmonics are those of S²")
    self.road = chosen
    pairs =
      chosen == .direct ? SpherePairSums(count: count, dimension: kernel.dimension) : nil
    transform = chosen == .harmonics ? SpherePointTransform(degree: kernel.modes) : nil
    if let transform {
      moments = [Double](repeating: 0, count: transform.layout.count)
      terms = moments
    }
  }

  /// Nanoseconds of both roads: a pair takes 0.6, a token on the grid 105, and the grid's transforms
  /// grow with the square of the degree and then with its cube.
  private static func fasterRoad(dimension: Int, count: Int, modes: Int) -> Road {
    guard dimension == 3 else { return .direct }
    let tokens = Double(count)
    return 0.6 * tokens * tokens < gridCost(modes) + 105 * tokens ? .direct : .harmonics
  }

  private static func gridCost(_ modes: Int) -> Double {
    let degree = Double(modes)
    return 400 * (degree + 10) * (degree + 10) + 1.2 * degree * degree * degree
  }

  /// Numbers of N tokens, and operations of a right-hand side.
  static func load(dimension: Int, count: Int, modes: Int) -> Load {
    let numbers = Double(count) * Double(dimension)
    let isDirect = fasterRoad(dimension: dimension, count: count, modes: modes) == .direct
    return Load(
      numbers: numbers,
      operations: isDirect
        ? 4 * numbers * Double(count) : 400 * Double(count) + 4 * gridCost(modes))
  }

  /// Writes Z̄ and the tangent vector X̄ at every token.
  ///
  /// - Parameters:
  ///   - points: unit vectors, row after row.
  ///   - radial: if given, Σ_j w_j k_ij ⟨x_i, x_j⟩, which X̄ lacks along x_i.
  func evaluate(
    at points: [Double], partition: inout [Double], slope: inout [Double],
    radial: UnsafeMutablePointer<Double>? = nil
  ) {
    guard let transform else {
      pairs?.evaluate(
        points: points, masses: masses, beta: kernel.beta, partition: &partition, slope: &slope,
        radial: radial)
      return
    }
    loadMoments(points, transform)
    if let radial {
      load(transform.layout) { l in
        // u P_l = ((l + 1) P_{l+1} + l P_{l−1})/(2l + 1).
        let next = l < kernel.modes ? Double(l + 1) * kernel.partition[l + 1] : 0
        let last = l > 0 ? Double(l) * kernel.partition[l - 1] : 0
        return (next + last) / Double(2 * l + 1)
      }
      transform.prepareScalar(terms)
      transform.evaluateScalar(into: radial)
    }
    load(transform.layout) { kernel.partition[$0] }
    transform.prepareScalar(terms)
    load(transform.layout) { kernel.potential[$0] }
    transform.prepareGradient(terms)
    _ = transform.evaluateFlow(
      factor: 1, divides: false, at: points, into: &slope, scalars: &partition)
  }

  /// (1/β) ∫ ΔZ̄ dμ.
  func curvature(at points: [Double]) -> Double {
    guard let transform else {
      return pairs?.curvature(points: points, masses: masses, beta: kernel.beta) ?? 0
    }
    loadMoments(points, transform)
    return -harmonicKernelSum(
      moments, layout: transform.layout, kernel.potential, degree: kernel.modes
    ) { Double($0) * Double($0 + 1) }
  }

  private func loadMoments(_ points: [Double], _ transform: SpherePointTransform) {
    transform.place(points, count: points.count / 3)
    transform.moments(masses: masses, into: &moments)
  }

  /// terms_lm = factor(l) h_lm.
  private func load(_ layout: HarmonicLayout, factor: (Int) -> Double) {
    for l in 0...layout.degree {
      let value = factor(l)
      for m in 0...l {
        let place = 2 * layout.place(l, m)
        terms[place] = value * moments[place]
        terms[place + 1] = value * moments[place + 1]
      }
    }
  }
}
