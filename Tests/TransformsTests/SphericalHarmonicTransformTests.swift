import Foundation
import TestSupport
import Testing
import Transforms

/// Synthesis and its adjoint against definitions, closed forms and each other; gradients in an extension.
struct SphericalHarmonicTransformTests {
  /// Degree, latitudes, longitudes: odd and even, every number of vectors in a tile, dealiased, with
  /// an equator and without.
  static let grids = [
    (0, 1, 1), (1, 2, 3), (2, 3, 5), (5, 6, 12), (6, 7, 15), (7, 13, 22), (8, 34, 17),
    (8, 51, 27), (8, 81, 18), (8, 95, 20),
  ]

  func coefficients(_ degree: Int, seed: UInt64 = 1) -> [Double] {
    let layout = HarmonicLayout(degree: degree)
    var random = SplitMix(state: seed)
    var values = random.numbers(layout.count, in: -1...1)
    for l in 0...degree { values[2 * layout.place(l, 0) + 1] = 0 }
    return values
  }

  func inner(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// A series and the components of its gradient.
  private func fields(
    _ transform: SphericalHarmonicTransform, _ coefficients: [Double], degree: Int? = nil,
    degreeFactors: [Double]? = nil, rowFactors: [Double]? = nil
  ) -> [[Double]] {
    var value = [Double](repeating: 9, count: transform.latitudes * transform.longitudes)
    var θ = value
    var φ = value
    let factors = degreeFactors ?? [Double](repeating: 1, count: transform.degree + 1)
    transform.synthesizeGradient(
      coefficients, degree: degree, degreeFactors: factors, rowFactors: rowFactors, value: &value,
      theta: &θ, phi: &φ)
    return [value, θ, φ]
  }

  /// Y_{l,m} from the finite sum of powers of the cosine that the formula of Rodrigues gives.
  private func harmonic(_ l: Int, _ m: Int, _ θ: Double, _ φ: Double) -> Double {
    let k = abs(m)
    var sum = 0.0
    for i in stride(from: 0, through: (l - k) / 2, by: 1) {
      let numerator = tgamma(Double(2 * l - 2 * i + 1)) * (i % 2 == 0 ? 1 : -1)
      let denominator =
        tgamma(Double(i + 1)) * tgamma(Double(l - i + 1)) * tgamma(Double(l - 2 * i - k + 1))
      sum += numerator / denominator * pow(cos(θ), Double(l - 2 * i - k))
    }
    let norm =
      Double((k == 0 ? 1 : 2) * (2 * l + 1)) * tgamma(Double(l - k + 1))
      / tgamma(Double(l + k + 1))
    let polar = norm.squareRoot() * pow(sin(θ), Double(k)) * sum / pow(2, Double(l))
    return polar * (m < 0 ? sin(Double(k) * φ) : cos(Double(k) * φ))
  }

  @Test(arguments: grids)
  func synthesisAndAdjointAreTheirDefiningSums(degree: Int, latitudes: Int, longitudes: Int) {
    let transform = SphericalHarmonicTransform(
      degree: degree, latitudes: latitudes, longitudes: longitudes)
    let layout = transform.layout
    let given = coefficients(degree)
    var random = SplitMix(state: 2)
    let masses = random.numbers(latitudes * longitudes, in: -1...1)
    var samples = [Double](repeating: 9, count: latitudes * longitudes)
    var moments = [Double](repeating: 9, count: layout.count)
    transform.synthesize(given, into: &samples)
    transform.adjoint(masses, into: &moments)

    var expected = [Double](repeating: 0, count: samples.count)
    var adjoint = [Double](repeating: 0, count: layout.count)
    for l in 0...degree {
      for m in -l...l {
        let place = 2 * layout.place(l, abs(m)) + (m < 0 ? 1 : 0)
        for i in 0..<latitudes {
          for j in 0..<longitudes {
            let y = harmonic(
              l, m, transform.quadrature.colatitudes[i],
              2 * Double.pi * Double(j) / Double(longitudes))
            expected[i * longitudes + j] += given[place] * y
            adjoint[place] += masses[i * longitudes + j] * y
          }
        }
      }
    }
    // The finite sum loses up to three digits at degree 8; (L + 1)² terms, or the grid's, of size 4.
    #expect(zip(samples, expected).allSatisfy { abs($0 - $1) < 2e-12 })
    #expect(zip(moments, adjoint).allSatisfy { abs($0 - $1) < 2e-12 * 10 })
  }

  @Test(arguments: [(63, 64, 128), (127, 191, 384), (255, 256, 512), (511, 512, 1024)])
  func theAdjointOfWeightedSamplesGivesTheCoefficientsBack(
    degree: Int, latitudes: Int, longitudes: Int
  ) {
    let transform = SphericalHarmonicTransform(
      degree: degree, latitudes: latitudes, longitudes: longitudes)
    let given = coefficients(degree)
    var samples = [Double](repeating: 0, count: latitudes * longitudes)
    var back = given
    transform.synthesize(given, into: &samples)
    transform.adjoint(samples, rowFactors: transform.weights, into: &back)
    let worst = zip(given, back).reduce(0) { max($0, abs($1.0 - $1.1)) }
    // Rounding grows like the degree times 10⁻¹⁶, with a factor for the largest of 10⁵.
    #expect(worst < 1e-12)

    // The weights may as well be part of the synthesis.
    transform.synthesize(given, rowFactors: transform.weights, into: &samples)
    transform.adjoint(samples, into: &back)
    #expect(zip(given, back).reduce(0) { max($0, abs($1.0 - $1.1)) } < 1e-12)
  }

  @Test func nothingUnderflowsAtHighDegrees() {
    let degree = 1023
    let transform = SphericalHarmonicTransform(degree: degree, latitudes: 1024, longitudes: 2048)
    let given = coefficients(degree)
    var samples = [Double](repeating: 0, count: 1024 * 2048)
    var back = given
    transform.synthesize(given, into: &samples)
    transform.adjoint(samples, rowFactors: transform.weights, into: &back)
    #expect(zip(given, back).reduce(0) { max($0, abs($1.0 - $1.1)) } < 2e-12)
    let series = SphericalHarmonics(degree: degree, coefficients: given)
    for (i, j) in [(0, 7), (1, 0), (20, 900), (100, 3), (256, 2047), (511, 1024), (900, 55)] {
      let jet = series.jet(at: point(transform, i, j))
      // 10⁶ rounded terms; the rounding of z moves the point by 10⁻¹⁶/sin θ, slopes are (L + 1)².
      let move = 1e-16 / transform.quadrature.sines[i]
      #expect(abs(samples[i * 2048 + j] - jet.value) < 1e-9 + move * 1024 * 1024)
    }
  }

  /// P_mm is a multiple of sin^m θ, and its slope of m sin^{m−1} θ cos θ, however small: only what is
  /// below rounding of the largest of all P_l may be missing.
  @Test(arguments: [1, 7, 24, 60, 127, 200, 255])
  func whatIsLeftOutNearThePolesIsBelowRounding(order m: Int) {
    let transform = SphericalHarmonicTransform(degree: 255, latitudes: 256, longitudes: 512)
    var given = [Double](repeating: 0, count: transform.layout.count)
    given[2 * transform.layout.place(m, m)] = 1
    let series = fields(transform, given)
    let logNorm = (1...m).reduce(log(2)) { $0 + log1p(0.5 / Double($1)) } / 2
    for i in 0..<256 {
      let sine = transform.quadrature.sines[i]
      let value = exp(logNorm + Double(m) * log(sine))
      let slope = Double(m) / sine * value * transform.quadrature.cosines[i]
      // The exponent, at most m log(1/sin θ) < 1200, and m products are rounded.
      #expect(abs(series[0][512 * i] - value) <= 1e-16 + 1e-12 * value)
      let scale = Double(m) / sine
      #expect(abs(series[1][512 * i] - slope) <= scale * (1e-16 + 1e-12 * value))
    }
  }

  /// All degrees of one order, where sums begin with later ones, against another recurrence.
  @Test(arguments: [2, 9, 24, 60, 127, 200])
  func sumsThatBeginLateAreWhole(order m: Int) {
    let transform = SphericalHarmonicTransform(degree: 255, latitudes: 256, longitudes: 512)
    let all = coefficients(255)
    var given = [Double](repeating: 0, count: transform.layout.count)
    for l in m...255 {
      let place = 2 * transform.layout.place(l, m)
      (given[place], given[place + 1]) = (all[place], all[place + 1])
    }
    var samples = [Double](repeating: 0, count: 256 * 512)
    transform.synthesize(given, into: &samples)
    let series = SphericalHarmonics(degree: 255, coefficients: given)
    for i in stride(from: 0, to: 256, by: 3) {
      // 254 rounded terms; the rounding of z moves the point by 10⁻¹⁶/sin θ, slopes are (L + 1)².
      let move = 1e-16 / transform.quadrature.sines[i]
      let value = series.jet(at: point(transform, i, 5)).value
      #expect(abs(samples[512 * i + 5] - value) < 1e-11 + move * 256 * 256)
    }
  }

  func point(_ transform: SphericalHarmonicTransform, _ i: Int, _ j: Int) -> SIMD3<Double> {
    let φ = 2 * Double.pi * Double(j) / Double(transform.longitudes)
    let y = transform.quadrature.sines[i]
    return SIMD3(y * cos(φ), y * sin(φ), transform.quadrature.cosines[i])
  }

  @Test(arguments: [0, 1, 4, 19, 40])
  func aSeriesOfLowDegreeIsOneWithZerosAbove(low: Int) {
    let transform = SphericalHarmonicTransform(degree: 40, latitudes: 61, longitudes: 125)
    let given = coefficients(40)
    var cut = given
    for m in 0...40 {
      for l in max(m, low + 1)..<max(41, m, low + 1) {
        cut[2 * transform.layout.place(l, m)] = 0
        cut[2 * transform.layout.place(l, m) + 1] = 0
      }
    }
    var a = [Double](repeating: 0, count: 61 * 125)
    var b = a
    transform.synthesize(given, degree: low, into: &a)
    transform.synthesize(cut, into: &b)
    // 1681 terms of size 40 at most.
    #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-12 })
    for (short, long) in zip(fields(transform, given, degree: low), fields(transform, cut)) {
      #expect(zip(short, long).allSatisfy { abs($0 - $1) < 1e-12 })
    }
  }

  @Test func factorsOfDegreesAndRowsMultiply() {
    let transform = SphericalHarmonicTransform(degree: 30, latitudes: 47, longitudes: 96)
    let layout = transform.layout
    let given = coefficients(30)
    var random = SplitMix(state: 3)
    let degreeFactors = random.numbers(31, in: 0...2)
    let rowFactors = random.numbers(47, in: -1...2)
    var scaled = given
    for m in 0...30 {
      for l in m...30 {
        scaled[2 * layout.place(l, m)] *= degreeFactors[l]
        scaled[2 * layout.place(l, m) + 1] *= degreeFactors[l]
      }
    }
    let size = 47 * 96
    var a = [Double](repeating: 0, count: size)
    var b = a
    transform.synthesize(given, degreeFactors: degreeFactors, rowFactors: rowFactors, into: &a)
    transform.synthesize(scaled, into: &b)
    let left =
      [a] + fields(transform, given, degreeFactors: degreeFactors, rowFactors: rowFactors)
    let right = [b] + fields(transform, scaled)
    for k in left.indices {
      // 961 terms of size 30 at most.
      #expect(
        (0..<size).allSatisfy { abs(left[k][$0] - rowFactors[$0 / 96] * right[k][$0]) < 1e-11 })
    }
    var c = given
    var d = given
    transform.adjoint(a, rowFactors: rowFactors, into: &c)
    transform.adjoint((0..<size).map { rowFactors[$0 / 96] * a[$0] }, into: &d)
    #expect(zip(c, d).allSatisfy { abs($0 - $1) < 1e-13 * Double(size) })
  }

