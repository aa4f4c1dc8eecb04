import Foundation
import Testing

@testable import MeanField

/// The papers' scheme, x ← (x + h A)/|·| with h = 0.1, and figure 3 of arXiv 2312.10794 in small.
@Suite struct PapersSchemeTests {
  // MARK: Orthogonal tokens

  /// γ after a step of equiangular tokens, exactly: x_i + h A_i = a x_i + b Σ_{j≠i} x_j.
  private static func step(_ gamma: Double, count: Int, beta: Double, length h: Double) -> Double {
    let n = Double(count)
    let kernel = exp(beta * (gamma - 1))
    let partition = 1 + (n - 1) * kernel
    let a = 1 + h / partition
    let b = h * kernel / partition
    let square =
      a * a + 2 * a * b * (n - 1) * gamma + b * b * (n - 1) * (1 + (n - 2) * gamma)
    let product =
      a * a * gamma + 2 * a * b * (1 + (n - 2) * gamma)
      + b * b * ((n - 2) + ((n - 1) * (n - 1) - (n - 2)) * gamma)
    return product / square
  }

  /// C14: the recursion's transition curve, n = 32, at t = 10, 20, 30.
  @Test(arguments: [(10.0, 4.92339366), (20, 6.21083566), (30, 6.78410359)])
  func theRecursionHasTheLiteraturesTransition(time: Double, beta: Double) {
    func gamma(_ beta: Double) -> Double {
      (0..<Int(10 * time + 0.5)).reduce(0.0) { gamma, _ in
        Self.step(gamma, count: 32, beta: beta, length: 0.1)
      }
    }
    // Half a unit of the last digit printed; γ falls with β.
    #expect(gamma(beta - 1e-8) > 0.999)
    #expect(gamma(beta + 1e-8) < 0.999)
  }

  /// Tokens that start orthogonal stay equiangular under the scheme and follow its recursion.
  @Test(arguments: [(5, 1.5), (32, 1), (32, 4), (12, 6)], [0.1, 0.01])
  func orthogonalTokensFollowTheRecursion(shape: (count: Int, beta: Double), step: Double) throws {
    let (count, beta) = shape
    let points = (0..<count).flatMap { i in (0..<count).map { $0 == i ? 1.0 : 0 } }
    let run = Evolution.tokens(
      Equation(manifold: .sphere(dimension: count), attention: Attention(beta: beta)),
      points: points,
      numerics: TokenNumerics(tolerance: 1e-8, scheme: .euler(step: step), end: 100))
    var gamma = 0.0
    for k in 1...60 {
      try run.advance(to: Double(k) * step)
      gamma = Self.step(gamma, count: count, beta: beta, length: step)
      for i in 1..<count {
        let product = (0..<count).reduce(0.0) { $0 + run.state[$1] * run.state[i * count + $1] }
        // Rounding of sixty steps.
        #expect(abs(product - gamma) < 1e-13)
      }
    }
    #expect(run.memory.acceptedSteps == 60)
  }

  // MARK: Figure 3

  /// Part of pairs i ≠ j with ⟨x_i, x_j⟩ ≥ 0.999.
  private static func together(_ points: [Double], _ dimension: Int) -> Double {
    let count = points.count / dimension
    return points.withUnsafeBufferPointer { points in
      var pairs = 0
      for i in 0..<count {
        for j in 0..<i {
          // Differences stop early where tokens are far apart: |x − y|² ≤ 0.002.
          var square = 0.0
          var k = 0
          while k < dimension && square <= 0.0021 {
            let difference = points[i * dimension + k] - points[j * dimension + k]
            square += difference * difference
            k += 1
          }
          if square <= 0.002 { pairs += 1 }
        }
      }
      return 2 * Double(pairs) / Double(count * (count - 1))
    }
  }

  /// The part at every time, for every member: 32 uniform tokens, softmax.
  private static func parts(
    dimension: Int, beta: Double, times: [Double], members: Int, scheme: TokenScheme
  ) throws -> [[Double]] {
    let equation = Equation(
      manifold: .sphere(dimension: dimension), attention: Attention(beta: beta))
    let draws = Sphere(dimension: dimension)
      .draws(from: .uniform, count: 32, members: members, seed: 2024, threads: 2)
    var result = times.map { _ in [Double](repeating: 0, count: members) }
    for (member, points) in draws.enumerated() {
      let run = Evolution.tokens(
        equation, points: points,
        numerics: TokenNumerics(tolerance: 1e-6, scheme: scheme, end: 30))
      for (index, time) in times.enumerated() {
        try run.advance(to: time)
        result[index][member] = together(Array(run.state.dropLast()), dimension)
      }
    }
    return result
  }

