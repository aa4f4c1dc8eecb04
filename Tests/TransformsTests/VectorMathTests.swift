import Foundation
import TestSupport
import Testing
import Transforms

/// The vector exponential against Foundation's.
struct VectorMathTests {
  /// 2 ulp: 1 of our own, and Foundation's exp2 has up to 1.
  private func expectClose(_ x: Double, _ value: Double) {
    let exact = Foundation.exp2(x)
    #expect(abs(value - exact) <= 2 * exact.ulp, "2^\(x)")
  }

  @Test(arguments: [-1021.0...1023, -40...40, -1...1, -1e-8...1e-8])
  func exponential2IsWithinTwoUlp(_ range: ClosedRange<Double>) {
    var random = SplitMix(state: 5)
    for _ in 0..<2_000 {
      var x = Vector.zero
      for lane in 0..<8 { x[lane] = Double.random(in: range, using: &random) }
      let value = exponential2(x)
      for lane in 0..<8 { expectClose(x[lane], value[lane]) }
    }
  }

  @Test func wholePowersAreExact() {
    for n in stride(from: -1021, through: 1023, by: 1) {
      let value = exponential2(Vector(repeating: Double(n)))
      #expect(value[n & 7] == Double(sign: .plus, exponent: n, significand: 1))
    }
  }

  /// Where the rounding of x to n changes over, r = ±1/2 exactly or next to it.
  @Test func halfIntegersAreNoSeam() {
    for n in [-1020, -3, -2, -1, 0, 1, 2, 3, 500, 1022] {
      let middle = Double(n) + 0.5
      for x in [middle.nextDown, middle, middle.nextUp] {
        expectClose(x, exponential2(Vector(repeating: x))[0])
      }
    }
  }

  @Test func belowItsFloorItStaysAtTheFloor() {
    let floor = Double(sign: .plus, exponent: -1021, significand: 1)
    let x = Vector(
      -1021, (-1021.0).nextDown, -1021.5, -1022, -1075, -1e6, -.greatestFiniteMagnitude, -.infinity)
    #expect(exponential2(x) == Vector(repeating: floor))
  }

  @Test func lanesDoNotMix() {
    let x = Vector(0, -1, -2, -3, -2000, 1, 2, 3)
    let floor = Double(sign: .plus, exponent: -1021, significand: 1)
    #expect(exponential2(x) == Vector(1, 0.5, 0.25, 0.125, floor, 2, 4, 8))
  }

  @Test func notANumberStaysSo() {
    let value = exponential2(Vector(0, .nan, 0, 0, 0, 0, 0, 0))
    #expect(value[1].isNaN)
    #expect(value[0] == 1 && value[2] == 1)
  }
}
