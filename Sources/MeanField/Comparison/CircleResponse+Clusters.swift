internal import Foundation

/// Clusters of the law and how sources move them.
///
/// A maximum p of Z moves by −δZ′(p)/Z″(p), and so does a minimum a. The mass of a basin changes by
/// the sources inside and by what passes its borders: at a, (f/2π)(Ξ − δa), what the displaced
/// labels carry past a border that moves itself.
extension CircleResponse {
  public func clusterSpreads(
    of law: any Law, _ clusters: [Cluster], attention: Attention, tokens: Int
  ) -> [ClusterSpread] {
    let modes = KernelSpectrum(beta: attention.beta, dimension: 2).modes
    let moments = Moments(values: law.moments(degrees: Array(0...modes)))
    let landscape = CircleLandscape(moments: moments, attention: attention)
    let basins = CircleBasins(landscape, response: self, density: law as? CircleLaw)
    return clusters.map { cluster in
      guard let i = basins.index(nearestTo: cluster.position[0]) else { return .unknown }
      return ClusterSpread(
        position: deviation(basins.topShifts[i], tokens: tokens),
        mass: deviation(basins.massChanges(i), tokens: tokens))
    }
  }

  /// Standard deviation of what sources cause, for N draws.
  private func deviation(_ influence: [Double], tokens: Int) -> Double {
    let mean = zip(influence, masses).reduce(0) { $0 + $1.0 * $1.1 }
    let square = zip(influence, masses).reduce(0) { sum, pair in
      sum + pair.1 * (pair.0 - mean) * (pair.0 - mean)
    }
    return (square / Double(tokens)).squareRoot()
  }

  /// The point at or before an angle, and how far the angle is on the way to the next.
  fileprivate func place(of angle: Double) -> (point: Int, share: Double) {
    let offset = wrappedAngle(angle - angles[0])
    let next = angles.firstIndex { $0 - angles[0] > offset } ?? angles.count
    let start = angles[next - 1] - angles[0]
    let end = next < angles.count ? angles[next] - angles[0] : 2 * Double.pi
    return (next - 1, end > start ? (offset - start) / (end - start) : 0)
  }

  /// Displacements by every source, at an angle between labels.
  fileprivate func displacement(at angle: Double, width: Double) -> [Double] {
    let n = count
    guard !hasOrder else {
      let (point, share) = place(of: angle)
      let next = (point + 1) % angles.count
      return (0..<n).map {
        (1 - share) * displacements[point * n + $0] + share * displacements[next * n + $0]
      }
    }
    // Labels at random places: a mean over those near by, three of them at least.
    var width = width
    var weights: [Double] = []
    repeat {
      weights = angles.map { other in
        let distance = remainder(other - angle, 2 * Double.pi) / width
        return exp(-0.5 * distance * distance)
      }
      width *= 1.25
    } while width < 1 && Self.effectiveCount(weights) < 3
    let total = max(weights.reduce(0, +), .leastNormalMagnitude)
    var result = [Double](repeating: 0, count: n)
    for j in 0..<n {
      for b in 0..<n { result[b] += weights[j] / total * displacements[j * n + b] }
    }
    return result
  }
}

extension CircleResponse {
  /// (Σ w)²/Σ w².
  private static func effectiveCount(_ weights: [Double]) -> Double {
    let sum = weights.reduce(0, +)
    let squares = weights.reduce(0) { $0 + $1 * $1 }
    return squares > 0 ? sum * sum / squares : 0
  }
}

/// Maxima of Z with their borders, and what sources do to them.
private struct CircleBasins {
  private let response: CircleResponse
  private let tops: [Double]
  /// borders[i] is between tops i and i + 1.
  private let borders: [Double]
  /// δp of every top by every source.
  let topShifts: [[Double]]
  /// What passes every border, counterclockwise.
  private let crossings: [[Double]]

  /// - Parameter density: the law where its density is known anywhere.
  init(_ landscape: CircleLandscape, response: CircleResponse, density: CircleLaw?) {
    self.response = response
    tops = landscape.maxima()
    borders = tops.count > 1 ? landscape.minima(between: tops) : []
    topShifts = tops.map { landscape.shifts(at: $0, response) }
    var crossings: [[Double]] = []
    for (i, border) in borders.enumerated() {
      let shifts = landscape.shifts(at: border, response)
      crossings.append(
        response.hasOrder
          ? Self.crossing(
            border, shifts: shifts, between: tops[i], and: tops[(i + 1) % tops.count], response)
          : Self.noisyCrossing(border, shifts, landscape.width, response, density))
    }
    self.crossings = crossings
  }

