import Foundation
import Testing

@testable import MeanField

/// What holds along every run on spheres: conservation, monotonicity, symmetry, bounds.
@Suite struct SphereStructureTests {
  static let means = [[0.3, -0.5, 0.8], [-0.7, 0.6, 0.1]]

  static func twoBumps(_ rotation: [[Double]]? = nil) -> InitialLaw {
    .vonMises(
      zip(means, [(2.0, 1.0), (4, 2)]).map { mean, shape in
        .init(
          mean: rotation.map { SphereRuns.apply($0, to: mean) } ?? mean, concentration: shape.0,
          weight: shape.1)
      })
  }

  static let twoCaps = InitialLaw.vonMises([
    .init(mean: [1], concentration: 2, weight: 1), .init(mean: [-1], concentration: 4, weight: 2),
  ])

  static let cases: [(equation: Equation, end: Double)] = [
    (Equation(manifold: .sphere, attention: Attention(beta: 0)), 2),
    (Equation(manifold: .sphere, attention: Attention(beta: 5)), 1),
    (
      Equation(manifold: .sphere, attention: Attention(beta: 4, normalization: .unnormalized)), 0.03
    ),
    (Equation(manifold: .sphere, attention: Attention(beta: 16, normalization: .peak)), 2),
    (Equation(manifold: .sphere, attention: Attention(beta: 5), noise: 0.1), 0.5),
    (
      Equation(
        manifold: .sphere, attention: Attention(beta: 4, normalization: .unnormalized), noise: 0.5),
      0.5
    ),
    (Equation(manifold: .zonal(dimension: 3), attention: Attention(beta: 9)), 2),
    (Equation(manifold: .zonal(dimension: 16), attention: Attention(beta: 9)), 2),
    (
      Equation(
        manifold: .zonal(dimension: 64), attention: Attention(beta: 20, normalization: .peak)), 1e6
    ),
    (Equation(manifold: .zonal(dimension: 256), attention: Attention(beta: 0)), 3),
    (
      Equation(
        manifold: .zonal(dimension: 17), attention: Attention(beta: 4, normalization: .unnormalized)
      ), 0.2
    ),
    (
      Equation(
        manifold: .zonal(dimension: 16),
        attention: Attention(beta: 2, normalization: .unnormalized), noise: 0.1), 0.5
    ),
    (Equation(manifold: .zonal(dimension: 5), attention: Attention(beta: 9), noise: 0.05), 0.5),
  ]

  private func run(_ index: Int, tolerance: Double) throws -> any LawEvolution {
    let (equation, end) = Self.cases[index]
    let isSphere = equation.manifold == .sphere
    return try equation.manifold.geometry.density(
      equation, from: isSphere ? Self.twoBumps() : Self.twoCaps,
      numerics: DensityNumerics(
        resolution: 31, maximum: 511, tolerance: tolerance, spaceTolerance: 1e-9,
        end: end))
  }

  @Test(arguments: cases.indices)
  func conservationAndMonotonicity(index: Int) throws {
    try StructureTests.expectConservation(
      run(index, tolerance: 1e-10), to: Self.cases[index].end, looks: 10)
  }

  @Test(arguments: cases.indices)
  func dissipationIsTheRateOfChangeOfEnergy(index: Int) throws {
    try StructureTests.expectDissipation(run(index, tolerance: 1e-12), end: Self.cases[index].end)
  }

  /// Any g of SO(3): rotating the start rotates the run, to 20 tolerances.
  ///
  /// Rotated moments are compared as functions, ∫ P_l(⟨x, gn⟩) dμ_g = ∫ P_l(⟨x, n⟩) dμ, at more n than
  /// degree l has dimensions.
  @Test(arguments: [0.0, 0.05])
  func rotationCommutesWithTheRun(noise: Double) throws {
    let tolerance = 1e-9
    let end = 1.0
    let probes = SphereSampler(dimension: 3, law: .uniform).draws(count: 20, seed: 3, member: 0)
    func moments(_ rotation: [[Double]]?) throws -> [Double] {
      let run = try SphereRuns.sphere(
        Attention(beta: 5), noise: noise, from: Self.twoBumps(rotation), tolerance: tolerance,
        end: end)
      try run.advance(to: end)
      let law = try run.snapshot().sphere
      return (1...8).flatMap { l in
        (0..<20).map { i in
          let probe = Array(probes[(3 * i)..<(3 * i + 3)])
          return SphereRuns.moment(
            law, l, about: rotation.map { SphereRuns.apply($0, to: probe) } ?? probe)
        }
      }
    }
    let plain = try moments(nil)
    for rotation in [SphereRuns.rotation, SphereRuns.rotation(axis: [1, 0, 0], angle: 0.5 * .pi)] {
      for (turned, value) in zip(try moments(rotation), plain) {
        #expect(abs(turned - value) < 20 * tolerance)
      }
    }
  }

