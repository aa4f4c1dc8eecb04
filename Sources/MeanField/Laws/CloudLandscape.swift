internal import Foundation
internal import Transforms

/// Z of weighted tokens in R^d with its maxima, found by following ∇Z from every token.
///
/// All tokens walk at once along v = P_x M/⟨x, M⟩, M(x) = Σ_j w_j e^{β(⟨x,y_j⟩−1)} y_j, which is ∇Z but
/// for a positive factor, by an embedded pair of orders 3 and 2 (Bogacki and Shampine 1989), each at its own
/// pace. Walkers that meet go on as one. A walker nearly at rest where Z is concave is brought to the
/// top by Newton's method; around a top Z stays concave for about a width of the kernel times how sharp
/// it is, and walkers that come there have arrived.
struct CloudLandscape {
  private let law: CloudLaw
  private let beta: Double
  private let dimension: Int
  private let sums: CloudSums
  private var walkers: [Walker]
  private var tops: [Top] = []

  private struct Walker {
    var place: [Double]
    var mass: Double
    var velocity: [Double] = []
    var step = 0.3
    /// At this speed, in widths, it may be near a top.
    var rest = 0.02
    var top: Int?
    /// The walker it has met and goes on with.
    var leader: Int?

    var isMoving: Bool { top == nil && leader == nil }

    var speed: Double { velocity.reduce(0) { $0 + $1 * $1 }.squareRoot() }
  }

  private struct Top {
    var place: [Double]
    var value: Double
    var reach: Double
    var mass = 0.0
  }

  /// Error of a step, in widths of the kernel.
  private static let tolerance = 3e-3
  /// Walkers as close as this, in widths, have met: far below the error of a step.
  private static let meeting = 1e-4
  private static let mostRounds = 3000

  init(_ law: CloudLaw, beta: Double) {
    self.law = law
    self.beta = beta
    dimension = law.manifold.dimension
    sums = CloudSums(law, beta: beta)
    let d = law.manifold.dimension
    walkers = law.masses.indices.compactMap { i in
      law.masses[i] > 0
        ? Walker(place: Array(law.points[(i * d)..<((i + 1) * d)]), mass: law.masses[i]) : nil
    }
  }

  /// The width of the kernel, in radians.
  private var width: Double { 1 / (1 + beta).squareRoot() }

  /// Maxima of Z with the masses of the tokens that climb there; none where Z is constant.
  mutating func clusters() -> [Cluster] {
    if beta == 0 { return top() }
    let start = field(walkers.map(\.place))
    for w in walkers.indices { walkers[w].velocity = start.velocities[w] }
    var lowest = start.values.min() ?? 0
    meet()
    settle()
    for _ in 0..<Self.mostRounds where walkers.contains(where: \.isMoving) {
      walk()
      meet()
      settle()
    }
    let highest = tops.map(\.value).max() ?? 0
    // Where Z may be low: opposite to its tops, and along the axes.
    var probes = tops.flatMap { $0.place.map { -$0 } }
    for i in 0..<min(dimension, 16) {
      probes += (0..<dimension).map { $0 == i ? 1 : 0 }
    }
    lowest = min(lowest, sums.evaluate(probes).values.min() ?? lowest)
    guard highest - lowest > 1e-12 * highest else { return [] }
    for walker in walkers {
      var last = walker
      while let leader = last.leader { last = walkers[leader] }
      if let top = last.top { tops[top].mass += walker.mass }
    }
    return tops.map { Cluster(position: $0.place, mass: $0.mass) }
  }

  /// At β = 0 Z is ⟨x, ∫ y dμ⟩: one maximum, none where the mean is rounding.
  private func top() -> [Cluster] {
    let mean = law.mean
    let length = mean.reduce(0) { $0 + $1 * $1 }.squareRoot()
    guard length > 1e-12 else { return [] }
    return [Cluster(position: mean.map { $0 / length }, mass: law.mass)]
  }

  /// v and Z at places.
  private func field(_ places: [[Double]]) -> (velocities: [[Double]], values: [Double]) {
    let d = dimension
    let (slopes, values) = sums.evaluate(places.flatMap { $0 })
    let velocities = places.indices.map { w -> [Double] in
      var along = 0.0
      var square = 0.0
      for k in 0..<d {
        let slope = slopes[w * d + k]
        along += slope * places[w][k]
        square += slope * slope
      }
      // ⟨x, M⟩ ≤ 0 only far from all mass, where any pace will do.
      let size = max(along, 0.1 * square.squareRoot(), Double.leastNormalMagnitude)
      return (0..<d).map { (slopes[w * d + $0] - along * places[w][$0]) / size }
    }
    return (velocities, values)
  }

