internal import Foundation
internal import Transforms

/// Clusters of a law on S² and how columns move them.
///
/// What a disturbance δ does is a sum over its moments: at a maximum p of Z, −(∇²Z)⁻¹ ∇δZ; to the mass
/// of a basin, the flux of ∇u through its border, Δu = δ, and what the border sweeps over
/// (`SphereBorderResponse`).
extension SphereResponse {
  func clusterSpreads(
    of law: any Law, _ clusters: [Cluster], attention: Attention, tokens: Int
  ) -> [ClusterSpread] {
    guard let law = law as? SphereLaw, var landscape = law.landscape(attention) else {
      return clusters.map { _ in .unknown }
    }
    let top = HarmonicLayout(degree: max(Self.leastTop, degree))
    let kernel = KernelSpectrum(beta: attention.beta, dimension: 3).landscape
    let variances = SphereVariances(self, top: top)
    var slopes = HarmonicSlopes(top)
    var border: SphereBorderResponse?
    if landscape.maxima.count > 1 {
      let (pieces, isTraced) = landscape.border(of: law.harmonics, degree: law.degree)
      border = SphereBorderResponse(
        pieces.pieces, isTraced: isTraced, landscape,
        density: SphericalHarmonics(degree: degree, coefficients: density), kernel: kernel,
        slopes: &slopes)
    }
    return clusters.map { cluster in
      let place = SIMD3(cluster.position[0], cluster.position[1], cluster.position[2])
      let curvature = landscape.curvature(at: place)
      // A ridge of maxima breaks up.
      guard curvature.isMaximum, !curvature.isDegenerate(1e-4) else { return .unknown }
      let square = [
        (curvature.directions.0, curvature.values.0), (curvature.directions.1, curvature.values.1),
      ].reduce(0) { sum, axis in
        var slope = slopes.slopes(at: place, along: axis.0)
        top.multiply(&slope, byDegree: kernel)
        return sum + variances.of(slope) / (axis.1 * axis.1)
      }
      let nearest = landscape.maxima.indices.min {
        (landscape.maxima[$0].place - place).length < (landscape.maxima[$1].place - place).length
      }
      var mass = 0.0
      if let border, let nearest {
        mass =
          border.isComplete(nearest, mass: cluster.mass)
          ? variances.of(border.functional(nearest)) : .nan
      }
      let unit = 1 / Double(tokens)
      return ClusterSpread(
        position: (unit * square).squareRoot(), mass: (unit * mass).squareRoot())
    }
  }
}

/// ⟨n, ∇Y_lm⟩ at any point, for all harmonics of a layout; the recurrence is that of
/// `SphericalHarmonics`.
private struct HarmonicSlopes {
  let layout: HarmonicLayout
  /// 1/A_{l+1} and A_l of l, m by the places of the layout.
  private let couplings: [Double]
  private var values: [Double]

  init(_ layout: HarmonicLayout) {
    self.layout = layout
    values = [Double](repeating: 0, count: layout.count)
    func coupling(_ l: Int, _ m: Int) -> Double {
      (Double((l - m) * (l + m)) / Double((2 * l - 1) * (2 * l + 1))).squareRoot()
    }
    var couplings = values
    for m in 0...layout.degree {
      for l in m...layout.degree {
        couplings[2 * layout.place(l, m)] = 1 / coupling(l + 1, m)
        couplings[2 * layout.place(l, m) + 1] = coupling(l, m)
      }
    }
    self.couplings = couplings
  }

