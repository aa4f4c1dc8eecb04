import Foundation
import TestSupport
import Testing
import Transforms

/// The papers' step by products of matrices, against its definition.
@Suite struct AttentionStepTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var count: Int
    var dimension: Int
    var beta: Double
    var hasMasses = false
    var clock: Double?

    var testDescription: String {
      "\(count) × \(dimension), β = \(beta), masses \(hasMasses), clock \(clock ?? .nan)"
    }
  }

  /// Sizes around those of tiles, tokens that coincide, weights.
  static let cases = [
    Case(count: 1, dimension: 4, beta: 3), Case(count: 2, dimension: 2, beta: 0),
    Case(count: 7, dimension: 3, beta: 5), Case(count: 8, dimension: 8, beta: 1),
    Case(count: 16, dimension: 5, beta: 9, hasMasses: true),
    Case(count: 17, dimension: 16, beta: 9), Case(count: 32, dimension: 128, beta: 4),
    Case(count: 33, dimension: 31, beta: 100, hasMasses: true),
    Case(count: 12, dimension: 9, beta: 2, clock: 7.4),
    Case(count: 100, dimension: 6, beta: 50, hasMasses: true, clock: 0.5),
  ]

  @Test(arguments: cases)
  func stepIsThatOfTheDefinition(_ shape: Case) {
    let (n, d) = (shape.count, shape.dimension)
    var random = SplitMix(state: UInt64(n * 1000 + d))
    var points = random.numbers(n * d, in: -1...1)
    if n > 3 { points.replaceSubrange(d..<(2 * d), with: points[0..<d]) }
    for i in 0..<n {
      let row = i * d..<(i + 1) * d
      let norm = points[row].reduce(0) { $0 + $1 * $1 }.squareRoot()
      for k in row { points[k] /= norm }
    }
    let masses = shape.hasMasses ? random.masses(n) : nil
    let h = 0.1
    var expected: [Double] = []
    var dissipation = 0.0
    for i in 0..<n {
      var sum = [Double](repeating: 0, count: d)
      var partition = 0.0
      for j in 0..<n {
        let u = (0..<d).reduce(0.0) { $0 + points[i * d + $1] * points[j * d + $1] }
        let kernel = (masses?[j] ?? 1 / Double(n)) * exp(shape.beta * (u - 1))
        partition += kernel
        for k in 0..<d { sum[k] += kernel * points[j * d + k] }
      }
      let factor = shape.clock ?? 1 / partition
      let along = (0..<d).reduce(0.0) { $0 + points[i * d + $1] * sum[$1] }
      let square = (0..<d).reduce(0.0) {
        $0 + pow(sum[$1] - along * points[i * d + $1], 2)
      }
      dissipation += (masses?[i] ?? 1 / Double(n)) * factor * square
      let row = (0..<d).map { points[i * d + $0] + h * factor * sum[$0] }
      let norm = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
      expected += row.map { $0 / norm }
    }
    let step = AttentionStep(count: n, dimension: d)
    var moved = points
    // Twice, for nothing may be left of the first time.
    for _ in 0..<2 {
      moved = points
      let found = step.take(
        &moved, masses: masses, beta: shape.beta, length: h, clock: shape.clock)
      #expect(abs(found - dissipation) < 1e-14 * (1 + (shape.clock ?? 1)))
    }
    // Kernels are right to 10⁻¹⁴ at β = 100, and moved by a tenth of them.
    #expect(zip(moved, expected).allSatisfy { abs($0 - $1) < 2e-15 })
  }
}
