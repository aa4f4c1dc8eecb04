import Foundation
import TestSupport
import Testing

@testable import MeanField

/// Densities on S², their pole tilted, and about a pole, against numbers that others computed.
@Suite struct SphereReferenceTests {
  struct Reference: Sendable {
    var attention: Attention
    /// Coefficients of P_1, P_2, ….
    var terms: [Double]
    /// t, c_1…c_4 and E.
    var rows: [(time: Double, moments: [Double], energy: Double)]
  }

  /// C20, literature 5.4: S1 and S3.
  static let nonlinear = [
    Reference(
      attention: Attention(beta: 1, normalization: .unnormalized), terms: [0.5],
      rows: [
        (
          0.5, [0.2403045691724, 0.0297717594812, 0.0036592131569, 0.0004299467214],
          0.6196251523008
        ),
        (1, [0.3438828191502, 0.0967232161949, 0.0269963424781, 0.0073219288689], 0.6545558768862),
      ]),
    Reference(
      attention: Attention(beta: 5, normalization: .unnormalized), terms: [0, 0, 0.02],
      rows: [
        (0.1, [-1.65336717e-8, 1.717116586e-5, 0.0077492620349, 3.645751505e-5], 1.4842389822042),
        (
          0.3, [-1.232995030e-5, 0.0013458500871, 0.0568554779040, 0.0026875609853],
          1.4935000730449
        ),
        (
          0.4, [-0.0002676152091, 0.0096137946478, 0.1514882428177, 0.0189577047607],
          1.5523099097174
        ),
      ]),
  ]

  /// Errors grow like e^{λt} of the fastest degree; 20 covers the steps, 2e-13 the printed digits.
  private func allowed(_ reference: Reference, _ tolerance: Double, _ time: Double) throws -> Double
  {
    let theory = LinearTheory(equation: Equation(manifold: .sphere, attention: reference.attention))
    return 20 * tolerance * exp(theory.growthRate(try #require(theory.fastestMode)) * time) + 2e-13
  }

  @Test(arguments: [1e-6, 1e-9, 1e-12], [0, 1])
  func tiltedReferencesAreMetOnTheSphere(tolerance: Double, index: Int) throws {
    let reference = Self.nonlinear[index]
    let beta = reference.attention.beta
    let axis = SphereRuns.apply(SphereRuns.rotation, to: [0, 0, 1])
    let run = try SphereRuns.sphere(
      reference.attention, from: SphereRuns.symmetric(reference.terms, about: axis),
      tolerance: tolerance, end: 1)
    for row in reference.rows {
      try run.advance(to: row.time)
      let snapshot = run.snapshot()
      let allowed = try allowed(reference, tolerance, row.time)
      for (index, value) in row.moments.enumerated() {
        let law = try snapshot.sphere
        #expect(abs(SphereRuns.moment(law, index + 1, about: axis) - value) < allowed)
        #expect(SphereRuns.asymmetry(law, index + 1, from: value, about: axis) < allowed)
      }
      // E is quadratic in the moments: |δE| ≤ (1/β) Σ (2l+1) a_l |c_l| |δc_l| ≤ e^β |δc| / β.
      #expect(abs(snapshot.energy - row.energy) < allowed * exp(beta) / beta)
    }
  }

  @Test(arguments: [1e-6, 1e-9, 1e-12], [0, 1])
  func referencesAreMetAboutAPole(tolerance: Double, index: Int) throws {
    let reference = Self.nonlinear[index]
    let beta = reference.attention.beta
    let run = try SphereRuns.zonal(
      3, reference.attention, from: SphereRuns.zonal(reference.terms), tolerance: tolerance, end: 1)
    for row in reference.rows {
      try run.advance(to: row.time)
      let snapshot = run.snapshot()
      let allowed = try allowed(reference, tolerance, row.time)
      let moments = try snapshot.zonal.zonalMoments(degree: 4)
      for (index, value) in row.moments.enumerated() {
        #expect(abs(moments[index + 1] - value) < allowed)
      }
      #expect(abs(snapshot.energy - row.energy) < allowed * exp(beta) / beta)
    }
  }

  /// C18: at β = 0 the hyperbolic Poisson kernel stays one, whatever the normalization.
  ///
  /// λ₁ = (d−1)/d < 1; the start is cut at degree 31, where its moments are below 10⁻²⁰.
  @Test(arguments: Attention.Normalization.allCases)
  func poissonKernelStaysOneOnTheSphere(normalization: Attention.Normalization) throws {
    let reference = try #require(try References.hyperbolic().poisson.first { $0.dimension == 3 })
    let axis = SphereRuns.apply(SphereRuns.rotation, to: [0, 0, 1])
    let run = try SphereRuns.sphere(
      Attention(beta: 0, normalization: normalization),
      from: SphereRuns.symmetric(reference.terms.map(\.value), about: axis), tolerance: 1e-12,
      end: 4)
    for entry in reference.times where normalization == .softmax || entry.time < 4 {
      try run.advance(to: entry.time)
      let law = try run.snapshot().sphere
      for (index, value) in entry.moments.enumerated() {
        let difference = SphereRuns.asymmetry(law, index + 1, from: value.value, about: axis)
        #expect(difference < 20e-12 * exp(entry.time))
      }
    }
  }

  /// The same about a pole; literature 5.2 has the numbers of d = 3, and d = 4 is elementary.
  @Test(arguments: [0, 1, 2])
  func poissonKernelStaysOneAboutAPole(index: Int) throws {
    let reference = try References.hyperbolic().poisson[index]
    let run = try SphereRuns.zonal(
      reference.dimension, Attention(beta: 0),
      from: SphereRuns.zonal(reference.terms.map(\.value)), tolerance: 1e-12, end: 4)
    for entry in reference.times {
      try run.advance(to: entry.time)
      let moments = try run.snapshot().zonal.zonalMoments(degree: entry.moments.count)
      for (index, value) in entry.moments.enumerated() {
        #expect(abs(moments[index + 1] - value.value) < 20e-12 * exp(entry.time))
      }
    }
  }

  /// The table of `hyperbolic.json` is that of the literature (5.2), and Z = (3/2) a (1 − a²/3) in d = 4.
  @Test func poissonTablesAgree() throws {
    let table = try References.hyperbolic().poisson
    let printed: [(radius: Double, moments: [Double])] = [
      (0.19159893288456, [0.25357965149354, 0.05811635941925, 0.01270303917998]),
      (0.35237249913719, [0.45794653960408, 0.19146544100103, 0.07661527022445]),
      (0.79090455992254, [0.90727583928872, 0.79705831250815, 0.68680837253987]),
    ]
    for (entry, (radius, moments)) in zip(table[0].times, printed) {
      // Fourteen digits are printed, the last two of them not good.
      #expect(abs(entry.radius.value - radius) < 1e-13)
      for (value, moment) in zip(entry.moments, moments) {
        #expect(abs(value.value - moment) < 1e-13)
      }
    }
    for entry in table[1].times {
      let a = entry.radius.value
      #expect(abs(entry.moments[0].value - 1.5 * a * (1 - a * a / 3)) < 1e-15)
    }
  }
}
