internal import Foundation

/// X of a few atoms anywhere on the circle, with its derivative, by plain sums.
///
/// With w_j = m_j e^{β(cos Δ_j − 1)}, Δ_j = θ − θ_j and, for softmax, means ⟨·⟩ under w_j / Σ w,
///
///     X = −⟨sin Δ⟩,    X′ = −⟨cos Δ⟩ + β (⟨sin² Δ⟩ − ⟨sin Δ⟩²)
///
/// and sums times the clock, without the last term, for the others.
struct CircleFlow: Sendable {
  let positions: [Double]
  let masses: [Double]
  private let beta: Double
  private let divides: Bool
  private let clock: Double
  private let logMasses: [Double]

  init(_ equation: Equation, positions: [Double], masses: [Double]) {
    self.positions = positions
    self.masses = masses
    logMasses = masses.map { log($0) }
    beta = equation.attention.beta
    divides = equation.attention.normalization == .softmax
    clock = equation.attention.clock
  }

  /// For every atom in order the place of the next one, going round.
  var nextPositions: [Double] { positions.dropFirst() + [positions[0] + 2 * Double.pi] }

  /// The same flow with every atom moved.
  func moved(by shifts: [Double], times factor: Double) -> CircleFlow {
    CircleFlow(self, positions: zip(positions, shifts).map { $0 + factor * $1 })
  }

  private init(_ other: CircleFlow, positions: [Double]) {
    self.positions = positions
    masses = other.masses
    logMasses = other.logMasses
    beta = other.beta
    divides = other.divides
    clock = other.clock
  }

  /// Calls back with every atom's share w_j, sin Δ_j and cos Δ_j.
  private func forEach(at angle: Double, _ body: (Int, Double, Double, Double) -> Void) {
    var highest = -Double.infinity
    if divides {
      for j in positions.indices { highest = max(highest, exponent(j, angle)) }
    } else {
      highest = 0
    }
    var total = 0.0
    if divides {
      for j in positions.indices { total += exp(exponent(j, angle) - highest) }
    } else {
      total = 1 / clock
    }
    for j in positions.indices {
      let difference = angle - positions[j]
      body(j, exp(exponent(j, angle) - highest) / total, sin(difference), cos(difference))
    }
  }

  private func exponent(_ j: Int, _ angle: Double) -> Double {
    let half = sin(0.5 * (angle - positions[j]))
    return logMasses[j] - 2 * beta * half * half
  }

  func jet(at angle: Double) -> (velocity: Double, slope: Double) {
    // Terms relative to the largest so far; those of the other normalizations as they are.
    var top = divides ? -Double.infinity : 0
    var total = 0.0
    var velocity = 0.0
    var square = 0.0
    var cosine = 0.0
    for j in positions.indices {
      let half = 0.5 * (angle - positions[j])
      let sine = sin(half)
      let exponent = logMasses[j] - 2 * beta * sine * sine
      if divides, exponent > top {
        let factor = exp(top - exponent)
        total *= factor
        velocity *= factor
        square *= factor
        cosine *= factor
        top = exponent
      }
      let share = exp(exponent - top)
      let s = 2 * sine * cos(half)
      total += share
      velocity -= share * s
      square += share * s * s
      cosine += share * (1 - 2 * sine * sine)
    }
    let factor = divides ? 1 / total : clock
    velocity *= factor
    let mean = divides ? velocity * velocity : 0
    return (velocity, -factor * cosine + beta * (factor * square - mean))
  }

  /// Where mass is parted between two neighbouring atoms.
  struct Watershed {
    /// The one place that follows the flow and goes to neither.
    var position: Double
    var drift: Double
    /// X′ there: log dμ/dσ falls at this rate.
    var slope: Double
  }

  /// The watershed between two places, where X changes from − to + with a positive slope; nil where
  /// there is none.
  ///
  /// It stays ahead of the zero of X by drift/slope: it goes where the flow will part.
  func watershed(between left: Double, and right: Double) -> Watershed? {
    let margin = 1e-3 * (right - left)
    var low = left + margin
    var high = right - margin
    guard high > low, jet(at: low).velocity < 0, jet(at: high).velocity > 0 else { return nil }
    var place = 0.5 * (low + high)
    for _ in 0..<80 {
      let (velocity, slope) = jet(at: place)
      if velocity > 0 { high = place } else { low = place }
      let newton = place - velocity / slope
      let next = newton > low && newton < high ? newton : 0.5 * (low + high)
      if abs(next - place) < 4 * place.ulp { break }
      place = next
    }
    let slope = jet(at: place).slope
    guard slope > 0 else { return nil }
    let speeds = positions.map { jet(at: $0).velocity }
    // At a zero of X: ∂X/∂θ_j = share (cos Δ − β sin² Δ).
    var push = 0.0
    forEach(at: place) { j, share, s, c in push += share * (c - beta * s * s) * speeds[j] }
    let drift = -push / slope
    let position = place + drift / slope
    return Watershed(position: position, drift: drift, slope: jet(at: position).slope)
  }
}
