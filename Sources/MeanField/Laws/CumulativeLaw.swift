internal import Foundation
internal import Transforms

/// The distribution function F(θ) = μ([0, θ)) of a law on the circle.
///
/// A density keeps F and F′ on a uniform grid at least four times finer than its shortest wave and
/// is a cubic in between (error h⁴ F⁗/384); tokens keep their sorted angles.
public struct CumulativeLaw: Sendable {
  /// Angles in [0, 2π), ascending.
  public let angles: [Double]
  /// F at the angle for a density, just above it for tokens.
  public let levels: [Double]
  /// F′ at the angles; empty for tokens.
  public let slopes: [Double]

  public var isAtomic: Bool { slopes.isEmpty }

  /// Law of a density with the given moments.
  public static func density(_ moments: Moments) -> CumulativeLaw {
    var count = 2048
    while count < 4 * moments.count { count *= 2 }
    let transform = RealFourierTransform(count: count)
    transform.clearCoefficients()
    for i in moments.values.indices { transform.coefficients[i] = moments.values[i] }
    transform.synthesize()
    let slopes = (0..<count).map { transform.samples[$0] / (2 * Double.pi) }
    // ∫ e^{ikθ} dθ/2π = e^{ikθ}/(2πik).
    transform.clearCoefficients()
    for k in 1..<max(1, moments.count) {
      transform.coefficients[2 * k] = moments.imaginary(k) / (2 * Double.pi * Double(k))
      transform.coefficients[2 * k + 1] = -moments.real(k) / (2 * Double.pi * Double(k))
    }
    transform.synthesize()
    let start = transform.samples[0]
    let angles = (0..<count).map { 2 * Double.pi * Double($0) / Double(count) }
    let levels = (0..<count).map {
      moments.real(0) * Double($0) / Double(count) + transform.samples[$0] - start
    }
    return CumulativeLaw(angles: angles, levels: levels, slopes: slopes)
  }

  /// Law of weighted points at any real angles.
  public static func tokens(angles: [Double], masses: [Double]) -> CumulativeLaw {
    let order = AscendingOrder(angles.map(wrappedAngle))
    var level = 0.0
    let levels = order.places.map { i in
      level += masses[Int(i)]
      return level
    }
    return CumulativeLaw(angles: order.values, levels: levels, slopes: [])
  }

  /// μ([0, θ)) for θ in [0, 2π).
  public func level(at angle: Double) -> Double {
    let theta = wrappedAngle(angle)
    if isAtomic {
      var low = 0
      var high = angles.count
      while low < high {
        let middle = (low + high) / 2
        if angles[middle] < theta { low = middle + 1 } else { high = middle }
      }
      return low == 0 ? 0 : levels[low - 1]
    }
    let spacing = 2 * Double.pi / Double(angles.count)
    let cell = min(Int(theta / spacing), angles.count - 1)
    let s = theta / spacing - Double(cell)
    let next = cell + 1 == angles.count ? 0 : cell + 1
    let right = next == 0 ? 1 + levels[0] : levels[next]
    return hermite(s, levels[cell], right, spacing * slopes[cell], spacing * slopes[next])
  }

  /// Mass of the arc from `start` counterclockwise to `end`.
  public func mass(from start: Double, to end: Double) -> Double {
    let difference = level(at: end) - level(at: start)
    return wrappedAngle(end) < wrappedAngle(start) ? difference + 1 : difference
  }

  /// The angle θ with F(θ) = level, level in (0, 1), for a density.
  public func angle(at level: Double) -> Double {
    angle(at: level, between: 0, and: angles.count)
  }

  /// The same where the level is known to lie in the cells `low`…`high` − 1.
  func angle(at level: Double, between low: Int, and high: Int) -> Double {
    precondition(!isAtomic, "atoms have no continuous quantile")
    var low = low
    var high = high
    while high - low > 1 {
      let middle = (low + high) / 2
      if levels[middle] <= level { low = middle } else { high = middle }
    }
    let spacing = 2 * Double.pi / Double(angles.count)
    let next = high == angles.count ? 0 : high
    let rise = (next == 0 ? 1 + levels[0] : levels[next]) - levels[low]
    let part = Self.cubicRoot(
      level - levels[low], rise, spacing * slopes[low], spacing * slopes[next])
    return min(angles[low] + spacing * part, (2 * Double.pi).nextDown)
  }

  /// The s in [0, 1] at which the cubic from 0 to `rise` with the given slopes takes a value.
  ///
  /// Newton's method from the chord, by halves where it does not halve its steps: safe where the
  /// density is flat or zero.
  private static func cubicRoot(
    _ value: Double, _ rise: Double, _ leftSlope: Double, _ rightSlope: Double
  ) -> Double {
    let square = 3 * rise - 2 * leftSlope - rightSlope
    let cube = leftSlope + rightSlope - 2 * rise
    var low = 0.0
    var high = 1.0
    var s = rise > 0 ? min(max(value / rise, 0), 1) : 0.5
    var step = 1.0
    // Halving alone takes 46 turns, and every other turn at least halves.
    for _ in 0..<96 {
      let excess = ((cube * s + square) * s + leftSlope) * s - value
      if excess <= 0 { low = s } else { high = s }
      let slope = (3 * cube * s + 2 * square) * s + leftSlope
      var next = s - excess / slope
      if !(next >= low && next <= high && abs(next - s) <= 0.5 * step) {
        next = 0.5 * (low + high)
      }
      step = abs(next - s)
      s = next
      if step < 0x1p-46 { break }
    }
    return s
  }

  private func hermite(
    _ s: Double, _ left: Double, _ right: Double, _ leftSlope: Double, _ rightSlope: Double
  ) -> Double {
    let r = 1 - s
    return r * r * ((1 + 2 * s) * left + s * leftSlope)
      + s * s * ((1 + 2 * r) * right - r * rightSlope)
  }
}

/// The angle in [0, 2π).
public func wrappedAngle(_ angle: Double) -> Double {
  let turn = 2 * Double.pi
  if angle >= 0 && angle < turn { return angle }
  let rest = angle - turn * (angle / turn).rounded(.down)
  return rest >= turn || rest < 0 ? 0 : rest
}
