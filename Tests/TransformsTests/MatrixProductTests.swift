import TestSupport
import Testing
import Transforms

/// The tiled product against three plain loops.
struct MatrixProductTests {
  @Test(arguments: [16, 32, 48, 80])
  func productEqualsThePlainSum(size n: Int) {
    var random = SplitMix(state: UInt64(n))
    let a = (0..<(n * n)).map { _ in Double.random(in: -1...1, using: &random) }
    let b = (0..<(n * n)).map { _ in Double.random(in: -1...1, using: &random) }
    var c = [Double](repeating: .nan, count: n * n)
    multiply(a, b, into: &c, size: n)
    var worst = 0.0
    for i in 0..<n {
      for j in 0..<n {
        var sum = 0.0
        for k in 0..<n { sum += a[i * n + k] * b[k * n + j] }
        let difference = abs(sum - c[i * n + j])
        if !(difference <= worst) { worst = difference }
      }
    }
    // n products of size at most 1, each rounded in a partial sum of order √n.
    #expect(worst < 2e-16 * Double(n) * Double(n).squareRoot())
  }

  @Test func theUnitMatrixChangesNothing() {
    let n = 32
    var random = SplitMix(state: 1)
    let a = (0..<(n * n)).map { _ in Double.random(in: -1...1, using: &random) }
    let unit = (0..<(n * n)).map { $0 / n == $0 % n ? 1.0 : 0 }
    var c = [Double](repeating: .nan, count: n * n)
    multiply(a, unit, into: &c, size: n)
    #expect(c == a)
    multiply(unit, a, into: &c, size: n)
    #expect(c == a)
  }

  @Test func sizesThatAreNoMultipleOfSixteenAreRefused() async {
    await #expect(processExitsWith: .failure) {
      let a = [Double](repeating: 0, count: 64)
      var c = a
      multiply(a, a, into: &c, size: 8)
    }
  }
}
