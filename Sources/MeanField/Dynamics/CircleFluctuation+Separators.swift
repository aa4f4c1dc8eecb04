internal import Foundation
internal import Transforms

/// Separators come where the flow divides, stay there, and go when labels are back.
extension CircleFluctuationDynamics {
  /// Where a neighbour of a separator begins to leave it, and where it has left, in widths of the kernel.
  private static var leaving: (from: Double, to: Double) { (0.15, 0.45) }

  /// Puts separators where the flow divides and neighbours part, and keeps them there.
  mutating func separate(_ state: inout [Double]) {
    // Where neighbours have come back they tell as much as the separator.
    for p in (0..<points.count).reversed()
    where points[p].isSeparator && points[p].stretch == 0 {
      removeNumbers(of: p, &state)
      points.giveUp(p)
    }
    // Separators, which move here, have no mass: the pull stays what it is.
    var pull = Pull(points, state, beta: equation.attention.beta)
    for p in 0..<points.count where points[p].isSeparator { centre(p, &state, &pull) }
    let count = points.count
    let pulls = (0..<count).map { p in
      // Where nothing is torn nobody asks.
      let sides = [p, (p + 1) % count, (p + count - 1) % count]
      return sides.contains { points[$0].stretch > 0 } ? pull(at: state[p]) : 0
    }
    // From behind, so that places stay what they are.
    for p in (0..<points.count).reversed() where pulls[p] < 0 {
      let next = (p + 1) % points.count
      guard pulls[next] > 0, !points[p].isSeparator, !points[next].isSeparator,
        max(points[p].stretch, points[next].stretch) > 0
      else { continue }
      let spacing = spacing(p, state)
      let place = pull.divide(between: state[p], and: state[p] + spacing)
      insertSeparator(after: p, at: (place - state[p]) / spacing, spacing, &state)
    }
    for p in points.indices {
      let next = (p + 1) % points.count
      let change =
        0.5
        * smoothStep(
          spacing(p, state) / width, from: Self.leaving.from, to: Self.leaving.to)
      points[p].nextShare =
        0.5 + (points[next].isSeparator ? change : 0) - (points[p].isSeparator ? change : 0)
    }
  }

  /// Moves a separator back to where the flow divides, if that is still between its neighbours.
  ///
  /// Clusters pull each other: seen from their centres the flow need not divide between them.
  private func centre(_ p: Int, _ state: inout [Double], _ pull: inout Pull) {
    let isBehind = pull(at: state[p]) > 0
    let room = isBehind ? spacing((p + points.count - 1) % points.count, state) : spacing(p, state)
    var (near, far) = (0.0, 1e-6 * width)
    while far < room {
      let place = state[p] + (isBehind ? -far : far)
      if (pull(at: place) > 0) != isBehind {
        let other = state[p] + (isBehind ? -near : near)
        state[p] = pull.divide(between: min(place, other), and: max(place, other))
        return
      }
      (near, far) = (far, 4 * far)
    }
  }

  /// Between p and the next point; what it carries is interpolated.
  private mutating func insertSeparator(
    after p: Int, at share: Double, _ spacing: Double, _ state: inout [Double]
  ) {
    let next = (p + 1) % points.count
    let row = zip(row(p, state), row(next, state)).map { $0 + share * ($1 - $0) }
    let n = points.count
    // What is several labels has none.
    let here = state[n + (points[p].hasDensity ? p : next)]
    let there = state[n + (points[next].hasDensity ? next : p)]
    let logDensity = here + share * (there - here)
    state.insert(contentsOf: row[count...], at: seconds(of: p).upperBound)
    state.insert(contentsOf: row[..<count], at: responses(of: p).upperBound)
    state.insert(logDensity, at: n + p + 1)
    state.insert(state[p] + share * spacing, at: p + 1)
    points.insertSeparator(before: p + 1)
  }
}

/// The velocity at any angle, but for a positive factor.
private struct Pull {
  private let masses: [Double]
  private let sines: [Double]
  private let cosines: [Double]
  /// e^{β(cos Δ − 1)} = 2^{exponent · sin²(Δ/2)}.
  private let exponent: Double
  private var kernels: [Double]

  init(_ points: [ResponsePoint], _ state: [Double], beta: Double) {
    masses = points.masses
    sines = points.indices.map { sin(0.5 * state[$0]) }
    cosines = points.indices.map { cos(0.5 * state[$0]) }
    exponent = -2 * beta / log(2)
    // Exponentials are taken eight at a time.
    kernels = [Double](repeating: 0, count: (points.count + 7) / 8 * 8)
  }

  mutating func callAsFunction(at angle: Double) -> Double {
    let (sine, cosine) = (sin(0.5 * angle), cos(0.5 * angle))
    for p in masses.indices {
      let halfSine = sine * cosines[p] - cosine * sines[p]
      kernels[p] = exponent * halfSine * halfSine
    }
    for p in masses.count..<kernels.count { kernels[p] = 0 }
    exponentials2(&kernels)
    var sum = 0.0
    for p in masses.indices {
      let halfSine = sine * cosines[p] - cosine * sines[p]
      let halfCosine = cosine * cosines[p] + sine * sines[p]
      // Smaller ones come out as the least number: in a void where all are, nothing pulls.
      guard exponent * halfSine * halfSine > -1021 else { continue }
      sum -= masses[p] * kernels[p] * 2 * halfSine * halfCosine
    }
    return sum
  }

  /// Where the flow divides, by halving; it goes down at the first place and up at the second.
  mutating func divide(between first: Double, and second: Double) -> Double {
    var (low, high) = (first, second)
    for _ in 0..<40 {
      let middle = 0.5 * (low + high)
      if self(at: middle) < 0 { low = middle } else { high = middle }
    }
    return low
  }
}
