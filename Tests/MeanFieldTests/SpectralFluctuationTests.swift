import Foundation
import TestSupport
import Testing

@testable import MeanField

/// The fluctuation of independent draws in harmonics, against closed forms, independent influence
/// functions on the circle, and particles.
struct SpectralFluctuationTests {
  private func dot(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
  }

  private func fluctuation(
    _ equation: Equation, _ law: InitialLaw, end: Double, step: Double? = nil, seed: UInt64 = 1
  ) throws -> any ResponseEvolution {
    try equation.manifold.geometry.fluctuation(
      equation, around: law,
      numerics: TokenNumerics(tolerance: 1e-4, seed: seed, step: step, end: end))
  }

  /// N Σ_m Var of every degree.
  private func sizes(_ response: any LinearResponse, _ degrees: [Int]) -> [Double] {
    response.influences(degrees: degrees).map { rows in rows.reduce(0) { $0 + dot($1, $1) } }
  }

  // MARK: Without noise

  /// C38 on spheres: around the uniform law N E h_lm² = e^{2 λ_l t}, for zonal moments over dim_l.
  @Test(arguments: [
    (Manifold.sphere(dimension: 3), 5.0, Attention.Normalization.softmax, 2.0),
    (.sphere(dimension: 3), 2, .unnormalized, 1), (.sphere(dimension: 3), 0, .softmax, 2),
    (.zonal(dimension: 3), 5, .softmax, 3), (.zonal(dimension: 3), 9, .peak, 8),
    (.zonal(dimension: 64), 3, .softmax, 3), (.zonal(dimension: 64), 0, .softmax, 2),
    (.zonal(dimension: 17), 8, .unnormalized, 0.01),
  ])
  func fluctuationsOfTheUniformLawGrowAtTheLinearRate(
    manifold: Manifold, beta: Double, normalization: Attention.Normalization, time: Double
  ) throws {
    let equation = Equation(
      manifold: manifold, attention: Attention(beta: beta, normalization: normalization))
    let theory = LinearTheory(equation: equation)
    let evolution = try fluctuation(equation, .uniform, end: time)
    try evolution.advance(to: time, shouldStop: { false })
    for (i, size) in sizes(evolution.response(), [1, 2, 3, 4]).enumerated() {
      let count = equation.kernel.multiplicity(i + 1)
      let start = manifold == .sphere(dimension: 3) ? count : 1 / count
      // The integrator may err by 10⁻⁴ a step; its steps of order 8 were measured to 10⁻⁵.
      #expect(abs(size / (start * exp(2 * theory.growthRate(i + 1) * time)) - 1) < 1e-4)
    }
  }

  /// At t = 0 N Σ_m Var h_lm = 2l + 1 − Σ_m h_lm² by the addition theorem.
  @Test func independentDrawsStartFromTheirOwnVariance() throws {
    let law = InitialLaw.vonMises([
      .init(mean: [1, 0, 0.5], concentration: 4), .init(mean: [0, 1, 0], concentration: 30),
    ])
    let equation = Equation(
      manifold: .sphere(dimension: 3), attention: Attention(beta: 4))
    let response = try fluctuation(equation, law, end: 1).response()
    let layout = HarmonicMoments(law: law, degree: 6)
    for (l, size) in zip(1...6, sizes(response, Array(1...6))) {
      // The density is cut off where its coefficients are 10⁻³.
      #expect(abs(size - (Double(2 * l + 1) - layout.square(l))) < 5e-3)
    }
  }