  /// One step of everybody who has not arrived.
  private mutating func walk() {
    let moving = walkers.indices.filter { walkers[$0].isMoving }
    func stage(_ slopes: [[Double]], _ factor: Double) -> [[Double]] {
      moving.indices.map { i in
        let walker = walkers[moving[i]]
        return CloudPeak.moved(walker.place, slopes[i], times: factor * walker.step)
      }
    }
    let k1 = moving.map { walkers[$0].velocity }
    let k2 = field(stage(k1, 0.5)).velocities
    let k3 = field(stage(k2, 0.75)).velocities
    let slopes = moving.indices.map { i in
      Self.sum(k1[i], 2.0 / 9, k2[i], 3.0 / 9, k3[i], 4.0 / 9)
    }
    let ends = stage(slopes, 1)
    let k4 = field(ends).velocities
    for (i, w) in moving.enumerated() {
      let difference = Self.sum(
        Self.sum(k1[i], -5.0 / 72, k2[i], 1.0 / 12, k3[i], 1.0 / 9), 1, k4[i], -1.0 / 8, k4[i], 0)
      let square = difference.reduce(0) { $0 + $1 * $1 }
      let error = walkers[w].step * square.squareRoot() / (Self.tolerance * width)
      if error <= 1 {
        walkers[w].place = ends[i]
        walkers[w].velocity = k4[i]
      }
      walkers[w].step *= min(3, max(0.3, 0.9 / cbrt(max(error, 1e-6))))
      walkers[w].step = min(walkers[w].step, 2)
    }
  }

  private static func sum(
    _ x: [Double], _ a: Double, _ y: [Double], _ b: Double, _ z: [Double], _ c: Double
  ) -> [Double] {
    x.indices.map { a * x[$0] + b * y[$0] + c * z[$0] }
  }

  /// Finds walkers that have met others.
  ///
  /// Along the line of one direction only neighbours can have met.
  private mutating func meet() {
    let close = Self.meeting * width
    let direction = CloudPeak.moved(
      (0..<dimension).map { sin(1 + 2.7 * Double($0)) }, [Double](repeating: 0, count: dimension))
    let heights = walkers.map { zip($0.place, direction).reduce(0) { $0 + $1.0 * $1.1 } }
    let order = walkers.indices.filter { walkers[$0].isMoving }.sorted { heights[$0] < heights[$1] }
    for (i, w) in order.enumerated() where walkers[w].isMoving {
      for v in order[(i + 1)...] {
        if heights[v] - heights[w] > close { break }
        guard walkers[v].isMoving, CloudPeak.distance(walkers[v].place, walkers[w].place) < close
        else { continue }
        walkers[v].leader = w
      }
    }
  }

  /// Finds tops near walkers that hardly move, and who has come to one.
  ///
  /// The slowest try first; where two have tried in vain the others are not ready either.
  private mutating func settle() {
    for w in walkers.indices where walkers[w].isMoving { arrive(w) }
    let slow = walkers.indices.filter {
      walkers[$0].isMoving && walkers[$0].speed <= walkers[$0].rest * width
    }
    var failures = 0
    for w in slow.sorted(by: { walkers[$0].speed < walkers[$1].speed }) {
      if !walkers[w].isMoving { continue }
      if failures == 2 { break }
      walkers[w].rest = min(walkers[w].rest, 0.25 * walkers[w].speed / width)
      let top = top(near: w)
      let isNew =
        top.map { top in
          tops.allSatisfy {
            CloudPeak.distance($0.place, top.place) >= max(0.01 * $0.reach, 1e-9 * width)
          }
        } ?? false
      if let top, isNew {
        // A walker that is still outside its reach goes on, and may yet turn elsewhere.
        tops.append(top)
        for other in walkers.indices where walkers[other].isMoving { arrive(other, newTop: true) }
      } else {
        failures += 1
      }
    }
  }

  private mutating func arrive(_ w: Int, newTop: Bool = false) {
    let candidates = newTop ? (tops.count - 1)..<tops.count : tops.indices
    walkers[w].top = candidates.first {
      CloudPeak.distance(tops[$0].place, walkers[w].place) < max(tops[$0].reach, 1e-9 * width)
    }
  }

  /// The top a walker has nearly come to; nil where it has not, or stands on a saddle, from which
  /// it is pushed off.
  private mutating func top(near w: Int) -> Top? {
    let start = walkers[w].place
    var peak = CloudPeak(at: start, of: sums)
    let speed = CloudPeak.distance(peak.pull, [Double](repeating: 0, count: dimension))
    for _ in 0..<30 {
      guard let step = peak.newtonStep() else { break }
      let next = CloudPeak(at: CloudPeak.moved(peak.place, step), of: sums)
      let length = CloudPeak.distance(next.place, peak.place)
      guard CloudPeak.distance(next.place, start) < 0.5 * width else { return nil }
      peak = next
      if length < 1e-12 * max(width, 1e-3) { break }
    }
    let rest = CloudPeak.distance(peak.pull, [Double](repeating: 0, count: dimension))
    if rest < 1e-9 * width {
      let known = tops.first { CloudPeak.distance($0.place, peak.place) < 0.01 * $0.reach }
      if let known { return known }
      let (softness, direction) = peak.softness()
      if softness > 0 {
        let reach = 0.5 * width * softness
        return Top(place: peak.place, value: peak.value, reach: reach)
      }
      if speed < 1e-9 * width {
        walkers[w].place = CloudPeak.moved(start, direction.map { 1e-3 * width * $0 })
        walkers[w].velocity = field([walkers[w].place]).velocities[0]
        walkers[w].rest = 0.02
      }
    }
    return nil
  }
}