  struct Entry: Sendable {
    var dimension: Int
    var beta: Double
    var members: Int
    var times: [Double]
    /// Mean, standard error and members of the table.
    var values: [(mean: Double, error: Double)]
    var batch: Int
  }

  /// C15, literature 2.3; entries 0 and 1 have no error.
  static let table = [
    Entry(
      dimension: 8, beta: 1, members: 96, times: [5, 10], values: [(0.0451, 0.0018), (1, 0)],
      batch: 1024),
    Entry(
      dimension: 8, beta: 4, members: 160, times: [5, 10, 20],
      values: [(0.0182, 0.0005), (0.5523, 0.0064), (0.7643, 0.0071)], batch: 1024),
    Entry(
      dimension: 8, beta: 9, members: 128, times: [5, 10],
      values: [(0.0117, 0.0002), (0.0786, 0.0009)], batch: 1024),
    Entry(
      dimension: 32, beta: 4, members: 64, times: [5, 10], values: [(0, 0), (0.9944, 0.0019)],
      batch: 512),
    Entry(
      dimension: 32, beta: 6, members: 48, times: [5, 10, 20],
      values: [(0, 0), (0.0337, 0.0014), (0.7022, 0.0108)], batch: 512),
    Entry(
      dimension: 128, beta: 6, members: 10, times: [5, 10, 20], values: [(0, 0), (0, 0), (1, 0)],
      batch: 192),
  ]

  /// Within four combined standard errors; 0 and 1 by what a batch without an exception allows.
  @Test(arguments: table.indices)
  func figureThreeInSmall(index: Int) throws {
    let entry = Self.table[index]
    let parts = try Self.parts(
      dimension: entry.dimension, beta: entry.beta, times: entry.times, members: entry.members,
      scheme: .euler(step: 0.1))
    for (values, expected) in zip(parts, entry.values) {
      let (mean, error) = Directions.average(values)
      if expected.error > 0 {
        // A few members may all agree where the table's many do not quite.
        let ours = max(
          error, expected.error * (Double(entry.batch) / Double(entry.members)).squareRoot())
        let combined = (ours * ours + expected.error * expected.error).squareRoot()
        #expect(abs(mean - expected.mean) < 4 * combined)
      } else {
        // (1 − p)^batch = 6·10⁻⁵, four standard errors of a normal number, at p = 9.7/batch.
        let rare = 9.7 / Double(entry.batch) + 9.7 / Double(entry.members)
        #expect(abs(mean - expected.mean) < min(rare, 0.3))
      }
    }
  }

  /// On the circle at β = 4, t = 5 the step of 0.1 is visible: 0.2032(16), of 0.01 it is 0.2363(17).
  ///
  /// The converged value is above both: the scheme's contraction 1/(1 + h) lags behind e^{−h}. Members start
  /// alike under all schemes, so differences are known better than values.
  @Test func theConvergedValueDiffers() throws {
    let members = 256
    let equation = Equation(attention: Attention(beta: 4))
    let draws = Circle().draws(from: .uniform, count: 32, members: members, seed: 7, threads: 2)
    func parts(_ scheme: TokenScheme) throws -> [Double] {
      try draws.map { angles in
        let run = Evolution.tokens(
          equation, angles: angles,
          numerics: TokenNumerics(tolerance: 1e-6, scheme: scheme, end: 5))
        try run.advance(to: 5)
        return Self.together(run.state.dropLast().flatMap { [cos($0), sin($0)] }, 2)
      }
    }
    let coarse = try parts(.euler(step: 0.1))
    let converged = try parts(.adaptive)
    let (first, firstError) = Directions.average(coarse)
    #expect(abs(first - 0.2032) < 4 * (firstError * firstError + 0.0016 * 0.0016).squareRoot())
    let (last, lastError) = Directions.average(converged)
    // A tenth of the step leaves a tenth of its error, (0.2363 − 0.2032)/9 = 0.0037.
    #expect(
      abs(last - 0.2363 - 0.0037) < 4 * (lastError * lastError + 0.0017 * 0.0017).squareRoot())
    let (gain, gainError) = Directions.average(zip(converged, coarse).map { $0 - $1 })
    #expect(gain > 10 * gainError)
    #expect(abs(gain - 0.0368) < 4 * (gainError * gainError + 2 * 0.0017 * 0.0017).squareRoot())
  }
}
