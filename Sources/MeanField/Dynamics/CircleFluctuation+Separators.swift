internal import Foundation

/// Separators come where the flow divides, stay there, and go when labels are back.
extension CircleFluctuationDynamics {
  /// Where a neighbour of a separator begins to leave it, and where it has left, in widths of the kernel.
  private static var leaving: (from: Double, to: Double) { (0.15, 0.45) }

  /// Puts separators where the flow divides and neighbours part, and keeps them there.
  mutating func separate(_ state: inout [Double]) {
    // Where neighbours have come back they tell as much as the separator.
    for p in (0..<points.count).reversed()
    where points.areSeparators[p] && points.stretches[p] == 0 {
      removeNumbers(of: p, &state)
      points.drop(p)
    }
    let pulls = (0..<points.count).map { pull(at: state[$0], state) }
    // From behind, so that places stay what they are.
    for p in (0..<points.count).reversed() {
      let next = (p + 1) % points.count
      guard pulls[p] < 0, pulls[next] > 0 else { continue }
      let spacing = spacing(p, state)
      let isKept = points.areSeparators[p] || points.areSeparators[next]
      guard isKept || max(points.stretches[p], points.stretches[next]) > 0 else { continue }
      var (low, high) = (0.0, 1.0)
      for _ in 0..<30 {
        let middle = 0.5 * (low + high)
        if pull(at: state[p] + middle * spacing, state) < 0 { low = middle } else { high = middle }
      }
      if points.areSeparators[p] {
        state[p] += low * spacing
      } else if points.areSeparators[next] {
        state[next] -= (1 - low) * spacing
      } else {
        insertSeparator(after: p, at: low, spacing, &state)
      }
    }
    for p in points.nextShares.indices {
      let next = (p + 1) % points.count
      let change =
        0.5
        * smoothStep(
          spacing(p, state) / width, from: Self.leaving.from, to: Self.leaving.to)
      points.nextShares[p] =
        0.5 + (points.areSeparators[next] ? change : 0) - (points.areSeparators[p] ? change : 0)
    }
  }

  /// Between p and the next point; what it carries is interpolated.
  private mutating func insertSeparator(
    after p: Int, at share: Double, _ spacing: Double, _ state: inout [Double]
  ) {
    let next = (p + 1) % points.count
    let row = zip(row(p, state), row(next, state)).map { $0 + share * ($1 - $0) }
    let n = points.count
    let logDensity = state[n + p] + share * (state[n + next] - state[n + p])
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
      sum -= points.masses[p] * exp(beta * (cos(difference) - 1)) * sin(difference)
    }
    return sum
  }
}
