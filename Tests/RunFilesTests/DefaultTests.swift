import MeanField
import RunFiles
import Testing

/// What a user who writes nothing gets.
struct DefaultTests {
  @Test func everyKeyThatMayBeLeftOut() throws {
    let run = try Samples.runFile(Samples.least())
    #expect(run.title == "circle.yaml")
    #expect(run.equation.manifold == .circle)
    #expect(
      run.equation == Equation(attention: Attention(beta: 4, normalization: .softmax), noise: 0))
    #expect(run.initial.law == .uniform)
    #expect(run.initial.tokenFile == nil)
    guard case .panels(let panels) = run.density else {
      Issue.record("the density is not on panels")
      return
    }
    #expect(panels.tolerance == 1e-8)
    #expect(panels.symmetry == 1)
    #expect(run.particles == nil)
    #expect(run.time.end == 10)
    #expect(run.time.tolerance == 1e-8)
    #expect(run.output.file == "output/circle.nc")
    #expect(run.output.schedule == .every(0.1))
    #expect(run.output.resolution == 1024)
    #expect(run.output.modes == 64)
    #expect(run.output.particles == .all)
    #expect(run.compare.sigmas == 4)
    #expect(run.compare.counts.isEmpty)
  }

  @Test func particlesOnceAskedFor() throws {
    let particles = try #require(try Samples.runFile(Samples.least("particles: {}")).particles)
    #expect(particles.count == 1024)
    #expect(particles.members == 1)
    #expect(particles.seed == 0)
    #expect(particles.scheme == .adaptive)
    #expect(particles.step == nil)
  }

  @Test(arguments: ["noise: 0.5", "manifold: sphere"])
  func whatHasNoPanelsIsSpectral(edit: String) throws {
    let left = try Samples.runFile(Samples.least(edit))
    let named = try Samples.runFile(Samples.least(edit, "density: spectral"))
    #expect(left.density == named.density)
  }

  @Test func aSpectralDensityOnTheCircle() throws {
    let run = try Samples.runFile(Samples.least("density: spectral"))
    guard case .spectral(let spectral) = run.density else {
      Issue.record("the density is not spectral")
      return
    }
    #expect(spectral.resolution == 256)
    #expect(spectral.maximum == 131_072)
    #expect(spectral.tolerance == 1e-8)
  }

  @Test func tokensOnTheCircleAreAtoms() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("1, 0\n0, 1\n", to: "tokens.csv")
    let run = try Samples.runFile(Samples.least("initial: {tokens: {file: \"\(path)\"}}"))
    guard case .panels = run.density else {
      Issue.record("the density is not on panels")
      return
    }
    #expect(run.particles == nil)
  }

  @Test func theToleranceOfSpaceIsThatOfTime() throws {
    for density in [
      "title: none given", "density: panels", "density: spectral",
      "density: {spectral: {points: 64}}",
    ] {
      let run = try Samples.runFile(Samples.least("time: {end: 1, tolerance: 1e-6}", density))
      switch run.density {
      case .none: Issue.record("there is no density")
      case .spectral(let spectral): #expect(spectral.tolerance == 1e-6)
      case .panels(let panels): #expect(panels.tolerance == 1e-6)
      }
    }
  }

  @Test func theFirstResolutionFitsASmallLastOne() throws {
    let run = try Samples.runFile(Samples.least("density: {spectral: {maximumPoints: 64}}"))
    guard case .spectral(let spectral) = run.density else {
      Issue.record("the density is not spectral")
      return
    }
    #expect(spectral.resolution == 64)
  }

  @Test func partsOfInitialLaws() throws {
    #expect(
      try Samples.runFile(Samples.least("initial: {harmonics: [{mode: 3}]}")).initial.law
        == .harmonics([InitialLaw.Harmonic(mode: 3, cosine: 0, sine: 0)]))
    #expect(
      try Samples.runFile(
        Samples.least("initial: {vonMises: [{mean: -7, concentration: 0}]}")
      ).initial.law == .vonMises([InitialLaw.VonMises(mean: -7, concentration: 0, weight: 1)]))
    #expect(
      try Samples.runFile(
        Samples.least("initial: {perturbedUniform: {amplitude: 0.1, modes: 5}}")
      ).initial.law == .perturbedUniform(amplitude: 0.1, modes: 5, seed: 0))
  }

  @Test(arguments: ["manifold: sphere", "manifold: {zonal: {dimension: 8}}"])
  func resolutionsOnSpheresAreDegrees(manifold: String) throws {
    let run = try Samples.runFile(Samples.least(manifold, "density: spectral"))
    guard case .spectral(let spectral) = run.density else {
      Issue.record("the density is not spectral")
      return
    }
    #expect(spectral.resolution == 31)
    #expect(spectral.maximum == 511)
    #expect(spectral.tolerance == 1e-8)
    #expect(run.output.resolution == 63)
    #expect(run.output.modes == 63)
  }

  @Test func spheresOfHigherDimensionHaveParticlesAlone() throws {
    let run = try Samples.runFile(
      Samples.least("manifold: {sphere: {dimension: 8}}", "particles: {}"))
    #expect(run.equation.manifold == .sphere(dimension: 8))
    #expect(run.density == .none)
  }

  @Test func orthogonalTokensAreAsManyAsTheDimension() throws {
    let run = try Samples.runFile(
      Samples.least("manifold: {sphere: {dimension: 8}}", "initial: orthogonal", "particles: {}"))
    #expect(run.particles?.count == 8)
  }

  @Test func rangesAreLinear() throws {
    let run = try Samples.runFile(Samples.least("output: {times: {from: 1, to: 2, count: 3}}"))
    #expect(run.output.schedule == .range(from: 1, to: 2, count: 3, spacing: .linear))
  }

  @Test(arguments: [
    ("manifold: {circle: {}}", "manifold: circle"), ("manifold: {circle: }", "manifold: circle"),
    ("manifold: {sphere: {}}", "manifold: sphere"), ("manifold: {sphere: }", "manifold: sphere"),
    ("manifold: {sphere: {dimension: 3}}", "manifold: sphere"),
    ("initial: {uniform: {}}", "initial: uniform"), ("initial: \"uniform\"", "initial: uniform"),
    ("density: {spectral: {}}", "density: spectral"),
    ("density: {spectral: }", "density: spectral"),
    ("density: panels", "title: circle.yaml"), ("density: {panels: {}}", "density: panels"),
    ("density: {panels: {tolerance: 1e-8, symmetry: 1}}", "density: panels"),
    ("particles: {scheme: {adaptive: {}}}", "particles: {}"),
    ("title: 2024", "title: \"2024\""),
    ("attention: {beta: 4.0e0}", "attention: {beta: +4}"),
    ("particles: {count: 1e3}", "particles: {count: 1000}"),
    ("noise: .5", "noise: 5e-1"), ("noise: !!float 1", "noise: 1"),
  ])
  func spellingsOfTheSame(one: String, other: String) throws {
    #expect(try Samples.runFile(Samples.least(one)) == Samples.runFile(Samples.least(other)))
  }

  @Test(arguments: [
    ("attention: {beta: 0}", 0.0), ("attention: {beta: 1e6}", 1e6),
    ("attention: {beta: 1e6, normalization: peak}", 1e6),
    ("attention: {beta: 700, normalization: unnormalized}", 700),
  ])
  func everyBetaThatIsAllowed(attention: String, beta: Double) throws {
    #expect(try Samples.runFile(Samples.least(attention)).equation.attention.beta == beta)
  }
}