  /// About a pole or on all of S²: the same start gives the same run.
  @Test(arguments: [
    Equation(attention: Attention(beta: 5)), Equation(attention: Attention(beta: 0)),
    Equation(attention: Attention(beta: 16, normalization: .peak)),
    Equation(attention: Attention(beta: 4, normalization: .unnormalized), noise: 0.3),
  ])
  func zonalLawsInThreeDimensionsAreThoseOfTheSphere(equation: Equation) throws {
    let tolerance = 1e-9
    let axis = [0.48, 0.64, -0.6]
    let end = equation.noise > 0 ? 0.25 : 1
    let sphere = try SphereRuns.sphere(
      equation.attention, noise: equation.noise,
      from: .vonMises([
        .init(mean: axis, concentration: 2, weight: 1),
        .init(mean: axis.map { -$0 }, concentration: 4, weight: 2),
      ]), tolerance: tolerance, end: end)
    let zonal = try SphereRuns.zonal(
      3, equation.attention, noise: equation.noise, from: Self.twoCaps, tolerance: tolerance,
      end: end)
    try sphere.advance(to: end)
    try zonal.advance(to: end)
    let (first, second) = (sphere.snapshot(), zonal.snapshot())
    let moments = try second.zonal.zonalMoments(degree: 10)
    for l in 1...10 {
      let difference = SphereRuns.asymmetry(try first.sphere, l, from: moments[l], about: axis)
      #expect(difference < 20 * tolerance)
    }
    #expect(abs(first.normalizedEnergy - second.normalizedEnergy) < 40 * tolerance)
    // log dμ/dσ is as good as the density is where there is mass.
    #expect(abs(first.entropy - second.entropy) < 1e-6)
    #expect(first.clusters().count == second.clusters().count)
    for (one, other) in zip(first.clusters(), second.clusters()) {
      let height = zip(one.position, axis).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(abs(acos(min(1, max(-1, height))) - other.position[0]) < 1e-5)
    }
  }

  /// The mirror image of the start, north for south, gives the mirror image of the run.
  @Test(arguments: [3, 16, 64])
  func reflectionCommutesWithTheRun(dimension: Int) throws {
    let mirrored = InitialLaw.vonMises([
      .init(mean: [-1], concentration: 2, weight: 1), .init(mean: [1], concentration: 4, weight: 2),
    ])
    let runs = try [Self.twoCaps, mirrored].map { law in
      try SphereRuns.zonal(dimension, Attention(beta: 9), from: law, tolerance: 1e-10, end: 1)
    }
    for run in runs { try run.advance(to: 1) }
    let moments = try runs.map { try $0.snapshot().zonal.zonalMoments(degree: 12) }
    for l in 0...12 {
      // Voids, where Z is lost in rounding, hold no mass.
      #expect(abs(moments[0][l] - (l % 2 == 0 ? 1 : -1) * moments[1][l]) < 1e-11)
    }
  }

  /// C51: a₀/2β ≤ E ≤ e^β/2β, with a₀ = sinh β/β in d = 3.
  @Test func energyStaysInItsRange() throws {
    let beta = 4.0
    let run = try SphereRuns.sphere(
      Attention(beta: beta, normalization: .unnormalized),
      from: .vonMises([.init(mean: [1, 2, 3], concentration: 1)]), end: 0.2)
    try run.advance(to: 0.2)
    let energy = run.snapshot().energy
    #expect(energy > sinh(beta) / beta / (2 * beta))
    #expect(energy < exp(beta) / (2 * beta))
  }

  /// When the spectrum outgrows the largest degree the run ends and says where.
  @Test(arguments: [true, false])
  func lostResolutionIsReported(isZonal: Bool) throws {
    let manifold: Manifold = isZonal ? .zonal(dimension: 16) : .sphere
    let equation = Equation(manifold: manifold, attention: Attention(beta: 9))
    let run = try manifold.geometry.density(
      equation, from: isZonal ? Self.twoCaps : Self.twoBumps(),
      numerics: DensityNumerics(
        resolution: 15, maximum: 63, tolerance: 1e-8, spaceTolerance: 1e-8, end: 8))
    var failure: SimulationFailure?
    do { try run.advance(to: 8, shouldStop: { false }) } catch { failure = error }
    guard case .resolutionLost(let time, let tail, let tolerance, let resolution) = failure else {
      Issue.record(
        "the run should have lost its resolution, and got \(String(describing: failure))")
      return
    }
    #expect(resolution == .degree(63))
    #expect(tail > tolerance)
    #expect(time > 0 && time < 8 && abs(run.memory.time - time) < 0.5)
    #expect(run.snapshot().mean.allSatisfy { $0.isFinite })
  }
}
