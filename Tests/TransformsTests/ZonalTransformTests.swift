import Foundation
import TestSupport
import Testing
import Transforms

/// Tables over the polar angle against their defining sums, and what they must conserve.
struct ZonalTransformTests {
  static let dimensions = [3, 4, 5, 16, 17, 64]
  /// Degree and nodes: even and odd numbers of angles, whole and broken vectors.
  static let sizes = [
    (0, 1), (0, 2), (1, 3), (5, 9), (7, 16), (8, 14), (15, 31), (24, 38), (40, 62),
  ]

  private func numbers(_ count: Int, _ seed: Int) -> [Double] {
    var random = SplitMix(state: UInt64(seed))
    return (0..<count).map { _ in Double.random(in: -1...1, using: &random) }
  }

  private func written(_ count: Int, _ body: (UnsafeMutablePointer<Double>) -> Void) -> [Double] {
    var result = [Double](repeating: .nan, count: count + 1)
    body(&result)
    #expect(result[count].isNaN, "nothing is written behind the end")
    return Array(result.dropLast())
  }

  private func dot(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// The largest difference, infinite if one is not a number.
  private func largest(_ a: [Double], _ b: [Double]) -> Double {
    #expect(a.count == b.count)
    let differences = zip(a, b).map { abs($0 - $1) }
    return differences.allSatisfy { $0.isFinite } ? differences.max() ?? 0 : .infinity
  }

  /// A row of polynomials at every angle.
  private func table(
    _ transform: ZonalTransform, _ row: (Double) -> [Double]
  ) -> [[Double]] { transform.angles.map(row) }

  // MARK: Definition

  @Test(arguments: dimensions, sizes)
  func angleSumsEqualTheirDefinition(dimension: Int, size: (degree: Int, nodes: Int)) {
    let (degree, nodes) = size
    let kernelDegree = degree / 2 + 3
    let transform = ZonalTransform(
      dimension: dimension, degree: degree, nodes: nodes, kernelDegree: kernelDegree)
    let e = dimension % 2 == 0 ? 2 : 3
    let values = table(transform) {
      PlainPolynomials.reference(e, degree: degree, angle: $0)
    }
    let slopes = table(transform) {
      PlainPolynomials.referenceSlopes(e, degree: degree, angle: $0)
    }
    let kernel = table(transform) {
      PlainPolynomials.gegenbauer(dimension: dimension, degree: kernelDegree, angle: $0)
    }
    let kernelSlopes = table(transform) {
      PlainPolynomials.gegenbauerSlopes(dimension: dimension, degree: kernelDegree, angle: $0)
    }
    let c = numbers(degree + 1, 1)
    let t = numbers(kernelDegree + 1, 2)
    let m = numbers(nodes, 3)
    // Sums of up to 62 numbers of size one, polynomials of degree 40 from cosines: 40² ulp at worst.
    let bound = 1e-12
    let masses = written(nodes) { transform.masses(of: c, into: $0) }
    let q = (0...degree).map { PlainPolynomials.multiplicity(e, $0) }
    #expect(
      largest(
        masses, zip(transform.weights, values).map { $0 * dot(zip(q, c).map(*), $1) }) < bound)
    let coefficients = written(degree + 1) { transform.coefficients(of: m, into: $0) }
    #expect(largest(coefficients, (0...degree).map { l in dot(m, values.map { $0[l] }) }) < bound)
    // Derivatives are l times as large.
    let rate = written(degree + 1) { transform.divergence(of: m, into: $0) }
    #expect(rate[0] == 0)
    #expect(largest(rate, (0...degree).map { l in dot(m, slopes.map { $0[l] }) }) < 40 * bound)
    let moments = written(kernelDegree + 1) { transform.moments(of: m, into: $0) }
    #expect(
      largest(moments, (0...kernelDegree).map { l in dot(m, kernel.map { $0[l] }) }) < bound)
    let field = written(nodes) { transform.values(of: t, into: $0) }
    #expect(largest(field, kernel.map { dot(t, $0) }) < bound)
    let gradient = written(nodes) { transform.slopes(of: t, into: $0) }
    #expect(largest(gradient, kernelSlopes.map { dot(t, $0) }) < 40 * bound)
  }

  /// Tables at large d against series, which are tested against mpmath.
  @Test(arguments: [(3, 255), (64, 255), (256, 255), (4095, 200), (4096, 511)])
  func tablesEqualSeriesForLargeDimensions(dimension: Int, degree: Int) {
    let transform = ZonalTransform(
      dimension: dimension, degree: 20, nodes: 37, kernelDegree: degree)
    let t = numbers(degree + 1, 4).map { $0 / Double(degree + 1) }
    let series = GegenbauerSeries(dimension: dimension, coefficients: t)
    let jets = transform.angles.map { series(at: $0) }
    let values = written(37) { transform.values(of: t, into: $0) }
    let slopes = written(37) { transform.slopes(of: t, into: $0) }
    // The angle, to an ulp, is all that differs: P_l′ ≤ l and P_l″ ≤ l² in size.
    let steepness = 1e-15 * Double(degree)
    #expect(largest(values, jets.map(\.value)) < steepness)
    #expect(largest(slopes, jets.map(\.first)) < steepness * Double(degree))
  }

  // MARK: Quadrature

  @Test(arguments: [3, 4], [1, 2, 7, 20, 33])
  func theRuleIsExactBelowTwiceItsNodes(dimension: Int, nodes: Int) {
    let transform = ZonalTransform(
      dimension: dimension, degree: 0, nodes: nodes, kernelDegree: 0)
    let e = dimension == 3 ? 3 : 2
    #expect(zip(transform.angles, transform.angles.dropFirst()).allSatisfy { $0 < $1 })
    #expect(transform.angles.allSatisfy { $0 > 0 && $0 < Double.pi })
    for l in 0..<(2 * nodes) {
      let sum = zip(transform.angles, transform.weights).reduce(0) {
        $0 + $1.1 * PlainPolynomials.reference(e, degree: l, angle: $1.0)[l]
      }
      // ulps of the angle, l times.
      #expect(abs(sum - (l == 0 ? 1 : 0)) < 1e-15 * Double(l + 1))
    }
  }

  /// Also at n = L + 1, the fewest angles, and at degree 511.
  @Test(arguments: [3, 4, 5, 64], [(0, 1), (7, 8), (40, 41), (63, 97), (511, 768)])
  func coefficientsComeBackFromMasses(dimension: Int, size: (degree: Int, nodes: Int)) {
    // Orthonormal polynomials are √q_l R_l, here 511 of them at 511 ulps of the angle: 10⁻¹³ √512.
    #expect(roundTrip(dimension, size.degree, size.nodes) < 1e-12)
  }

  /// Degree 4095 works (tables of 2 × 100 MB), with errors of 4095 ulps in 4095 polynomials.
  @Test(arguments: [4095, 4096])
  func theHighestDegreeComesBack(dimension: Int) {
    let nodes = ZonalTransform.nodes(degree: 4095)
    // For even d the angle is no number at all: cosines are reduced in whole numbers.
    #expect(roundTrip(dimension, 4095, nodes) < (dimension == 4095 ? 1e-11 : 1e-13))
  }

  /// The largest change of √q_l c_l, random in −1…1.
  private func roundTrip(_ dimension: Int, _ degree: Int, _ nodes: Int) -> Double {
    let transform = ZonalTransform(
      dimension: dimension, degree: degree, nodes: nodes, kernelDegree: 0)
    let q = (0...degree).map { transform.geometry.multiplicity($0).squareRoot() }
    let c = zip(numbers(degree + 1, 5), q).map(/)
    let masses = written(nodes) { transform.masses(of: c, into: $0) }
    let back = written(degree + 1) { transform.coefficients(of: masses, into: $0) }
    return largest(zip(q, c).map(*), zip(q, back).map(*))
  }

  @Test(arguments: [3, 4, 5, 64], [(10, 4), (10, 10), (11, 11), (10, 17)])
  func productsWithTheVelocityAreFreeOfAliasing(
    dimension: Int, degrees: (density: Int, velocity: Int)
  ) {
    let (degree, kernelDegree) = degrees
    let enough = ZonalTransform.nodes(degree: degree, kernelDegree: kernelDegree)
    let c = numbers(degree + 1, 7)
    let t = numbers(kernelDegree + 1, 8)
    let rates = [enough, 2 * enough + 1].map { nodes -> [Double] in
      let transform = ZonalTransform(
        dimension: dimension, degree: degree, nodes: nodes, kernelDegree: kernelDegree)
      let masses = written(nodes) { transform.masses(of: c, into: $0) }
      let velocity = written(nodes) { transform.slopes(of: t, into: $0) }
      let flux = zip(masses, velocity).map(*)
      return written(degree + 1) { transform.divergence(of: flux, into: $0) }
    }
    // Terms of up to l · q_l · L.
    #expect(largest(rates[0], rates[1]) < 1e-13 * Double(degree * degree * degree))
    #expect(ZonalTransform.nodes(degree: 255) == 384)
    #expect(ZonalTransform.nodes(degree: 4095) == 6144)
  }

  // MARK: Structure

  @Test(arguments: dimensions, sizes)
  func sumsOverAnglesAndDegreesAreAdjoint(dimension: Int, size: (degree: Int, nodes: Int)) {
    let (degree, nodes) = size
    let transform = ZonalTransform(
      dimension: dimension, degree: degree, nodes: nodes, kernelDegree: degree)
    let c = numbers(degree + 1, 9)
    let f = numbers(nodes, 10)
    // Sums of at most 62 · 41 terms; derivatives carry a factor up to 40, q_l one up to 81.
    let bound = 1e-13
    let field = written(nodes) { transform.values(of: c, into: $0) }
    let moments = written(degree + 1) { transform.moments(of: f, into: $0) }
    #expect(abs(dot(f, field) - dot(c, moments)) < bound)
    let masses = written(nodes) { transform.masses(of: c, into: $0) }
    let weighted = zip(transform.weights, f).map(*)
    let sums = written(degree + 1) { transform.coefficients(of: weighted, into: $0) }
    let q = (0...degree).map { transform.geometry.multiplicity($0) }
    #expect(abs(dot(f, masses) - dot(zip(q, c).map(*), sums)) < 10 * bound)
    // On S² the gradients of both kinds of polynomials are the same table.
    if dimension == 3 {
      let gradient = written(nodes) { transform.slopes(of: c, into: $0) }
      let rate = written(degree + 1) { transform.divergence(of: f, into: $0) }
      #expect(abs(dot(f, gradient) - dot(c, rate)) < 10 * bound)
    }
  }

  /// P_l^{(d)} = Σ_j T_lj cos jθ (d even) or Σ_j T_lj P_j (d odd): T_lj ≥ 0 and Σ_j T_lj = 1, because
  /// what is positive definite on a sphere is so on its great spheres (Schoenberg).
  @Test(arguments: [3, 4, 5, 8, 16, 17, 64])
  func polynomialsAreAveragesOfReferencePolynomials(dimension: Int) {
    let degree = 30
    let nodes = 40
    let transform = ZonalTransform(
      dimension: dimension, degree: degree, nodes: nodes, kernelDegree: degree)
    for l in 0...degree {
      let unit = (0...degree).map { $0 == l ? 1.0 : 0 }
      let values = written(nodes) { transform.values(of: unit, into: $0) }
      let weighted = zip(transform.weights, values).map(*)
      let sums = written(degree + 1) { transform.coefficients(of: weighted, into: $0) }
      let row = sums.enumerated().map { transform.geometry.multiplicity($0) * $1 }
      // Forty terms, times q_j ≤ 61.
      #expect(row.allSatisfy { $0 > -1e-13 })
      #expect(abs(row.reduce(0, +) - 1) < 1e-13)
      #expect(row.dropFirst(l + 1).allSatisfy { abs($0) < 1e-13 })
    }
  }

  /// Orthogonality on S^{d−1}: the uniform law has no moments but the first.
  @Test(arguments: [3, 4, 5, 64, 65, 256, 1024, 4095, 4096])
  func theUniformLawHasNoMoments(dimension: Int) {
    let degree = 255
    let nodes = min(dimension, 1000) / 2 + 400
    let transform = ZonalTransform(
      dimension: dimension, degree: degree, nodes: nodes, kernelDegree: degree)
    let geometry = transform.geometry
    let masses = zip(transform.angles, transform.weights).map {
      $1 * exp(geometry.logUniform(at: $0))
    }
    let moments = written(degree + 1) { transform.moments(of: masses, into: $0) }
    // Hundreds of masses that sum to one.
    #expect(abs(moments[0] - 1) < 1e-14)
    #expect(moments.dropFirst().allSatisfy { abs($0) < 1e-14 })
  }

  @Test func moreCoefficientsThatAreZeroChangeNothing() {
    let c = numbers(21, 11)
    for dimension in [3, 4, 64] {
      let one = ZonalTransform(dimension: dimension, degree: 20, nodes: 50, kernelDegree: 5)
      let other = ZonalTransform(dimension: dimension, degree: 45, nodes: 50, kernelDegree: 5)
      let padded = c + [Double](repeating: 0, count: 25)
      let a = written(50) { one.masses(of: c, into: $0) }
      let b = written(50) { other.masses(of: padded, into: $0) }
      #expect(a == b)
    }
  }

  // MARK: Misuse

  @Test func fewerNodesThanDegreesAreRefused() async {
    await #expect(processExitsWith: .failure) {
      _ = ZonalTransform(dimension: 4, degree: 8, nodes: 8, kernelDegree: 1)
    }
  }
}
