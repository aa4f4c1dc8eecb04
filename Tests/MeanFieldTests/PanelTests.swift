import Foundation
import TestSupport
import Testing

@testable import MeanField

/// What holds along every run on panels: mass, order, speed, energy, and the same bits again.
@Suite struct PanelTests {
  static let cases: [(attention: Attention, law: InitialLaw, end: Double)] = [
    (Attention(beta: 9), StructureTests.twoBumps, 14),
    (Attention(beta: 4, normalization: .unnormalized), StructureTests.twoBumps, 2),
    (Attention(beta: 100), ReferenceSolutionTests.cosine(1, 0.5), 5),
    (
      Attention(beta: 9, normalization: .peak),
      .perturbedUniform(amplitude: 0.1, modes: 8, seed: 3), 40
    ),
    (Attention(beta: 0), ReferenceSolutionTests.cosine(1, 0.9), 40),
    (
      Attention(beta: 4),
      PanelRuns.tokens([0.1, 1.3, 2.9, 4.4, 6.2], [0.1, 0.3, 0.2, 0.25, 0.15]), 500
    ),
  ]

  private func check(_ run: some LawEvolution, end: Double, mesh: () -> PanelMesh) throws {
    let first = run.snapshot()
    var energy = -Double.infinity
    var largest = 0.0
    for step in 0...40 {
      try run.advance(to: end * Double(step) / 40)
      let snapshot = run.snapshot()
      // Halves are rescaled to the mass they share: an ulp of theirs now and then.
      #expect(abs(snapshot.law.mass - 1) < 1e-15)
      if snapshot.equation.attention.normalization != .unnormalized {
        #expect(snapshot.largestSpeed <= 1)
      }
      #expect(snapshot.scaledDissipation >= 0)
      // Ē ≤ e^{−β} E's rounding: K(β) terms of order one.
      #expect(snapshot.energyAboveUniform > energy - 1e-14)
      energy = snapshot.energyAboveUniform
      let dissipated = try #require(snapshot.dissipated)
      largest = max(largest, abs(energy - first.energyAboveUniform - dissipated))
      let positions = mesh().positions
      let gaps = zip(positions, positions.dropFirst()).map { $1 - $0 }
      #expect((gaps.min() ?? 0) >= 0)
      #expect((positions.last ?? 0) - (positions.first ?? 0) < 2 * Double.pi)
    }
    // The defect Ē − Ē₀ − W: errors of moments of 1e-10 a step, and atoms that take the place of panels.
    #expect(largest < 1e-9)
  }

  @Test(arguments: 0..<6)
  func structureIsKeptOnTheCircle(index: Int) throws {
    let (attention, law, end) = Self.cases[index]
    let run = PanelRuns.circle(attention, from: law, tolerance: 1e-10, end: end)
    try check(run, end: end) {
      var mesh = run.dynamics.mesh
      mesh.load(run.state)
      return mesh
    }
  }

  static let zonalCases: [(dimension: Int, attention: Attention, law: InitialLaw, end: Double)] = [
    (3, Attention(beta: 9), SphereRuns.zonal([0.5]), 30),
    (3, Attention(beta: 5, normalization: .unnormalized), SphereRuns.zonal([0, 0, 0.02]), 1),
    (4, Attention(beta: 20, normalization: .peak), SphereRuns.zonal([0.3, 0.2]), 20),
    (64, Attention(beta: 2), SphereRuns.zonal([0.1]), 10),
    (3, Attention(beta: 0), SphereRuns.zonal([0.9]), 40),
    (3, Attention(beta: 1), SphereRuns.zonal([0.9]), 40),
  ]

  @Test(arguments: 0..<6)
  func structureIsKeptAboutAPole(index: Int) throws {
    let (dimension, attention, law, end) = Self.zonalCases[index]
    let run = PanelRuns.zonal(dimension, attention, from: law, tolerance: 1e-10, end: end)
    try check(run, end: end) {
      var mesh = run.dynamics.mesh
      mesh.load(run.state)
      return mesh
    }
  }

  /// All numbers to the last bit; void has NaN for what nobody knows.
  static func bits(_ saved: SavedEvolution) -> [UInt64] {
    (saved.state + saved.structure + [saved.initialEnergy]).map(\.bitPattern)
  }

  /// Whatever step a run was saved after, it goes on to the same bits; so does a replica.
  @Test(arguments: 0..<6)
  func savedRunsContinueToTheBit(index: Int) throws {
    let (attention, law, end) = Self.cases[index]
    func start() -> PanelRuns.CircleRun {
      let run = PanelRuns.circle(attention, from: law, tolerance: 1e-8, end: end)
      // Sets the energy that is saved with the run.
      _ = run.snapshot()
      return run
    }
    let whole = start()
    try whole.advance(to: 0.5 * end)
    try whole.advance(to: end)
    var numbers = SplitMix(state: UInt64(index) + 1)
    for _ in 0..<3 {
      let run = start()
      var steps = Int.random(in: 0...whole.memory.acceptedSteps, using: &numbers)
      while steps > 0, run.memory.time < end {
        try run.advance(to: run.memory.time < 0.5 * end ? 0.5 * end : end) {
          steps -= 1
          return steps <= 0
        }
      }
      let restored = start()
      #expect(restored.restore(run.saved))
      #expect(Self.bits(restored.saved) == Self.bits(run.saved))
      let copy = run.replica()
      for other in [restored as any LawEvolution, copy] {
        if other.memory.time < 0.5 * end { try other.advance(to: 0.5 * end) }
        try other.advance(to: end)
        #expect(Self.bits(other.saved) == Self.bits(whole.saved))
        #expect(other.memory == whole.memory)
      }
    }
  }

  /// Numbers that are no mesh are refused, and nothing changes.
  @Test func otherShapesAreRefused() throws {
    let run = PanelRuns.circle(Attention(beta: 4), from: StructureTests.twoBumps, end: 1)
    _ = run.snapshot()
    let before = run.saved
    for change in [
      { (saved: inout SavedEvolution) in saved.state.removeLast() },
      { $0.structure.removeLast() }, { $0.structure = [] }, { $0.structure[0] = 0.5 },
    ] {
      var saved = before
      change(&saved)
      #expect(!run.restore(saved))
      #expect(Self.bits(run.saved) == Self.bits(before))
    }
  }
}
