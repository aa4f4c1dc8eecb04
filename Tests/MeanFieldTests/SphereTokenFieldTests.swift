import Foundation
import Testing
import Transforms

@testable import MeanField

/// The radial sums and the curvature of tokens, by both roads, against plain sums.
@Suite struct SphereTokenFieldTests {
  @Test(
    arguments: [0, 1, 9, 60], [(3, SphereTokenField.Road.direct), (3, .harmonics), (17, .direct)])
  func whatLiesAlongATokenIsThePlainSum(
    beta: Double, road: (dimension: Int, kind: SphereTokenField.Road)
  ) {
    let (d, count) = (road.dimension, 120)
    let points = SphereSampler(dimension: d, law: .uniform).draws(count: count, seed: 4, member: 0)
    let shares = (0..<count).map { Double(1 + $0 % 3) }
    let masses = shares.map { $0 / shares.reduce(0, +) }
    let kernel = KernelSpectrum(beta: beta, dimension: d)
    let field = SphereTokenField(kernel: kernel, count: count, masses: masses, road: road.kind)
    var (partition, radial) = (masses, masses)
    var slope = points
    field.evaluate(at: points, partition: &partition, slope: &slope, radial: &radial)
    var curvature = 0.0
    for i in 0..<count {
      var sum = 0.0
      for j in 0..<count {
        let u = (0..<d).reduce(0.0) { $0 + points[i * d + $1] * points[j * d + $1] }
        let pull = masses[j] * exp(beta * (u - 1))
        sum += pull * u
        curvature += masses[i] * pull * (beta * (1 - u * u) - Double(d - 1) * u)
      }
      // Harmonics know a field to 3·10⁻¹⁴ of its largest value, here at most 1.
      #expect(abs(radial[i] - sum) < 1e-13)
    }
    // Degrees l weigh l(l + 1), 2β of which are there.
    #expect(abs(field.curvature(at: points) - curvature) < 1e-13 * (1 + beta) * Double(d))
  }
}
