import Foundation
import MeanField
import TestSupport
import Testing

/// Clusters: maxima of Z and their basins, the same for densities and tokens.
struct ClusterTests {
  private func tokens(
    _ angles: [Double], _ masses: [Double]? = nil, beta: Double
  ) -> Snapshot {
    let equation = Equation(attention: Attention(beta: beta))
    var dynamics = CircleTokenDynamics(equation: equation, count: angles.count, masses: masses)
    let state = dynamics.state(angles: angles)
    return dynamics.snapshot(of: state, time: 0, steps: 0, stepSize: 0)
  }

  private func density(_ law: InitialLaw, beta: Double) throws -> Snapshot {
    let equation = Equation(attention: Attention(beta: beta))
    var dynamics = SpectralDynamics(
      equation: equation, basis: FourierBasis(points: 64), maximum: 1 << 14, tolerance: 1e-12)
    let state = try dynamics.state(of: law)
    return dynamics.snapshot(of: state, time: 0, steps: 0, stepSize: 0)
  }

  private func distance(_ a: Double, _ b: Double) -> Double { 2 * abs(asin(sin((a - b) / 2))) }

  static let bumps = InitialLaw.vonMises([
    .init(mean: 0.3, concentration: 4, weight: 1), .init(mean: 2.5, concentration: 8, weight: 2),
  ])

  /// The demo's start: positions and masses by another method (`clusters.json`).
  @Test func clustersOfTwoBumpsAreTheTabulatedOnes() throws {
    let table = try References.load("clusters", as: References.Clusters.self)
    let start = try #require(table.entries.first)
    #expect(start.time == 0)
    let snapshot = try density(Self.bumps, beta: table.equation.beta)
    let clusters = snapshot.clusters()
    try #require(clusters.count == start.clusters.count)
    for (cluster, expected) in zip(clusters, start.clusters) {
      // Moments to a tolerance of 10⁻¹²; masses by cubic interpolation, h⁴ F⁗/384 ≈ 3·10⁻¹².
      #expect(distance(cluster.angle, expected.position) < 1e-11)
      #expect(abs(cluster.mass - expected.mass) < 2e-11)
    }
    #expect(abs(snapshot.normalizedEnergy - start.normalizedEnergy) < 1e-13)
    #expect(abs(snapshot.energy / start.energy - 1) < 1e-12)
  }

  // MARK: β = 0

  @Test func withoutInverseTemperatureTheMeanIsTheCluster() throws {
    let law = InitialLaw.harmonics([
      .init(mode: 1, cosine: 0.5 * cos(1.2), sine: 0.5 * sin(1.2)),
      // Does not attract.
      .init(mode: 2, cosine: 0.4, sine: 0),
    ])
    let clusters = try density(law, beta: 0).clusters()
    try #require(clusters.count == 1)
    #expect(distance(clusters[0].angle, 1.2) < 1e-13)
    #expect(abs(clusters[0].mass - 1) < 1e-14)
    let atoms = tokens([0.5, 1.5, 1], beta: 0).clusters()
    try #require(atoms.count == 1)
    #expect(distance(atoms[0].angle, 1) < 1e-13)
  }

  @Test func withoutInverseTemperatureABalancedLawHasNoCluster() throws {
    let waves = InitialLaw.harmonics([.init(mode: 2, cosine: 0.4, sine: 0)])
    #expect(try density(waves, beta: 0).clusters().isEmpty)
    #expect(tokens([0.3, 0.3 + .pi], beta: 0).clusters().isEmpty)
  }

  // MARK: The uniform law

  @Test(arguments: [0, 0.5, 5, 81, 400])
  func theUniformLawHasNone(beta: Double) throws {
    #expect(try density(.uniform, beta: beta).clusters().isEmpty)
    // Z varies by ε a₁/a₀ ≤ 10⁻¹³ of itself.
    let nearly = InitialLaw.harmonics([.init(mode: 1, cosine: 1e-13, sine: 0)])
    #expect(try density(nearly, beta: beta).clusters().isEmpty)
    let visible = InitialLaw.harmonics([.init(mode: 1, cosine: 1e-9, sine: 0)])
    #expect(try density(visible, beta: beta).clusters().count == 1)
    // More equally spaced tokens than the kernel has modes are the uniform law to attention.
    let many = (0..<400).map { 2 * Double.pi * Double($0) / 400 }
    #expect(tokens(many, beta: beta).clusters().isEmpty)
  }

  // MARK: Atoms

  @Test(arguments: [2, 16, 81, 1000, 1e4])
  func twoOppositeAtomsAreTwoClusters(beta: Double) throws {
    let clusters = tokens([1, 1 + .pi], [0.3, 0.7], beta: beta).clusters()
    try #require(clusters.count == 2)
    // By descending mass; symmetry puts the maxima onto the atoms.
    #expect(distance(clusters[0].angle, 1 + .pi) < 1e-9)
    #expect(distance(clusters[1].angle, 1) < 1e-9)
    #expect(abs(clusters[0].mass - 0.7) < 1e-15)
    #expect(abs(clusters[1].mass - 0.3) < 1e-15)
  }

