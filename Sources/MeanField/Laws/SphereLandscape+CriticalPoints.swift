internal import Transforms

/// Where the function is flat: Newton's method from near by.
extension SphereLandscape {
  /// A critical point of any kind.
  struct CriticalPoint {
    var place: SIMD3<Double>
    var value: Double
    var curvature: SphereCurvature
  }

  /// A maximum by the series itself: Newton's method where it climbs.
  func polished(_ maximum: Maximum) -> Maximum {
    var place = maximum.place
    var jet = series.jet(at: place)
    for _ in 0..<20 {
      let curvature = SphereCurvature(at: place, distance: 1e-4 * field.spacing.squareRoot()) {
        series.jet(at: $0).gradient
      }
      guard let move = curvature.uphillMove(jet.gradient, atMost: field.spacing) else { break }
      let next = (place + move).direction
      let climbed = series.jet(at: next)
      // At the top only rounding decides which value is the larger.
      guard climbed.value >= jet.value - 1e-15 * abs(jet.value) else { break }
      (place, jet) = (next, climbed)
      if move.length < 1e-12 { break }
    }
    return Maximum(place: place, value: jet.value)
  }

  func curvature(at place: SIMD3<Double>) -> SphereCurvature {
    SphereCurvature(at: place, distance: 0.1 * field.spacing) { field.gradient(at: $0) }
  }

  /// The critical point to which Newton's method goes from a place near by.
  func criticalPoint(from start: SIMD3<Double>) -> CriticalPoint? {
    var place = start
    for _ in 0..<80 {
      let curvature = curvature(at: place)
      guard var move = curvature.newtonMove(field.gradient(at: place)) else { return nil }
      let length = move.length
      if length > field.spacing { move *= field.spacing / length }
      place = (place + move).direction
      if (place - start).length > 40 * field.spacing { return nil }
      if length < 1e-11 {
        return CriticalPoint(place: place, value: field.jet(at: place).w, curvature: curvature)
      }
    }
    return nil
  }

  /// From near a maximum to it, or to the ridge it belongs to.
  func climbed(from start: SIMD3<Double>) -> CriticalPoint {
    var place = start
    var value = field.jet(at: place).w
    var curvature = curvature(at: place)
    for _ in 0..<60 {
      let gradient = field.gradient(at: place)
      guard var move = curvature.uphillMove(gradient, atMost: field.spacing) else { break }
      for _ in 0..<20 {
        let next = (place + move).direction
        let reached = field.jet(at: next).w
        if reached >= value - 1e-15 * abs(value) {
          (place, value) = (next, reached)
          break
        }
        move *= 0.5
      }
      curvature = self.curvature(at: place)
      if move.length < 1e-11 { break }
    }
    return CriticalPoint(place: place, value: value, curvature: curvature)
  }
}
