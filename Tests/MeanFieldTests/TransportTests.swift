import Foundation
import MeanField
import TestSupport
import Testing

/// Distances of laws on the circle: linear programming, closed forms and the laws of a metric.
struct TransportTests {
  private func atoms(_ angles: [Double], _ masses: [Double]? = nil) -> MassCurve {
    let equal = [Double](repeating: 1 / Double(angles.count), count: angles.count)
    return MassCurve(.tokens(angles: angles, masses: masses ?? equal))
  }

  /// A density's curve is the polygon through its distribution function on 2048 points or more,
  /// within h²/8 |ρ′|/2π of it: 2·10⁻⁷ |ρ′|, over a length of 2π.
  private let polygonBound = 1.2e-6

  private func density(_ law: InitialLaw) -> MassCurve {
    MassCurve(.density(law.circularMoments(modes: max(1, law.circularModes))))
  }

  private func cases() throws -> [References.Transport.Case] {
    try References.load("transport", as: References.Transport.self).cases
  }

  private func curves(
    _ entry: References.Transport.Case, turned: Double = 0
  ) -> (MassCurve, MassCurve) {
    (
      atoms(entry.x.map { $0 + turned }, entry.xWeights.map { $0 / 60 }),
      atoms(entry.y.map { $0 + turned }, entry.yWeights.map { $0 / 60 })
    )
  }

  /// The error of W₂ between atoms; W₁ is exact.
  ///
  /// W₂² is found to a part of 10¹², and W₂ ≤ π.
  private let secondBound = 2e-12

  @Test func distancesAreThoseOfLinearProgramming() throws {
    for (i, entry) in try cases().enumerated() {
      let (x, y) = curves(entry)
      let distances = CircularDistances(x, y)
      #expect(abs(distances.wasserstein1 - entry.wasserstein1) < 1e-13, "case \(i)")
      #expect(abs(distances.wasserstein2 - entry.wasserstein2) < secondBound, "case \(i)")
      // A coupling costs at least the minimum, up to rounding.
      #expect(distances.wasserstein2 > entry.wasserstein2 - 1e-14, "case \(i)")
    }
  }

  @Test func lawsWithoutNumbersHaveNoDistance() {
    let law = atoms([0.1, 2])
    for other in [atoms([]), atoms([.nan]), atoms([1, .nan, 4]), atoms([1, 2], [0.5, .nan])] {
      for distances in [CircularDistances(law, other), CircularDistances(other, law)] {
        #expect(distances.wasserstein1.isNaN)
        #expect(distances.wasserstein2.isNaN)
        #expect(distances.sobolev.isNaN)
      }
    }
  }

  @Test func distancesHaveTheirClosedForms() throws {
    let pi = Double.pi
    let wave = InitialLaw.harmonics([.init(mode: 3, cosine: 0.5, sine: 0)])
    let regular = { (n: Int, turn: Double) in
      self.atoms((0..<n).map { 2 * pi * Double($0) / Double(n) + turn })
    }
    let pairs: [(MassCurve, MassCurve)] = [
      (atoms([0.1]), atoms([6.2])),
      (atoms([0]), atoms([pi])),
      (atoms([0, pi]), atoms([0])),
      (atoms([0, pi]), atoms([pi / 2, 3 * pi / 2])),
      (atoms([2.2]), density(.uniform)),
      (regular(7, 0.9), density(.uniform)),
      (regular(5, 0), regular(5, 0.4)),
      (density(.uniform), density(.uniform)),
      (density(wave), density(.uniform)),
    ]
    let table = try References.load("transport", as: References.Transport.self).closedForms
    try #require(table.count == pairs.count)
    for (row, pair) in zip(table, pairs) {
      let distances = CircularDistances(pair.0, pair.1)
      // |ρ′| ≤ 1.5 in the last case, elsewhere curves are exact up to the 10⁻¹⁰ of level at which
      // vertices of densities are dropped.
      let bound = row.wasserstein2 == nil ? 1.5 * polygonBound : 1e-9
      #expect(abs(distances.wasserstein1 - row.wasserstein1) < bound, "\(row.what)")
      if let expected = row.wasserstein2 {
        #expect(abs(distances.wasserstein2 - expected) < 2e-7, "\(row.what)")
      }
    }
  }

