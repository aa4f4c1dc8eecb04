internal import Foundation
internal import Transforms

/// Z̄, or ⟨x, ∫ y dμ⟩ at β = 0, with its critical points: zeros of a Fourier series of K(β) modes.
///
/// A grid of 16 points per shortest wave brackets them; two that share a cell, shortly before they
/// meet, are told by the extremum of Z′ between them.
struct CircleLandscape {
  private let moments: Moments
  private let factors: [Double]
  private let values: [Double]
  private let slopes: [Double]
  private let curvatures: [Double]
  private let spacing: Double
  /// One less than the number of cells, a power of two.
  private let mask: Int
  private let isConstant: Bool
  private let beta: Double
  /// Maxima below hold no mass that counts: 10⁻³ of it spread evenly still gives Z̄ > 10⁻⁷.
  private let floor: Double

  private struct CriticalPoint {
    var angle: Double
    var isMaximum: Bool
  }

  init(moments: Moments, attention: Attention) {
    self.moments = moments
    beta = attention.beta
    let factors = KernelSpectrum.known(beta: attention.beta, dimension: 2).landscape
    self.factors = factors
    let modes = min(factors.count, moments.count) - 1
    var count = 256
    while count < 16 * modes { count *= 2 }
    spacing = 2 * Double.pi / Double(count)
    mask = count - 1
    let grid = RealFourierTransform(count: count)
    let tables = (0...2).map { order in
      grid.clearCoefficients()
      for k in 0...modes {
        let x = factors[k] * moments.real(k)
        let y = factors[k] * moments.imaginary(k)
        let power = Double(k)
        switch order {
        case 0: (grid.coefficients[2 * k], grid.coefficients[2 * k + 1]) = (x, y)
        case 1: (grid.coefficients[2 * k], grid.coefficients[2 * k + 1]) = (-power * y, power * x)
        default:
          (grid.coefficients[2 * k], grid.coefficients[2 * k + 1]) =
            (-power * power * x, -power * power * y)
        }
      }
      grid.synthesize()
      return Array(UnsafeBufferPointer(start: grid.samples, count: count))
    }
    values = tables[0]
    slopes = tables[1]
    curvatures = tables[2]
    let highest = values.max() ?? 0
    let lowest = values.min() ?? 0
    isConstant = !(highest - lowest > 1e-12 * (attention.beta > 0 ? highest : 1))
    floor = attention.beta > 0 ? 1e-10 * highest : -Double.infinity
  }

  /// Angles of the local maxima, ascending.
  func maxima() -> [Double] {
    guard !isConstant else { return [] }
    var angles: [Double] = []
    for j in values.indices where values[j] >= floor && mayTurn(inCell: j) {
      for point in criticalPoints(inCell: j) where point.isMaximum { angles.append(point.angle) }
    }
    return angles
  }

  /// The lowest place after each maximum and before the next.
  func minima(between maxima: [Double]) -> [Double] {
    maxima.indices.map { i in
      let start = maxima[i]
      var end = maxima[(i + 1) % maxima.count]
      if end <= start { end += 2 * Double.pi }
      // The lowest grid point strictly between, if there is one, brackets the minimum.
      let first = Int((start / spacing).rounded(.down)) + 1
      let last = Int((end / spacing).rounded(.up)) - 1
      guard first <= last else { return zero(order: 1, start, end, rises: true) }
      var place = first
      for j in first...last where values[j & mask] < values[place & mask] { place = j }
      let left = max(start, spacing * Double(place - 1))
      let right = min(end, spacing * Double(place + 1))
      // In a void the place is a matter of rounding, and no mass depends on it.
      return values[place & mask] < floor
        ? spacing * Double(place) : zero(order: 1, left, right, rises: true)
    }
  }

  // MARK: What mass near by does

  /// The width of the kernel, in radians.
  var width: Double { 1 / (1 + beta).squareRoot() }

  /// Z̄″.
  func curvature(at angle: Double) -> Double { series(angle, order: 2) }

  /// The largest |Z̄″| there is.
  var largestCurvature: Double { curvatures.reduce(0) { max($0, abs($1)) } }

  /// First and second derivative of what a unit of mass adds to Z̄ at an angle from it.
  func kernel(_ angle: Double) -> (slope: Double, curvature: Double) {
    let (c, s) = (cos(angle), sin(angle))
    guard beta > 0 else { return (-s, -c) }
    let half = sin(0.5 * angle)
    let value = exp(-2 * beta * half * half)
    return (-beta * s * value, beta * (beta * s * s - c) * value)
  }

  /// Whether Z′ or Z″ changes sign in a cell, as `criticalPoints` needs; in most neither does.
  @inline(__always)
  private func mayTurn(inCell j: Int) -> Bool {
    let next = (j + 1) & mask
    return (slopes[j] > 0) != (slopes[next] > 0) || (curvatures[j] > 0) != (curvatures[next] > 0)
  }

  private func criticalPoints(inCell j: Int) -> [CriticalPoint] {
    let next = (j + 1) & mask
    let left = spacing * Double(j)
    let right = left + spacing
    let (a, b) = (slopes[j], slopes[next])
    if (a > 0) != (b > 0) {
      let chord = left + spacing * a / (a - b)
      return [
        CriticalPoint(
          angle: zero(order: 1, left, right, from: chord, rises: a <= 0), isMaximum: a > 0)
      ]
    }
    // Z′ has the same sign at both ends; between them it may still dip across zero and back.
    let (c, d) = (curvatures[j], curvatures[next])
    guard (c > 0) != (d > 0), (a > 0) == (c < 0), abs(a) < spacing * (abs(c) + abs(d)) else {
      return []
    }
    let dip = zero(order: 2, left, right, rises: c <= 0)
    guard (series(dip, order: 1) > 0) != (a > 0) else { return [] }
    return [
      CriticalPoint(angle: zero(order: 1, left, dip, rises: a <= 0), isMaximum: a > 0),
      CriticalPoint(angle: zero(order: 1, dip, right, rises: a > 0), isMaximum: a <= 0),
    ]
  }

  /// A zero of the derivative of the given order that changes sign between two angles.
  ///
  /// Newton's method, halving the bracket where it would leave it. Whether the derivative rises is
  /// for the caller to say: at a zero on the grid its sign at the border is that of rounding.
  private func zero(
    order: Int, _ left: Double, _ right: Double, from guess: Double? = nil, rises: Bool
  ) -> Double {
    var low = left
    var high = right
    var angle = guess ?? 0.5 * (low + high)
    for _ in 0..<60 {
      let (value, slope) = moments.seriesWithSlope(factors, at: angle, order: order)
      if (value > 0) == rises { high = angle } else { low = angle }
      let newton = angle - value / slope
      let isInside = newton > low && newton < high
      let next = isInside ? newton : 0.5 * (low + high)
      let step = abs(next - angle)
      angle = next
      // What Newton's method has left then is of the order of the square.
      if step < (isInside ? 1e-10 : 1e-15 * max(1, abs(angle))) { break }
    }
    return angle
  }

  private func series(_ angle: Double, order: Int) -> Double {
    moments.series(factors, at: angle, order: order)
  }
}
