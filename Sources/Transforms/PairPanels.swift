/// Points of a sphere and their sums in panels of eight points side by side.
///
/// A panel has `height` rows of eight numbers: rows 0…d−1 belong to the coordinates, row d to the
/// weight or to the partition; where d is even a last row stays zero.
struct PairPanels {
  let dimension: Int
  let height: Int
  /// Coordinates x_j and weights w_j.
  let points: UnsafeMutablePointer<Vector>
  /// Moments w_j (x_j − origin) and weights; only the tiled sums read them.
  let moments: UnsafeMutablePointer<Vector>
  /// What is summed for every point.
  let sums: UnsafeMutablePointer<Vector>
  /// The kernel is 2^{rate · |x − y|²}.
  let rate: Double

  static func height(dimension: Int) -> Int { (dimension + 2) / 2 * 2 }

  /// Where row 0 of a point stands among the numbers; each further row is 8 places on.
  @inline(__always)
  func place(_ point: Int) -> Int { point / 8 * 8 * height + point % 8 }
}

extension UnsafeMutablePointer<Vector> {
  /// The same numbers one by one.
  @inline(__always)
  var numbers: UnsafeMutablePointer<Double> {
    UnsafeMutableRawPointer(self).assumingMemoryBound(to: Double.self)
  }
}