  /// Equal masses at equal distances: every token fills its own arc of 2π/N, W₁ = π/2N and W₂ = π/(√3 N).
  @Test func manyRegularTokensHaveTheirClosedForms() {
    let count = 5000
    let tokens = atoms(
      (0..<count).map { 2 * Double.pi * Double($0 * 7 % count) / Double(count) + 0.9 })
    let distances = CircularDistances(tokens, density(.uniform))
    // N levels are added up, each rounded by half an ulp of one; an angle is 2π times a level.
    let bound = Double.pi * Double(count) * 1.0.ulp
    #expect(abs(distances.wasserstein1 - 0.5 * Double.pi / Double(count)) < bound)
    #expect(abs(distances.wasserstein2 - Double.pi / (3.0.squareRoot() * Double(count))) < bound)
  }

  /// W₂ of a von Mises law and itself turned a little is at most the angle, and W₁ is at most W₂.
  @Test(arguments: [0.01, 0.3, 1])
  func turnedLawsAreNoFurtherThanTheirAngle(angle: Double) {
    let one = density(.vonMises([.init(mean: 1, concentration: 20)]))
    let other = density(.vonMises([.init(mean: 1 + angle, concentration: 20)]))
    let distances = CircularDistances(one, other)
    // |ρ′| ≤ 0.25 κ · 2π on an arc of length one.
    let bound = 31 * 2e-7
    #expect(distances.wasserstein1 <= angle + bound)
    #expect(distances.wasserstein2 <= angle + bound)
    // Concentrated laws cannot gain by the other way round: e^{−20} of the mass is there.
    #expect(distances.wasserstein2 > angle - bound)
    #expect(distances.wasserstein1 > angle - bound)
  }

  @Test(arguments: [0.7, 3, -2, 100])
  func rotationsChangeNothing(turn: Double) throws {
    for entry in try cases() {
      let (x, y) = curves(entry)
      let (u, v) = curves(entry, turned: turn)
      let one = CircularDistances(x, y)
      let other = CircularDistances(u, v)
      // Turned angles are rounded to an ulp of 100.
      #expect(abs(one.wasserstein1 - other.wasserstein1) < 1e-13)
      #expect(abs(one.wasserstein2 - other.wasserstein2) < secondBound)
      #expect(abs(one.sobolev - other.sobolev) < 1e-12)
    }
  }

  @Test func distancesAreSymmetric() throws {
    for entry in try cases() {
      let (x, y) = curves(entry)
      let one = CircularDistances(x, y)
      let other = CircularDistances(y, x)
      #expect(abs(one.wasserstein1 - other.wasserstein1) < 1e-14)
      #expect(abs(one.wasserstein2 - other.wasserstein2) < secondBound)
      #expect(abs(one.sobolev - other.sobolev) < 1e-14)
    }
  }

