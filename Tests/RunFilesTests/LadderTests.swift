import Foundation
import MeanField
import RunFiles
import TestSupport
import Testing

/// The powers of N with which distances fall, against theory.
@Suite("A ladder falls as theory says")
struct LadderTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    /// A run file; configs/ladder.yaml where there is none.
    var text: String?
    var settings: [String] = []
    /// Exponents of some kinds at some times.
    var expected: [(time: Double, kinds: [String: Double])]
    var testDescription: String { name }
  }

  private static let root = -0.5

  static let cases = [
    // configs/ladder.yaml: four clusters, masses that differ by N^{−1/2} have to cross the voids.
    Case(
      name: "circle",
      settings: [
        "particles.members=32", "time.tolerance=1e-5", "output.every=4",
        "compare.counts=[256, 2048, 16384]",
      ],
      expected: [
        (0, ["wasserstein1": root, "wasserstein2": root, "sobolev": root, "moment": root]),
        (4, ["wasserstein1": root, "wasserstein2": -0.25, "sobolev": root, "moment": root]),
      ]),
    Case(
      name: "circle with noise",
      text: """
        manifold: circle
        attention: {beta: 1}
        noise: 0.1
        initial: {harmonics: [{mode: 1, cosine: 0.5}]}
        particles: {count: 1, members: 24, seed: 1}
        time: {end: 0.4, tolerance: 1e-6}
        output: {times: []}
        compare: {counts: [64, 512, 4096]}
        """,
      expected: [
        (0.4, ["wasserstein1": root, "wasserstein2": root, "sobolev": root, "moment": root])
      ]),
    Case(
      name: "zonal",
      text: """
        manifold: {zonal: {dimension: 3}}
        attention: {beta: 4}
        initial: {harmonics: [{degree: 2, amplitude: 0.5}]}
        particles: {count: 1, members: 32, seed: 1}
        time: {end: 0.5, tolerance: 1e-5}
        output: {times: []}
        compare: {counts: [64, 512, 4096]}
        """,
      expected: [(0.5, ["wasserstein1": root, "sobolev": root, "moment": root])]),
    Case(
      name: "S²",
      text: """
        manifold: sphere
        attention: {beta: 4}
        initial: {vonMises: [{mean: [1, 0, 0.5], concentration: 2}]}
        particles: {count: 1, members: 16, seed: 1}
        time: {end: 0.5, tolerance: 1e-5}
        output: {times: []}
        compare: {counts: [50, 400, 3200]}
        """,
      expected: [(0.5, ["sliced_wasserstein1": root, "sobolev": root, "moment": root])]),
  ]

  /// Three of the fit's own standard errors: 0.3 % of such expectations fail, and the seeds are fixed.
  @Test(arguments: cases)
  func falls(_ testCase: Case) throws {
    let config = GalleryTests.folder.appendingPathComponent("configs/ladder.yaml").path
    let runFile =
      try testCase.text.map { try RunFile(text: $0, name: "ladder.yaml", settings: []) }
      ?? RunFile(contentsOf: config, settings: testCase.settings)
    let names = Ladder.kinds(of: runFile.equation.manifold.geometry.chart(resolution: 8, modes: 8))
      .map(\.name)
    let ladders = try Self.ladders(
      of: runFile, at: testCase.expected.map(\.time), threads: 2)
    for (time, kinds) in testCase.expected {
      let ladder = try #require(ladders.first { $0.time == time })
      for (name, exponent) in kinds {
        let rate = ladder.rates[try #require(names.firstIndex(of: name))]
        #expect(abs(rate.exponent - exponent) < 3 * rate.error, "\(name) at t = \(time): \(rate)")
        #expect(rate.error <= 0.03, "\(name) at t = \(time)")
      }
    }
  }

  /// - Parameter times: those looked at, all unless given.
  static func ladders(
    of runFile: RunFile, at times: [Double]? = nil, threads: Int
  ) throws -> [Ladder] {
    let simulation = try runFile.withChosenStep().simulation(
      compares: true, hasMembers: false, threads: threads)
    // No member is judged: only the ladder.
    simulation.followsFluctuation = false
    var comparison = Comparison(
      tokens: 1, members: 0, sigmas: 4, ladderCounts: runFile.compare.counts,
      snapshotCount: simulation.times.count, equation: runFile.equation, threads: threads)
    var ladders: [Ladder] = []
    while !simulation.isFinished {
      _ = try simulation.advance()
      let frame = try simulation.takeFrame()
      guard times?.contains(frame.time) ?? true else { continue }
      let density = try #require(frame.density)
      let entry = comparison.record(
        density: density, members: [], response: nil, ladder: frame.ladder)
      ladders.append(try #require(entry.ladder))
    }
    return ladders
  }

  private static let small = """
    manifold: circle
    attention: {beta: 2}
    initial: {harmonics: [{mode: 1, cosine: 0.5}]}
    particles: {count: 20, members: 3, seed: 1}
    time: {end: 0.5, tolerance: 1e-6}
    output: {every: 0.25}
    compare: {counts: [20, 60, 20]}
    """

  private static func small(_ settings: String...) throws -> RunFile {
    try RunFile(text: small, name: "small.yaml", settings: settings)
  }

  @Test(arguments: [
    [], ["noise=0.1"],
    ["manifold=sphere", "initial={vonMises: [{mean: [0, 0, 1], concentration: 2}]}"],
  ])
  func valuesDoNotDependOnThreads(settings: [String]) throws {
    let runFile = try RunFile(text: Self.small, name: "small.yaml", settings: settings)
    let ladders = try Self.ladders(of: runFile, threads: 1)
    #expect(try Self.ladders(of: runFile, threads: 2) == ladders)
    #expect(ladders.map(\.counts) == Array(repeating: [20, 60, 20], count: 3))
    // Rungs and members are other draws each, also where N is the same.
    let distances = try #require(ladders.last).values.map { Array($0.joined()) }
    #expect(distances.allSatisfy { Set($0).count == 9 && $0.allSatisfy(\.isFinite) })
  }

  /// Members are drawn from streams of their own: those of the run stay what they are.
  @Test func theLadderIsApartFromTheMembers() throws {
    let runFile = try Self.small()
    let simulation = try runFile.simulation(compares: true, threads: 1)
    #expect(simulation.ladder.map(\.count) == [3, 3, 3])
    let laws = simulation.members + simulation.ladder.joined()
    let starts = laws.map { $0.saved.state.prefix(20) }
    #expect(Set(starts).count == laws.count)
    var plain = runFile
    plain.compare.counts = []
    let alone = try plain.simulation(compares: true, threads: 1)
    #expect(alone.ladder.isEmpty)
    #expect(alone.members.map(\.saved.state) == simulation.members.map(\.saved.state))
    // `run` and `sweep` know no ladder.
    #expect(try runFile.simulation(compares: false, threads: 1).ladder.isEmpty)
  }

  @Test func theLadderIsPartOfTheCost() throws {
    let runFile = try Self.small("compare.counts=[1000, 3000]")
    var plain = runFile
    plain.compare.counts = []
    #expect(RunCost(runFile, compares: false).memory == RunCost(plain, compares: false).memory)
    let cost = RunCost(runFile, compares: true)
    let less = RunCost(plain, compares: true)
    // Three members of 4000 angles, in all the stages of the integrator.
    #expect(cost.memory - less.memory == 8 * 20 * 3 * 4000)
    #expect(cost.disk > less.disk + 8 * 3 * 4000)
    #expect(cost.workPerRate > less.workPerRate)
    // More tokens show more of the error of a stochastic step.
    let noisy = try Self.small("noise=0.1", "compare.counts=[20, 100000]").withChosenStep()
    #expect(
      RunCost(noisy, compares: true).stochasticSteps
        > RunCost(noisy, compares: false).stochasticSteps)
  }

  @Test func aLadderIsReadBack() throws {
    let runFile = try Self.small()
    #expect(runFile.compare.counts == [20, 60, 20])
    #expect(runFile.yaml.contains("counts: [20, 60, 20]"))
    #expect(try RunFile(text: runFile.yaml, name: "small.yaml", settings: []) == runFile)
  }
}