  /// The slopes, kept until the next call.
  ///
  /// - Parameter normal: its part tangent to the sphere counts.
  mutating func slopes(at point: SIMD3<Double>, along normal: SIMD3<Double>) -> [Double] {
    let n = normal - normal.dot(point) * point
    // What the factors (x + iy)^m lose at high order near a pole is given to the polynomials.
    let scale = 0x1p600
    var power = SIMD2<Double>(scale, 0)
    var powerSlope = SIMD2<Double>.zero
    var seed = 1 / scale
    for m in 0...layout.degree {
      if m > 0 {
        seed *= (Double(m == 1 ? 2 : 1) * Double(2 * m + 1) / Double(2 * m)).squareRoot()
        powerSlope =
          Double(m) * SIMD2(n.x * power.x - n.y * power.y, n.x * power.y + n.y * power.x)
        power = SIMD2(point.x * power.x - point.y * power.y, point.x * power.y + point.y * power.x)
      }
      var (term, before) = (seed, 0.0)
      var (slope, slopeBefore) = (0.0, 0.0)
      for place in layout.place(m, m)...layout.place(layout.degree, m) {
        let pair = term * powerSlope + (slope * n.z) * power
        values[2 * place] = pair.x
        values[2 * place + 1] = pair.y
        let (inverse, below) = (couplings[2 * place], couplings[2 * place + 1])
        (slope, slopeBefore) = ((term + point.z * slope - below * slopeBefore) * inverse, slope)
        (term, before) = ((point.z * term - below * before) * inverse, term)
      }
    }
    return values
  }
}

extension HarmonicLayout {
  /// Multiplies coefficients by factors of their degree; beyond the last one they are zero.
  fileprivate func multiply(_ values: inout [Double], byDegree factors: [Double]) {
    for m in 0...degree {
      for l in m...degree {
        let factor = l < factors.count ? factors[l] : 0
        values[2 * place(l, m)] *= factor
        values[2 * place(l, m) + 1] *= factor
      }
    }
  }
}

/// Variances, for one draw, of sums over moments.
private struct SphereVariances {
  private let response: SphereResponse
  private let top: HarmonicLayout
  private let lacking: [Double]
  private let transform: SphericalHarmonicTransform
  private let masses: [Double]

  init(_ response: SphereResponse, top: HarmonicLayout) {
    self.response = response
    self.top = top
    lacking = response.lackingShares(top.degree)
    (transform, masses) = response.grid(top)
  }

  /// Σ over columns of squares, and the variance of what they leave out.
  func of(_ functional: [Double]) -> Double {
    let layout = response.layout
    let kept = layout.resized(functional, from: top)
    var sum = 0.0
    for start in stride(from: 0, to: response.columns.count, by: layout.count) {
      var product = 0.0
      for i in 0..<layout.count { product += kept[i] * response.columns[start + i] }
      sum += product * product
    }
    var fine = functional
    top.multiply(&fine, byDegree: lacking)
    var values = [Double](repeating: 0, count: masses.count)
    transform.synthesize(fine, into: &values)
    let mean = zip(values, masses).reduce(0) { $0 + $1.0 * $1.1 }
    return zip(values, masses).reduce(sum) { $0 + $1.1 * ($1.0 - mean) * ($1.0 - mean) }
  }
}

/// What a disturbance δ of the law does to the masses of its basins, as sums over its moments.
///
/// A line from a saddle down to a minimum stays a line of the flow: with η its displacement along the
/// normal n, s the way downhill and g = |∇Z|,
///
///     dη/ds = −(⟨n, ∇²Z n⟩ η + ⟨n, ∇δZ⟩)/g,    η = −⟨n, ∇δZ⟩/⟨n, ∇²Z n⟩ at the saddle,
///
/// and it sweeps over ∫ ρ η ds. Weights of ⟨n, ∇δZ⟩ along the line follow from its end backwards.
private struct SphereBorderResponse {
  /// Between two basins, the one with the lower number on the left.
  private struct Pair: Hashable {
    var left: Int
    var right: Int
  }

  private var functionals: [Pair: [Double]] = [:]
  /// Mass for a radian of displacement, where displacements are not known; by basin.
  private var unknown: [Int: Double] = [:]
  private let layout: HarmonicLayout

  /// Where a border is not traced, it may run through this part of the spread of the mass for every
  /// radian.
  private static let negligible = 0.05

