internal import Foundation

/// Moments Σ_i w_i P_l(cos θ_i), l = 0…L, of weighted polar angles; O(N L).
///
/// P_l are the Gegenbauer polynomials of S^{d−1}: d for the moments p_l of the kernel, e for the
/// coefficients c_l (`ZonalGeometry`). Angles, not their cosines: near a pole the cosine has lost half
/// of the digits.
///
/// - Parameters:
///   - angles: θ_i in 0…π.
///   - masses: weights w_i, or nil for 1/N each.
///   - dimension: d ≥ 2.
///   - degree: L ≥ 0.
///   - result: L + 1 values, overwritten.
public func gegenbauerMoments(
  of angles: UnsafeBufferPointer<Double>, masses: [Double]?, dimension: Int, degree: Int,
  into result: UnsafeMutablePointer<Double>
) {
  precondition(masses == nil || masses?.count == angles.count, "one mass for every point")
  let recurrence = GegenbauerRecurrence(dimension: dimension, degree: degree)
  let even = 1 / Double(max(1, angles.count))
  let lanes = [Vector](unsafeUninitializedCapacity: degree + 1) { sums, count in
    sums.initialize(repeating: .zero)
    count = degree + 1
    for start in stride(from: 0, to: angles.count, by: PointBlock.count) {
      var block = PointBlock()
      for i in start..<min(start + PointBlock.count, angles.count) {
        block.set(i - start, angle: angles[i], mass: masses?[i] ?? even)
      }
      block.add(recurrence, to: sums)
    }
  }
  for l in 0...degree { result[l] = lanes[l].sum() }
}

/// Four vectors of points: as many as keep the units busy while a recurrence waits for itself.
private struct PointBlock {
  static let count = 32

  /// 1 − |cos θ|.
  private var depth = InlineArray<4, Vector>(repeating: .zero)
  private var mass = InlineArray<4, Vector>(repeating: .zero)
  /// The mass that counts for odd l: negative beyond the equator.
  private var signedMass = InlineArray<4, Vector>(repeating: .zero)

  mutating func set(_ i: Int, angle: Double, mass w: Double) {
    let mirrored = angle > Double.pi / 2
    let half = sin((mirrored ? Double.pi - angle : angle) / 2)
    depth[i >> 3][i & 7] = 2 * half * half
    mass[i >> 3][i & 7] = w
    signedMass[i >> 3][i & 7] = mirrored ? -w : w
  }

  /// Adds w P_l to the lanes of every l.
  func add(_ recurrence: GegenbauerRecurrence, to sums: UnsafeMutableBufferPointer<Vector>) {
    var value = InlineArray<4, Vector>(repeating: Vector(repeating: 1))
    var difference = InlineArray<4, Vector>(repeating: .zero)
    for l in sums.indices {
      var sum = sums[l]
      for v in 0..<4 {
        sum = sum.addingProduct(l & 1 == 0 ? mass[v] : signedMass[v], value[v])
        recurrence.advance(
          from: l, y: depth[v], value: &value[v], difference: &difference[v])
      }
      sums[l] = sum
      if l & 63 == 63 && (0..<4).allSatisfy({ value[$0].isNegligible })
        && (0..<4).allSatisfy({ difference[$0].isNegligible })
      {
        return
      }
    }
  }
}
