import Foundation
import TestSupport
import Testing

@testable import MeanField

/// What holds along every run: conservation, monotonicity, symmetry, bounds.
@Suite struct StructureTests {
  static let twoBumps = InitialLaw.vonMises([
    .init(mean: 0.3, concentration: 4, weight: 1), .init(mean: 2.5, concentration: 8, weight: 2),
  ])

  static let cases: [(Equation, Double)] = [
    (Equation(attention: Attention(beta: 0)), 4),
    (Equation(attention: Attention(beta: 9)), 4),
    (Equation(attention: Attention(beta: 4, normalization: .unnormalized)), 0.1),
    (Equation(attention: Attention(beta: 100, normalization: .peak)), 20),
    (Equation(attention: Attention(beta: 9), noise: 0.05), 3),
    (Equation(attention: Attention(beta: 4, normalization: .unnormalized), noise: 0.5), 2),
    (Equation(attention: Attention(beta: 100, normalization: .peak), noise: 0.01), 10),
  ]

  private func run(_ index: Int, tolerance: Double) throws -> any LawEvolution {
    let (equation, end) = Self.cases[index]
    return try Evolution.density(equation, from: Self.twoBumps, tolerance: tolerance, end: end)
  }

  @Test(arguments: cases.indices)
  func conservationAndMonotonicity(index: Int) throws {
    try Self.expectConservation(run(index, tolerance: 1e-10), to: Self.cases[index].1, looks: 20)
  }

  @Test(arguments: cases.indices)
  func dissipationIsTheRateOfChangeOfEnergy(index: Int) throws {
    try Self.expectDissipation(run(index, tolerance: 1e-13), end: Self.cases[index].1)
  }