  func index(nearestTo angle: Double) -> Int? {
    func distance(_ i: Int) -> Double { abs(remainder(tops[i] - angle, 2 * Double.pi)) }
    return tops.indices.min { distance($0) < distance($1) }
  }

  /// Changes of a basin's mass.
  func massChanges(_ i: Int) -> [Double] {
    guard !borders.isEmpty else { return response.masses.map { _ in 0 } }
    let before = (i + borders.count - 1) % borders.count
    let width = wrappedAngle(borders[i] - borders[before])
    let isInside = response.angles.map { wrappedAngle($0 - borders[before]) < width }
    var changes = response.points.owners.map { isInside[$0] ? 1.0 : 0 }
    for p in isInside.indices where isInside[p] {
      let transfers = response.points[p].transfers
      for b in transfers.indices { changes[b] += transfers[b] }
    }
    for b in changes.indices { changes[b] += crossings[before][b] - crossings[i][b] }
    return changes
  }

  /// From the labels on either side, each by its own density and its displacement relative to that
  /// of the landscape.
  ///
  /// The landscape moves like the border at the border and like the top at the top. Where a void has
  /// opened and the labels have gone down into the clusters, what they were displaced when they were
  /// near the border is what is left.
  private static func crossing(
    _ border: Double, shifts: [Double], between left: Double, and right: Double,
    _ response: CircleResponse
  ) -> [Double] {
    let (point, share) = response.place(of: border)
    let next = (point + 1) % response.angles.count
    let turn = 2 * Double.pi
    func flux(_ p: Int, towards top: Double) -> [Double] {
      // What crossed beside a cluster or a settled point is among their masses.
      guard response.points[p].hasDensity, !response.points[p].isSettled else {
        return shifts.map { _ in 0 }
      }
      let whole = abs(remainder(top - border, turn))
      let way = abs(remainder(response.angles[p] - border, turn))
      let t = whole > 0 ? min(way / whole, 1) : 0
      let topShare = t * t * (3 - 2 * t)
      let top = response.displacement(at: top, width: 0)
      let density = response.densities[p] / turn
      return shifts.indices.map { b in
        let landscape = (1 - topShare) * shifts[b] + topShare * top[b]
        return density * (response.displacements[p * response.count + b] - landscape)
      }
    }
    // Across a gap either side counts as its masses do once it has joined a cluster.
    let tear = max(response.torn.stretches[point], response.torn.stretches[next])
    let weight = share + tear * (response.points[point].nextShare - share)
    let before = flux(point, towards: left)
    let after = flux(next, towards: right)
    return zip(before, after).map { (1 - weight) * $0 + weight * $1 }
  }

  /// The density is that of the law, since labels are too few to tell it.
  ///
  /// A quarter of the kernel's width blurs displacements less than they scatter over random labels.
  private static func noisyCrossing(
    _ border: Double, _ shifts: [Double], _ width: Double, _ response: CircleResponse,
    _ law: CircleLaw?
  ) -> [Double] {
    guard let law else { return shifts.map { _ in .nan } }
    let ones = [Double](repeating: 1, count: law.moments.count)
    let density = max(0, law.moments.series(ones, at: border)) / (2 * Double.pi)
    let moved = response.displacement(at: border, width: 0.25 * width)
    return zip(moved, shifts).map { density * ($0 - $1) }
  }
}

extension CircleLandscape {
  /// −δZ′/Z″ at a critical point for every source; zero in voids, where no mass is near.
  fileprivate func shifts(at angle: Double, _ response: CircleResponse) -> [Double] {
    let bend = curvature(at: angle)
    guard abs(bend) > 1e-12 * largestCurvature else {
      return response.angles.map { _ in 0 }
    }
    let values = response.angles.map { kernel(angle - $0).slope }
    let slopes = response.angles.map { -kernel(angle - $0).curvature }
    return response.influence(values: values, slopes: slopes).map { -$0 / bend }
  }
}
