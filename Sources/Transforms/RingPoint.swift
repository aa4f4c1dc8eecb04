internal import Foundation

/// A polar angle's functions, right to their last digits at both poles; θ and π − θ mirror exactly.
struct RingPoint {
  let halfSine: Double
  let halfCosine: Double

  var sine: Double { 2 * halfSine * halfCosine }
  var cosine: Double { (halfCosine - halfSine) * (halfCosine + halfSine) }

  /// - Parameter angle: θ in 0…π.
  init(angle: Double) {
    let isMirrored = angle > 0.5 * .pi
    let less = sin(0.5 * (isMirrored ? .pi - angle : angle))
    let more = (1 - less * less).squareRoot()
    halfSine = isMirrored ? more : less
    halfCosine = isMirrored ? less : more
  }

  /// The same ring's angle in 0…π; beyond a pole, where its sign is −1, θ grows the other way.
  @inline(__always)
  static func fold(_ angle: Double) -> (angle: Double, sign: Double) {
    if angle >= 0 && angle <= .pi { return (angle, 1) }
    let turned = remainder(angle, 2 * .pi)
    return (min(abs(turned), .pi), turned < 0 ? -1 : 1)
  }
}
