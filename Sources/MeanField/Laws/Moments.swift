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
  ///
  /// - Parameters:
  ///   - factors: q_0, q_1, …; those beyond are zero.
  ///   - angle: θ in radians.
  ///   - order: 0, 1, 2 or 3.
  public func series(_ factors: [Double], at angle: Double, order: Int = 0) -> Double {
    seriesWithSlope(factors, at: angle, order: order).value
  }

  /// The sum of `series` and its derivative, the sum of the next order.
  ///
  /// e^{ikθ} by rotation, taken anew every 32 modes, so that rounding does not add up.
  func seriesWithSlope(
    _ factors: [Double], at angle: Double, order: Int
  ) -> (value: Double, slope: Double) {
    precondition((0...3).contains(order), "derivatives up to the third")
    let stepCosine = cos(angle)
    let stepSine = sin(angle)
    var c = 1.0
    var s = 0.0
    // Real and imaginary part of q_k m_k e^{ikθ} k^order, or k^{order + 1}, summed over k ≥ 1: one of each is
    // needed.
    var real = 0.0
    var imaginary = 0.0
    let isEven = order % 2 == 0
    for k in 1..<max(1, min(count, factors.count)) {
      if k % 32 == 0 {
        c = cos(Double(k) * angle)
        s = sin(Double(k) * angle)
      } else {
        (c, s) = (c * stepCosine - s * stepSine, s * stepCosine + c * stepSine)
      }
      var factor = factors[k]
      for _ in 0..<order { factor *= Double(k) }
      let next = factor * Double(k)
      let x = values[2 * k]
      let y = values[2 * k + 1]
      real += (isEven ? factor : next) * (x * c - y * s)
      imaginary += (isEven ? next : factor) * (x * s + y * c)
    }
    switch order {
    case 0: return (factors[0] * self.real(0) + 2 * real, -2 * imaginary)
    case 1: return (-2 * imaginary, -2 * real)
    case 2: return (-2 * real, 2 * imaginary)
    default: return (2 * imaginary, 2 * real)
    }
  }

  /// Σ_k weight(k) q_k |m_k|² over all k, q_{−k} = q_k, for values laid out as `values`.
  static func kernelSum(
    _ values: UnsafePointer<Double>, count: Int, _ factors: [Double], weight: (Int) -> Double
  ) -> Double {
    var sum = weight(0) * factors[0] * values[0] * values[0]
    for k in 1..<max(1, min(factors.count, count)) {
      let square = values[2 * k] * values[2 * k] + values[2 * k + 1] * values[2 * k + 1]
      sum += 2 * weight(k) * factors[k] * square
    }
    return sum
  }
}
