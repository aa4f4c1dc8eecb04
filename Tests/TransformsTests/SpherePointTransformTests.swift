import Foundation
import TestSupport
import Testing
import Transforms

/// Points on S² to moments, and series to values and velocities, against their defining sums.
struct SpherePointTransformTests {
  typealias Point = SIMD3<Double>

  static let counts = [1, 7, 8, 9, 1001]

  // MARK: Moments

  /// What a moment of degree l may be wrong by.
  ///
  /// Modes of θ and of φ are off by at most 1.5·10⁻¹³ of themselves each, and |Y_lm| is at most
  /// √(2(2l + 1)). Rounding: an angle is known to 5·10⁻¹⁶, and l waves turn l times.
  private func momentBound(_ l: Int) -> Double {
    (4.0 * Double(l) + 2).squareRoot() * (3e-13 + 1e-15 * Double(l))
  }

  @Test(arguments: [2, 3, 10])
  func momentsOfLowDegreeAreThePolynomialsTheyAreCalledAfter(degree: Int) {
    let transform = SpherePointTransform(degree: degree)
    for p in SpherePoints.special + SpherePoints.uniform(20, seed: 1) {
      let (x, y, z) = (p.x, p.y, p.z)
      let closed: [(l: Int, m: Int, value: Double)] = [
        (0, 0, 1), (1, 0, 3.0.squareRoot() * z), (1, 1, 3.0.squareRoot() * x),
        (1, -1, 3.0.squareRoot() * y), (2, 0, 5.0.squareRoot() * (1.5 * z * z - 0.5)),
        (2, 1, 15.0.squareRoot() * x * z), (2, -1, 15.0.squareRoot() * y * z),
        (2, 2, 15.0.squareRoot() / 2 * (x * x - y * y)), (2, -2, 15.0.squareRoot() * x * y),
      ]
      let h = transform.moments(of: [p])
      for entry in closed {
        let error = abs(h[transform.layout.index(entry.l, entry.m)] - entry.value)
        #expect(error < momentBound(entry.l), "(\(entry.l), \(entry.m)) at \(p)")
      }
      for l in 0...degree { #expect(h[2 * l + 1] == 0) }
    }
  }

  /// Σ_m Y_lm(x) Y_lm(y) = (2l + 1) P_l(⟨x, y⟩), P_l by Bonnet's recurrence.
  @Test(arguments: [0, 1, 2, 5, 36, 150])
  func momentsObeyTheAdditionTheorem(degree: Int) {
    let transform = SpherePointTransform(degree: degree)
    let points =
      [0, 1, 14, 15, 20].map { SpherePoints.special[$0] } + SpherePoints.uniform(5, seed: 2)
    let all = points.map { transform.moments(of: [$0]) }
    for (x, h) in zip(points, all) {
      for (y, g) in zip(points, all) {
        let t = max(-1, min(1, (x * y).sum()))
        var (previous, current) = (0.0, 1.0)
        for l in 0...degree {
          var sum = 0.0
          for m in -l...l {
            sum += h[transform.layout.index(l, m)] * g[transform.layout.index(l, m)]
          }
          // Both vectors of moments have length √(2l + 1), and errors like one entry. Bonnet's
          // recurrence turns the rounding of t into l² of it at most.
          let size = Double(2 * l + 1)
          #expect(abs(sum - size * current) < size * (6e-13 + 1e-15 * Double(l * l)), "\(l)")
          let next = (Double(2 * l + 1) * t * current - Double(l) * previous) / Double(l + 1)
          (previous, current) = (current, next)
        }
      }
    }
  }

  /// A law's moments are the weighted sum of those of its points.
  @Test(arguments: counts)
  func momentsAreSumsOverPoints(count: Int) {
    let degree = 12
    let transform = SpherePointTransform(degree: degree)
    let points = SpherePoints.uniform(count, seed: 3)
    var random = SplitMix(state: UInt64(count))
    for masses in [nil, random.masses(count)] {
      let h = transform.moments(of: points, masses: masses)
      var expected = [Double](repeating: 0, count: h.count)
      for (i, point) in points.enumerated() {
        for (j, value) in transform.moments(of: [point]).enumerated() {
          expected[j] += (masses?[i] ?? 1 / Double(count)) * value
        }
      }
      // Sums in another order: a few ulp of the largest harmonic, √(2(2l + 1)).
      #expect(zip(h, expected).allSatisfy { abs($0 - $1) < 2e-14 })
      // Low modes of θ and of φ are wrong by 2.5·10⁻¹⁴.
      #expect(abs(h[0] - 1) < 5e-14)
    }
  }

  /// Σ_i w_i F(x_i) = Σ f_lm h_lm to rounding, though each side has its own error of 10⁻¹³.
  @Test(arguments: [0, 1, 2, 7, 36, 81], counts)
  func momentsAreTheTransposeOfEvaluation(degree: Int, count: Int) {
    let transform = SpherePointTransform(degree: degree)
    var random = SplitMix(state: UInt64(100 * degree + count))
    let points = count < 1000 ? SpherePoints.uniform(count, seed: 4) : SpherePoints.special
    let masses = random.masses(points.count)
    var f = (0..<transform.layout.count).map { _ in random.next() & 1 == 0 ? 1.0 : -1.0 }
    for l in 0...degree { f[2 * l + 1] = 0 }
    let h = transform.moments(of: points, masses: masses)
    transform.prepareScalar(f)
    var values = [Double](repeating: .nan, count: points.count)
    transform.evaluateScalar(into: &values)
    let left = zip(masses, values).reduce(0) { $0 + $1.0 * $1.1 }
    let right = zip(f, h).reduce(0) { $0 + $1.0 * $1.1 }
    // (K + 1)² terms of size up to √(4K + 2), each with a few ulp, of random signs.
    let size = Double(degree + 1) * Double(4 * degree + 2).squareRoot()
    #expect(abs(left - right) < 4e-15 * size)
  }

  @Test func noPointsHaveNoMoments() {
    let transform = SpherePointTransform(degree: 4)
    #expect(transform.moments(of: []).allSatisfy { $0 == 0 })
    #expect(transform.moments(of: [], masses: []).allSatisfy { $0 == 0 })
  }

  @Test func theSamePointsGiveTheSameNumbers() {
    let points = SpherePoints.uniform(1000, seed: 5)
    let first = SpherePointTransform(degree: 20)
    let expected = first.moments(of: points)
    let second = SpherePointTransform(degree: 20)
    // Whatever was there before, and however much of it.
    _ = second.moments(of: SpherePoints.uniform(3000, seed: 6))
    second.prepareScalar(expected)
    #expect(second.moments(of: points) == expected)
    #expect(first.moments(of: points) == expected)
  }

  @Test func aPointThatIsNoPointHasNoVelocity() {
    let transform = SpherePointTransform(degree: 3)
    let points: [Point] = [[0, 0, 1], [.nan, 0, 0], [.infinity, 0, 1], [1, 0, 0]]
    let rows = transform.place(points)
    transform.prepareGradient((0..<transform.layout.count).map { Double($0 % 3) })
    var velocities = [Double](repeating: 0, count: rows.count)
    _ = transform.evaluateFlow(factor: 1, divides: false, at: rows, into: &velocities)
    #expect([0, 1, 2, 9, 10, 11].allSatisfy { velocities[$0].isFinite })
    #expect(velocities[3].isNaN && velocities[6].isNaN)
  }

  // MARK: Gradients

  /// ∇ of a linear function ⟨a, x⟩ is a − ⟨a, x⟩ x, of a quadratic form ⟨x, Bx⟩ twice
  /// Bx − ⟨x, Bx⟩ x.
  @Test(arguments: [2, 3, 40])
  func gradientsOfPolynomialsAreTheirProjectedGradients(degree: Int) {
    let transform = SpherePointTransform(degree: degree)
    let points = SpherePoints.special + SpherePoints.uniform(30, seed: 7)
    let rows = transform.place(points)
    var f = [Double](repeating: 0, count: transform.layout.count)
    f[transform.layout.index(1, 0)] = 0.3
    f[transform.layout.index(1, 1)] = -0.5
    f[transform.layout.index(1, -1)] = 0.7
    f[transform.layout.index(2, 1)] = 0.2
    f[transform.layout.index(2, 2)] = 0.4
    f[transform.layout.index(2, -2)] = -0.6
    transform.prepareGradient(f)
    f[0] = 2
    transform.prepareScalar(f)
    var velocities = [Double](repeating: .nan, count: rows.count)
    var scalars = [Double](repeating: .nan, count: points.count)
    let sum = transform.evaluateFlow(
      factor: 1, divides: false, at: rows, into: &velocities, scalars: &scalars)
    var expectedSum = 0.0
    let (r3, r15) = (3.0.squareRoot(), 15.0.squareRoot())
    for (i, p) in points.enumerated() {
      let ambient: Point = [
        -0.5 * r3 + 0.2 * r15 * p.z + 0.4 * r15 * p.x - 0.6 * r15 * p.y,
        0.7 * r3 - 0.4 * r15 * p.y - 0.6 * r15 * p.x, 0.3 * r3 + 0.2 * r15 * p.x,
      ]
      let expected = ambient - p * (ambient * p).sum()
      expectedSum += (expected * expected).sum()
      let v: Point = [velocities[3 * i], velocities[3 * i + 1], velocities[3 * i + 2]]
      // Speeds up to five; low modes are right to 10⁻¹⁴, degree 2 is the last one at K = 2.
      #expect(((v - expected) * (v - expected)).sum().squareRoot() < 1e-12, "at \(p)")
      #expect(abs((v * p).sum()) < 1e-14)
      let quadratic =
        0.2 * r15 * p.x * p.z + 0.2 * r15 * (p.x * p.x - p.y * p.y) - 0.6 * r15 * p.x * p.y
      let value = 2 + r3 * (0.3 * p.z - 0.5 * p.x + 0.7 * p.y) + quadratic
      #expect(abs(scalars[i] - value) < 1e-12)
    }
    #expect(abs(sum - expectedSum) < 1e-11 * expectedSum)
  }

  /// Series with all degrees alike, against their values and gradients in ambient polynomials.
  @Test(arguments: [0, 1, 5, 36, 80])
  func seriesAndTheirGradientsAreThoseOfTheirHarmonics(degree: Int) {
    let transform = SpherePointTransform(degree: degree)
    var random = SplitMix(state: UInt64(degree))
    var f = (0..<transform.layout.count).map { _ in Double.random(in: -1...1, using: &random) }
    for l in 0...degree { f[2 * l + 1] = 0 }
    let series = SphericalHarmonics(degree: degree, coefficients: f)
    transform.prepareGradient(f)
    transform.prepareScalar(f)
    let points = SpherePoints.special + SpherePoints.uniform(40, seed: 13)
    let rows = transform.place(points)
    var velocities = [Double](repeating: .nan, count: rows.count)
    var scalars = [Double](repeating: .nan, count: points.count)
    _ = transform.evaluateFlow(
      factor: 1, divides: false, at: rows, into: &velocities, scalars: &scalars)
    // Sums of (K + 1)² terms of random sign, of size K + 1; each mode is wrong by 3·10⁻¹³ at most.
    let size = Double(degree + 1)
    for (i, point) in points.enumerated() {
      let jet = series.jet(at: point)
      #expect(abs(scalars[i] - jet.value) < 3e-13 * size)
      let v: Point = [velocities[3 * i], velocities[3 * i + 1], velocities[3 * i + 2]]
      let error = ((v - jet.gradient) * (v - jet.gradient)).sum().squareRoot()
      #expect(error < 3e-13 * size * size, "at \(point)")
    }
  }

  @Test(arguments: [0, 1, 5, 6, 36, 80, 900])
  func cellsAreAMultipleOfFourAndAtLeastSixForEveryMode(degree: Int) {
    let cells = SpherePointTransform.cellCount(degree: degree)
    #expect(cells % 4 == 0 && cells >= 32 && cells >= 6 * (degree + 1))
    #expect(cells == 32 || Double(cells) < 1.2 * Double(6 * (degree + 1)))
  }
}
