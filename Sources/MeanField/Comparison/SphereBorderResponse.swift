internal import Foundation
internal import Transforms

/// What a disturbance δ of the law does to the masses of its basins, as sums over its moments.
///
/// A line from a saddle down to a minimum stays a line of the flow: with η its displacement along the
/// normal n, s the way downhill and g = |∇Z|,
///
///     dη/ds = −(⟨n, ∇²Z n⟩ η + ⟨n, ∇δZ⟩)/g,    η = −⟨n, ∇δZ⟩/⟨n, ∇²Z n⟩ at the saddle,
///
/// and it sweeps over ∫ ρ η ds. Weights of ⟨n, ∇δZ⟩ along the line follow from its end backwards.
struct SphereBorderResponse {
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
  func along(_ normal: SIMD3<Double>) -> Double {
    let (u, v) = (normal.dot(directions.0), normal.dot(directions.1))
    return values.0 * u * u + values.1 * v * v
  }
}
