internal import Foundation

/// Fourier coefficients of the attention kernel on the circle, scaled by its peak.
///
///     e^{β(cos t − 1)} = Σ_k a_k e^{ikt},    a_k = e^{−β} I_k(β)
///
/// Every velocity is built from X̄(θ) = (1/β) ∂_θ Σ_k a_k m_k e^{ikθ} = Σ_k i v_k m_k e^{ikθ} and
/// Z̄ = Σ_k a_k m_k e^{ikθ}, where v_k = k a_k / β, at β = 0 its limit (v₁ = 1/2, others 0):
/// peak X̄, unnormalized e^β X̄, softmax X̄ / Z̄. (arXiv 2312.10794, section 7; literature 1.2.)
public struct KernelSpectrum: Sendable {
  public let beta: Double
  /// a_k for k = 0…K; beyond K they are below 10⁻¹⁶ min(1, β) of a₀, since v_k divides by β.
  public let partition: [Double]
  /// v_k for k = 0…K.
  public let slope: [Double]
  /// K(β), the highest mode kept, at least 1.
  public var modes: Int { partition.count - 1 }

  /// - Parameter beta: β from 0 to 10⁶.
  public init(beta: Double) {
    precondition(beta >= 0 && beta.isFinite, "β is a number ≥ 0")
    self.beta = beta
    let bessel = Self.scaledBessel(beta: beta, count: Self.significantOrders(beta))
    let last = max(1, bessel.lastIndex { $0 > 1e-16 * min(1, beta) * bessel[0] } ?? 0)
    partition = Array(bessel[0...last])
    if beta >= Self.smallestRecurrentBeta {
      slope = (0...last).map { Double($0) * bessel[$0] / beta }
    } else {
      slope = [0, 0.5]
    }
  }

  /// Coefficients of the function whose maxima are the clusters: Z̄, at β = 0 of ⟨x, ∫ y dμ⟩.
  public var landscape: [Double] { beta > 0 ? partition : slope }

  /// The tail falls like e^{−k²/2β}: 12 √β + 60 is far beyond 10⁻¹⁶.
  private static func significantOrders(_ beta: Double) -> Int {
    Int(12 * beta.squareRoot()) + 60
  }

  /// Below it I₀ = 1 and I₁ = β/2 are exact, and factors 2k/β would overflow in the recurrence.
  private static let smallestRecurrentBeta = 1e-20

  /// e^{−β} I_k(β), k = 0…count−1, by Miller's backward recurrence
  /// I_{k−1} = I_{k+1} + (2k/β) I_k, normalized by e^{−β}(I₀ + 2 Σ I_k) = 1: all terms are positive,
  /// so nothing cancels (Abramowitz & Stegun 9.12).
  static func scaledBessel(beta: Double, count: Int) -> [Double] {
    var result = [Double](repeating: 0, count: count)
    if beta < smallestRecurrentBeta {
      result[0] = 1
      if count > 1 { result[1] = beta / 2 }
      return result
    }
    let start = max(count, significantOrders(beta)) + 40
    var next = 0.0
    var current = 1e-280
    var sum = 0.0
    for k in stride(from: start, through: 0, by: -1) {
      if k < count { result[k] = current }
      sum += k == 0 ? current : 2 * current
      if k == 0 { break }
      let previous = next + 2 * Double(k) / beta * current
      next = current
      current = previous
      if current > 1e250 {
        let shrink = 1e-280
        current *= shrink
        next *= shrink
        sum *= shrink
        for j in k..<max(k, count) { result[j] *= shrink }
      }
    }
    for k in result.indices { result[k] /= sum }
    return result
  }
}
