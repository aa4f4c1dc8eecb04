internal import Foundation
internal import Transforms

/// A smooth function on S², a series of harmonics, with its maxima and their basins of ascent.
///
/// A grid of four points per shortest wave finds candidates, Newton's method the maxima. From the
/// highest point down every one of the grid follows the gradient to where the grid knows.
struct SphereLandscape {
  struct Maximum {
    var place: SIMD3<Double>
    var value: Double
  }

  /// What labels count: maxima, those of a connected set once, from the highest down.
  private(set) var maxima: [Maximum] = []
  /// Whether some maxima are rings.
  private(set) var hasRing = false
  let field: SphereField
  let grid: SphereGrid
  /// At the points of the grid.
  let values: [Double]
  /// The maximum every grid point climbs to; −1 for those that reach none that counts.
  private(set) var labels: [Int] = []
  /// Basins end below: no mass that counts is there.
  private(set) var floor = -Double.infinity
  /// The maxima of the points of the grid that are higher than all around.
  private var topLabels: [Int: Int] = [:]
  let series: SphericalHarmonics
  private let range: Double

  /// - Parameter coefficients: of Y_lm, l ≤ degree, in the order of `HarmonicLayout`.
  init(degree: Int, coefficients: [Double]) {
    series = SphericalHarmonics(degree: degree, coefficients: coefficients)
    let field = SphereField(
      degree: degree, coefficients: coefficients, latitudes: max(64, 2 * degree + 2),
      longitudes: SphericalHarmonicBasis.smoothCount(atLeast: max(128, 4 * degree + 4)))
    self.field = field
    grid = SphereGrid(latitudes: field.latitudes, longitudes: field.longitudes)
    values = (0..<grid.count).map { field.value($0) }
    range = (values.max() ?? 0) - (values.min() ?? 0)
  }

  /// Whether there is nothing to climb.
  func isConstant(comparedTo size: Double) -> Bool { !(range > 1e-12 * size) }

  /// The highest point.
  func highest() -> Maximum {
    let best = values.indices.max { values[$0] < values[$1] } ?? 0
    return polished(Maximum(place: field.point(best), value: values[best]))
  }

  // MARK: Basins

  /// Finds maxima above a value.
  mutating func findMaxima(above floor: Double) {
    self.floor = floor
    let tops = values.withUnsafeBufferPointer { values in
      values.indices.filter { values[$0] >= floor && grid.surroundings(of: $0, values).isTop }
    }
    let found = tops.map { climbed(from: field.point($0)) }
    var rings: [SphereRing] = []
    var owners: [Int] = []
    var groups: [Maximum] = []
    for top in found.sorted(by: { $0.value > $1.value }) {
      let known = groups.firstIndex { ($0.place - top.place).length < 1e-3 * field.spacing }
      if known == nil && !rings.contains(where: { $0.holds(top) }) {
        if let ring = SphereRing(through: top, of: series, spacing: field.spacing, range: range) {
          rings.append(ring)
          groups.append(Maximum(place: ring.place, value: top.value))
        } else {
          groups.append(Maximum(place: top.place, value: top.value))
        }
      }
    }
    hasRing = !rings.isEmpty
    maxima = groups
    for top in found {
      let own = groups.firstIndex { ($0.place - top.place).length < 1e-3 * field.spacing }
      let ring = rings.first { $0.holds(top) }
      owners.append(own ?? groups.firstIndex { $0.place == ring?.place } ?? -1)
    }
    topLabels = Dictionary(uniqueKeysWithValues: zip(tops, owners))
  }

  /// Finds the basin of every point of the grid.
  mutating func labelGrid() {
    // −2: not yet.
    labels = [Int](repeating: maxima.count == 1 ? 0 : -2, count: values.count)
    if maxima.count < 2 { return }
    for (top, owner) in topLabels { labels[top] = owner }
    for j in values.indices.sorted(by: { values[$0] > values[$1] }) where labels[j] == -2 {
      if let label = labelAround(j) {
        labels[j] = label
        continue
      }
      // Near a top, where a walk would go round and round, the way is short.
      let label = values[j] > floor ? followed(from: field.point(j), reach: 0, steps: 8) : nil
      labels[j] = label ?? labelOfHighestNeighbour(j)
    }
  }