  init(
    _ pieces: [SphereBorder.Piece], isTraced: Bool, _ landscape: SphereLandscape,
    density: SphericalHarmonics, kernel: [Double], slopes: inout HarmonicSlopes
  ) {
    let layout = slopes.layout
    self.layout = layout
    let inverse = (0...layout.degree).map { (l: Int) -> Double in
      l == 0 ? 0 : -1 / Double(l * (l + 1))
    }
    var motions: [Pair: [Double]] = [:]
    var fluxes: [Pair: [Double]] = [:]
    func add(
      _ step: Step, _ slopes: [Double], _ weight: Double, to moments: inout [Pair: [Double]]
    ) {
      let pair = Pair(left: min(step.left, step.right), right: max(step.left, step.right))
      let factor = step.left > step.right ? -weight : weight
      moments[pair, default: [Double](repeating: 0, count: layout.count)].add(factor, slopes)
    }
    let steps = pieces.map { Step($0, landscape, density) }
    var weights = steps.map { _ in 0.0 }
    // Lines follow one another; each begins where none has ended.
    var end = steps.count
    while isTraced && end > 0 {
      var start = end - 1
      while start > 0 && pieces[start].start.place == pieces[start - 1].end.place { start -= 1 }
      var share = 0.0
      for k in (start..<end).reversed() {
        let step = steps[k]
        let half = 0.5 * step.mass
        share += half
        weights[k] = -share * step.gain
        share = share * step.decay + half
      }
      let saddle = pieces[start].start.place
      let bend = landscape.curvature(at: saddle).along(steps[start].normal)
      let normal = steps[start].normal
      add(steps[start], slopes.slopes(at: saddle, along: normal), -share / bend, to: &motions)
      end = start
    }
    for (step, weight) in zip(steps, weights) {
      let values = slopes.slopes(at: step.middle, along: step.normal)
      add(step, values, step.length / (4 * Double.pi), to: &fluxes)
      if isTraced { add(step, values, weight, to: &motions) }
    }
    if !isTraced {
      for step in steps {
        for basin in [step.left, step.right] { unknown[basin, default: 0] += step.mass }
      }
    }
    for (pair, moments) in fluxes {
      var sum = moments
      layout.multiply(&sum, byDegree: inverse)
      if var motion = motions[pair] {
        layout.multiply(&motion, byDegree: kernel)
        sum.add(1, motion)
      }
      functionals[pair] = sum
    }
  }

  /// Whether all that matters of a basin's borders is known.
  func isComplete(_ basin: Int, mass: Double) -> Bool {
    unknown[basin, default: 0] <= Self.negligible * max(0, mass * (1 - mass)).squareRoot()
  }

  /// The change of a basin's mass.
  func functional(_ basin: Int) -> [Double] {
    var sum = [Double](repeating: 0, count: layout.count)
    for (pair, moments) in functionals where pair.left == basin || pair.right == basin {
      sum.add(pair.left == basin ? 1 : -1, moments)
    }
    return sum
  }

  /// A short piece of border.
  private struct Step {
    var left: Int
    var right: Int
    var middle: SIMD3<Double>
    /// From left to right.
    var normal: SIMD3<Double>
    var length: Double
    /// Mass that a displacement of one radian sweeps over.
    var mass: Double
    /// η ← decay · η − gain · ⟨n, ∇δZ⟩.
    var decay: Double
    var gain: Double

    init(
      _ piece: SphereBorder.Piece, _ landscape: SphereLandscape, _ density: SphericalHarmonics
    ) {
      left = piece.left
      right = piece.right
      middle = (piece.start.place + piece.end.place).direction
      let chord = piece.end.place - piece.start.place
      normal = chord.cross(middle).direction
      length = chord.length
      mass = max(0, density.jet(at: middle).value) * length / (4 * Double.pi)
      let bend = landscape.curvature(at: middle).along(normal)
      let slope = max(landscape.field.gradient(at: middle).length, .leastNormalMagnitude)
      let rate = length / slope * bend
      decay = exp(-rate)
      gain = abs(rate) < 1e-8 ? length / slope : -expm1(-rate) / bend
    }
  }
}

extension [Double] {
  fileprivate mutating func add(_ factor: Double, _ other: [Double]) {
    for i in indices { self[i] += factor * other[i] }
  }
}

extension SphereCurvature {
  /// ⟨n, H n⟩ for a tangent vector of length one.
  fileprivate func along(_ normal: SIMD3<Double>) -> Double {
    let (u, v) = (normal.dot(directions.0), normal.dot(directions.1))
    return values.0 * u * u + values.1 * v * v
  }
}
