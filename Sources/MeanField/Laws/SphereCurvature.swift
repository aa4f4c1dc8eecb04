internal import Foundation

/// The Hessian of a function on S² at a point, by its eigenvalues.
struct SphereCurvature {
  /// Ascending.
  var values: (Double, Double)
  /// Unit tangent vectors in the order of the eigenvalues.
  var directions: (SIMD3<Double>, SIMD3<Double>)

  /// From central differences of the gradient over a short distance.
  ///
  /// On the sphere the derivative of the tangent gradient along a tangent vector, projected, is the
  /// Hessian's action.
  init(at place: SIMD3<Double>, distance h: Double, gradient: (SIMD3<Double>) -> SIMD3<Double>) {
    let (u, v) = place.tangents
    func derivative(_ direction: SIMD3<Double>) -> SIMD3<Double> {
      let ahead = gradient((place + h * direction).direction)
      let behind = gradient((place - h * direction).direction)
      return (ahead - behind) * (0.5 / h)
    }
    let along = derivative(u)
    let across = derivative(v)
    let (a, c) = (along.dot(u), across.dot(v))
    let b = 0.5 * (along.dot(v) + across.dot(u))
    let middle = 0.5 * (a + c)
    let half = hypot(0.5 * (a - c), b)
    values = (middle - half, middle + half)
    // Of the two forms of the upper eigenvector the one without cancellation.
    let angle = 0.5 * atan2(2 * b, a - c)
    let upper = cos(angle) * u + sin(angle) * v
    directions = (place.cross(upper), upper)
  }

  /// −H⁻¹g where H is not degenerate.
  func newtonMove(_ gradient: SIMD3<Double>) -> SIMD3<Double>? {
    guard abs(values.0) > 0, abs(values.1) > 0, !isDegenerate(1e-12) else { return nil }
    return -(gradient.dot(directions.0) / values.0) * directions.0
      - (gradient.dot(directions.1) / values.1) * directions.1
  }

  /// Newton's move where the function is concave, elsewhere a move up the gradient.
  ///
  /// - Parameter length: the longest there is.
  func uphillMove(_ gradient: SIMD3<Double>, atMost length: Double) -> SIMD3<Double>? {
    let size = max(abs(values.0), abs(values.1))
    guard size > 0 else { return nil }
    // A direction that is flat to rounding has no top of its own: a ring, where any point will do.
    func along(_ direction: SIMD3<Double>, _ value: Double) -> SIMD3<Double> {
      let slope = gradient.dot(direction)
      if abs(value) < 1e-9 * size { return .zero }
      return (slope / abs(value)) * direction
    }
    let move = along(directions.0, values.0) + along(directions.1, values.1)
    let distance = move.length
    return distance > length ? move * (length / distance) : move
  }

  /// Whether one eigenvalue is small beside the other.
  func isDegenerate(_ ratio: Double) -> Bool {
    let (small, large) = (min(abs(values.0), abs(values.1)), max(abs(values.0), abs(values.1)))
    return small <= ratio * large
  }

  var isMaximum: Bool { values.1 < 0 }
  var isMinimum: Bool { values.0 > 0 }
}
