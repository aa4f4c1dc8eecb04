import Foundation
import TestSupport

@testable import MeanField

/// Laws carried on panels, as tests start and read them.
enum PanelRuns {
  typealias CircleRun = Evolution<PanelDynamics<CirclePanelLine>>
  typealias ZonalRun = Evolution<PanelDynamics<ZonalPanelLine>>

  /// A law on the circle, with tolerances alike for time and space.
  static func circle(
    _ attention: Attention, from law: InitialLaw, tolerance: Double = 1e-10, symmetry: Int = 1,
    end: Double
  ) -> CircleRun {
    Evolution.panels(
      Equation(attention: attention), from: law, on: CirclePanelLine(symmetry: symmetry),
      numerics: PanelNumerics(
        tolerance: tolerance, spaceTolerance: tolerance, symmetry: symmetry, end: end))
  }

  /// A law of the polar angle.
  static func zonal(
    _ dimension: Int, _ attention: Attention, from law: InitialLaw, tolerance: Double = 1e-10,
    end: Double
  ) -> ZonalRun {
    Evolution.panels(
      Equation(manifold: .zonal(dimension: dimension), attention: attention), from: law,
      on: ZonalPanelLine(dimension: dimension),
      numerics: PanelNumerics(tolerance: tolerance, spaceTolerance: tolerance, end: end))
  }

  /// Errors grow like e^{λt} of the fastest mode; 20 covers the steps, 2e-13 the printed digits.
  static func allowed(_ equation: Equation, _ tolerance: Double, _ time: Double) -> Double {
    let theory = LinearTheory(equation: equation)
    let rate = theory.fastestMode.map(theory.growthRate) ?? 0
    return 20 * tolerance * max(1, exp(rate * time)) + 2e-13
  }

  /// log dμ/dσ at angles.
  static func logDensities(_ run: some LawEvolution, at angles: [Double]) -> [Double] {
    var chart = run.snapshot().equation.manifold.geometry.chart(resolution: 16, modes: 1)
    chart.axes[0].values = angles
    return run.snapshot().law.logDensity(on: chart) ?? []
  }

  /// Angles of all nodes, in order along the line.
  static func angles(_ run: some LawEvolution) -> [Double] {
    run.snapshot().law.nodes?.angles ?? []
  }

  static func tokens(_ angles: [Double], _ masses: [Double]) -> InitialLaw {
    .tokens(.init(points: angles, masses: masses))
  }

  /// Every merger between planned times.
  static func mergers(
    _ run: some LawEvolution, at times: [Double]
  ) throws -> [Merger] {
    let simulation = Simulation(density: run, members: [], times: times, threads: 1)
    var found: [Merger] = []
    while !simulation.isFinished {
      _ = try simulation.advance()
      found += try simulation.takeFrame().mergers
    }
    return found
  }
}
