internal import Foundation
internal import Transforms

/// What sampling does to a law of the polar angle: the columns of a square root of the covariance,
/// as ∫ R_l dδ with the reference polynomials of `ZonalGeometry`.
struct ZonalResponse: LinearResponse {
  let law: ZonalLaw
  /// ∫ R_l dμ at the start.
  let start: [Double]
  /// One column after the other.
  let columns: [Double]
  /// One sample of second order after the other.
  let seconds: [Double]
  /// Degrees that the columns hold completely; above, they leave out some of the finest scales.
  let completeDegree: Int

  private var degree: Int { law.coefficients.count - 1 }
  var columnCount: Int { columns.count / (degree + 1) }

  func influences(degrees: [Int]) -> [[[Double]]] { moments(of: columns, degrees) }

  func secondOrder(degrees: [Int]) -> [[[Double]]] { moments(of: seconds, degrees) }

  private func moments(of columns: [Double], _ degrees: [Int]) -> [[[Double]]] {
    let highest = degrees.max() ?? 0
    let transform = Self.transform(law.dimension, degree: degree, kernelDegree: highest)
    var rows = [[Double]](repeating: [], count: highest + 1)
    var masses = [Double](repeating: 0, count: transform.nodes)
    var moments = [Double](repeating: 0, count: highest + 1)
    for start in stride(from: 0, to: columns.count, by: degree + 1) {
      transform.masses(of: Array(columns[start..<(start + degree + 1)]), into: &masses)
      transform.moments(of: masses, into: &moments)
      for l in 0...highest { rows[l].append(moments[l]) }
    }
    return degrees.map { [rows[$0]] }
  }

  /// That of one draw, now or at the start: P_l is of the order of d^{−l/2} nearly everywhere.
  func spreads(degrees: [Int]) -> [Double] {
    let first = Self.spreads(of: start, dimension: law.dimension, degrees: degrees)
    let now = Self.spreads(of: law.coefficients, dimension: law.dimension, degrees: degrees)
    return zip(first, now).map { max($0, $1) }
  }

  private static func spreads(
    of coefficients: [Double], dimension: Int, degrees: [Int]
  ) -> [Double] {
    let highest = degrees.max() ?? 0
    let transform = transform(
      dimension, degree: coefficients.count - 1, kernelDegree: 2 * highest)
    var masses = [Double](repeating: 0, count: transform.nodes)
    transform.masses(of: coefficients, into: &masses)
    var values = masses
    return degrees.map { l in
      var unit = [Double](repeating: 0, count: 2 * highest + 1)
      unit[l] = 1
      transform.values(of: unit, into: &values)
      let mean = zip(masses, values).reduce(0) { $0 + $1.0 * $1.1 }
      let square = zip(masses, values).reduce(0) { $0 + $1.0 * ($1.1 - mean) * ($1.1 - mean) }
      return max(0, square).squareRoot()
    }
  }

  private static func transform(
    _ dimension: Int, degree: Int, kernelDegree: Int
  ) -> ZonalTransform {
    ZonalTransform(
      dimension: dimension, degree: degree,
      nodes: ZonalTransform.nodes(degree: degree, kernelDegree: kernelDegree),
      kernelDegree: kernelDegree)
  }

  func column(_ b: Int) -> [Double] {
    Array(columns[(b * (degree + 1))..<((b + 1) * (degree + 1))])
  }

  /// W₁ and Sobolev norm of the difference of distribution functions itself; W₂ between the curve of
  /// the law and that curve plus the difference.
  func sampleDistances(count: Int, tokens: Int, threads: Int) -> [[Double]] {
    let curve = law.curve
    let table = ReferenceTable(dimension: law.dimension, degree: degree, curve: curve)
    let levels = (0..<columnCount).map { table.levels(of: column($0)) }
    let lacking = lackingShares()
    let unit = 1 / Double(tokens).squareRoot()
    return parallelMap(count: count, threads: threads) { sample in
      let stream = RandomStream(seed: 0, member: sample, purpose: .fluctuation)
      var difference = table.finestScales(
        RandomStream(seed: 1, member: sample, purpose: .fluctuation), shares: lacking)
      for b in levels.indices {
        let factor = stream.normals(index: b, draw: 1).0
        for i in difference.indices { difference[i] += factor * levels[b][i] }
      }
      for i in difference.indices {
        // Beyond the outermost tokens there is nothing to move.
        let outer = min(curve.levels[i], 1 - curve.levels[i]) * Double(tokens)
        difference[i] *= outer < Self.outermost ? 0 : unit
      }
      return Self.distances(curve, difference)
    }
  }

  private static var outermost: Double { 0.1 }

