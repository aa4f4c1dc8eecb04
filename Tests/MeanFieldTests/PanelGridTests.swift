import Foundation
import Testing

@testable import MeanField

/// Densities of panels on the grid of a file: every point of it lies on some panel.
@Suite struct PanelGridTests {
  /// At t = 0 the density is the start, also where two panels meet: both divide the circle evenly.
  @Test func theStartIsOnEveryPointOfTheGrid() throws {
    let law = InitialLaw.vonMises([
      .init(mean: 0.3, concentration: 4), .init(mean: 2.5, concentration: 8, weight: 2),
    ])
    let run = try #require(
      Circle().panels(
        Equation(attention: Attention(beta: 9)), from: law,
        numerics: PanelNumerics(tolerance: 1e-8, spaceTolerance: 1e-8, end: 1)))
    let chart = Circle().chart(resolution: 1024, modes: 4)
    let logarithms = try #require(run.snapshot().law.logDensity(on: chart))
    for (angle, value) in zip(chart.axes[0].values, logarithms) {
      let exact = log(try #require(law.circularDensity(at: angle)))
      // Panels are halved until the logarithm is right to 10⁻⁷.
      #expect(abs(value - exact) < 1e-7)
    }
  }

  @Test(arguments: [3, 64])
  func theStartIsOnEveryPolarAngle(dimension: Int) throws {
    let law = InitialLaw.harmonics([.init(degree: 1, cosine: 0.5)])
    let equation = Equation(
      manifold: .zonal(dimension: dimension), attention: Attention(beta: 2))
    let zonal = Zonal(dimension: dimension)
    let run = try #require(
      zonal.panels(
        equation, from: law,
        numerics: PanelNumerics(tolerance: 1e-8, spaceTolerance: 1e-8, end: 1)))
    let chart = zonal.chart(resolution: 63, modes: 63)
    let logarithms = try #require(run.snapshot().law.logDensity(on: chart))
    for (angle, value) in zip(chart.axes[0].values, logarithms) {
      // Near a pole of a high-dimensional sphere the logarithm of the volume is 62 log sin θ.
      #expect(abs(value - log(1 + 0.5 * cos(angle))) < 1e-7)
    }
  }
}
