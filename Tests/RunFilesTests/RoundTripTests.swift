import MeanField
import TestSupport
import Testing

@testable import RunFiles

/// The resolved run file reads back to itself.
struct RoundTripTests {
  private func expectRoundTrip(
    _ run: RunFile, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let yaml = run.yaml
    // Another name, so that nothing can come from its defaults.
    let again = try RunFile(text: yaml, name: "again.yaml", settings: [])
    #expect(again == run, sourceLocation: sourceLocation)
    #expect(again.yaml == yaml, sourceLocation: sourceLocation)
  }

  @Test(arguments: Samples.all)
  func validFiles(_ text: String) throws {
    try expectRoundTrip(try Samples.runFile(text))
  }

  @Test func everyDefaultIsFilledIn() throws {
    #expect(
      try Samples.runFile(Samples.least("particles: {}")).yaml == """
        title: "circle.yaml"
        manifold: circle
        attention:
          beta: 4
          normalization: softmax
        noise: 0
        initial: uniform
        density:
          panels:
            tolerance: 1e-08
            symmetry: 1
        particles:
          count: 1024
          members: 1
          seed: 0
          scheme: adaptive
        time:
          end: 10
          tolerance: 1e-08
        output:
          file: "output/circle.nc"
          every: 0.1
          points: 1024
          modes: 64
          particles: all
        compare:
          sigmas: 4

        """)
  }

  @Test(arguments: [
    "no", "null", "~", "1e3", "0x10", " spaces ", "a: b", "# hash", "- dash", "*star", "&and",
    "!tag", "%", "@", "`", "'single'", "\"double\"", "back\\slash", "{brace}", "[bracket",
    "tr,ailing:",
    "—", "β = 9, ∂ₜμ", "日本", "👩‍🔬", "e\u{301}", "\u{200F}", "\u{A0}", "\u{E000}",
    String(repeating: "long words ", count: 40),
  ])
  func anyText(_ text: String) throws {
    var run = try Samples.runFile(Samples.least())
    run.title = text
    run.output.file = text
    try expectRoundTrip(run)
  }

  @Test(arguments: [
    0, -0.0, 1, -1, 0.1, 1.0 / 3, .pi, -.pi, 1e15, 1e16, 123_456_789_012_345_680, 0x1p53 + 2, 1e-5,
    1e22, .leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude, 1.0.nextUp,
    1.0.nextDown,
  ])
  func anyNumber(_ number: Double) throws {
    var run = try Samples.runFile(Samples.least())
    run.initial.law = .vonMises([InitialLaw.VonMises(mean: number, concentration: 1)])
    try expectRoundTrip(run)
    let again = try RunFile(text: run.yaml, name: "again.yaml", settings: [])
    guard case .vonMises(let densities) = again.initial.law else {
      Issue.record("the initial law changed")
      return
    }
    #expect(densities.first?.mean.map(\.bitPattern) == [number.bitPattern])
  }

  @Test func randomNumbers() throws {
    var random = SplitMix(state: 5)
    let densities = (0..<500).map { _ in
      InitialLaw.VonMises(
        mean: Double(bitPattern: random.next()),
        concentration: Double.random(in: 0...1, using: &random),
        weight: Double.random(in: 0.001...1e6, using: &random))
    }
    var run = try Samples.runFile(Samples.least())
    run.initial.law = .vonMises(densities.filter { $0.mean[0].isFinite })
    try expectRoundTrip(run)
  }

  @Test(arguments: [
    InitialLaw.uniform,
    .harmonics([
      InitialLaw.Harmonic(mode: 1, cosine: 0.1, sine: -0.2),
      InitialLaw.Harmonic(mode: 100_000, cosine: 0, sine: 0.3),
    ]),
    .perturbedUniform(amplitude: 0.01, modes: 3, seed: .max),
  ])
  func anyInitialLaw(_ law: InitialLaw) throws {
    var run = try Samples.runFile(Samples.least())
    run.initial.law = law
    try expectRoundTrip(run)
  }

  @Test func tokens() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("1, 0, 2\n0, -1, 3\n", to: "a: token's \"file\".csv")
    let run = try RunFile(
      text: Samples.least("initial: tokens", "density: none", "particles: {}"), name: "t.yaml",
      settings: ["initial.tokens.file='" + path.replacing("'", with: "''") + "'"])
    #expect(run.initial.tokenFile == path)
    try expectRoundTrip(run)
  }

  @Test(arguments: [
    RunFile.Schedule.every(0.3), .times([]), .times([0, 0.1, 10]),
    .range(from: 0, to: 10, count: 7, spacing: .linear),
    .range(from: 1e-3, to: 9.99, count: 1000, spacing: .log),
  ])
  func anySchedule(_ schedule: RunFile.Schedule) throws {
    var run = try Samples.runFile(Samples.least())
    run.output.schedule = schedule
    try expectRoundTrip(run)
  }

  @Test(arguments: [RunFile.WrittenParticles.all, .none, .first(1), .first(1024)])
  func anyWrittenParticles(_ written: RunFile.WrittenParticles) throws {
    var run = try Samples.runFile(Samples.least("particles: {}"))
    run.output.particles = written
    try expectRoundTrip(run)
  }

  @Test(
    arguments: ["density: {spectral: {points: 64, maximumPoints: 1024, tolerance: 1e-5}}"]
      + ["density: {panels: {tolerance: 1e-12, symmetry: 5}}", "density: panels"])
  func anyDensity(_ density: String) throws {
    try expectRoundTrip(
      try Samples.runFile(
        Samples.least("initial: {harmonics: [{mode: 5, cosine: 0.5}]}", density)))
  }

  @Test func panelsOfZonalLaws() throws {
    let run = try Samples.runFile(
      Samples.least(
        "manifold: {zonal: {dimension: 8}}", "density: {panels: {tolerance: 1e-6}}"))
    try expectRoundTrip(run)
    #expect(!run.yaml.contains("symmetry"))
  }

  @Test(arguments: Attention.Normalization.allCases, [RunFile.Density.none, nil])
  func anyNormalization(
    _ normalization: Attention.Normalization, density: RunFile.Density?
  ) throws {
    var run = try Samples.runFile(Samples.least("particles: {members: 3}", "noise: 1"))
    run.equation.attention.normalization = normalization
    run.particles?.step = 1e-3
    run.particles?.seed = .max
    if let density { run.density = density }
    try expectRoundTrip(run)
  }
}
