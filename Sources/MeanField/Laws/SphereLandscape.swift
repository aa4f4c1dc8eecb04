internal import Foundation
internal import Transforms

/// A smooth function on S², a series of harmonics, with its maxima and their basins of ascent.
///
/// A grid of at least four points per shortest wave finds candidates, Newton's method the maxima.
/// Points of the grid climb to their steepest neighbour; where neighbours end in different basins,
/// points follow the gradient itself.
struct SphereLandscape {
  struct Maximum {
    var place: SIMD3<Double>
    var value: Double
  }

  /// What `basin(of:)` counts: maxima, those of a connected set once, from the highest down.
  private(set) var maxima: [Maximum] = []
  private let series: SphericalHarmonics
  private let grid: SphereGrid
  private let values: [Double]
  /// The maximum every grid point climbs to; −1 for those below all that counts.
  private var labels: [Int] = []
  private let range: Double
  private let highestValue: Double

  /// - Parameters:
  ///   - coefficients: of Y_lm, l ≤ degree, in the order of `HarmonicLayout`.
  ///   - grid: the grid to look on; by default one that is fine enough.
  init(degree: Int, coefficients: [Double], grid: SphereGrid? = nil) {
    series = SphericalHarmonics(degree: degree, coefficients: coefficients)
    self.grid = grid ?? SphereGrid(landscapeDegree: degree, densityDegree: degree)
    values = self.grid.values(of: coefficients, degree: degree)
    highestValue = values.max() ?? 0
    range = highestValue - (values.min() ?? 0)
  }

  /// Whether there is nothing to climb.
  func isConstant(comparedTo size: Double) -> Bool { !(range > 1e-12 * size) }

  /// The highest point.
  func highest() -> Maximum {
    let best = values.indices.max { values[$0] < values[$1] } ?? 0
    return refined(grid.point(best))
  }

  /// Finds maxima above a value, and labels the grid.
  mutating func findBasins(above floor: Double) {
    let climbs = values.indices.map { steepestNeighbour($0) }
    let tops = values.indices.filter { climbs[$0] == $0 && values[$0] >= floor }
    let found = tops.map { refined(grid.point($0)) }
    // Candidates that are one maximum, or points of one ring, are joined.
    var owners = Array(found.indices)
    for i in found.indices {
      for j in 0..<i where areJoined(found[i], found[j]) {
        let (old, new) = (owners[i], owners[j])
        for k in owners.indices where owners[k] == old { owners[k] = new }
      }
    }
    let groups = Set(owners).sorted {
      best(found, owners, $0).value > best(found, owners, $1).value
    }
    maxima = groups.map { best(found, owners, $0) }
    var labelOfTop: [Int: Int] = [:]
    for (i, top) in tops.enumerated() { labelOfTop[top] = groups.firstIndex(of: owners[i]) }
    // From high to low every point knows where its neighbour ends.
    labels = [Int](repeating: -1, count: values.count)
    for j in values.indices.sorted(by: { values[$0] > values[$1] }) {
      labels[j] = climbs[j] == j ? labelOfTop[j] ?? -1 : labels[climbs[j]]
    }
    let coarse = labels
    for j in labels.indices
    where coarse[j] >= 0 && grid.neighbours(j).contains(where: { coarse[$0] != coarse[j] }) {
      labels[j] = followed(from: grid.point(j), coarse) ?? coarse[j]
    }
  }

  private func best(_ found: [Maximum], _ owners: [Int], _ owner: Int) -> Maximum {
    let own = found.indices.filter { owners[$0] == owner }
    return found[own.max { found[$0].value < found[$1].value } ?? own[0]]
  }

  private func steepestNeighbour(_ j: Int) -> Int {
    var best = j
    var steepest = 0.0
    let here = grid.point(j)
    for n in grid.neighbours(j) where values[n] > values[j] {
      let difference = grid.point(n) - here
      let slope = (values[n] - values[j]) / (difference * difference).sum().squareRoot()
      if slope > steepest { (steepest, best) = (slope, n) }
    }
    return best
  }

  /// Whether two maxima are the same, or lie on one ridge of constant height.
  private func areJoined(_ a: Maximum, _ b: Maximum) -> Bool {
    let gap = distance(a.place, b.place)
    if gap < 1e-6 { return true }
    guard abs(a.value - b.value) < 1e-9 * range, gap < 8 * grid.spacing else { return false }
    let middle = refined(Self.unit(a.place + b.place))
    return middle.value > a.value - 1e-9 * range
      && min(distance(middle.place, a.place), distance(middle.place, b.place)) > 0.2 * gap
  }