  @Test(arguments: [
    7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 21, 22, 25, 27, 30, 32, 45, 49, 64, 96, 100, 128,
    169, 192, 384, 400, 512,
  ])
  func anyNumberOfLongitudesWillDo(longitudes: Int) {
    let transform = SphericalHarmonicTransform(degree: 3, latitudes: 19, longitudes: longitudes)
    let given = coefficients(3)
    let series = SphericalHarmonics(degree: 3, coefficients: given)
    var samples = [Double](repeating: 9, count: 19 * longitudes)
    var back = given
    transform.synthesize(given, into: &samples)
    transform.adjoint(samples, rowFactors: transform.weights, into: &back)
    for i in 0..<19 {
      for j in 0..<longitudes {
        // 16 terms of size 3 at most.
        let value = series.jet(at: point(transform, i, j)).value
        #expect(abs(samples[i * longitudes + j] - value) < 2e-14)
      }
    }
    #expect(zip(given, back).allSatisfy { abs($0 - $1) < 1e-14 })
  }

  @Test(arguments: [32, 33, 34])
  func rowsMayStandAnywhereInMemory(longitudes: Int) {
    let transform = SphericalHarmonicTransform(degree: 15, latitudes: 20, longitudes: longitudes)
    let given = coefficients(15)
    let size = 20 * longitudes
    var results: [[Double]] = []
    for offset in 0..<4 {
      var samples = [Double](repeating: 7, count: size + 8)
      var back = given
      samples.withUnsafeMutableBufferPointer {
        guard let base = $0.baseAddress else { return }
        transform.synthesize(given, into: base + offset)
        transform.adjoint(base + offset, rowFactors: transform.weights, into: &back)
      }
      // Nothing is written outside.
      #expect((0..<offset).allSatisfy { samples[$0] == 7 })
      #expect((offset + size..<size + 8).allSatisfy { samples[$0] == 7 })
      results.append(Array(samples[offset..<offset + size]) + back)
    }
    #expect(results.allSatisfy { $0 == results[0] })
  }

