/// Masses at angles in [0, e) for every end e ∈ [0, 2π), and of the whole circle.
///
/// Four ends at a time in one pass over the points: a search for every point would wait for sums in memory.
///
/// - Parameters:
///   - ends: in radians.
///   - angles: any real numbers below 10⁵; those within rounding of whole turns may count on either side.
///   - masses: of the angles, none negative.
/// - Returns: one sum for every end, which are in the order of the ends to the bit, and the total.
public func massesBelow(
  _ ends: [Double], angles: [Double], masses: [Double]
) -> (below: [Double], total: Double) {
  precondition(masses.count == angles.count, "one mass for every angle")
  // No angle is beyond the end that comes last.
  let all = ends + [Double.infinity]
  var sums: [Double] = []
  angles.withUnsafeBufferPointer { angles in
    masses.withUnsafeBufferPointer { masses in
      for first in stride(from: 0, to: all.count, by: 4) {
        let four = InlineArray<4, Vector> { Vector(repeating: all[min(first + $0, ends.count)]) }
        var below = InlineArray<4, Vector>(repeating: .zero)
        for start in stride(from: 0, to: angles.count, by: 8) {
          let angle = wrapped(eight(angles, from: start, else: 0))
          let mass = unsafeBitCast(eight(masses, from: start, else: 0), to: SIMD8<Int64>.self)
          for e in 0..<4 {
            // The sign of the difference, in every bit.
            let isBelow = unsafeBitCast(angle - four[e], to: SIMD8<Int64>.self) &>> 63
            below[e] += unsafeBitCast(mass & isBelow, to: Vector.self)
          }
        }
        for e in 0..<min(4, all.count - first) { sums.append(below[e].sum()) }
      }
    }
  }
  let total = sums.removeLast()
  return (sums, total)
}

/// Angles in [0, 2π], those that lie in [0, 2π) as they are.
@inline(__always)
private func wrapped(_ angle: Vector) -> Vector {
  let magic = Vector(repeating: 6_755_399_441_055_744)
  let turns = angle * (0.5 / Double.pi) - 0.5 + magic - magic
  return angle - 2 * Double.pi * turns
}
