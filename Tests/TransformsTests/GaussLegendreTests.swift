import Foundation
import TestSupport
import Testing
import Transforms

/// Nodes and weights against known values, and the quadrature against integrals.
struct GaussLegendreTests {
  @Test func nodesAndWeightsAreTheKnownOnes() throws {
    for row in try SphericalReferences.load().quadrature {
      let quadrature = GaussLegendre(count: row.count)
      // Angles up to π and numbers up to 1, a few roundings each.
      #expect(abs(quadrature.colatitudes[row.index] - row.colatitude.value) < 1e-15)
      #expect(abs(quadrature.cosines[row.index] - row.cosine.value) < 1e-15)
      #expect(abs(quadrature.weights[row.index] - row.weight.value) < 1e-15)
      // A weight is squared from a slope summed in n roundings of random sign.
      let digits = 1e-15 + 4e-16 * Double(row.count).squareRoot()
      #expect(abs(quadrature.weights[row.index] / row.weight.value - 1) < digits)
    }
  }

  @Test func theSmallestRulesAreTheClosedForms() {
    let one = GaussLegendre(count: 1)
    #expect(one.cosines == [0] && one.sines == [1])
    #expect(abs(one.weights[0] - 2) < 1e-15)
    let three = GaussLegendre(count: 3)
    #expect(abs(three.cosines[0] - 0.6.squareRoot()) < 2e-16)
    #expect(three.cosines[1] == 0)
    #expect(abs(three.weights[0] - 5.0 / 9) < 5e-16)
    #expect(abs(three.weights[1] - 8.0 / 9) < 5e-16)
  }

  @Test(arguments: [1, 2, 3, 4, 7, 16, 33, 128, 192, 385, 768, 1536])
  func polynomialsUpToTwiceTheCountAreIntegratedExactly(count n: Int) {
    let quadrature = GaussLegendre(count: n)
    // Powers, whose integrals are known; n terms below 2/n, rounded.
    for k in Set([0, 1, 2, 3, n - 1, n, 2 * n - 2, 2 * n - 1]) where k >= 0 && k < 2 * n {
      let sum = (0..<n).reduce(0) {
        $0 + quadrature.weights[$1] * pow(quadrature.cosines[$1], Double(k))
      }
      #expect(abs(sum - (k % 2 == 0 ? 2 / Double(k + 1) : 0)) < 4e-15)
    }
    // cos² + sin² = 1 in every node, and the order is from north to south.
    for i in 0..<n {
      let x = quadrature.cosines[i]
      let y = quadrature.sines[i]
      #expect(abs(x * x + y * y - 1) < 4e-16)
      #expect(quadrature.cosines[n - 1 - i] == -x)
      #expect(quadrature.weights[n - 1 - i] == quadrature.weights[i])
      #expect(i == 0 || quadrature.colatitudes[i] > quadrature.colatitudes[i - 1])
    }
  }

  @Test func aRuleWithoutNodesIsRefused() async {
    await #expect(processExitsWith: .failure) { _ = GaussLegendre(count: 0) }
  }
}
