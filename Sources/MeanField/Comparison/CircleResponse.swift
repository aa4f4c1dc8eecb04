internal import Foundation
internal import Transforms

/// Where J masses stand and how a unit of mass added at one displaces every other.
public struct CircleResponse: LinearResponse {
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
  /// Extra masses of the samples of second order, and what labels move by at second order.
  let extras: [SIMD16<Double>]
  let seconds: [SIMD16<Double>]

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
    let slopes = slopes(of: mode)
    var real = angles.map { cos(Double(mode) * $0) }
    var imaginary = angles.map { -sin(Double(mode) * $0) }
    for j in 0..<n {
      let (x, y) = (slopes.real[j], slopes.imaginary[j])
      for b in 0..<n {
        real[b] += x * displacements[j * n + b]
        imaginary[b] += y * displacements[j * n + b]
      }
    }
    return (centred(real), centred(imaginary))
  }

  /// What m_k changes by when a label moves.
  private func slopes(of mode: Int) -> (real: [Double], imaginary: [Double]) {
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
      real[j] = mass * k * sines[j] + flux * (cosines[(j + 1) % n] - cosines[(j + n - 1) % n])
      imaginary[j] = -mass * k * cosines[j] + flux * (sines[(j + 1) % n] - sines[(j + n - 1) % n])
    }
    return (real, imaginary)
  }

  /// With displacements ξ of the samples, w_j Ω_j φ′ + x_j ξ_j φ′ + ½ w_j ξ_j² φ″ at every label.
  public func secondOrder(degrees: [Int]) -> [[[Double]]] {
    let shifts = displacements.withUnsafeBufferPointer { buffer -> [SIMD16<Double>] in
      guard let base = buffer.baseAddress else { return [] }
      return (0..<count).map { CircleSecondOrder.shift(base + $0 * count, extras) }
    }
    return degrees.map { mode in
      let k = Double(mode)
      let slopes = slopes(of: mode)
      var real = SIMD16<Double>.zero
      var imaginary = SIMD16<Double>.zero
      for j in 0..<count {
        let stays = 1 - (hasOrder ? Self.stretch(of: j, among: angles, gaps: gaps) : 0)
        let moved = stays * extras[j] * shifts[j]
        let square = (-0.5 * k * k * stays * masses[j]) * shifts[j] * shifts[j]
        let (x, y) = (cos(k * angles[j]), -sin(k * angles[j]))
        real += slopes.real[j] * seconds[j] + k * y * moved + x * square
        imaginary += slopes.imaginary[j] * seconds[j] - k * x * moved + y * square
      }
      return [real, imaginary].map { sums in
        let samples = (0..<SecondOrder.samples).map { sums[$0] }
        return [samples.reduce(0, +) / Double(SecondOrder.samples)] + samples
      }
    }
  }

  public func influences(degrees: [Int]) -> [[[Double]]] {
    let roots = masses.map { $0.squareRoot() }
    return degrees.map { k in
      let influence = influence(on: k)
      return [influence.real, influence.imaginary].map { row in zip(row, roots).map { $0 * $1 } }
    }
  }

  /// Distances between the undisturbed labels and those with the extra mass √(w_b/N) g_b, g
  /// Gaussian, centred, moved by the linear response to it.
  public func sampleDistances(count: Int, tokens: Int, threads: Int) -> [[Double]] {
    let reference = curve(adding: masses.map { _ in 0 })
    return parallelMap(count: count, threads: threads) { sample in
      CircularDistances(reference, curve(adding: extraMasses(sample, tokens))).values
    }
  }

  /// √(w_b/N) g_b less its share of their sum; the same for every time, so that curves are smooth.
  private func extraMasses(_ sample: Int, _ tokens: Int) -> [Double] {
    let stream = RandomStream(seed: 0, member: sample, purpose: .fluctuation)
    let values = masses.indices.map { b in
      (masses[b] / Double(tokens)).squareRoot() * stream.normals(index: b, draw: 1).0
    }
    let sum = values.reduce(0, +)
    return zip(values, masses).map { $0 - $1 * sum }
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
