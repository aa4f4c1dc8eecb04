import Foundation
import Testing
import Transforms

@testable import MeanField

/// The Laplacian of a polar angle, which couples the coefficients of a law, inside a step.
@Suite struct ZonalDiffusionTests {
  static let law = InitialLaw.vonMises([
    .init(mean: [1], concentration: 12, weight: 1), .init(mean: [-1], concentration: 30, weight: 2),
  ])

  /// Functions of Δ multiply ∫ P_l dμ by that of −l(l+d−2), whatever the coefficients that carry the law.
  @Test(arguments: [3, 4, 5, 16, 64, 257])
  func functionsOfTheLaplacianMultiplyEveryDegree(dimension: Int) throws {
    let kernel = KernelSpectrum(beta: 1, dimension: dimension)
    let basis = ZonalBasis(dimension: dimension, degree: 191, kernel: kernel)
    let state = basis.coefficients(of: Self.law).state
    func moments(_ state: [Double]) -> [Double] {
      ZonalLaw(coefficients: state, dimension: dimension, kernel: kernel, floor: 0)
        .zonalMoments(degree: 8)
    }
    let start = moments(state)
    let laplacian = basis.laplacian
    func check(_ map: TriangularMap, _ factor: (Double) -> Double) {
      var result = state
      map.apply(to: &result)
      for (l, value) in moments(result).enumerated() {
        // A maximum principle bounds flows and their means; rounding is that of 200 coefficients.
        #expect(abs(value - start[l] * factor(Double(l * (l + dimension - 2)))) < 1e-13)
      }
    }
    // Multiples of one number, as in a step, and others; stiffness up to 10⁵.
    for times in [[0.25, 0.5, 0.75, 1], [0.1, 0.123456789, 1]] {
      for unit in [1e-4, 0.1, 1].map({ $0 / Double(dimension) }) {
        let scaled = times.map { unit * $0 }
        for (time, mean) in zip(times, laplacian.meanFlows(scaled)) {
          check(mean) { $0 > 0 ? -expm1(-unit * time * $0) / (unit * time * $0) : 1 }
        }
        for (time, flow) in zip(times, laplacian.flows(scaled)) {
          check(flow) { exp(-unit * time * $0) }
          check(laplacian.rootMeanSquareFlow(over: unit * time)) { eigenvalue in
            let decay = 2 * unit * time * eigenvalue
            return decay > 0 ? (-expm1(-decay) / decay).squareRoot() : 1
          }
        }
      }
    }
  }

  /// Where the reference sphere is the sphere itself, a diagonal is all there is.
  @Test func laplaciansAreDiagonalOnReferenceSpheres() {
    let kernel = KernelSpectrum(beta: 1, dimension: 3)
    #expect(ZonalBasis(dimension: 3, degree: 7, kernel: kernel).laplacian.isDiagonal)
    #expect(SphericalHarmonicBasis(degree: 7).laplacian.isDiagonal)
    #expect(FourierBasis(points: 16).laplacian.isDiagonal)
  }

  /// A degree four times as high makes the noise sixteen times as stiff, and costs no step.
  @Test(arguments: [5, 16, 64])
  func degreesCostNoSteps(dimension: Int) throws {
    var counts: [Int] = []
    var means: [Double] = []
    for degree in [95, 191, 383] {
      let run = try SphereRuns.zonal(
        dimension, Attention(beta: 2), noise: 0.5 / Double(dimension), from: Self.law,
        degree: degree, end: 0.5)
      try run.advance(to: 0.5)
      #expect(run.resolution == .degree(degree))
      counts.append(run.memory.acceptedSteps + run.memory.rejectedSteps)
      means.append(run.snapshot().mean[0])
    }
    #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 2, "\(counts)")
    #expect((counts.max() ?? 0) < 100, "\(counts)")
    #expect(means.allSatisfy { abs($0 - means[0]) < 1e-7 })
  }

  /// What continues from a saved state is what would have gone on, to the bit.
  @Test func savedStateContinuesToTheBit() throws {
    func start() throws -> any LawEvolution {
      try SphereRuns.zonal(
        16, Attention(beta: 2), noise: 0.05, from: Self.law, degree: 95, tolerance: 1e-10, end: 2)
    }
    let whole = try start()
    for time in [0.7, 1.3] { try whole.advance(to: time) }
    let interrupted = try start()
    try interrupted.advance(to: 0.7)
    var steps = 0
    try interrupted.advance(to: 1.3) {
      steps += 1
      return steps == 2
    }
    #expect(interrupted.memory.time < 1.3)
    let resumed = try start()
    #expect(resumed.restore(interrupted.saved))
    try resumed.advance(to: 1.3)
    #expect(resumed.saved.state == whole.saved.state)
    #expect(resumed.memory == whole.memory)
  }
}
