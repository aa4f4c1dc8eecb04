internal import Foundation

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
    for p in 0..<points.count where points[p].isSeparator { centre(p, &state) }
    let pulls = (0..<points.count).map { pull(at: state[$0], state) }
    // From behind, so that places stay what they are.
    for p in (0..<points.count).reversed() where pulls[p] < 0 {
      let next = (p + 1) % points.count
      guard pulls[next] > 0, !points[p].isSeparator, !points[next].isSeparator,
        max(points[p].stretch, points[next].stretch) > 0
      else { continue }
      let spacing = spacing(p, state)
      let place = divide(between: state[p], and: state[p] + spacing, state)
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
  private func centre(_ p: Int, _ state: inout [Double]) {
    let isBehind = pull(at: state[p], state) > 0
    let room = isBehind ? spacing((p + points.count - 1) % points.count, state) : spacing(p, state)
    var (near, far) = (0.0, 1e-6 * width)
    while far < room {
      let place = state[p] + (isBehind ? -far : far)
      if (pull(at: place, state) > 0) != isBehind {
        let other = state[p] + (isBehind ? -near : near)
        state[p] = divide(between: min(place, other), and: max(place, other), state)
        return
      }
      (near, far) = (far, 4 * far)
    }
  }

  /// Where the flow divides, by halving; it goes down at the first place and up at the second.
  private func divide(between first: Double, and second: Double, _ state: [Double]) -> Double {
    var (low, high) = (first, second)
    for _ in 0..<40 {
      let middle = 0.5 * (low + high)
      if pull(at: middle, state) < 0 { low = middle } else { high = middle }
    }
    return low
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

  /// The velocity, but for a positive factor.
  private func pull(at angle: Double, _ state: [Double]) -> Double {
    let beta = equation.attention.beta
    var sum = 0.0
    for p in 0..<points.count {
      let difference = angle - state[p]
      sum -= points[p].mass * exp(beta * (cos(difference) - 1)) * sin(difference)
    }
    return sum
  }
}
