/// The orthogonal map of R^d that takes the pole e_d to a given unit vector.
///
/// A Householder reflection x − 2⟨n, x⟩n, n along m + sign(m_d) e_d, after the sign of the last
/// coordinate is chosen so that nothing cancels in n.
struct PoleReflection: Sendable {
  private let normal: [Double]
  private let sign: Double

  /// - Parameter direction: m, of any length > 0.
  init(pole direction: [Double]) {
    let pole = Self.normalized(direction)
    let last = pole.count - 1
    var normal = pole
    sign = pole[last] < 0 ? 1 : -1
    normal[last] -= sign
    self.normal = Self.normalized(normal)
  }

  /// Replaces the point written about e_d from `offset` on by its image.
  func apply(to rows: inout [Double], at offset: Int) {
    let last = normal.count - 1
    rows[offset + last] *= sign
    var product = 0.0
    for j in 0...last { product += normal[j] * rows[offset + j] }
    for j in 0...last { rows[offset + j] -= 2 * product * normal[j] }
  }

  /// By the largest coordinate first, so that no square overflows or vanishes.
  private static func normalized(_ vector: [Double]) -> [Double] {
    let largest = vector.reduce(0) { max($0, abs($1)) }
    precondition(largest > 0 && largest.isFinite, "a mean is a direction")
    let scaled = vector.map { $0 / largest }
    let length = scaled.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return scaled.map { $0 / length }
  }
}
