import Foundation
import TestSupport
import Testing
import Transforms

/// The uniform law of the polar angle and the Laplacian in its reference polynomials.
struct ZonalGeometryTests {
  @Test func evenDimensionsReferToTheCircleAndOddOnesToTheSphere() {
    for dimension in [3, 4, 5, 16, 4095, 4096] {
      let geometry = ZonalGeometry(dimension: dimension)
      let e = dimension % 2 == 0 ? 2 : 3
      #expect(geometry.dimension == dimension && geometry.referenceDimension == e)
      for l in 0..<5 { #expect(geometry.multiplicity(l) == PlainPolynomials.multiplicity(e, l)) }
    }
  }

  /// Gamma functions and sines at 50 digits, d to 4096, from 10^{−12338} at the pole to the equator.
  @Test func theUniformDensityEqualsTheReference() throws {
    for entry in try ZonalReferences.load().uniform {
      let expected = try #require(Double(entry.log))
      let angle = try #require(Double(entry.angle))
      let result = ZonalGeometry(dimension: entry.dimension).logUniform(at: angle)
      // Four roundings of the logarithm, and of the normalization, which is below 5.
      #expect(
        abs(result - expected) < 4 * max(5, abs(expected)).ulp,
        "d = \(entry.dimension), θ = \(angle)")
    }
  }

  @Test func theUniformDensityOfTheTwoSphereIsOneAndElseZeroAtThePole() {
    #expect(ZonalGeometry(dimension: 3).logUniform(at: 0) == 0)
    #expect(ZonalGeometry(dimension: 4).logUniform(at: 0) == -.infinity)
    #expect(ZonalGeometry(dimension: 4096).logUniform(at: 0) == -.infinity)
  }

  /// Coefficients of the uniform law, by recurrence, and of e^{log h_u}, by quadrature.
  @Test(arguments: [3, 4, 5, 6, 7, 16, 17, 64, 65, 256, 1024, 4095, 4096])
  func uniformCoefficientsEqualTheirQuadrature(dimension: Int) {
    let geometry = ZonalGeometry(dimension: dimension)
    let degree = 300
    // h_u R_l is of degree d − e + l: the rule is exact, or the rest is below e^{−n²/d}.
    let transform = ZonalTransform(
      dimension: dimension, degree: degree, nodes: min(dimension, 1000) / 2 + 400, kernelDegree: 0)
    let masses = zip(transform.angles, transform.weights).map {
      $1 * exp(geometry.logUniform(at: $0))
    }
    var result = [Double](repeating: .nan, count: degree + 1)
    transform.coefficients(of: masses, into: &result)
    let expected = geometry.uniformCoefficients(degree: degree)
    for l in 0...degree {
      // The logarithm is small where the mass is; some hundred masses that sum to one.
      #expect(abs(result[l] - expected[l]) < 2e-14, "l = \(l)")
    }
  }

  /// Against Gamma functions: c_{2k} = (−1)^k Γ(j+1)²/(Γ(j+k+1) Γ(j−k+1)), j = (d−2)/2.
  @Test(arguments: [4, 6, 64, 4096])
  func evenDimensionsHaveQuotientsOfGammaFunctions(dimension: Int) {
    let j = Double(dimension - 2) / 2
    let result = ZonalGeometry(dimension: dimension).uniformCoefficients(degree: 120)
    for l in 0...120 {
      let k = Double(l / 2)
      let size =
        l % 2 == 1 || k > j
        ? 0 : exp(2 * lgamma(j + 1) - lgamma(j + k + 1) - lgamma(j - k + 1))
      // Four logarithms of up to 14 000, each to its last digit.
      #expect(abs(result[l] - (l % 4 == 0 ? size : -size)) < 1e-11)
    }
  }

  /// Δ_d R_l, written with derivatives in θ, integrated against every R_i.
  ///
  /// Under ∂μ/∂t = Δμ, dc_l/dt = ∫ Δ_d R_l dμ = Σ_i q_i (∫ R_i Δ_d R_l dν_e) c_i.
  @Test(arguments: [3, 4, 5, 6, 17, 64, 255])
  func theLaplacianEqualsItsQuadrature(dimension: Int) {
    let geometry = ZonalGeometry(dimension: dimension)
    let e = geometry.referenceDimension
    let degree = 13
    let transform = ZonalTransform(
      dimension: dimension, degree: degree, nodes: 20, kernelDegree: 0)
    var matrix = [[Double]](
      repeating: [Double](repeating: 0, count: degree + 1), count: degree + 1)
    for (angle, weight) in zip(transform.angles, transform.weights) {
      let values = PlainPolynomials.reference(e, degree: degree, angle: angle)
      let slopes = PlainPolynomials.referenceSlopes(e, degree: degree, angle: angle)
      let cot = cos(angle) / sin(angle)
      for l in 0...degree {
        let eigenvalue = Double(l * (l + e - 2))
        let second = -eigenvalue * values[l] - Double(e - 2) * cot * slopes[l]
        let laplacian = second + Double(dimension - 2) * cot * slopes[l]
        for i in 0...degree {
          matrix[l][i] +=
            weight * PlainPolynomials.multiplicity(e, i) * values[i] * laplacian
        }
      }
    }
    for i in 0...degree {
      let unit = (0...degree).map { $0 == i ? 1.0 : 0 }
      var rate = (0...degree).map { l in
        l == i ? -0.5 * Double(l * (l + dimension - 2)) : 0
      }
      geometry.addLaplacianCoupling(of: unit, degree: degree, factor: 0.5, into: &rate)
      for l in 0...degree {
        // Twenty terms of up to d · degree², each to a few ulp.
        #expect(abs(rate[l] - 0.5 * matrix[l][i]) < 1e-15 * Double(dimension * 13 * 13))
      }
    }
  }

  /// The uniform law stays as it is: Σ of the diagonal and the rest is zero for every l.
  @Test(arguments: [3, 4, 5, 64, 255, 4095, 4096])
  func theUniformLawIsStationary(dimension: Int) {
    let degree = 255
    let geometry = ZonalGeometry(dimension: dimension)
    let c = geometry.uniformCoefficients(degree: degree)
    var rate = (0...degree).map { -Double($0) * Double($0 + dimension - 2) * c[$0] }
    geometry.addLaplacianCoupling(of: c, degree: degree, factor: 1, into: &rate)
    for l in 0...degree {
      // A sum over alternating terms up to q_l, times d·l (e = 2) or d.
      #expect(abs(rate[l]) < 1e-13 * Double((l + 1) * (l + dimension)))
    }
  }

  @Test func belowTheTwoSphereThereIsNoPolarAngle() async {
    await #expect(processExitsWith: .failure) { _ = ZonalGeometry(dimension: 2) }
  }
}