  /// Degrees with an odd and an even number of terms, grids of one tile and of several.
  @Test(arguments: [(9, 12), (10, 12), (30, 95), (31, 95)])
  func whatIsNotFiniteIsForgotten(degree: Int, latitudes: Int) {
    let longitudes = 2 * degree + 2
    let size = latitudes * longitudes
    let given = coefficients(degree)
    var random = SplitMix(state: 6)
    let s = random.numbers(size, in: -1...1)
    let used = SphericalHarmonicTransform(
      degree: degree, latitudes: latitudes, longitudes: longitudes)
    let fresh = SphericalHarmonicTransform(
      degree: degree, latitudes: latitudes, longitudes: longitudes)
    func everything(_ transform: SphericalHarmonicTransform, _ c: [Double], _ s: [Double])
      -> [[Double]]
    {
      var (sum, gradient) = (c, c)
      let series = fields(transform, c)
      transform.adjoint(s, into: &sum)
      transform.adjointGradient(theta: s, phi: s, into: &gradient)
      return series + [sum, gradient]
    }
    _ = everything(used, given.map { _ in .nan }, s.map { _ in .nan })
    #expect(everything(used, given, s) == everything(fresh, given, s))
  }

  @Test func manyTransformsRunAtOnce() {
    let given = coefficients(31)
    let results = parallelMap(count: 16, threads: 4) { _ -> [Double] in
      let transform = SphericalHarmonicTransform(degree: 31, latitudes: 32, longitudes: 64)
      var samples = [Double](repeating: 0, count: 32 * 64)
      transform.synthesize(given, into: &samples)
      return samples
    }
    #expect(results.allSatisfy { $0 == results[0] })
  }

  @Test func gridsTooSmallForTheDegreeAreRefused() async {
    await #expect(processExitsWith: .failure) {
      _ = SphericalHarmonicTransform(degree: 8, latitudes: 8, longitudes: 32)
    }
    await #expect(processExitsWith: .failure) {
      _ = SphericalHarmonicTransform(degree: 8, latitudes: 9, longitudes: 16)
    }
    await #expect(processExitsWith: .failure) {
      let transform = SphericalHarmonicTransform(degree: 8, latitudes: 9, longitudes: 17)
      var samples = [Double](repeating: 0, count: 9 * 17)
      transform.synthesize([Double](repeating: 0, count: 90), degree: 9, into: &samples)
    }
  }
}
