internal import Foundation

/// What becomes of points between two steps: some join, separators come and go, and tears are measured.
extension CircleFluctuationDynamics {
  /// Points whose neighbours are this many times as far apart as at the start begin to be torn, and are.
  private static var tearing: (from: Double, to: Double) { (3, 6) }
  /// Where a torn point is with its cluster, and where not yet, in widths of the kernel.
  private static var arriving: (from: Double, to: Double) { (0.5, 1) }
  /// Nothing to speak of crosses a void of this density any more.
  private static var emptiness: Double { 1e-6 }

  public mutating func finishStep(_ state: inout [Double]) {
    guard equation.noise == 0 else { return }
    tear(state)
    while let p = pointToJoin(state) {
      join(p, &state)
      tear(state)
    }
    separate(&state)
    tear(state)
    refer(state)
    settle(&state)
    setErrorWeights(state)
  }

  /// s of every point: of labels by their distances from other ones, of separators that of the edges beside them.
  private mutating func tear(_ state: [Double]) {
    let others = (0..<points.count).filter { !points.areSeparators[$0] }
    for (i, p) in others.enumerated() {
      let next = state[others[(i + 1) % others.count]] + (i + 1 == others.count ? 2 * Double.pi : 0)
      let last = state[others[(i + others.count - 1) % others.count]] - (i == 0 ? 2 * Double.pi : 0)
      points.stretches[p] =
        points.areSettled[p]
        ? 1
        : smoothStep(
          (next - last) / points.gaps[p], from: Self.tearing.from, to: Self.tearing.to)
    }
    func edge(_ p: Int, _ step: Int) -> Double {
      var p = p
      repeat { p = (p + step) % points.count } while points.areSeparators[p]
      // Clusters are not torn, but what they are parted from is.
      return points.gaps[p].isFinite ? points.stretches[p] : 1
    }
    for p in 0..<points.count where points.areSeparators[p] {
      points.stretches[p] = 0.5 * (edge(p, 1) + edge(p, points.count - 1))
    }
  }

  /// For every torn point the nearest one that is not, of those it reaches without crossing a gap.
  private mutating func refer(_ state: [Double]) {
    let n = points.count
    func distance(_ p: Int, _ q: Int) -> Double {
      abs(remainder(state[p] - state[q], 2 * Double.pi))
    }
    for p in 0..<n {
      points.references[p] = nil
      points.shares[p] = 0
      guard points.stretches[p] > 0 else { continue }
      let found = [1, n - 1].compactMap { direction -> Int? in
        var last = p
        for _ in 1..<n {
          let next = (last + direction) % n
          guard distance(last, next) < Self.arriving.to * width else { return nil }
          if points.stretches[next] == 0 { return next }
          last = next
        }
        return nil
      }
      guard let k = found.min(by: { distance(p, $0) < distance(p, $1) }) else { continue }
      points.references[p] = k
      points.shares[p] =
        1
        - smoothStep(
          distance(p, k) / width, from: Self.arriving.from, to: Self.arriving.to)
    }
  }

  /// In deep voids masses stand for the flux, so that no displacement grows for ever.
  private mutating func settle(_ state: inout [Double]) {
    let n = points.count
    for p in 0..<n where points.stretches[p] == 1 && !points.areSettled[p] {
      guard points.shares[p] == 0, exp(state[n + p]) < Self.emptiness else { continue }
      transferFlux(past: p, to: nil, state)
      points.settle(p)
      for i in responses(of: p) { state[i] = 0 }
      for i in seconds(of: p) { state[i] = 0 }
    }
  }

  private mutating func setErrorWeights(_ state: [Double]) {
    for p in 0..<points.count {
      let density = min(1, exp(state[points.count + p]))
      points.errorWeights[p] = 1 + points.stretches[p] * (density - 1)
    }
  }

  /// Ξ_p and Ω_p.
  func row(_ p: Int, _ state: [Double]) -> [Double] {
    Array(state[responses(of: p)] + state[seconds(of: p)])
  }

  func removeNumbers(of p: Int, _ state: inout [Double]) {
    state.removeSubrange(seconds(of: p))
    state.removeSubrange(responses(of: p))
    state.remove(at: points.count + p)
    state.remove(at: p)
  }

  /// The angle from a point to the next.
  func spacing(_ p: Int, _ state: [Double]) -> Double {
    p + 1 == points.count ? state[0] + 2 * Double.pi - state[p] : state[p + 1] - state[p]
  }

  func torn(_ state: [Double]) -> TornPoints {
    state.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { preconditionFailure("a state has numbers") }
      return torn(among: base)
    }
  }

  /// Mass at point p by a unit added at label b.
  func extra(_ b: Int, at p: Int) -> Double {
    (points.owners[b] == p ? 1 : 0) + (points.transfers[p].isEmpty ? 0 : points.transfers[p][b])
  }

  func shift(_ row: [Double]) -> SIMD16<Double> {
    row.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { CircleSecondOrder.shift($0, labels.extras) } ?? .zero
    }
  }
}

/// 0 up to `low`, 1 from `high` on, smooth in between.
func smoothStep(_ value: Double, from low: Double, to high: Double) -> Double {
  let t = min(max((value - low) / (high - low), 0), 1)
  return t * t * (3 - 2 * t)
}
