import Foundation
import Testing

@testable import MeanField

/// Clusters of laws of a polar angle: poles and rings.
struct ZonalClusterTests {
  private func law(
    _ law: InitialLaw, dimension: Int, beta: Double, degree: Int = 255
  ) -> ZonalLaw {
    ZonalLaw(
      coefficients: law.referenceCoefficients(dimension: dimension, degree: degree),
      dimension: dimension, kernel: KernelSpectrum(beta: beta, dimension: dimension), floor: 0)
  }

  /// Z is constant, though rounding of its coefficients may be 10²² times as large.
  @Test(arguments: [3, 4, 64, 65, 512], [0, 1, 9, 64, 400])
  func theUniformLawHasNone(dimension: Int, beta: Double) {
    let clusters = law(.uniform, dimension: dimension, beta: beta).clusters(Attention(beta: beta))
    #expect(clusters.isEmpty)
  }

  @Test func theUniformLawHasNoneInTheHighestDimension() {
    // It is as narrow as 1/64 about the equator: degree 700 holds it to rounding.
    let uniform = law(.uniform, dimension: 4096, beta: 64, degree: 1023)
    #expect(uniform.clusters(Attention(beta: 64)).isEmpty)
  }

  @Test(arguments: [3, 4, 17, 64], [0.5, 4, 20])
  func oppositeBumpsShareTheMass(dimension: Int, beta: Double) throws {
    let bumps = InitialLaw.vonMises([
      .init(mean: [1], concentration: 2 * Double(dimension)),
      .init(mean: [-1], concentration: 2 * Double(dimension)),
    ])
    let clusters = law(bumps, dimension: dimension, beta: beta).clusters(Attention(beta: beta))
    try #require(clusters.count == 2)
    #expect(Set(clusters.map { $0.position[0] }) == [0, Double.pi])
    // Sums of some 500 terms.
    #expect(clusters.allSatisfy { abs($0.mass - 0.5) < 1e-13 })
  }

  /// 1 + a P_2 with a < 0: the maximum is the equator for every β.
  @Test(arguments: [3, 4, 9], [1, 6, 40])
  func aBeltIsOneRing(dimension: Int, beta: Double) throws {
    let belt = InitialLaw.harmonics([.init(degree: 2, cosine: -0.5)])
    let clusters = law(belt, dimension: dimension, beta: beta).clusters(Attention(beta: beta))
    try #require(clusters.count == 1)
    #expect(abs(clusters[0].position[0] - Double.pi / 2) < 1e-12)
    #expect(abs(clusters[0].mass - 1) < 1e-13)
  }

  /// Masses below an angle: h = 1 + a R_1 + b R_2 has polynomial integrals.
  @Test(arguments: [3, 4])
  func theCurveOfMassesIsExact(dimension: Int) {
    let (a, b) = (0.3, -0.2)
    let isLegendre = dimension == 3
    let zonal = ZonalLaw(
      coefficients: isLegendre ? [1, a / 3, b / 5] : [1, a / 2, b / 2], dimension: dimension,
      kernel: KernelSpectrum(beta: 1, dimension: dimension), floor: 0)
    let curve = zonal.curve
    for (angle, level) in zip(curve.positions, curve.levels) {
      let x = cos(angle)
      // ∫_x^1 (1 + a t + b (3t² − 1)/2) dt/2 and ∫_0^θ (1 + a cos t + b cos 2t) dt/π.
      let expected =
        isLegendre
        ? 0.5 * ((1 - x) + a * (1 - x * x) / 2 + b * (x - x * x * x) / 2)
        : (angle + a * sin(angle) + b * sin(2 * angle) / 2) / Double.pi
      #expect(abs(level - expected) < 4e-16)
    }
  }

  @Test func withoutInverseTemperatureAPoleIsTheCluster() throws {
    let north = InitialLaw.harmonics([
      .init(degree: 1, cosine: 1e-3), .init(degree: 2, cosine: 0.5),
    ])
    let clusters = law(north, dimension: 5, beta: 0).clusters(Attention(beta: 0))
    try #require(clusters.count == 1)
    #expect(clusters[0].position == [0])
    let balanced = InitialLaw.harmonics([.init(degree: 2, cosine: 0.5)])
    #expect(law(balanced, dimension: 5, beta: 0).clusters(Attention(beta: 0)).isEmpty)
  }
}
