internal import Foundation
internal import Transforms

/// A law on the circle: its moments and its distribution function, of a density or of tokens.
public struct CircleLaw: Law {
  /// The solver's grid, or the tokens.
  public var angles: [Double]
  /// μ at the angles, summing to one.
  public var masses: [Double]
  /// dμ/dσ at the angles; nil for tokens.
  public var densities: [Double]?
  /// As many moments as the solver keeps: at least K(β) unless the density is smoother.
  public var moments: Moments
  /// Densities below it are rounding.
  public var floor: Double

  init(
    angles: [Double], masses: [Double], densities: [Double]?, moments: Moments, floor: Double
  ) {
    self.angles = angles
    self.masses = masses
    self.densities = densities
    self.moments = moments
    self.floor = floor
  }

  /// The distribution function, found anew: of tokens it takes a sort.
  public var cumulative: CumulativeLaw {
    densities == nil ? .tokens(angles: angles, masses: masses) : .density(moments)
  }

  public var mass: Double { moments.real(0) }
  public var mean: [Double] { [moments.real(1), -moments.imaginary(1)] }
  public var points: [Double] { densities == nil ? angles : [] }
  public var tokenCount: Int { points.count }

  // MARK: Clusters

  public func clusters(_ attention: Attention) -> [Cluster] {
    let landscape = CircleLandscape(moments: moments, attention: attention)
    let maxima = landscape.maxima()
    guard maxima.count > 1 else {
      return maxima.map { Cluster(position: [wrappedAngle($0)], mass: mass) }
    }
    let masses = masses(between: landscape.minima(between: maxima))
    return Cluster.ranked(
      zip(maxima, masses).map { Cluster(position: [wrappedAngle($0)], mass: $1) })
  }

  /// Mass of every arc that ends at one of the places and begins at the one before.
  ///
  /// - Parameter places: at least two, in the order in which they follow one another on the circle.
  func masses(between places: [Double]) -> [Double] {
    let count = places.count
    if densities != nil {
      let cumulative = cumulative
      return places.indices.map {
        cumulative.mass(from: places[($0 + count - 1) % count], to: places[$0])
      }
    }
    let ends = places.map(wrappedAngle)
    let (below, total) = massesBelow(ends, angles: angles, masses: masses)
    // The arc to the first end begins at the last, across 0.
    let first = ends.indices.min { ends[$0] < ends[$1] }
    return places.indices.map {
      below[$0] - below[($0 + count - 1) % count] + ($0 == first ? total : 0)
    }
  }

  // MARK: On the grid of a file

  public func density(on chart: Chart) -> [Double]? {
    guard densities != nil else { return nil }
    let count = chart.pointCount
    // Modes that agree on the grid are added up: e^{ikθ} = e^{i(k mod count)θ} at its points.
    let grid = RealFourierTransform(count: count)
    grid.clearCoefficients()
    let coefficients = grid.coefficients
    func add(_ k: Int, _ real: Double, _ imaginary: Double) {
      let place = ((k % count) + count) % count
      guard 2 * place <= count else { return }
      coefficients[2 * place] += real
      coefficients[2 * place + 1] += imaginary
    }
    add(0, moments.real(0), 0)
    for k in 1..<max(1, moments.count) {
      add(k, moments.real(k), moments.imaginary(k))
      add(-k, moments.real(k), -moments.imaginary(k))
    }
    grid.synthesize()
    return (0..<count).map { grid.samples[$0] }
  }

  public func logDensity(on chart: Chart) -> [Double]? {
    density(on: chart)?.map { $0 > max(0, floor) ? log($0) : .nan }
  }

  public func moments(for chart: Chart) -> [[Double]] {
    let count = chart.count(of: chart.tables[0])
    let kept = moments.resized(to: count)
    return [(0..<count).map(kept.real), (0..<count).map(kept.imaginary)]
  }

  // MARK: Against other laws

  public func moments(degrees: [Int]) -> [Double] {
    degrees.flatMap { [moments.real($0), moments.imaginary($0)] }
  }

  public func distances(to tokens: [any Law], threads: Int) -> [[Double]] {
    let curve = MassCurve(cumulative)
    let others = tokens.compactMap { $0 as? CircleLaw }
    precondition(others.count == tokens.count, "laws on the circle are compared with such")
    return parallelMap(count: others.count, threads: threads) { m in
      CircularDistances(curve, MassCurve(others[m].cumulative)).values
    }
  }
}