  /// The label of the higher points up to two rows and columns away, where they have one in common:
  /// a border is a line of the flow, and both of its sides are among the points that are higher.
  private func labelAround(_ j: Int) -> Int? {
    let (row, column) = (j / grid.longitudes, j % grid.longitudes)
    guard row >= 2, row < grid.latitudes - 2, column >= 2, column < grid.longitudes - 2 else {
      return nil
    }
    var common = -2
    for r in -2...2 {
      let start = j + r * grid.longitudes
      for k in (start - 2)...(start + 2) where labels[k] != -2 {
        if common == -2 { common = labels[k] }
        if labels[k] != common { return nil }
      }
    }
    return common >= 0 ? common : nil
  }

  private func labelOfHighestNeighbour(_ j: Int) -> Int {
    let known = grid.neighbours(j).filter { labels[$0] > -2 && values[$0] >= values[j] }
    return known.max { values[$0] < values[$1] }.map { labels[$0] } ?? -1
  }

  /// The basin of a point: an index into `maxima`, −1 where there is none.
  func basin(of point: SIMD3<Double>) -> Int {
    let (row, column) = field.cell(of: point)
    if let label = commonLabel(row, column, reach: 0) { return label }
    return followed(from: point, reach: 1) ?? labels[grid.corners(row, column).0]
  }

  /// The label of all corners of a cell, and of those around it, where they have the same one.
  private func commonLabel(_ row: Int, _ column: Int, reach: Int) -> Int? {
    var common: Int?
    for r in (row - reach)...(row + reach) where r >= -1 && r < grid.latitudes {
      for c in (column - reach)...(column + reach) {
        let wrapped = (c + grid.longitudes) % grid.longitudes
        let (p, q, s, t) = grid.corners(r, wrapped)
        let label = labels[p]
        guard label >= -1, labels[q] == label, labels[s] == label, labels[t] == label,
          common ?? label == label
        else { return nil }
        common = label
      }
    }
    return common
  }

  /// The label where a walk up the gradient comes to cells whose corners all have the same one.
  ///
  /// - Parameter reach: how many cells around must agree.
  func followed(from start: SIMD3<Double>, reach: Int, steps: Int = 600) -> Int? {
    var place = start
    let length = 0.75 * field.spacing
    for _ in 0..<steps {
      guard let next = step(from: place, length: length, uphill: true) else { return nil }
      place = next
      let (row, column) = field.cell(of: place)
      if let label = commonLabel(row, column, reach: reach) { return label }
    }
    return nil
  }

  /// The maximum to which a walk up the gradient leads, without labels; nil where it gets nowhere.
  func maximumAbove(_ start: SIMD3<Double>) -> Int? {
    var place = start
    for _ in 0..<2000 {
      guard let next = step(from: place, length: 0.75 * field.spacing, uphill: true) else {
        return nil
      }
      place = next
      let near = maxima.firstIndex { ($0.place - place).length < field.spacing }
      if let near { return near }
    }
    return nil
  }

  /// A step of given length along the gradient (classical Runge–Kutta), nil at a critical point.
  func step(from place: SIMD3<Double>, length: Double, uphill: Bool) -> SIMD3<Double>? {
    let signed = uphill ? length : -length
    func direction(_ x: SIMD3<Double>) -> SIMD3<Double>? {
      let gradient = field.gradient(at: x)
      let size = gradient.length
      return size > 0 ? gradient / size : nil
    }
    guard let k1 = direction(place),
      let k2 = direction((place + 0.5 * signed * k1).direction),
      let k3 = direction((place + 0.5 * signed * k2).direction),
      let k4 = direction((place + signed * k3).direction)
    else { return nil }
    let slope = (k1 + 2 * k2 + 2 * k3 + k4) * (1.0 / 6)
    return (place + signed * slope).direction
  }
}
