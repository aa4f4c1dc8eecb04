import Foundation
import TestSupport
import Testing
import Transforms

/// Harmonics and series at single points, the poles included.
struct SphericalHarmonicsTests {
  static func point(_ θ: Double, _ φ: Double) -> SIMD3<Double> {
    SIMD3(sin(θ) * cos(φ), sin(θ) * sin(φ), cos(θ))
  }

  static let points = [
    SIMD3(0, 0, 1), SIMD3(0, 0, -1), SIMD3(1, 0, 0), point(1e-9, 2), point(0.3, 1),
    point(1.4, -2), point(3.1, 0.5),
  ]

  @Test func valuesAreTheKnownOnes() throws {
    for row in try SphericalReferences.load().harmonics {
      let point = Self.point(row.colatitude.value, row.longitude.value)
      let value = SphericalHarmonics.value(degree: row.degree, order: row.order, at: point)
      // z is rounded, which moves the point by 10⁻¹⁶/sin θ; slopes are l √l at most, and less by
      // l sin θ at a pole.
      let l = Double(row.degree + 1)
      let move = 2e-16 * (1 + min(l, 1 / sin(row.colatitude.value)))
      #expect(abs(value - row.value.value) < move * l * l.squareRoot())
    }
  }

  @Test(arguments: [0, 1, 5, 40, 300, 1023])
  func squaresOfOneDegreeSumToTheirNumber(l: Int) {
    for point in Self.points {
      let sum = (-l...l).reduce(0.0) {
        let y = SphericalHarmonics.value(degree: l, order: $1, at: point)
        return $0 + y * y
      }
      // Each harmonic is as exact as its point, l roundings.
      #expect(abs(sum / Double(2 * l + 1) - 1) < 1e-15 * Double(l + 4))
    }
  }

  /// The series with one coefficient, as (l, m), m < 0 for a sine.
  private func single(_ l: Int, _ m: Int, degree: Int) -> SphericalHarmonics {
    let layout = HarmonicLayout(degree: degree)
    var coefficients = [Double](repeating: 0, count: layout.count)
    coefficients[2 * layout.place(l, abs(m)) + (m < 0 ? 1 : 0)] = 1
    return SphericalHarmonics(degree: degree, coefficients: coefficients)
  }

  @Test(arguments: [0, 1, 2, 7, 30])
  func aSeriesWithOneCoefficientIsAHarmonic(l: Int) {
    for m in Set([-l, -1, 0, 1, l / 2, l]) where abs(m) <= l {
      let series = single(l, m, degree: 30)
      for point in Self.points {
        let value = SphericalHarmonics.value(degree: l, order: m, at: point)
        // The same products in another order.
        #expect(abs(series.jet(at: point).value - value) < 1e-14 * Double(l + 1))
      }
    }
  }

  @Test func gradientsOfTheFirstTwoDegreesAreTheClosedForms() {
    // (l, m): the polynomial's gradient in x, y, z before projection.
    let a = 3.0.squareRoot()
    let b = 15.0.squareRoot()
    let forms: [(Int, Int, (SIMD3<Double>) -> SIMD3<Double>)] = [
      (1, 0, { _ in SIMD3(0, 0, a) }), (1, 1, { _ in SIMD3(a, 0, 0) }),
      (1, -1, { _ in SIMD3(0, a, 0) }), (2, 0, { SIMD3(0, 0, 3 * 5.0.squareRoot() * $0.z) }),
      (2, 1, { SIMD3(b * $0.z, 0, b * $0.x) }), (2, -1, { SIMD3(0, b * $0.z, b * $0.y) }),
      (2, 2, { SIMD3(b * $0.x, -b * $0.y, 0) }), (2, -2, { SIMD3(b * $0.y, b * $0.x, 0) }),
    ]
    for (l, m, form) in forms {
      for degree in [l, 9] {
        let series = single(l, m, degree: degree)
        for point in Self.points {
          let ambient = form(point)
          let tangent = ambient - (ambient * point).sum() * point
          let error = series.jet(at: point).gradient - tangent
          // Numbers up to 12, a few roundings.
          #expect((error * error).sum().squareRoot() < 1e-14)
        }
      }
    }
  }

  @Test(arguments: [3, 20, 100])
  func gradientsAreTheSlopesOfValuesAlongGreatCircles(degree: Int) {
    let layout = HarmonicLayout(degree: degree)
    var random = SplitMix(state: 5)
    var coefficients = random.numbers(layout.count, in: -1...1)
    for l in 0...degree { coefficients[2 * layout.place(l, 0) + 1] = 0 }
    let series = SphericalHarmonics(degree: degree, coefficients: coefficients)
    let scale = series.jet(at: SIMD3(0, 0, 1)).value.magnitude + Double(degree)
    for point in Self.points {
      for axis in [SIMD3(1.0, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, 1)] {
        var tangent = axis - (axis * point).sum() * point
        let length = (tangent * tangent).sum().squareRoot()
        if length < 0.1 { continue }
        tangent /= length
        // Differences of fourth order; h l = 0.01 leaves 10⁻⁹ and rounding l 10⁻¹⁴/0.01.
        let h = 0.01 / Double(degree)
        func value(_ t: Double) -> Double {
          series.jet(at: cos(t) * point + sin(t) * tangent).value
        }
        let slope = (8 * (value(h) - value(-h)) - (value(2 * h) - value(-2 * h))) / (12 * h)
        let exact = (series.jet(at: point).gradient * tangent).sum()
        #expect(abs(slope - exact) < 1e-8 * scale * Double(degree))
      }
    }
  }

  @Test func nothingOverflowsAtTheHighestDegree() {
    let layout = HarmonicLayout(degree: 2047)
    let series = SphericalHarmonics(
      degree: 2047, coefficients: (0..<layout.count).map { $0 % 3 == 0 ? 1 : -0.5 })
    for point in Self.points {
      let jet = series.jet(at: point)
      #expect(jet.value.isFinite)
      #expect((jet.gradient * jet.gradient).sum().isFinite)
    }
  }

  @Test func theWrongNumberOfCoefficientsIsRefused() async {
    await #expect(processExitsWith: .failure) {
      _ = SphericalHarmonics(degree: 3, coefficients: [1, 2])
    }
  }
}