  /// Through a void, Z = e^{−80} of its peak: a law on S² that is symmetric about the pole fluctuates like the zonal
  /// one, whose velocities fade there by another rule, so they do not matter.
  @Test func voidsOnTheSphereDoNotFluctuate() throws {
    let time = 0.4
    let found = try [Manifold.sphere(dimension: 3), .zonal(dimension: 3)].map { manifold in
      let isSphere = manifold == .sphere(dimension: 3)
      let evolution = try fluctuation(
        Equation(manifold: manifold, attention: Attention(beta: 40)),
        .vonMises([.init(mean: isSphere ? [0, 0, 1] : [1], concentration: 30)]), end: time)
      try evolution.advance(to: time, shouldStop: { false })
      return evolution.response().influences(degrees: [1, 2, 3, 4]).map { rows in
        // ∫ P_l dμ is h_l0/√(2l + 1).
        dot(rows[rows.count / 2], rows[rows.count / 2]) / Double(rows.count)
      }
    }
    // Densities are cut off where their coefficients are 10⁻³, and so are the columns.
    for (one, other) in zip(found[0], found[1]) { #expect(abs(one / other - 1) < 1e-3) }
  }

  private struct HarmonicMoments {
    let degree: Int
    let values: [Double]

    init(law: InitialLaw, degree: Int) {
      self.degree = degree
      values = SphereLaw(
        degree: degree, harmonics: law.sphericalMoments(degree: degree), cloud: nil, floor: 0
      ).moments(degrees: Array(0...degree))
    }

    func square(_ l: Int) -> Double {
      values[(l * l)..<((l + 1) * (l + 1))].reduce(0) { $0 + $1 * $1 }
    }
  }

  // MARK: The same equations on the circle

  /// C37 and the covariances of `clt.json`: this dynamics with Fourier series.
  @Test(arguments: ["USA", "SA", "Kuramoto"])
  func onTheCircleCovariancesAreThoseOfTheInfluenceFunctions(name: String) throws {
    let table = try References.load("clt", as: References.Fluctuations.self)
    let entries = try #require(table.cases.first { $0.name == name })
    let normalization = try #require(
      Attention.Normalization(rawValue: entries.equation.normalization))
    let equation = Equation(
      attention: Attention(beta: entries.equation.beta, normalization: normalization))
    let evolution = circleFluctuation(equation, wave: 0.5, end: entries.entries.last?.time ?? 0)
    for entry in entries.entries {
      try evolution.advance(to: entry.time)
      let response = try #require(evolution.response() as? CircleColumns)
      let rows = response.influences(degrees: [1, 2, 3, 4]).flatMap { $0 }
      let scale = entry.sizes.max() ?? 1
      for i in rows.indices {
        for j in rows.indices {
          // Influences are smooth: what twenty waves miss of them, and the integrator.
          #expect(abs(dot(rows[i], rows[j]) - entry.covariance[i][j]) < 1e-5 * scale)
        }
      }
    }
  }

  /// Columns on the circle, moments as they are.
  private struct CircleColumns: LinearResponse {
    let columns: [[Double]]

    func influences(degrees: [Int]) -> [[[Double]]] {
      degrees.map { k in
        [columns.map { $0[2 * k] }, columns.map { $0[2 * k + 1] }]
      }
    }

    func secondOrder(degrees: [Int]) -> [[[Double]]] { [] }

    func sampleDistances(count: Int, tokens: Int, threads: Int) -> [[Double]] { [] }
  }

  /// The fluctuation around (1 + a cos θ) dσ, from waves up to 20.
  private func circleFluctuation(
    _ equation: Equation, wave: Double, end: Double
  ) -> Evolution<SpectralFluctuationDynamics<FourierBasis>> {
    let basis = FourierBasis(points: 256)
    let points = basis.pointCount
    let angles = (0..<points).map { 2 * Double.pi * Double($0) / Double(points) }
    let sources = FluctuationSources(
      masses: angles.map { (1 + wave * cos($0)) / Double(points) },
      functions: (1...20).flatMap { k in
        [angles.map { cos(Double(k) * $0) }, angles.map { sin(Double(k) * $0) }]
      }
    ) { masses in
      (0..<(basis.coefficientCount / 2)).flatMap { k in
        let phases = angles.map { Double(k) * $0 }
        return [
          zip(masses, phases).reduce(0) { $0 + $1.0 * cos($1.1) },
          zip(masses, phases).reduce(0) { $0 - $1.0 * sin($1.1) },
        ]
      }
    }
    let start = basis.coefficients(
      of: .harmonics([.init(mode: 1, cosine: wave, sine: 0)])
    ).state
    let columns = sources.projections()
    let dynamics = SpectralFluctuationDynamics(
      equation: equation, basis: basis, maximum: 1024, columnCount: 40
    ) { basis, _, columns, _ in
      let count = basis.coefficientCount
      return CircleColumns(
        columns: stride(from: 0, to: columns.count, by: count).map {
          Array(columns[$0..<($0 + count)])
        })
    }
    return Evolution(
      dynamics: dynamics, state: dynamics.state(density: start, columns: columns),
      stepping: .adaptive(Stepper(scheme: .dormandPrince8, tolerance: 1e-7, longest: end)))
  }

