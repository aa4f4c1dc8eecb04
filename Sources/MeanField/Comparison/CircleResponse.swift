internal import Foundation
internal import Transforms

/// Where the mass of J labels stands and how a unit of mass added at one displaces all of it.
public struct CircleResponse: LinearResponse {
  /// θ_p; ascending through one turn where there is no noise.
  public let angles: [Double]
  /// Which labels they are, with offsets as they are now, and their masses.
  let points: [ResponsePoint]
  /// w_b of the labels, summing to one.
  public let masses: [Double]
  /// dμ/dσ at points that are one label, where there is no noise.
  public let densities: [Double]
  /// Whether neighbours stay neighbours: without noise.
  let hasOrder: Bool
  /// Where flux counts instead of derivatives.
  let torn: TornPoints
  /// Ξ_pb at p·J + b.
  public let displacements: [Double]
  /// Extra masses of the samples of second order, by label.
  let labelExtras: [SIMD16<Double>]
  /// What points move by at second order.
  let seconds: [SIMD16<Double>]

  /// J.
  public var count: Int { masses.count }

  /// Influence ψ_k(b) of label b on m_k: e^{−ikθ_b} plus what the response of b adds, centred.
  ///
  /// N E[Δm_k conj Δm_l] is the mean of ψ_k conj ψ_l over b with weights w_b.
  public func influence(on mode: Int) -> (real: [Double], imaginary: [Double]) {
    let k = Double(mode)
    let cosines = angles.map { cos(k * $0) }
    let sines = angles.map { -sin(k * $0) }
    return (
      centred(influence(values: cosines, slopes: sines.map { k * $0 })),
      centred(influence(values: sines, slopes: cosines.map { -k * $0 }))
    )
  }

  /// What a unit of mass added at every label does to ∫ φ dμ, from φ and φ′ at the points.
  func influence(values: [Double], slopes: [Double]) -> [Double] {
    let n = count
    let weights = weights(values: values, slopes: slopes)
    var result = points.owners.map { values[$0] }
    for p in angles.indices {
      for b in points[p].transfers.indices { result[b] += values[p] * points[p].transfers[b] }
      let weight = weights[p]
      for b in 0..<n { result[b] += weight * displacements[p * n + b] }
    }
    return result
  }

  /// What ∫ φ dμ changes by when a point moves.
  private func weights(values: [Double], slopes: [Double]) -> [Double] {
    var result = zip(points.masses, slopes).map { $0 * $1 }
    torn.distribute(&result, from: 0, values)
    return result
  }