  /// In the order of `ZonalLaw.values`.
  private static func distances(_ curve: LineCurve, _ difference: [Double]) -> [Double] {
    var absolute = 0.0
    var square = 0.0
    var reached = 0.0
    var disturbed = curve.levels
    for i in difference.indices {
      reached = max(reached, min(1, curve.levels[i] + difference[i]))
      disturbed[i] = reached
      guard i > 0 else { continue }
      let width = curve.positions[i] - curve.positions[i - 1]
      let (a, b) = (difference[i - 1], difference[i])
      square += width * (a * a + a * b + b * b) / 3
      absolute +=
        a * b >= 0 ? width * abs(a + b) / 2 : width * (a * a + b * b) / (2 * abs(b - a))
    }
    disturbed[disturbed.count - 1] = 1
    let distances = LineDistances(
      curve, LineCurve(positions: curve.positions, levels: disturbed))
    return [absolute, distances.wasserstein2, (Double.pi * square).squareRoot()]
  }

  /// √(1 − columns/white noise) of the variance of every R_l.
  private func lackingShares() -> [Double] {
    let transform = Self.transform(law.dimension, degree: degree, kernelDegree: degree)
    var masses = [Double](repeating: 0, count: transform.nodes)
    transform.masses(of: law.coefficients, into: &masses)
    let geometry = transform.geometry
    let columns = (0..<columnCount).map(column)
    return (0...degree).map { l in
      guard l > completeDegree else { return 0 }
      let polynomial = GegenbauerSeries(
        dimension: geometry.referenceDimension,
        coefficients: [Double](repeating: 0, count: l) + [1])
      let square = zip(transform.angles, masses).reduce(0) { sum, pair in
        let value = polynomial(at: pair.0).value
        return sum + value * value * pair.1
      }
      let white = square - law.coefficients[l] * law.coefficients[l]
      let found = columns.reduce(0) { $0 + $1[l] * $1[l] }
      return white > 0 ? max(0, 1 - found / white).squareRoot() : 0
    }
  }
}

/// Reference polynomials and their integrals along the curve of a law.
private struct ReferenceTable: Sendable {
  private let degree: Int
  /// ∫_0^θ q_l R_l dν_e at the vertices of the curve, l after l.
  private let integrals: [[Double]]
  /// R_l in the middle of its pieces.
  private let polynomials: [[Double]]
  private let masses: [Double]
  private let roots: [Double]

  init(dimension: Int, degree: Int, curve: LineCurve) {
    self.degree = degree
    masses = zip(curve.levels, curve.levels.dropFirst()).map { $1 - $0 }
    roots = masses.map { $0.squareRoot() }
    let middles = zip(curve.positions, curve.positions.dropFirst()).map { 0.5 * ($0 + $1) }
    if ZonalGeometry(dimension: dimension).referenceDimension == 2 {
      integrals = (0...degree).map { l -> [Double] in
        guard l > 0 else { return curve.positions.map { $0 / Double.pi } }
        let factor = 2 / (Double.pi * Double(l))
        return curve.positions.map { factor * sin(Double(l) * $0) }
      }
      polynomials = (0...degree).map { l in middles.map { cos(Double(l) * $0) } }
    } else {
      let values = Self.legendre(curve.positions, degree: degree + 1)
      // (2l + 1) P_l = d/dx (P_{l+1} − P_{l−1}), and dν_e = −½ dx.
      integrals = (0...degree).map { l -> [Double] in
        let above = values[l + 1]
        guard l > 0 else { return above.map { 0.5 * (1 - $0) } }
        return zip(values[l - 1], above).map { 0.5 * ($0 - $1) }
      }
      polynomials = Array(Self.legendre(middles, degree: degree)[0...degree])
    }
  }

  private static func legendre(_ angles: [Double], degree: Int) -> [[Double]] {
    let heights = angles.map { cos($0) }
    var values = [[Double](repeating: 1, count: heights.count), heights]
    for l in stride(from: 1, to: degree, by: 1) {
      let (above, below) = (Double(2 * l + 1) / Double(l + 1), Double(l) / Double(l + 1))
      values.append(
        heights.indices.map { i -> Double in
          above * heights[i] * values[l][i] - below * values[l - 1][i]
        })
    }
    return values
  }

  /// The mass below every vertex.
  func levels(of coefficients: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: integrals[0].count)
    for (l, row) in integrals.enumerated() {
      let factor = coefficients[l]
      for i in result.indices { result[i] += factor * row[i] }
    }
    return result
  }

  /// White noise of the law, its degrees up to that of the columns times the given shares.
  func finestScales(_ stream: RandomStream, shares: [Double]) -> [Double] {
    let noise = FluctuationSources.whiteNoise(masses: masses, roots: roots, stream, index: 0)
    var below = 0.0
    var levels = [0.0]
    for mass in noise {
      below += mass
      levels.append(below)
    }
    let excess = polynomials.indices.map { l -> Double in
      var sum = 0.0
      for i in noise.indices { sum += noise[i] * polynomials[l][i] }
      return (1 - shares[l]) * sum
    }
    return zip(levels, self.levels(of: excess)).map { $0 - $1 }
  }
}
