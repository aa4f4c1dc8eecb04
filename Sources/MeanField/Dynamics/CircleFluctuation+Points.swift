internal import Foundation

/// What becomes of points between two steps: some join, separators come and go, and tears are measured.
extension CircleFluctuationDynamics {
  /// Points whose neighbours are this many times as far apart as at the start begin to be torn, and are.
  private static var tearing: (from: Double, to: Double) { (3, 6) }
  /// Where a torn point is with its cluster, and where not yet, in widths of the kernel.
  private static var arriving: (from: Double, to: Double) { (0.5, 1) }
  /// Nothing to speak of crosses a void of this density any more.
  private static var emptiness: Double { 1e-6 }

  /// Log of how much narrower several labels become before they have one place.
  private static var narrowing: Double { log(1e12) }

  public mutating func finishStep(_ state: inout [Double]) {
    guard equation.noise == 0 else { return }
    tear(state)
    while let p = pointToJoin(state) {
      join(p, &state)
      tear(state)
    }
    forgetWidths(&state)
    separate(&state)
    tear(state)
    refer(state)
    settle(&state)
    setErrorWeights(state)
  }

  /// s of every point: of labels by their distances from other ones, of separators that of the edges beside them.
  private mutating func tear(_ state: [Double]) {
    let others = (0..<points.count).filter { !points[$0].isSeparator }
    for (i, p) in others.enumerated() {
      let next = state[others[(i + 1) % others.count]] + (i + 1 == others.count ? 2 * Double.pi : 0)
      let last = state[others[(i + others.count - 1) % others.count]] - (i == 0 ? 2 * Double.pi : 0)
      points[p].stretch =
        points[p].isSettled
        ? 1
        : smoothStep(
          (next - last) / points[p].gap, from: Self.tearing.from, to: Self.tearing.to)
    }
    func edge(_ p: Int, _ step: Int) -> Double {
      var p = p
      repeat { p = (p + step) % points.count } while points[p].isSeparator
      // Clusters are not torn, but what they are parted from is.
      return points[p].hasDensity ? points[p].stretch : 1
    }
    for p in 0..<points.count where points[p].isSeparator {
      points[p].stretch = 0.5 * (edge(p, 1) + edge(p, points.count - 1))
    }
  }

  /// For every torn point the nearest one that is not, of those it reaches without crossing a gap.
  private mutating func refer(_ state: [Double]) {
    let n = points.count
    func distance(_ p: Int, _ q: Int) -> Double {
      abs(remainder(state[p] - state[q], 2 * Double.pi))
    }
    for p in 0..<n {
      points[p].reference = nil
      points[p].share = 0
      guard points[p].stretch > 0 else { continue }
      let found = [1, n - 1].compactMap { direction -> Int? in
        var last = p
        for _ in 1..<n {
          let next = (last + direction) % n
          guard distance(last, next) < Self.arriving.to * width else { return nil }
          if points[next].stretch == 0 { return next }
          last = next
        }
        return nil
      }
      guard let k = found.min(by: { distance(p, $0) < distance(p, $1) }) else { continue }
      points[p].reference = k
      points[p].share =
        1
        - smoothStep(
          distance(p, k) / width, from: Self.arriving.from, to: Self.arriving.to)
    }
  }

  /// In deep voids masses stand for the flux, so that no displacement grows for ever.
  private mutating func settle(_ state: inout [Double]) {
    let n = points.count
    for p in 0..<n where points[p].stretch == 1 && !points[p].isSettled {
      guard points[p].share == 0, exp(state[n + p]) < Self.emptiness else { continue }
      transferFlux(past: p, to: nil, state)
      points[p].isSettled = true
      for i in responses(of: p) { state[i] = 0 }
      for i in seconds(of: p) { state[i] = 0 }
    }
  }

  /// What is narrower than rounding lets anybody see need not be followed.
  private mutating func forgetWidths(_ state: inout [Double]) {
    let n = points.count
    for p in 0..<n where points[p].hasWidth && state[n + p] > Self.narrowing {
      points[p].forgetWidth()
      state[n + p] = 0
    }
  }

  private mutating func setErrorWeights(_ state: [Double]) {
    for p in 0..<points.count {
      let density = min(1, exp(state[points.count + p]))
      points[p].errorWeight = 1 + points[p].stretch * (density - 1)
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

  /// Mass at point p by a unit added at every label.
  func extraMasses(at p: Int) -> [Double] {
    var result = points[p].transfers.isEmpty ? labels.masses.map { _ in 0 } : points[p].transfers
    for place in points[p].places { result[place.label] += 1 }
    return result
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