  /// Equal atoms at ±δ melt into one while e^{β cos t} is concave at δ: δ < θ_c with
  /// cos θ_c = (√(1 + 4β²) − 1)/2β (literature 1.4).
  @Test(arguments: [2, 16, 81, 1000, 1e4])
  func twoAtomsCloserThanTheKernelAreOneCluster(beta: Double) throws {
    let edge = acos(2 * beta / ((1 + 4 * beta * beta).squareRoot() + 1))
    for middle in [0, 2.0] {
      let near = tokens([middle - 0.95 * edge, middle + 0.95 * edge], beta: beta).clusters()
      try #require(near.count == 1)
      #expect(distance(near[0].angle, middle) < 1e-9)
      #expect(abs(near[0].mass - 1) < 1e-15)
      let far = tokens([middle - 1.05 * edge, middle + 1.05 * edge], beta: beta).clusters()
      try #require(far.count == 2)
      #expect(far.allSatisfy { abs($0.mass - 0.5) < 1e-15 })
      // They have moved together, symmetrically.
      #expect(far.allSatisfy { distance($0.angle, middle) < 1.05 * edge })
      #expect(abs(distance(far[0].angle, middle) - distance(far[1].angle, middle)) < 1e-9)
    }
  }

  @Test func allTokensAtOnePointAreOneCluster() throws {
    for beta in [0.0, 1, 81, 1e4] {
      let clusters = tokens([Double](repeating: 6.2, count: 5), beta: beta).clusters()
      try #require(clusters.count == 1)
      #expect(distance(clusters[0].angle, 6.2) < 1e-9)
      #expect(abs(clusters[0].mass - 1) < 1e-15)
    }
  }

  /// Modes of less than 10⁻³ are left out, of more are not.
  @Test func theLeastMassCounts() throws {
    #expect(Cluster.smallestMass == 1e-3)
    let angles = [0.5, 2.5, 4.5]
    let counted = tokens(angles, [0.6, 0.3985, 0.0015], beta: 100).clusters()
    #expect(counted.map(\.mass).map { ($0 * 1e4).rounded() } == [6000, 3985, 15])
    let left = tokens(angles, [0.6, 0.3995, 0.0005], beta: 100).clusters()
    #expect(left.map(\.mass).map { ($0 * 1e4).rounded() } == [6000, 3995])
  }

  // MARK: Basins

  @Test func threeSymmetricClustersAreAlike() throws {
    for beta in [1.0, 5, 40] {
      let law = InitialLaw.harmonics([
        .init(mode: 3, cosine: 0.5 * cos(0.6), sine: 0.5 * sin(0.6))
      ])
      let clusters = try density(law, beta: beta).clusters()
      try #require(clusters.count == 3)
      let positions = clusters.map(\.angle).sorted()
      for (i, position) in positions.enumerated() {
        #expect(distance(position, 0.2 + 2 * .pi * Double(i) / 3) < 1e-12)
      }
      // F is a cubic between 2048 points: h⁴ F⁗/384 = 5·10⁻¹³.
      #expect(clusters.allSatisfy { abs($0.mass - 1.0 / 3) < 2e-12 })
    }
  }

  @Test(arguments: [UInt64(0), 1, 2, 3, 4, 5], [5.0, 30, 400])
  func massesSumToOneAndDescend(seed: UInt64, beta: Double) throws {
    let law = InitialLaw.perturbedUniform(amplitude: 0.3, modes: 9, seed: seed)
    let clusters = try density(law, beta: beta).clusters()
    #expect(!clusters.isEmpty && clusters.count <= 9)
    // Basins tile the circle; none of these is below the least mass.
    #expect(abs(clusters.reduce(0) { $0 + $1.mass } - 1) < 1e-13)
    #expect(zip(clusters, clusters.dropFirst()).allSatisfy { $0.mass >= $1.mass })
    #expect(clusters.allSatisfy { $0.angle >= 0 && $0.angle < 2 * .pi })
  }

  /// Tokens at the quantiles (i + ½)/N share the density's moments to many digits, and masses to
  /// 1/N.
  @Test(arguments: [2, 9, 60])
  func aFineSetOfTokensHasTheClustersOfItsDensity(beta: Double) throws {
    let laws = [
      Self.bumps, .perturbedUniform(amplitude: 0.3, modes: 6, seed: 3),
      .harmonics([.init(mode: 3, cosine: 0, sine: 0.6), .init(mode: 1, cosine: 0.2, sine: 0)]),
    ]
    let count = 8192
    for law in laws {
      let sampler = CircleSampler(law: law)
      let angles = (0..<count).map { sampler.angle(at: (Double($0) + 0.5) / Double(count)) }
      let continuum = try density(law, beta: beta).clusters()
      let set = tokens(angles, beta: beta).clusters()
      try #require(continuum.count == set.count)
      for (one, other) in zip(continuum, set) {
        #expect(distance(one.angle, other.angle) < 1e-7)
        #expect(abs(one.mass - other.mass) <= 1.01 / Double(count))
      }
    }
  }

  /// The definition does not know where 0 is.
  @Test(arguments: [0.4, 3, 6.1])
  func clustersTurnWithTheLaw(turn: Double) throws {
    let turned = InitialLaw.vonMises([
      .init(mean: 0.3 + turn, concentration: 4, weight: 1),
      .init(mean: 2.5 + turn, concentration: 8, weight: 2),
    ])
    let one = try density(Self.bumps, beta: 9).clusters()
    let other = try density(turned, beta: 9).clusters()
    try #require(one.count == other.count)
    for (a, b) in zip(one, other) {
      #expect(distance(a.angle + turn, b.angle) < 1e-12)
      // Other interpolation nodes: 3·10⁻¹² twice.
      #expect(abs(a.mass - b.mass) < 2e-11)
    }
  }
}
