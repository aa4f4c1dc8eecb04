internal import Foundation

/// Moments m_k = ∫ e^{−ikθ} dμ of a law on the circle, k = 0…count−1; m_{−k} is the conjugate.
public struct Moments: Sendable, Equatable {
  /// (Re m₀, Im m₀, Re m₁, …).
  public var values: [Double]

  public init(values: [Double]) {
    precondition(values.count % 2 == 0, "moments come in pairs of reals")
    self.values = values
  }

  public init(count: Int) {
    values = [Double](repeating: 0, count: 2 * count)
  }

  public var count: Int { values.count / 2 }

  /// Re m_k, zero beyond the last one kept.
  public func real(_ k: Int) -> Double { k < count ? values[2 * k] : 0 }

  /// Im m_k, zero beyond the last one kept.
  public func imaginary(_ k: Int) -> Double { k < count ? values[2 * k + 1] : 0 }

  /// |m_k|².
  public func squaredMagnitude(_ k: Int) -> Double {
    real(k) * real(k) + imaginary(k) * imaginary(k)
  }

  /// Truncated or padded with zeros.
  public func resized(to count: Int) -> Moments {
    var values = Array(values.prefix(2 * count))
    values += [Double](repeating: 0, count: 2 * count - values.count)
    return Moments(values: values)
  }

  /// Σ_k q_k m_k (ik)^order e^{ikθ} over all k, for even real factors q_{−k} = q_k.
  public func series(_ factors: [Double], at angle: Double, order: Int = 0) -> Double {
    var sum = order == 0 ? factors[0] * real(0) : 0
    for k in 1..<max(1, min(count, factors.count)) {
      let phase = Double(k) * angle
      let c = cos(phase)
      let s = sin(phase)
      let even = real(k) * c - imaginary(k) * s
      let odd = -real(k) * s - imaginary(k) * c
      let power = pow(Double(k), Double(order))
      let turned: Double
      switch order & 3 {
      case 0: turned = even
      case 1: turned = odd
      case 2: turned = -even
      default: turned = -odd
      }
      sum += 2 * factors[k] * power * turned
    }
    return sum
  }
}
