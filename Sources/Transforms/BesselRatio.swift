internal import Foundation

/// Ratios of modified Bessel functions of neighbouring orders, at sixteen arguments at a time.
///
/// With R = I_{ν+1}(x)/I_ν(x) both R/x, even in x, and 1 − R, small for large x, keep their digits.
struct BesselRatio {
  /// ν ≥ 0.
  let order: Double

  struct Values {
    /// R/x.
    var slopes: InlineArray<2, Vector>
    /// 1 − R.
    var complements: InlineArray<2, Vector>
  }

  /// - Parameter x: arguments of any sign, the largest in size in the last lane.
  func callAsFunction(_ x: InlineArray<2, Vector>) -> Values {
    // Hankel's terms fall from the first on beyond ν²; those of order zero reach 10⁻¹⁷ at 25.
    min(abs(x[0][0]), abs(x[1][7])) > max(25, order * order) ? byAsymptotics(x) : byFraction(x)
  }

  /// R_ν/x = 1/(2(ν+1) + x² R_{ν+1}/x), downward, where errors die out (Abramowitz & Stegun 9.6.26).
  private func byFraction(_ x: InlineArray<2, Vector>) -> Values {
    let largest = x[1][7]
    // R_n < x / (n + ½ + √((n + ½)² + x²)) (Amos, Math. Comp. 28, 1974); an error of R_{n+1}
    // reaches R_n multiplied by R_n² at most.
    func bound(_ n: Double) -> Double {
      largest / (n + 0.5 + ((n + 0.5) * (n + 0.5) + largest * largest).squareRoot())
    }
    var remainder = 1.0
    var top = order
    while remainder > 1e-20 {
      remainder *= bound(top) * bound(top)
      top += 1
    }
    let squares = InlineArray<2, Vector> { x[$0] * x[$0] }
    var slopes = InlineArray<2, Vector>(repeating: Vector(repeating: bound(top) / largest))
    while top > order {
      top -= 1
      let pole = Vector(repeating: 2 * (top + 1))
      for v in 0..<2 { slopes[v] = 1 / pole.addingProduct(squares[v], slopes[v]) }
    }
    let one = Vector(repeating: 1)
    return Values(
      slopes: slopes, complements: InlineArray { one.addingProduct(-x[$0], slopes[$0]) })
  }

  /// √(2πx) e^{−x} I_ν(x) = Σ_k (−1)^k a_k(ν)/x^k (Abramowitz & Stegun 9.7.1), also of order ν + 1;
  /// their difference is taken term by term, for 1 − R is small.
  private func byAsymptotics(_ x: InlineArray<2, Vector>) -> Values {
    let square = 4 * order * order
    let nextSquare = 4 * (order + 1) * (order + 1)
    var result = Values(
      slopes: InlineArray(repeating: .zero), complements: InlineArray(repeating: .zero))
    for v in 0..<2 {
      for lane in 0..<8 {
        var term = 1.0
        var nextTerm = 1.0
        var sum = 1.0
        var difference = 0.0
        var k = 1.0
        while abs(nextTerm) > 1e-18 && k < 100 {
          let odd = (2 * k - 1) * (2 * k - 1)
          term *= (odd - square) / (8 * k * x[v][lane])
          nextTerm *= (odd - nextSquare) / (8 * k * x[v][lane])
          sum += term
          difference += term - nextTerm
          k += 1
        }
        result.complements[v][lane] = difference / sum
        result.slopes[v][lane] = (1 - difference / sum) / x[v][lane]
      }
    }
    return result
  }
}
