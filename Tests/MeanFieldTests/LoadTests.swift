import MeanField
import Testing

/// What is said before a run against what it then has.
struct LoadTests {
  @Test(
    arguments: [
      Manifold.circle, .sphere(dimension: 3), .zonal(dimension: 8), .zonal(dimension: 512),
    ], [0, 0.1])
  func fluctuationsHaveAsManyNumbersAsStated(manifold: Manifold, noise: Double) throws {
    let equation = Equation(manifold: manifold, attention: Attention(beta: 4), noise: noise)
    let law = InitialLaw.vonMises([
      .init(mean: manifold == .sphere(dimension: 3) ? [0, 0, 1] : [1], concentration: 4)
    ])
    let evolution = try manifold.geometry.fluctuation(
      equation, around: law, numerics: TokenNumerics(tolerance: 1e-4, step: 0.1, end: 1))
    let stated = manifold.geometry.fluctuationLoad(equation).numbers
    // Degrees up to 31 on S² are stored as 1056 numbers and stated as 31², a tenth less.
    #expect(abs(Double(evolution.saved.state.count) / stated - 1) < 0.15)
  }
}