  /// The basin of a point: an index into `maxima`, −1 below all that counts.
  func basin(of point: SIMD3<Double>) -> Int {
    let corners = grid.corners(around: point)
    let label = labels[corners[0]]
    if corners.allSatisfy({ labels[$0] == label }) { return label }
    return followed(from: point, labels) ?? label
  }

  /// The basin of grid point j.
  func basin(ofGridPoint j: Int) -> Int { labels[j] }

  /// The label where a walk up the gradient comes to points that all have the same one.
  private func followed(from start: SIMD3<Double>, _ labels: [Int]) -> Int? {
    var place = start
    let step = 0.25 * grid.spacing
    for _ in 0..<400 {
      let gradient = series.jet(at: place).gradient
      let size = (gradient * gradient).sum().squareRoot()
      guard size > 0 else { break }
      let middle = Self.unit(place + (0.5 * step / size) * gradient)
      let slope = series.jet(at: middle).gradient
      let length = (slope * slope).sum().squareRoot()
      guard length > 0 else { break }
      place = Self.unit(place + (step / length) * slope)
      let corners = grid.corners(around: place)
      let label = labels[corners[0]]
      let ring = corners.flatMap { grid.neighbours($0) }
      if ring.allSatisfy({ labels[$0] == label }) { return label }
    }
    return nil
  }

  // MARK: Newton's method

  /// The maximum near a point; steps that do not climb are halved.
  private func refined(_ start: SIMD3<Double>) -> Maximum {
    var place = start
    var jet = series.jet(at: place)
    for _ in 0..<60 {
      let size = (jet.gradient * jet.gradient).sum().squareRoot()
      guard size > 1e-15 * max(range, 1e-300) else { break }
      var move = newtonMove(place, jet.gradient)
      let slope = (move * jet.gradient).sum()
      // Uphill, and no farther than the grid can tell.
      if !(slope > 0) { move = (grid.spacing / size) * jet.gradient }
      let length = (move * move).sum().squareRoot()
      if length > grid.spacing { move *= grid.spacing / length }
      var next = Self.unit(place + move)
      var climbed = series.jet(at: next)
      var halvings = 0
      while climbed.value < jet.value && halvings < 30 {
        move *= 0.5
        next = Self.unit(place + move)
        climbed = series.jet(at: next)
        halvings += 1
      }
      let moved = distance(next, place)
      guard climbed.value >= jet.value else { break }
      (place, jet) = (next, climbed)
      if moved < 1e-14 { break }
    }
    return Maximum(place: place, value: jet.value)
  }

  /// −H⁻¹∇f in the tangent plane, H by differences of the gradient.
  private func newtonMove(
    _ place: SIMD3<Double>, _ gradient: SIMD3<Double>
  ) -> SIMD3<Double> {
    let (u, v) = Self.tangents(at: place)
    let h = 1e-5
    func derivative(_ direction: SIMD3<Double>) -> SIMD3<Double> {
      let ahead = series.jet(at: Self.unit(place + h * direction)).gradient
      let behind = series.jet(at: Self.unit(place - h * direction)).gradient
      return (ahead - behind) * (0.5 / h)
    }
    let along = derivative(u)
    let across = derivative(v)
    let a = (along * u).sum()
    let b = 0.5 * ((along * v).sum() + (across * u).sum())
    let c = (across * v).sum()
    let (p, q) = ((gradient * u).sum(), (gradient * v).sum())
    let determinant = a * c - b * b
    // Only at a strict maximum does H say where the top is.
    guard a + c < 0, determinant > 1e-12 * (a * a + c * c) else { return .zero }
    return ((b * q - c * p) / determinant) * u + ((b * p - a * q) / determinant) * v
  }

  private func distance(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> Double {
    ((a - b) * (a - b)).sum().squareRoot()
  }

  static func unit(_ v: SIMD3<Double>) -> SIMD3<Double> { v / (v * v).sum().squareRoot() }

  /// Two orthonormal tangent vectors.
  private static func tangents(at x: SIMD3<Double>) -> (SIMD3<Double>, SIMD3<Double>) {
    let axis: SIMD3<Double> = abs(x.z) < 0.7 ? SIMD3(0, 0, 1) : SIMD3(1, 0, 0)
    let u = unit(axis - (axis * x).sum() * x)
    return (u, SIMD3(x.y * u.z - x.z * u.y, x.z * u.x - x.x * u.z, x.x * u.y - x.y * u.x))
  }
}
