import MeanField
import Transforms

extension Benchmarks {
  /// Z̄ and X̄ of tokens on S² through harmonics, against the sum over all pairs.
  ///
  /// The sum is taken of 20 000 tokens and counted for 10⁵: its time grows with the square.
  static func sphereRoad() {
    let beta = 16.0
    let equation = Equation(manifold: .sphere, attention: Attention(beta: beta))
    let (few, many) = (20_000, 100_000)
    let points = equation.draws(from: .uniform, count: many)
    var partition = [Double](repeating: 0, count: many)
    var slope = points
    let sums = SpherePairSums(count: few, dimension: 3)
    let direct = seconds(repetitions: 2) {
      sums.evaluate(
        points: points, masses: nil, beta: beta, partition: &partition, slope: &slope)
    }
    let kernel = equation.kernel
    let transform = SpherePointTransform(degree: kernel.modes)
    let layout = transform.layout
    var moments = [Double](repeating: 0, count: layout.count)
    func terms(_ factors: [Double]) -> [Double] {
      var result = moments
      for m in 0...layout.degree {
        for l in m...layout.degree {
          result[2 * layout.place(l, m)] *= factors[l]
          result[2 * layout.place(l, m) + 1] *= factors[l]
        }
      }
      return result
    }
    let fast = seconds(repetitions: 5) {
      transform.place(points, count: many)
      transform.moments(masses: nil, into: &moments)
      transform.prepareScalar(terms(kernel.partition))
      transform.prepareGradient(terms(kernel.potential))
      _ = transform.evaluateFlow(
        factor: 1, divides: true, at: points, into: &slope, scalars: &partition)
    }
    let scale = Double(many) / Double(few)
    report(
      "velocities of 10⁵ tokens on S², β = 16, by harmonics", fast, scale * scale * direct,
      of: "by the sum over all pairs", target: 1 / 50.0)
  }
}
