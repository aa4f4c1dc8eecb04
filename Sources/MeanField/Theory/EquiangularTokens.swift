internal import Foundation
internal import Transforms

/// n tokens with equal inner products γ, which attention keeps equal (arXiv 2312.10794, theorem 6.8).
///
///     γ′ = 2 w(γ) (1 − γ) ((n − 1)γ + 1),   w = 1/(e^{β(1−γ)} + n − 1),  e^{βγ}/n  or  e^{β(γ−1)}/n
///
/// for softmax, unnormalized and peak. Orthogonal tokens begin at γ = 0, and in high dimension so do
/// independent uniform ones: the curve γ_β(t) = 1 − δ is where they align (theorem 6.9, figure 3).
public struct EquiangularTokens: Sendable {
  public let attention: Attention
  public let count: Int

  /// - Parameters:
  ///   - attention: gives w(γ).
  ///   - count: n ≥ 2.
  public init(attention: Attention, count: Int) {
    precondition(count >= 2, "an inner product takes two tokens")
    self.attention = attention
    self.count = count
  }

  /// When γ, which begins at 0, reaches a value; NaN where that is beyond `end`.
  ///
  /// - Parameters:
  ///   - target: 0 < γ < 1.
  ///   - scheme: adaptive is the equation itself, euler the papers' scheme with its step.
  ///   - end: the latest time that counts.
  public func time(to target: Double, scheme: TokenScheme = .adaptive, end: Double) -> Double {
    precondition(target > 0 && target < 1, "an inner product between orthogonal and equal")
    switch scheme {
    case .adaptive:
      let time = quadrature(target)
      return time <= end ? time : .nan
    case .euler(let step):
      return recursion(target, step: step, end: end)
    }
  }

  /// t = ∫ dv / (2 w(s) ((n − 1)s + 1)) over v = −ln(1 − s), from 0 to −ln(1 − γ).
  ///
  /// With v = z² panels are fine near 0, where e^{β(1−s)} falls fastest.
  private func quadrature(_ target: Double) -> Double {
    let rule = GaussLegendre(count: 16)
    let panels = 64
    let width = (-log1p(-target)).squareRoot() / Double(panels)
    var time = 0.0
    for panel in 0..<panels {
      for i in 0..<rule.count {
        let z = width * (Double(panel) + 0.5 * (1 + rule.cosines[i]))
        let s = -expm1(-z * z)
        time += width * z * rule.weights[i] / (2 * weight(s) * (Double(count - 1) * s + 1))
      }
    }
    return time
  }

  private func weight(_ s: Double) -> Double {
    let (n, beta) = (Double(count), attention.beta)
    switch attention.normalization {
    case .softmax: return 1 / (exp(beta * (1 - s)) + n - 1)
    case .unnormalized: return exp(beta * s) / n
    case .peak: return exp(beta * (s - 1)) / n
    }
  }

  /// x_i ← (p x_i + q Σ_{j≠i} x_j)/|·| keeps tokens equiangular; between two steps −ln(1 − γ) is
  /// taken to be linear.
  private func recursion(_ target: Double, step: Double, end: Double) -> Double {
    let n = Double(count)
    var gamma = 0.0
    var time = 0.0
    while time < end * (1 + 1e-12) {
      let other = weight(gamma)
      let own = other * exp(attention.beta * (1 - gamma))
      let (p, q) = (1 + step * own, step * other)
      let shared = (n - 2) + ((n - 1) * (n - 1) - (n - 2)) * gamma
      let product = p * p * gamma + 2 * p * q * (1 + (n - 2) * gamma) + q * q * shared
      let square =
        p * p + 2 * p * q * (n - 1) * gamma + q * q * (n - 1) * (1 + (n - 2) * gamma)
      let next = product / square
      guard next > gamma else { return .nan }
      if next >= target {
        let part = log((1 - gamma) / (1 - target)) / log((1 - gamma) / (1 - next))
        let reached = time + step * part
        return reached <= end ? reached : .nan
      }
      gamma = next
      time += step
    }
    return .nan
  }
}
