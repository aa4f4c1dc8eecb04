import Foundation
import MeanField
import TestSupport
import Testing

/// The bounds on speed and on ∇X against tokens on spheres, by the definition of X.
struct SphereBoundTests {
  /// |X| and |∇_v X| for unit tangents v, by central differences, of a few tokens on S^{d−1}.
  @Test(arguments: [3, 8], [0, 0.5, 4, 30])
  func theBoundsHoldOnSpheres(dimension: Int, beta: Double) {
    var random = SplitMix(state: UInt64(dimension))
    func unit(_ vector: [Double]) -> [Double] {
      let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return vector.map { $0 / length }
    }
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    func point() -> [Double] {
      unit((0..<dimension).map { _ in Double.random(in: -1...1, using: &random) })
    }
    func tangent(_ vector: [Double], at x: [Double]) -> [Double] {
      let along = dot(vector, x)
      return zip(vector, x).map { $0 - along * $1 }
    }
    let tokens = (0..<4).map { _ in point() }
    func velocity(_ x: [Double], divided: Bool) -> [Double] {
      let kernel = tokens.map { exp(beta * (dot(x, $0) - 1)) }
      let unit = divided ? kernel.reduce(0, +) : Double(tokens.count)
      let mean = (0..<dimension).map { i in
        zip(kernel, tokens).reduce(0) { $0 + $1.0 * $1.1[i] } / unit
      }
      return tangent(mean, at: x)
    }
    let step = 1e-5
    for _ in 0..<40 {
      // Near a token, where the bounds are nearly reached.
      let x = unit(zip(tokens[0], point()).map { $0 + 0.3 * $1 })
      let v = unit(tangent(point(), at: x))
      for (normalization, divided) in [(Attention.Normalization.softmax, true), (.peak, false)] {
        let attention = Attention(beta: beta, normalization: normalization)
        let theory = LinearTheory(
          equation: Equation(manifold: .sphere(dimension: dimension), attention: attention))
        let here = velocity(x, divided: divided)
        #expect(dot(here, here).squareRoot() <= theory.speedBound * (1 + 1e-14))
        let (ahead, behind) = (
          velocity(unit(zip(x, v).map { $0 + step * $1 }), divided: divided),
          velocity(unit(zip(x, v).map { $0 - step * $1 }), divided: divided)
        )
        let change = tangent(zip(ahead, behind).map { ($0 - $1) / (2 * step) }, at: x)
        // Differences are good to step² β³ ≈ 3·10⁻⁶.
        #expect(dot(change, change).squareRoot() <= theory.lipschitzBound + 1e-5)
      }
    }
  }
}
