internal import Foundation
internal import Transforms

/// A law as weighted points and functions there: what the fluctuation of independent draws starts from.
///
/// The fluctuation of one draw, δ_x − μ, has the covariance of Σ_i g_i φ_i μ, g Gaussian and φ_i
/// orthonormal in L²(μ) without the constant. Functions that fluctuations matter through are smooth:
/// a few smooth φ_i do for all.
struct FluctuationSources {
  /// Masses ≥ 0 that sum to about one.
  let masses: [Double]
  /// Functions at the points, the most important first.
  let functions: [[Double]]
  /// Whether they break a symmetry of the law: then there is no constant to leave out.
  var breaksSymmetry = false
  /// ∫ e dν for every basis function e, of masses ν at the points.
  let collect: ([Double]) -> [Double]

  /// What is left of a function that others nearly span is rounding.
  private static var leastShare: Double { 1e-6 }

  /// ∫ e φ_i dμ, one orthonormal φ_i after the other.
  func projections() -> [Double] {
    let roots = masses.map { $0.squareRoot() }
    let size = roots.reduce(0) { $0 + $1 * $1 }.squareRoot()
    var directions = breaksSymmetry ? [] : [roots.map { $0 / size }]
    for function in functions {
      var rest = zip(function, roots).map { $0 * $1 }
      let before = Self.norm(rest)
      // Twice is enough (Giraud, Langou & Rozložník 2005).
      for _ in 0..<2 {
        for direction in directions { Self.remove(direction, from: &rest) }
      }
      let after = Self.norm(rest)
      guard after > Self.leastShare * before else { continue }
      directions.append(rest.map { $0 / after })
    }
    return directions.dropFirst(breaksSymmetry ? 0 : 1).flatMap { direction in
      collect(zip(direction, roots).map { $0 * $1 })
    }
  }

  /// Random fluctuations Σ_j √m_j s_j (δ_j − μ), s_j = ±1, without μ where they break the symmetry, divided by √count: the sum of products over
  /// all of them estimates the covariance of one draw.
  ///
  /// - Parameter first: index of the first; every one has random numbers of its own.
  func samples(count: Int, seed: UInt64, first: Int = 0) -> [Double] {
    let stream = RandomStream(seed: seed, member: 0, purpose: .fluctuation)
    let roots = masses.map { $0.squareRoot() }
    let scale = 1 / Double(count).squareRoot()
    return (0..<count).flatMap { r in
      let noise = Self.whiteNoise(
        masses: masses, roots: roots, stream, index: first + r, isCentred: !breaksSymmetry)
      return collect(noise.map { $0 * scale })
    }
  }

  /// √m_j s_j − m_j Σ_i √m_i s_i with random signs s; without the sum where it is not centred.
  static func whiteNoise(
    masses: [Double], roots: [Double], _ stream: RandomStream, index: Int, isCentred: Bool = true
  ) -> [Double] {
    var values = [Double](repeating: 0, count: masses.count)
    stream.writeSigns(index: index, draw: 1, into: &values, count: values.count)
    for j in values.indices { values[j] *= roots[j] }
    guard isCentred else { return values }
    let sum = values.reduce(0, +)
    for j in values.indices { values[j] -= masses[j] * sum }
    return values
  }

  private static func norm(_ values: [Double]) -> Double {
    var sum = 0.0
    for value in values { sum += value * value }
    return sum.squareRoot()
  }

  private static func remove(_ direction: [Double], from values: inout [Double]) {
    var share = 0.0
    for j in values.indices { share += values[j] * direction[j] }
    for j in values.indices { values[j] -= share * direction[j] }
  }
}

extension FluctuationSources {
  /// On S²: all harmonics to a degree.
  static func sphere(_ law: InitialLaw, degree: Int, functionDegree: Int) -> FluctuationSources {
    let transform = SphericalHarmonicTransform(
      degree: degree, latitudes: (3 * degree + 3) / 2,
      longitudes: SphericalHarmonicBasis.smoothCount(atLeast: 3 * degree + 1))
    let count = transform.latitudes * transform.longitudes
    var masses = [Double](repeating: 0, count: count)
    transform.synthesize(
      law.sphericalMoments(degree: degree), rowFactors: transform.weights, into: &masses)
    var functions: [[Double]] = []
    let layout = transform.layout
    for l in stride(from: 1, through: min(functionDegree, degree), by: 1) {
      for m in 0...l {
        for part in 0..<(m == 0 ? 1 : 2) {
          var unit = [Double](repeating: 0, count: layout.count)
          unit[2 * layout.place(l, m) + part] = 1
          var values = [Double](repeating: 0, count: count)
          transform.synthesize(unit, degree: functionDegree, into: &values)
          functions.append(values)
        }
      }
    }
    return FluctuationSources(masses: masses.map { max(0, $0) }, functions: functions) { values in
      var result = [Double](repeating: 0, count: layout.count)
      transform.adjoint(values, into: &result)
      return result
    }
  }

  /// Of a polar angle: powers of its cosine, then waves in the mass below it, which resolve steps
  /// where the law is.
  ///
  /// - Parameter sector: k, for those functions, one among them, times sin^k θ (`ZonalSector`).
  static func zonal(
    _ law: InitialLaw, dimension: Int, degree: Int, powers: Int, waves: Int, sector: Int = 0
  ) -> FluctuationSources {
    let transform = ZonalTransform(
      dimension: dimension, degree: degree, nodes: 2 * degree + 64, kernelDegree: 0)
    var masses = [Double](repeating: 0, count: transform.nodes)
    transform.masses(
      of: law.referenceCoefficients(dimension: dimension, degree: degree), into: &masses)
    for i in masses.indices { masses[i] = max(0, masses[i]) }
    let heights = transform.angles.map { cos($0) }
    let mean = zip(heights, masses).reduce(0) { $0 + $1.0 * $1.1 }
    let spread = zip(heights, masses).reduce(0) { sum, pair in
      sum + (pair.0 - mean) * (pair.0 - mean) * pair.1
    }.squareRoot()
    var below = 0.0
    let levels = masses.map { mass in
      below += mass
      return below - 0.5 * mass
    }
    var functions = ((sector > 0 ? 0 : 1)...powers).map { k in
      heights.map { pow(($0 - mean) / spread, Double(k)) }
    }
    functions += stride(from: 1, through: waves, by: 1).map { k in
      levels.map { cos(Double.pi * Double(k) * $0) }
    }
    let profile = transform.angles.map { pow(sin($0), Double(sector)) }
    return FluctuationSources(
      masses: masses, functions: functions.map { zip($0, profile).map { $0 * $1 } },
      breaksSymmetry: sector > 0
    ) { values in
      var result = [Double](repeating: 0, count: degree + 1)
      transform.coefficients(of: zip(values, profile).map { $0 * $1 }, into: &result)
      return result
    }
  }
}
