internal import Foundation

/// Points that the flow has brought together become one.
extension CircleFluctuationDynamics {
  /// And the flow must have brought them together by this factor: where labels start is no cluster.
  private static var contraction: Double { 0.1 }
  /// Log density of what has gone down into a cluster, whatever the flow tore before.
  private static var compressed: Double { log(10) }
  /// Points of less mass have disturbed centres that nobody sees.
  private static var leastMass: Double { 1e-9 }

  /// A point that becomes one with the next.
  func pointToJoin(_ state: [Double]) -> Int? {
    let n = points.count
    guard n > 1 else { return nil }
    return (0..<n).first { p in
      let next = (p + 1) % n
      guard extent(p, state) < narrow * width else { return false }
      switch (points[p].stretch > 0, points[next].stretch > 0) {
      case (false, false):
        let start = 0.5 * (points[p].extent + points[next].extent)
        return spacing(p, state) < Self.contraction * start
      case (true, false):
        // The edge of a gap that has come down into its cluster.
        return points[p].isSettled || spacing((p + n - 1) % n, state) > 0.5 * width
      case (false, true):
        return points[next].isSettled || spacing(next, state) > 0.5 * width
      case (true, true):
        // Settled, or a label and its separator that have gone down together.
        let dense = min(state[n + p], state[n + next]) > Self.compressed
        return dense || points[p].isSettled && points[next].isSettled
      }
    }
  }

  /// From the first label of a point to the last of the next.
  private func extent(_ p: Int, _ state: [Double]) -> Double {
    let (n, next) = (points.count, (p + 1) % points.count)
    return points[p].reach(state[n + p]).before + spacing(p, state)
      + points[next].reach(state[n + next]).after
  }

  /// Points p and the next become one, at the centre of their masses, disturbed masses included.
  mutating func join(_ p: Int, _ state: inout [Double]) {
    let next = (p + 1) % points.count
    for edge in [p, next] where points[edge].stretch > 0 {
      transferFlux(past: edge, to: edge == p ? next : p, state)
    }
    // What is torn has gone with the other.
    let (tornHere, tornNext) = (points[p].stretch, points[next].stretch)
    let rows = (row(p, state), row(next, state))
    let here = zip(rows.0, rows.1).map { $0 + tornHere * ($1 - $0) }
    let there = zip(rows.0, rows.1).map { $1 + tornNext * ($0 - $1) }
    let mass = points[p].mass + points[next].mass
    let share = mass > 0 ? points[next].mass / mass : 0.5
    let step = spacing(p, state)
    let angle = state[p] + share * step
    var joined = zip(here, there).map { $0 + share * ($1 - $0) }
    if mass > Self.leastMass {
      // Extra masses draw the centre towards them.
      let (before, after) = (extraMasses(at: p), extraMasses(at: next))
      for b in 0..<count {
        joined[b] += step / mass * (after[b] * (1 - share) - before[b] * share)
      }
      let middle = shift(joined)
      let drawn =
        SecondOrder.scale
        * (points[p].extra * (shift(here) - middle)
          + points[next].extra * (shift(there) - middle))
        + step
        * ((1 - share) * points[next].secondTransfer - share * points[p].secondTransfer)
      for r in 0..<SecondOrder.samples { joined[count + r] += drawn[r] / mass }
    }
    let (kept, gone) = (min(p, next), max(p, next))
    state.replaceSubrange(seconds(of: kept), with: joined[count...])
    state.replaceSubrange(responses(of: kept), with: joined[..<count])
    let narrowings = (state[points.count + p], state[points.count + next])
    state[points.count + kept] = 0
    // Of the last and the first point the place is that of the first.
    state[kept] = kept == p ? angle : angle - 2 * Double.pi
    removeNumbers(of: gone, &state)
    points.join(p, steps: (-share * step, (1 - share) * step), narrowings: narrowings)
  }

  /// What passes point p on its way becomes mass of its neighbours, relative to a point it goes with.
  mutating func transferFlux(past p: Int, to reference: Int?, _ state: [Double]) {
    let torn = torn(state)
    let flux = torn.fluxes[p]
    guard flux > 0 else { return }
    var row = row(p, state)
    if let reference { row = zip(row, self.row(reference, state)).map { $0 - $1 } }
    let first = row[..<count].map { flux * $0 }
    let second = flux * CircleSecondOrder.load(row, count)
    let extra = shift(first)
    let (last, next) = torn.neighbours(of: p)
    let parts = torn.parts(past: p)
    for (q, part) in [(last, parts.before), (p, parts.here), (next, parts.after)] {
      points[q].add(first.map { part * $0 }, second: part * second, extra: part * extra)
    }
  }
}