  @Test func lawsAreAtNoDistanceFromThemselves() throws {
    let curves = try [
      density(.uniform), density(.vonMises([.init(mean: 0, concentration: 50)])), atoms([3]),
      atoms([0, 0, 0]),
      curves(#require(cases().first)).0,
    ]
    for curve in curves {
      let distances = CircularDistances(curve, curve)
      #expect(distances.wasserstein1 == 0)
      #expect(distances.wasserstein2 < 1e-7)
      #expect(distances.sobolev == 0)
    }
  }

  @Test func theTriangleInequalityHolds() throws {
    let laws = try cases().flatMap { [curves($0).0, curves($0).1] } + [density(.uniform)]
    for i in 0..<(laws.count - 2) {
      let a = CircularDistances(laws[i], laws[i + 1])
      let b = CircularDistances(laws[i + 1], laws[i + 2])
      let c = CircularDistances(laws[i], laws[i + 2])
      #expect(c.wasserstein1 <= a.wasserstein1 + b.wasserstein1 + 1e-9)
      #expect(c.wasserstein2 <= a.wasserstein2 + b.wasserstein2 + 1e-6)
      #expect(c.sobolev <= a.sobolev + b.sobolev + 1e-12)
      // Jensen, and the longest way.
      #expect(a.wasserstein1 <= a.wasserstein2 + 1e-12)
      #expect(a.wasserstein2 <= Double.pi)
    }
  }

  // MARK: Sobolev

  /// For densities the sum over modes is finite.
  @Test func theSobolevDistanceOfDensitiesIsTheSumOverMoments() {
    let first = InitialLaw.vonMises([
      .init(mean: 0.3, concentration: 4, weight: 1), .init(mean: 2.5, concentration: 8, weight: 2),
    ])
    let second = InitialLaw.harmonics([
      .init(mode: 1, cosine: 0.2, sine: -0.4), .init(mode: 9, cosine: 0.3, sine: 0),
    ])
    let modes = 60
    let a = first.circularMoments(modes: modes)
    let b = second.circularMoments(modes: modes)
    let sum = (1...modes).reduce(0) { sum, k in
      let x = a.real(k) - b.real(k)
      let y = a.imaginary(k) - b.imaginary(k)
      return sum + 2 * (x * x + y * y) / Double(k * k)
    }
    let distance = CircularDistances(density(first), density(second)).sobolev
    // |ρ′| ≤ 10 of the bumps and 3 of the waves.
    #expect(abs(distance - sum.squareRoot()) < 13 * polygonBound)
  }

  /// For atoms it is Σ_ij s_i s_j 2 Σ_k cos(k x_ij)/k² with signed masses s, and
  /// Σ_k cos(kx)/k² = π²/6 − πx/2 + x²/4 on [0, 2π].
  @Test func theSobolevDistanceOfAtomsIsTheSumOverMoments() throws {
    for entry in try cases() {
      let angles = entry.x + entry.y
      let signed = entry.xWeights.map { $0 / 60 } + entry.yWeights.map { -$0 / 60 }
      var square = 0.0
      for i in angles.indices {
        for j in angles.indices {
          let x = abs(angles[i] - angles[j])
          let series = Double.pi * Double.pi / 6 - Double.pi * x / 2 + x * x / 4
          square += 2 * signed[i] * signed[j] * series
        }
      }
      let (x, y) = curves(entry)
      #expect(abs(CircularDistances(x, y).sobolev - square.squareRoot()) < 1e-13)
    }
  }

  /// One atom against the uniform law: Σ_{k≠0} 1/k² = π²/3.
  @Test func anAtomIsPiOverRootThreeFromTheUniformLaw() {
    let distance = CircularDistances(atoms([5]), density(.uniform)).sobolev
    #expect(abs(distance - Double.pi / 3.0.squareRoot()) < 1e-9)
  }

  // MARK: Curves through points

  /// Midpoints between equal masses at the quantiles follow the law to second order in 1/J.
  @Test func curvesThroughQuantilesFollowTheLaw() {
    let law = InitialLaw.harmonics([.init(mode: 1, cosine: 0.5, sine: 0)])
    let sampler = CircleSampler(law: law)
    let exact = density(law)
    var last = Double.infinity
    for count in [16, 64, 256, 1024] {
      let points = (0..<count).map { sampler.angle(at: (Double($0) + 0.5) / Double(count)) }
      let even = [Double](repeating: 1 / Double(count), count: count)
      let distance = CircularDistances(exact, .through(points, masses: even)).wasserstein1
      // Sixteen times better with four times as many.
      #expect(distance < last / 12)
      last = distance
    }
    // ∫ |F″|/(12 J² F′²) dθ with 1/J² = 10⁻⁶, and the polygon's own error.
    #expect(last < 1e-6 + polygonBound)
  }

  /// Small signed changes of mass are what the Gaussian limit is made of: W₁ of a wave of extra
  /// mass ε cos θ is 4ε/2π, to first order the law 1 + a cos θ with a = ε: 2a/π.
  @Test func extraMassesMayBeNegative() {
    let count = 512
    let points = (0..<count).map { 2 * Double.pi * (Double($0) + 0.5) / Double(count) }
    let even = [Double](repeating: 1 / Double(count), count: count)
    let extra = points.map { (1 + 1.5 * cos($0)) / Double(count) }
    #expect(extra.contains { $0 < 0 })
    let distances = CircularDistances(
      .through(points, masses: even), .through(points, masses: extra))
    // Second order in 1/J.
    #expect(abs(distances.wasserstein1 - 2 * 1.5 / Double.pi) < 1e-4)
    #expect(distances.wasserstein2.isFinite)
    // Σ over k = ±1 of (1.5/2)².
    #expect(abs(distances.sobolev - 1.5 / 2.0.squareRoot()) < 1e-4)
  }
}
