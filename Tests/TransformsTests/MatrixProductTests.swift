import TestSupport
import Testing
import Transforms

/// The tiled product against three plain loops.
struct MatrixProductTests {
  @Test(arguments: [(16, 16, 16), (32, 32, 32), (80, 80, 80), (1, 1, 16), (2, 5, 48), (7, 3, 32)])
  func productEqualsThePlainSum(rows: Int, inner: Int, columns: Int) {
    var random = SplitMix(state: UInt64(rows))
    let a = (0..<(rows * inner)).map { _ in Double.random(in: -1...1, using: &random) }
    let b = (0..<(inner * columns)).map { _ in Double.random(in: -1...1, using: &random) }
    var c = [Double](repeating: .nan, count: rows * columns)
    multiply(a, b, into: &c, rows: rows, inner: inner, columns: columns)
    var worst = 0.0
    for i in 0..<rows {
      for j in 0..<columns {
        var sum = 0.0
        for k in 0..<inner { sum += a[i * inner + k] * b[k * columns + j] }
        let difference = abs(sum - c[i * columns + j])
        if !(difference <= worst) { worst = difference }
      }
    }
    // Products of size at most 1, each rounded in a partial sum of the order of the root of their number.
    #expect(worst <= 2e-16 * Double(inner) * Double(inner).squareRoot())
  }

  @Test func theUnitMatrixChangesNothing() {
    let n = 32
    var random = SplitMix(state: 1)
    let a = (0..<(n * n)).map { _ in Double.random(in: -1...1, using: &random) }
    let unit = (0..<(n * n)).map { $0 / n == $0 % n ? 1.0 : 0 }
    var c = [Double](repeating: .nan, count: n * n)
    multiply(a, unit, into: &c, rows: n, inner: n, columns: n)
    #expect(c == a)
    multiply(unit, a, into: &c, rows: n, inner: n, columns: n)
    #expect(c == a)
  }

  @Test func columnsThatAreNoMultipleOfSixteenAreRefused() async {
    await #expect(processExitsWith: .failure) {
      let a = [Double](repeating: 0, count: 64)
      var c = a
      multiply(a, a, into: &c, rows: 8, inner: 8, columns: 8)
    }
  }
}
