internal import Foundation

/// Draws from the von Mises–Fisher law dμ/dσ ∝ e^{κ⟨x, m⟩} on S^{d−1}, exact for every κ ≥ 0.
///
/// The point is w m + √(1−w²) y with y uniform in the unit sphere orthogonal to m. On S² the law of
/// w is inverted. Else w = (s + a)/(1 + a s) is the image of a uniform height s under the conformal
/// map of the sphere with a = 2κ/(d−1 + √(4κ² + (d−1)²)), kept with probability
///
///     exp (d−1)(q/(1+q) − log(1+q)),   q = a s,
///
/// which is the rejection of Ulrich (1984) and Wood (1994), at least 0.65 on average, written so
/// that κ → 0 and κ → ∞ are no exceptions: κ e^… and (1−w²)^… are gone from it.
struct VonMisesFisher: Sendable {
  private let dimension: Int
  private let concentration: Double
  private let reflection: PoleReflection
  /// a.
  private let shift: Double
  /// √(1 − a²).
  private let contraction: Double

  init(mean: [Double], concentration: Double) {
    precondition(concentration >= 0 && concentration <= 1e300, "κ is finite and not negative")
    dimension = mean.count
    self.concentration = concentration
    reflection = PoleReflection(pole: mean)
    let n = Double(dimension - 1)
    let sum = n + hypot(2 * concentration, n)
    // 1 − a² = 2n/(n + √(4κ² + n²)).
    shift = 2 * (concentration / sum)
    contraction = (2 * n / sum).squareRoot()
  }

  /// Draw number `index`: d values of `rows` from `offset` on, overwritten.
  func draw(_ stream: RandomStream, index: Int, into rows: inout [Double], at offset: Int) {
    let (component, radius) = component(stream, index: index)
    let last = dimension - 1
    stream.direction(dimension: last, index: index, into: &rows, at: offset)
    for j in offset..<offset + last { rows[j] *= radius }
    rows[offset + last] = component
    reflection.apply(to: &rows, at: offset)
  }

  /// w = ⟨x, m⟩ and √(1 − w²), both to a few ulps.
  private func component(
    _ stream: RandomStream, index: Int
  ) -> (component: Double, radius: Double) {
    // Below, the law is uniform to rounding and 0/0 is near.
    if dimension == 3 && concentration > 1e-20 {
      let level = stream.uniform(index: index, draw: RandomStream.draw(.height))
      // P(1 − w ≤ t) = (1 − e^{−κt})/(1 − e^{−2κ}).
      let depth = min(2, -log1p(level * expm1(-2 * concentration)) / concentration)
      return (1 - depth, (depth * (2 - depth)).squareRoot())
    }
    let n = Double(dimension - 1)
    var attempt = 0
    while true {
      let (height, squaredRadius) = stream.uniformHeight(
        dimension: dimension, index: index, attempt: attempt)
      let q = shift * height
      let test = stream.uniform(
        index: index, draw: RandomStream.draw(.acceptance, attempt: attempt))
      if log(test) <= n * (q / (1 + q) - log1p(q)) {
        return ((height + shift) / (1 + q), contraction * squaredRadius.squareRoot() / (1 + q))
      }
      attempt += 1
    }
  }
}