  // MARK: Particles

  /// Both share the mean-field limit: N E|Δh_l|² of runs of particles.
  @Test func particlesOnTheSphereFluctuateAsTheyShould() throws {
    let law = InitialLaw.vonMises([
      .init(mean: [1, 0, 0.5], concentration: 2), .init(mean: [0, 1, 0], concentration: 4),
    ])
    let equation = Equation(manifold: .sphere(dimension: 3), attention: Attention(beta: 4))
    let geometry = equation.manifold.geometry
    let (tokens, members, time) = (500, 160, 1.5)
    let evolution = try fluctuation(equation, law, end: time)
    try evolution.advance(to: time, shouldStop: { false })
    let density = try geometry.density(
      equation, from: law,
      numerics: DensityNumerics(
        resolution: 31, maximum: 127, tolerance: 1e-6, spaceTolerance: 1e-5, end: time))
    try density.advance(to: time, shouldStop: { false })
    let draws = geometry.draws(from: law, count: tokens, members: members, seed: 3, threads: 2)
    var squares = [[Double]](repeating: [], count: 2)
    for points in draws {
      let member = geometry.tokens(
        equation, at: points, masses: nil,
        numerics: TokenNumerics(tolerance: 1e-5, momentCount: 4, end: time))
      try member.advance(to: time, shouldStop: { false })
      for l in 1...2 {
        let difference = zip(
          member.snapshot().law.moments(degrees: [l]), density.snapshot().law.moments(degrees: [l])
        ).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        squares[l - 1].append(difference * Double(tokens))
      }
    }
    for (found, expected) in zip(squares, sizes(evolution.response(), [1, 2])) {
      let number = Double(members)
      let mean = found.reduce(0, +) / number
      let variance = found.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (number - 1)
      // Four standard errors.
      #expect(abs(mean - expected) < 4 * (variance / number).squareRoot())
    }
  }

  /// Distances of draws from their law at t = 0.
  @Test(arguments: [
    (
      Manifold.sphere(dimension: 3),
      InitialLaw.vonMises([
        .init(mean: [1, 0, 0.5], concentration: 4), .init(mean: [0, 1, 0], concentration: 30),
      ])
    ),
    (.sphere(dimension: 3), .uniform), (.zonal(dimension: 64), .uniform),
    (
      .zonal(dimension: 9),
      .vonMises([
        .init(mean: [1], concentration: 12, weight: 2), .init(mean: [-1], concentration: 20),
      ])
    ),
  ])
  func expectedDistancesAreThoseOfDraws(manifold: Manifold, law: InitialLaw) throws {
    let equation = Equation(manifold: manifold, attention: Attention(beta: 4))
    let geometry = manifold.geometry
    let (tokens, members) = (1000, 120)
    let sampling = SamplingError(
      try fluctuation(equation, law, end: 1).response(), tokens: tokens, threads: 2)
    let density = try geometry.density(
      equation, from: law,
      numerics: DensityNumerics(
        resolution: 63, maximum: 127, tolerance: 1e-6, spaceTolerance: 1e-5, end: 1))
    let draws = geometry.draws(from: law, count: tokens, members: members, seed: 3, threads: 2)
      .map { points in
        geometry.tokens(
          equation, at: points, masses: nil,
          numerics: TokenNumerics(tolerance: 1e-5, momentCount: 63, end: 1)
        ).snapshot().law
      }
    let found = density.snapshot().law.distances(to: draws, threads: 2)
    for kind in sampling.expected.indices {
      let mean = found.reduce(0) { $0 + $1[kind] } / Double(members)
      let error = sampling.spread[kind] * (1 / Double(members) + 1 / 96.0).squareRoot()
      // Three standard errors of both samples, and 3 % for what is finer than any column.
      #expect(abs(sampling.expected[kind] - mean) < 3 * error + 0.03 * mean)
    }
  }
}