  /// Mass is conserved, energies are monotone, and the dissipation adds up to the change of energy.
  ///
  /// Mass is exact by structure, 1e-13 is what is promised. Energy never falls without noise,
  /// free energy never rises with it (C36). C08, C09: the integral of the dissipation is the change
  /// of energy, to the tolerance of the steps relative to that change.
  /// No speed is above the bound, for softmax 1, not even by rounding.
  static func expectConservation(_ run: any LawEvolution, to end: Double, looks: Int) throws {
    var energy = -Double.infinity
    var freeEnergy = Double.infinity
    for i in 0...looks {
      try run.advance(to: end * Double(i) / Double(looks))
      let snapshot = run.snapshot()
      let equation = snapshot.equation
      #expect(abs(snapshot.mass - 1) < 1e-13)
      if equation.noise == 0 {
        #expect(snapshot.scaledEnergy >= energy * (1 - 1e-12))
        energy = snapshot.scaledEnergy
      } else if snapshot.freeEnergy.isFinite {
        #expect(snapshot.freeEnergy <= freeEnergy + 1e-12 * abs(freeEnergy))
        freeEnergy = snapshot.freeEnergy
      }
      if i > 0 { #expect(abs(snapshot.dissipationDefect) < 1e-8) }
      #expect(snapshot.largestSpeed <= LinearTheory(equation: equation).speedBound)
    }
  }

  /// dE/dt by central differences of the energy (C08, C09), independent of the accumulated integral.
  static func expectDissipation(_ run: any LawEvolution, end: Double) throws {
    let h = 1e-3 * end
    try run.advance(to: 0.5 * end - h)
    let before = run.snapshot().energyAboveUniform
    try run.advance(to: 0.5 * end)
    let rate = run.snapshot().scaledDissipation
    try run.advance(to: 0.5 * end + h)
    let after = run.snapshot().energyAboveUniform
    // Second differences: relative error (λh)²/6 with λ·end below about 30.
    #expect(abs((after - before) / (2 * h) / rate - 1) < 2e-4)
  }

  /// Rotating the start rotates the run, to 20 tolerances.
  @Test(arguments: [0.0, 0.02], [0.37, 2.0, 5.5])
  func rotationCommutesWithTheRun(noise: Double, angle: Double) throws {
    let equation = Equation(attention: Attention(beta: 9), noise: noise)
    let turned = InitialLaw.vonMises([
      .init(mean: 0.3 + angle, concentration: 4, weight: 1),
      .init(mean: 2.5 + angle, concentration: 8, weight: 2),
    ])
    let tolerance = 1e-10
    let first = try Evolution.density(equation, from: Self.twoBumps, tolerance: tolerance, end: 3)
    let second = try Evolution.density(equation, from: turned, tolerance: tolerance, end: 3)
    try first.advance(to: 3)
    try second.advance(to: 3)
    let a = first.snapshot().circle.moments
    let b = second.snapshot().circle.moments
    for k in 1...30 {
      // m_k of the turned law is e^{−ikα} m_k.
      let c = cos(Double(k) * angle)
      let s = sin(Double(k) * angle)
      #expect(abs(b.real(k) - (c * a.real(k) + s * a.imaginary(k))) < 20 * tolerance)
      #expect(abs(b.imaginary(k) - (c * a.imaginary(k) - s * a.real(k))) < 20 * tolerance)
    }
  }

  /// The mirror image of the start gives the mirror image of the run.
  @Test func reflectionCommutesWithTheRun() throws {
    let equation = Equation(attention: Attention(beta: 9))
    let mirrored = InitialLaw.vonMises([
      .init(mean: -0.3, concentration: 4, weight: 1),
      .init(mean: -2.5, concentration: 8, weight: 2),
    ])
    let first = try Evolution.density(equation, from: Self.twoBumps, end: 3)
    let second = try Evolution.density(equation, from: mirrored, end: 3)
    try first.advance(to: 3)
    try second.advance(to: 3)
    for k in 1...30 {
      // In the voids Z is 1e-8 of its peak and known to 1e-16 of that: velocities there differ
      // by 1e-8, on masses below 1e-3.
      let difference =
        first.snapshot().circle.moments.imaginary(k) + second.snapshot().circle.moments.imaginary(k)
      #expect(abs(difference) < 1e-11)
    }
  }

  /// C51: a₀/2β ≤ E ≤ e^β/2β.
  @Test func energyStaysInItsRange() throws {
    let beta = 4.0
    let equation = Equation(attention: Attention(beta: beta, normalization: .unnormalized))
    let run = try Evolution.density(
      equation, from: .vonMises([.init(mean: 1, concentration: 1)]), end: 0.2)
    try run.advance(to: 0.2)
    let energy = run.snapshot().energy
    // I₀(4) = 11.301921952136330 (Abramowitz & Stegun, table 9.8).
    #expect(energy > 11.301921952136330 / (2 * beta))
    #expect(energy < exp(beta) / (2 * beta))
  }

  /// When the spectrum outgrows the largest grid the run ends and says where.
  @Test func lostResolutionIsReported() throws {
    let equation = Equation(attention: Attention(beta: 9))
    let run = try Evolution.density(
      equation, from: Self.twoBumps, points: 64, maximumPoints: 512, end: 5)
    var failure: SimulationFailure?
    do { try run.advance(to: 5) } catch { failure = error }
    guard case .resolutionLost(let time, let tail, let tolerance, let resolution) = failure else {
      Issue.record(
        "the run should have lost its resolution, and got \(String(describing: failure))")
      return
    }
    #expect(resolution == .points(512))
    #expect(tail > tolerance)
    // 107 modes are needed at t = 2 and 275 at t = 3 (Tests/References/clusters.json), 170 are there.
    #expect(time > 2 && time < 3)
    #expect(abs(run.memory.time - time) < 0.5)
    #expect(run.snapshot().circle.moments.values.allSatisfy { $0.isFinite })
  }

  /// On the circle positive sums take over there: Z falls to e^{−100} of its peak opposite the bump, and the
  /// density is that of panels, which have no grid.
  @Test func voidsAreCrossed() throws {
    let equation = Equation(attention: Attention(beta: 50))
    let law = InitialLaw.vonMises([.init(mean: 1, concentration: 30)])
    let run = try Evolution.density(equation, from: law, end: 1)
    let panels = try #require(
      Circle().panels(
        equation, from: law, numerics: PanelNumerics(tolerance: 1e-8, spaceTolerance: 1e-8, end: 1))
    )
    try expectTheSame(run, panels)
  }

  /// The same for zonal laws: Z falls to e^{−100} of its peak at the south pole.
  @Test(arguments: [3, 4, 16])
  func voidsOfZonalLawsAreCrossed(dimension: Int) throws {
    let equation = Equation(
      manifold: .zonal(dimension: dimension), attention: Attention(beta: 50))
    let law = InitialLaw.vonMises([
      .init(mean: [Double](repeating: 0, count: dimension - 1) + [1], concentration: 30)
    ])
    let run = try equation.density(from: law, end: 1)
    let panels = PanelRuns.zonal(
      dimension, equation.attention, from: law, tolerance: 1e-8, end: 1)
    try expectTheSame(run, panels)
  }