  /// With displacements ξ of the samples, w_p Ω_p φ′ + x_p ξ_p φ′ + ½ w_p ξ_p² φ″ at every point, and φ times the
  /// mass that has come to it at second order.
  public func secondOrder(degrees: [Int]) -> [[[Double]]] {
    let carriers = torn.carried(shifts(labelExtras))
    return degrees.map { mode in
      let k = Double(mode)
      let cosines = angles.map { cos(k * $0) }
      let sines = angles.map { -sin(k * $0) }
      let weights = (
        weights(values: cosines, slopes: sines.map { k * $0 }),
        weights(values: sines, slopes: cosines.map { -k * $0 })
      )
      var real = SIMD16<Double>.zero
      var imaginary = SIMD16<Double>.zero
      for p in angles.indices {
        let moved = points[p].extra * carriers[p].first
        let square = (-0.5 * k * k * points[p].mass) * carriers[p].second
        let added = points[p].secondTransfer / SecondOrder.scale
        let (x, y) = (cosines[p], sines[p])
        real += weights.0[p] * seconds[p] + k * y * moved + x * (square + added)
        imaginary += weights.1[p] * seconds[p] - k * x * moved + y * (square + added)
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
    let zeros = [Double](repeating: 0, count: angles.count)
    let reference = curve(adding: masses.map { _ in 0 }, moving: zeros)
    // Displacements of sixteen samples at a time are one matrix product.
    return parallelMap(count: (count + 15) / 16, threads: threads) { block in
      let extras = (16 * block..<min(count, 16 * (block + 1))).map { extraMasses($0, tokens) }
      var columns = [SIMD16<Double>](repeating: .zero, count: masses.count)
      for (r, extra) in extras.enumerated() {
        for b in columns.indices { columns[b][r] = extra[b] }
      }
      let shifts = shifts(columns)
      return extras.enumerated().map { r, extra in
        let moved = curve(adding: extra, moving: shifts.map { $0[r] })
        return CircularDistances(reference, moved).values
      }
    }.flatMap { $0 }
  }

  /// What points move by, for sixteen samples of extra masses by label.
  private func shifts(_ extras: [SIMD16<Double>]) -> [SIMD16<Double>] {
    displacements.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return [] }
      return CircleSecondOrder.shifts(base, count: angles.count, extras)
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
  /// The flow keeps points in order. Linear response does not where they are few and the flow has torn them
  /// apart: the nearest displacement that does, in the mean over masses, is taken.
  ///
  /// - Parameters:
  ///   - extra: δw_b for every label, summing to zero.
  ///   - shifts: Σ_b Ξ_pb δw_b for every point.
  private func curve(adding extra: [Double], moving shifts: [Double]) -> MassCurve {
    var masses = points.map { point in
      point.mass + (point.transfers.isEmpty ? 0 : dot(point.transfers, extra))
        + point.places.reduce(0) { $0 + extra[$1.label] }
    }
    guard hasOrder else {
      return .through(zip(angles, shifts).map { $0 + $1 }, masses: masses)
    }
    // What passes a torn point is mass of its neighbours, and it goes with its cluster.
    var moved = angles
    for p in angles.indices {
      let there = torn.shares[p] * shifts[torn.references[p]]
      moved[p] += shifts[p] + torn.stretches[p] * (there - shifts[p])
      guard torn.fluxes[p] > 0 else { continue }
      let flux = torn.fluxes[p] * (shifts[p] - there)
      let (last, next) = torn.neighbours(of: p)
      let parts = torn.parts(past: p)
      masses[last] += parts.before * flux
      masses[p] += parts.here * flux
      masses[next] += parts.after * flux
    }
    moved = Self.inOrder(moved, masses: points.masses)
    var vertices: [(angle: Double, level: Double)] = []
    var below = 0.0
    for p in angles.indices {
      if points[p].hasDensity {
        vertices.append((moved[p], below + 0.5 * masses[p]))
      } else {
        vertices += self.vertices(
          of: points[p], at: moved[p], from: below, to: below + masses[p], extra)
      }
      below += masses[p]
    }
    return MassCurve(vertices: vertices)
  }

  /// Those of several labels that move as one; what has come from elsewhere is spread over them.
  ///
  /// Where points have been drawn together their labels may overlap, by a fiftieth of the kernel's width at most.
  private func vertices(
    of point: ResponsePoint, at angle: Double, from below: Double, to above: Double,
    _ extra: [Double]
  ) -> [(angle: Double, level: Double)] {
    let places = point.places
    let own = places.reduce(0) { $0 + extra[$1.label] }
    let factor = point.mass > 0 ? (above - below - own) / point.mass : 0
    var vertices = [(angle + (places.first?.offset ?? 0), below)]
    var level = below
    for place in places where point.hasWidth {
      let mass = factor * masses[place.label] + extra[place.label]
      vertices.append((angle + place.offset, level + 0.5 * mass))
      level += mass
    }
    vertices.append((angle + (places.last?.offset ?? 0), above))
    return vertices
  }

  /// The nearest angles in the mean square over masses that ascend through one turn.
  ///
  /// Neighbours in the wrong order are drawn together to their centre, until there are none (isotonic
  /// regression; Ayer et al., Ann. Math. Stat. 26, 1955), from the heaviest point on.
  static func inOrder(_ angles: [Double], masses: [Double]) -> [Double] {
    let turn = 2 * Double.pi
    guard let first = masses.indices.max(by: { masses[$0] < masses[$1] }) else { return angles }
    var blocks: [(mass: Double, angle: Double, count: Int)] = []
    for i in angles.indices {
      let p = (first + i) % angles.count
      let angle = p < first ? angles[p] + turn : angles[p]
      var block = (mass: max(masses[p], .leastNormalMagnitude), angle: angle, count: 1)
      while let last = blocks.last, last.angle > block.angle {
        let mass = last.mass + block.mass
        block.angle += last.mass / mass * (last.angle - block.angle)
        block = (mass, block.angle, last.count + block.count)
        blocks.removeLast()
      }
      blocks.append(block)
    }
    var result = angles
    var i = 0
    let end = (blocks.first?.angle ?? 0) + turn
    for block in blocks {
      for _ in 0..<block.count {
        let p = (first + i) % angles.count
        result[p] = min(block.angle, end) - (p < first ? turn : 0)
        i += 1
      }
    }
    return result
  }
}
