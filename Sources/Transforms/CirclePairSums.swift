internal import Foundation

/// Direct sums over all pairs of weighted points on the circle: the definition of attention.
///
///     partition_i = Σ_j w_j e^{β(cos(θ_i − θ_j) − 1)}
///     slope_i     = −Σ_j w_j e^{β(cos(θ_i − θ_j) − 1)} sin(θ_i − θ_j)
///
/// 1 − cos is taken as 2 sin²(Δ/2): near Δ = 0, where the kernel lives, the difference of cosines
/// would lose β·10⁻¹⁶ of the exponent.
public struct CirclePairSums {
  private var sines: AlignedBuffer
  private var cosines: AlignedBuffer
  private var weights: AlignedBuffer
  private let capacity: Int

  /// - Parameter count: how many points there are at most.
  public init(count: Int) {
    capacity = (count + 7) / 8 * 8
    sines = AlignedBuffer(count: capacity)
    cosines = AlignedBuffer(count: capacity)
    weights = AlignedBuffer(count: capacity)
  }

  /// Writes both sums at every point; O(N²).
  ///
  /// - Parameters:
  ///   - angles: N angles, any real numbers.
  ///   - masses: N weights, or nil for 1/N each.
  ///   - partition: N values, overwritten.
  ///   - slope: N values, overwritten.
  public func evaluate(
    at angles: UnsafeBufferPointer<Double>, masses: [Double]?, beta: Double,
    partition: UnsafeMutablePointer<Double>, slope: UnsafeMutablePointer<Double>
  ) {
    let count = angles.count
    precondition(count <= capacity, "more points than the sums were made for")
    precondition(masses == nil || masses?.count == count, "one mass for every point")
    let padded = (count + 7) / 8 * 8
    // e^{β(cos Δ − 1)} = 2^{−(scale · sin Δ/2)²}; at β = 0 a scale whose square is zero serves.
    let scale = max((2 * beta * Self.log2e).squareRoot(), 1e-100)
    for j in 0..<count {
      sines.base[j] = sin(0.5 * angles[j])
      cosines.base[j] = cos(0.5 * angles[j])
      weights.base[j] = masses?[j] ?? 1 / Double(count)
    }
    for j in count..<padded {
      sines.base[j] = 0
      cosines.base[j] = 1
      weights.base[j] = 0
    }
    let blocks = padded / 8
    let scales = Vector(repeating: scale)
    let vectorSines = UnsafeRawPointer(sines.base).assumingMemoryBound(to: Vector.self)
    let vectorCosines = UnsafeRawPointer(cosines.base).assumingMemoryBound(to: Vector.self)
    let vectorWeights = UnsafeRawPointer(weights.base).assumingMemoryBound(to: Vector.self)
    // Targets in pairs share every load; more would not fit the registers.
    var i = 0
    while i < count {
      let targets = InlineArray<2, Int> { min(i + $0, count - 1) }
      let targetSines = InlineArray<2, Vector> {
        Vector(repeating: sines.base[targets[$0]])
      }
      let targetCosines = InlineArray<2, Vector> {
        Vector(repeating: cosines.base[targets[$0]])
      }
      var sums = InlineArray<2, Vector>(repeating: .zero)
      var slopes = InlineArray<2, Vector>(repeating: .zero)
      for block in 0..<blocks {
        let s = vectorSines[block]
        let c = vectorCosines[block]
        let w = vectorWeights[block]
        for t in 0..<2 {
          // Two rounded products, not one fused: a point does not move itself, not even by rounding.
          let halfSine = scales * (targetSines[t] * c - targetCosines[t] * s)
          let halfCosine = (targetCosines[t] * c).addingProduct(targetSines[t], s)
          let kernel = w * exponential2(-(halfSine * halfSine))
          sums[t] += kernel
          slopes[t] = slopes[t].addingProduct(kernel, halfSine * halfCosine)
        }
      }
      for t in 0..<min(2, count - i) {
        partition[i + t] = sums[t].sum()
        slope[i + t] = -2 * slopes[t].sum() / scale
      }
      i += 2
    }
  }

  private static let log2e = 1.4426950408889634
}
