import Foundation
import MeanField
import Testing

/// n tokens with equal inner products: when they align.
@Suite struct EquiangularTokensTests {
  /// C12, literature 2.2: times to 0.999 for n = 32, twelve digits.
  @Test(arguments: [
    (0.0, 5.18626098112, 5.18626098112), (1, 5.27028390759, 2.89704862299),
    (4, 6.95350184881, 1.13077034130), (6, 15.9953135492, 0.870230258283),
    (9, 178.730929519, 0.685987668877),
  ])
  func timesOfTheLiterature(beta: Double, softmax: Double, unnormalized: Double) {
    func time(_ normalization: Attention.Normalization) -> Double {
      EquiangularTokens(
        attention: Attention(beta: beta, normalization: normalization), count: 32
      ).time(to: 0.999, end: 1e6)
    }
    // Half a unit of the last digit printed, relative.
    #expect(abs(time(.softmax) / softmax - 1) < 1e-11)
    #expect(abs(time(.unnormalized) / unnormalized - 1) < 1e-11)
    #expect(abs(time(.peak) / (unnormalized * exp(beta)) - 1) < 1e-11)
  }

  /// C13 and C14: the transition curve of the equation, and of the papers' scheme.
  @Test(arguments: [
    (10.0, 5.10990430939, 4.92339366), (20, 6.34473973851, 6.21083566),
    (30, 6.90645864758, 6.78410359),
  ])
  func transitionCurves(time: Double, exact: Double, euler: Double) {
    let attention = { EquiangularTokens(attention: Attention(beta: $0), count: 32) }
    #expect(abs(attention(exact).time(to: 0.999, end: 100) / time - 1) < 1e-10)
    let scheme = TokenScheme.euler(step: 0.1)
    // dt/dβ is below 30 there: nine digits of β give eight of t.
    #expect(abs(attention(euler).time(to: 0.999, scheme: scheme, end: 100) - time) < 1e-6)
    #expect(attention(euler).time(to: 0.999, scheme: scheme, end: time - 0.1).isNaN)
    #expect(attention(exact).time(to: 0.999, end: time - 0.1).isNaN)
  }

  /// β = 0: γ = (e^{2t} − 1)/(e^{2t} + n − 1).
  @Test(arguments: [2, 5, 128], [0.1, 0.9, 0.999])
  func closedForm(count: Int, target: Double) {
    let exact = 0.5 * log((1 + target * Double(count - 1)) / (1 - target))
    let time = EquiangularTokens(attention: Attention(beta: 0), count: count)
      .time(to: target, end: 100)
    #expect(abs(time / exact - 1) < 1e-12)
  }
}