  /// On S² quotients fade there instead: about a tilted axis a law goes on like that of the zonal solver, which sums over
  /// rings, from before Z falls below 10⁻¹³ of its peak, or with 10⁻¹² of the mass in the void.
  @Test(arguments: [(beta: 16.0, concentration: 16.0, opposite: 0.0), (50, 30, 0), (50, 30, 1e-12)])
  func voidsOfLawsOnTheSphereAreCrossed(
    beta: Double, concentration: Double, opposite: Double
  ) throws {
    let axis = [0.48, 0.64, -0.6]
    func law(_ axis: [Double]) -> InitialLaw {
      .vonMises([
        .init(mean: axis, concentration: concentration, weight: 1),
        .init(mean: axis.map { -$0 }, concentration: 20, weight: opposite),
      ])
    }
    let attention = Attention(beta: beta)
    let tolerance = 1e-10
    let run = try SphereRuns.sphere(attention, from: law(axis), tolerance: tolerance, end: 1)
    let zonal = try SphereRuns.zonal(3, attention, from: law([1]), tolerance: tolerance, end: 1)
    /// Z opposite the peak over that at it.
    func emptiness(_ moments: [Double]) -> Double {
      let weights = Equation(manifold: .sphere, attention: attention).kernel.partition
      let terms = weights.indices.map { Double(2 * $0 + 1) * weights[$0] * moments[$0] }
      let bottom = terms.indices.reduce(0) { $0 + ($1 % 2 == 0 ? 1 : -1) * terms[$1] }
      return bottom / terms.reduce(0, +)
    }
    for time in [0, 0.25, 0.5, 1] {
      try run.advance(to: time)
      try zonal.advance(to: time)
      let moments = try zonal.snapshot().zonal.zonalMoments(degree: 200)
      if opposite == 0, time == 1 { #expect(emptiness(moments) < 1e-13) }
      if beta == 16, time == 0 { #expect(emptiness(moments) > 1e-13) }
      for l in 1...10 {
        // The void errs by l/10 tolerances at most, as |∇P_l| ≤ l; steps err by their tolerance, and those
        // that resolve a spectrum by much less.
        let difference = try SphereRuns.asymmetry(
          run.snapshot().sphere, l, from: moments[l], about: axis)
        #expect(difference < tolerance)
      }
    }
  }

  /// Mass, energies and speeds through voids of S², and the dissipation.
  @Test func voidsOnTheSphereKeepTheStructure() throws {
    func run() throws -> any LawEvolution {
      try SphereRuns.sphere(
        Attention(beta: 50),
        from: .vonMises([
          .init(mean: [0.48, 0.64, -0.6], concentration: 30, weight: 2),
          .init(mean: [-0.6, 0.48, 0.64], concentration: 25, weight: 1),
        ]), tolerance: 1e-10, end: 0.6)
    }
    try Self.expectConservation(run(), to: 0.6, looks: 4)
    try Self.expectDissipation(run(), end: 0.6)
  }

  /// ∫ dμ/Z̄ ≤ 2β + 1: why voids are harmless; 2β/(1 − e^{−2β}) for the uniform law.
  @Test(arguments: [0.5, 2, 9, 16])
  func lawsAvoidVoids(beta: Double) {
    let kernel = KernelSpectrum(beta: beta, dimension: 3)
    let basis = SphericalHarmonicBasis(degree: 63)
    func mean(_ law: InitialLaw) -> Double {
      basis.coefficients(of: law).state.withUnsafeBufferPointer { state in
        guard let state = state.baseAddress else { return }
        basis.loadMasses(state)
        basis.loadPartition(state, kernel)
      }
      return (0..<basis.pointCount).reduce(0) { $0 + basis.masses[$1] / basis.partition[$1] }
    }
    // Z̄ of the uniform law is (1 − e^{−2β})/2β; rounding of weights.
    #expect(abs(mean(.uniform) / (2 * beta) * -expm1(-2 * beta) - 1) < 1e-12)
    for concentration in [0.5, 4, 12] {
      let bumps = [[0, 0, 1], [1, 0, 0], [-0.6, 0, -0.8]].map {
        InitialLaw.VonMises(mean: $0, concentration: concentration)
      }
      #expect(mean(.vonMises(bumps)) <= 2 * beta + 1)
      #expect(mean(.vonMises(Array(bumps.prefix(1)))) <= 2 * beta + 1)
    }
  }

  /// Two runs at tolerance 10⁻⁸ to t = 1.
  private func expectTheSame(_ run: some LawEvolution, _ other: some LawEvolution) throws {
    for evolution in [run, other] as [any LawEvolution] {
      try evolution.advance(to: 1) { false }
    }
    let degrees = Array(1...20)
    let difference = zip(
      run.snapshot().law.moments(degrees: degrees), other.snapshot().law.moments(degrees: degrees)
    ).map { abs($0 - $1) }.max()
    // Both are right to their tolerance, which the flow makes larger by at most e.
    #expect(try #require(difference) < 6e-8)
  }
}
