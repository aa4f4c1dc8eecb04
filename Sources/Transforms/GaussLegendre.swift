internal import Foundation

/// Gauss–Legendre quadrature on the interval [−1, 1], its nodes given as colatitudes.
///
///     Σ_i w_i f(cos θ_i) = ∫_{−1}^{1} f(x) dx   for polynomials f of degree at most 2n − 1
///
/// The nodes cos θ_i are the zeros of P_n, found in θ by Newton's method: an angle keeps its digits
/// near the poles, where 1 − x would lose them. O(n²).
public struct GaussLegendre: Sendable {
  public let count: Int
  /// θ_i, ascending, so that cos θ_i descends from the north pole; n values in (0, π).
  public let colatitudes: [Double]
  /// cos θ_i; exactly antisymmetric.
  public let cosines: [Double]
  /// sin θ_i; exactly symmetric.
  public let sines: [Double]
  /// w_i > 0; their sum is 2.
  public let weights: [Double]

  /// - Parameter count: n ≥ 1.
  public init(count: Int) {
    precondition(count > 0, "a quadrature has at least one node")
    self.count = count
    var colatitudes = [Double](repeating: .pi / 2, count: count)
    var cosines = [Double](repeating: 0, count: count)
    var sines = [Double](repeating: 1, count: count)
    var weights = [Double](repeating: 0, count: count)
    for i in 0..<((count + 1) / 2) {
      let isEquator = 2 * i + 1 == count
      // Tricomi's guess is within O(n⁻⁴) of the node; each step doubles the digits.
      let n = Double(count)
      let angle = .pi * (Double(i) + 0.75) / (n + 0.5)
      var θ = isEquator ? .pi / 2 : angle + 1 / (8 * n * n * tan(angle))
      var slope = 0.0
      for _ in 0..<4 {
        let half = sin(0.5 * θ)
        let (value, derivative) = Self.legendre(count, oneMinusCosine: 2 * half * half, θ: θ)
        slope = derivative
        if !isEquator { θ -= value / derivative }
      }
      let mirror = count - 1 - i
      colatitudes[i] = θ
      colatitudes[mirror] = isEquator ? θ : .pi - θ
      if !isEquator {
        cosines[i] = cos(θ)
        cosines[mirror] = -cosines[i]
        sines[i] = sin(θ)
        sines[mirror] = sines[i]
      }
      // w = 2 / (dP_n/dθ)², whose first derivative along θ vanishes at the node.
      weights[i] = 2 / (slope * slope)
      weights[mirror] = weights[i]
    }
    self.colatitudes = colatitudes
    self.cosines = cosines
    self.sines = sines
    self.weights = weights
  }

  /// P_n(cos θ) and its derivative along θ.
  ///
  /// The recurrence runs in differences, (k+1)(P_{k+1} − P_k) = k(P_k − P_{k−1}) − (2k+1)(1−x)P_k:
  /// the usual one doubles rounding errors again and again near the poles.
  private static func legendre(
    _ n: Int, oneMinusCosine: Double, θ: Double
  ) -> (value: Double, derivative: Double) {
    var previous = 1.0
    var value = 1 - oneMinusCosine
    var difference = -oneMinusCosine
    for k in stride(from: 1, to: n, by: 1) {
      let k = Double(k)
      difference = (k * difference - (2 * k + 1) * oneMinusCosine * value) / (k + 1)
      previous = value
      value += difference
    }
    // sin θ dP_n/dθ = n (cos θ P_n − P_{n−1}).
    let derivative = Double(n) * (value - previous - oneMinusCosine * value) / sin(θ)
    return (value, derivative)
  }
}
