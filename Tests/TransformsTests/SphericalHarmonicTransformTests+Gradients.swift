import Foundation
import TestSupport
import Testing
import Transforms

/// Gradients and adjoints against closed forms, series at points, and each other.
extension SphericalHarmonicTransformTests {
  @Test(arguments: grids + [(60, 61, 122), (100, 151, 303)])
  func gradientsAreThoseOfTheSeriesAtEveryPoint(degree: Int, latitudes: Int, longitudes: Int) {
    let transform = SphericalHarmonicTransform(
      degree: degree, latitudes: latitudes, longitudes: longitudes)
    let given = coefficients(degree)
    let series = SphericalHarmonics(degree: degree, coefficients: given)
    var θ = [Double](repeating: 9, count: latitudes * longitudes)
    var φ = θ
    var value = θ
    transform.synthesizeGradient(given, value: &value, theta: &θ, phi: &φ)
    let scale = Double((degree + 1) * (degree + 1))
    for i in stride(from: 0, to: latitudes, by: max(1, latitudes / 20)) {
      for j in stride(from: 0, to: longitudes, by: max(1, longitudes / 20)) {
        let place = i * longitudes + j
        let jet = series.jet(at: point(transform, i, j))
        let longitude = 2 * Double.pi * Double(j) / Double(longitudes)
        let x = transform.quadrature.cosines[i]
        let south = SIMD3(x * cos(longitude), x * sin(longitude), -transform.quadrature.sines[i])
        let east = SIMD3(-sin(longitude), cos(longitude), 0)
        // Slopes are sums of (L + 1)² rounded terms of size L + 1 and change L + 1 times as fast;
        // the rounding of z moves the point by 10⁻¹⁶/sin θ.
        let move = 1e-16 / transform.quadrature.sines[i]
        let error = (4e-14 + move * Double(degree + 1)) * scale
        #expect(abs(value[place] - jet.value) < error)
        #expect(abs(θ[place] - (jet.gradient * south).sum()) < error)
        #expect(abs(φ[place] - (jet.gradient * east).sum()) < error)
      }
    }
  }

  @Test func gradientsOfTheFirstTwoDegreesAreTheClosedForms() {
    let transform = SphericalHarmonicTransform(degree: 6, latitudes: 40, longitudes: 16)
    let layout = transform.layout
    // ∂_θ and (1/sin θ) ∂_φ of Y_lm for x = cos θ, y = sin θ.
    typealias Slope = (_ x: Double, _ y: Double, _ φ: Double) -> Double
    let a = 3.0.squareRoot()
    let b = 15.0.squareRoot()
    let forms: [(Int, Int, Slope, Slope)] = [
      (1, 0, { -a * $1 + 0 * ($0 + $2) }, { 0 * ($0 + $1 + $2) }),
      (1, 1, { a * $0 * cos($2) + 0 * $1 }, { -a * sin($2) + 0 * ($0 + $1) }),
      (1, -1, { a * $0 * sin($2) + 0 * $1 }, { a * cos($2) + 0 * ($0 + $1) }),
      (2, 0, { -3 * 5.0.squareRoot() * $0 * $1 + 0 * $2 }, { 0 * ($0 + $1 + $2) }),
      (2, 1, { b * ($0 * $0 - $1 * $1) * cos($2) }, { -b * $0 * sin($2) + 0 * $1 }),
      (2, -2, { b * $0 * $1 * sin(2 * $2) }, { b * $1 * cos(2 * $2) + 0 * $0 }),
    ]
    for (l, m, along, across) in forms {
      var given = [Double](repeating: 0, count: layout.count)
      given[2 * layout.place(l, abs(m)) + (m < 0 ? 1 : 0)] = 1
      var θ = [Double](repeating: 0, count: 40 * 16)
      var φ = θ
      transform.synthesizeGradient(given, theta: &θ, phi: &φ)
      for i in 0..<40 {
        let x = transform.quadrature.cosines[i]
        let y = transform.quadrature.sines[i]
        for j in 0..<16 {
          let longitude = 2 * Double.pi * Double(j) / 16
          // Rounded slopes of size 4, divided by sin θ > 0.05.
          #expect(abs(θ[16 * i + j] - along(x, y, longitude)) < 1e-13)
          #expect(abs(φ[16 * i + j] - across(x, y, longitude)) < 1e-13)
        }
      }
    }
  }

  @Test(arguments: grids + [(40, 61, 123), (127, 191, 384), (255, 256, 512)])
  func adjointsAreAdjoint(degree: Int, latitudes: Int, longitudes: Int) {
    let transform = SphericalHarmonicTransform(
      degree: degree, latitudes: latitudes, longitudes: longitudes)
    let size = latitudes * longitudes
    let given = coefficients(degree)
    var random = SplitMix(state: 4)
    let s = random.numbers(size, in: -1...1)
    let t = random.numbers(size, in: -1...1)
    var f = s
    var θ = s
    var φ = s
    var moments = given
    transform.synthesize(given, into: &f)
    transform.adjoint(s, into: &moments)
    // Relative to the product of the norms, which bounds both sides.
    var bound = (inner(f, f) * inner(s, s)).squareRoot()
    #expect(abs(inner(f, s) - inner(given, moments)) <= 1e-13 * bound)

    transform.synthesizeGradient(given, theta: &θ, phi: &φ)
    transform.adjointGradient(theta: s, phi: t, into: &moments)
    bound = ((inner(θ, θ) + inner(φ, φ)) * (inner(s, s) + inner(t, t))).squareRoot()
    #expect(abs(inner(θ, s) + inner(φ, t) - inner(given, moments)) <= 1e-13 * bound)
    #expect((0...degree).allSatisfy { moments[2 * transform.layout.place($0, 0) + 1] == 0 })
  }

  @Test func theDivergenceOfAGradientIsTheLaplacian() {
    let transform = SphericalHarmonicTransform(degree: 50, latitudes: 51, longitudes: 102)
    let layout = transform.layout
    let given = coefficients(50)
    var θ = [Double](repeating: 0, count: 51 * 102)
    var φ = θ
    var back = given
    transform.synthesizeGradient(given, rowFactors: transform.weights, theta: &θ, phi: &φ)
    transform.adjointGradient(theta: θ, phi: φ, into: &back)
    for m in 0...50 {
      for l in m...50 {
        let p = 2 * layout.place(l, m)
        // l(l + 1) is 2550 at most, with its rounding.
        #expect(abs(back[p] - Double(l * (l + 1)) * given[p]) < 3e-11)
        #expect(abs(back[p + 1] - Double(l * (l + 1)) * given[p + 1]) < 3e-11)
      }
    }
  }
}
