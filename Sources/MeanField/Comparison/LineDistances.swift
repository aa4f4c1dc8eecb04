/// A law on a line as a curve (position, mass below it): vertices of a nondecreasing polygon.
///
/// Vertical pieces are atoms, horizontal ones voids. The first level is 0, the last one 1.
struct LineCurve: Sendable {
  /// Ascending.
  var positions: [Double]
  /// Nondecreasing from 0 to 1.
  var levels: [Double]

  init(positions: [Double], levels: [Double]) {
    self.positions = positions
    self.levels = levels
  }

  /// Mass below a position.
  func level(at position: Double) -> Double {
    let next = positions.partitioningIndex { $0 > position }
    if next == 0 { return 0 }
    if next == positions.count { return 1 }
    let s = (position - positions[next - 1]) / (positions[next] - positions[next - 1])
    return (1 - s) * levels[next - 1] + s * levels[next]
  }

  /// Atoms at positions in any order.
  init(atoms: [Double], masses: [Double]) {
    let order = AscendingOrder(atoms)
    var positions: [Double] = []
    var levels: [Double] = []
    positions.reserveCapacity(2 * atoms.count)
    levels.reserveCapacity(2 * atoms.count)
    var level = 0.0
    for (position, i) in zip(order.values, order.places) {
      positions.append(position)
      positions.append(position)
      levels.append(level)
      level += masses[Int(i)]
      levels.append(level)
    }
    // Rounding must not leave mass beyond the last atom.
    if !levels.isEmpty { levels[levels.count - 1] = 1 }
    self.init(positions: positions, levels: levels)
  }
}

/// Distances between two laws on a line, exact for polygons.
struct LineDistances: Sendable, Equatable {
  /// W₁ = ∫ |F − G| dx.
  var wasserstein1 = 0.0
  /// W₂² = ∫ (F⁻¹(u) − G⁻¹(u))² du.
  var wasserstein2 = 0.0
  /// ∫ (F − G)² dx.
  var squareIntegral = 0.0

  init(_ first: LineCurve, _ second: LineCurve) {
    addHeights(first, second)
    addPositions(first, second)
  }

  /// W₁ alone.
  static func wasserstein1(_ first: LineCurve, _ second: LineCurve) -> Double {
    var distances = LineDistances()
    distances.addHeights(first, second)
    return distances.wasserstein1
  }

  private init() {}

  /// Integrals of F − G over positions, piece by piece between all vertices.
  private mutating func addHeights(_ f: LineCurve, _ g: LineCurve) {
    var i = 0
    var j = 0
    var place = min(f.positions.first ?? .infinity, g.positions.first ?? .infinity)
    while place.isFinite {
      while i < f.positions.count && f.positions[i] <= place { i += 1 }
      while j < g.positions.count && g.positions[j] <= place { j += 1 }
      guard i < f.positions.count || j < g.positions.count else { return }
      let next = min(
        i < f.positions.count ? f.positions[i] : .infinity,
        j < g.positions.count ? g.positions[j] : .infinity)
      let a = Self.height(f, i, place) - Self.height(g, j, place)
      let b = Self.height(f, i, next) - Self.height(g, j, next)
      let width = next - place
      squareIntegral += width * (a * a + a * b + b * b) / 3
      wasserstein1 +=
        a * b >= 0 ? width * abs(a + b) / 2 : width * (a * a + b * b) / (2 * abs(b - a))
      place = next
    }
  }

  /// Height at a position of the edge that ends in vertex i.
  private static func height(_ f: LineCurve, _ i: Int, _ position: Double) -> Double {
    if i == 0 { return 0 }
    if i == f.positions.count { return f.levels[i - 1] }
    let (left, right) = (f.positions[i - 1], f.positions[i])
    let s = right > left ? (position - left) / (right - left) : 1
    return (1 - s) * f.levels[i - 1] + s * f.levels[i]
  }

  /// The integral of (F⁻¹ − G⁻¹)² over levels.
  private mutating func addPositions(_ f: LineCurve, _ g: LineCurve) {
    var i = 1
    var j = 1
    var level = 0.0
    var sum = 0.0
    while true {
      while i < f.levels.count && f.levels[i] <= level { i += 1 }
      while j < g.levels.count && g.levels[j] <= level { j += 1 }
      guard i < f.levels.count, j < g.levels.count else { break }
      let next = min(f.levels[i], g.levels[j])
      let a = Self.position(f, i, level) - Self.position(g, j, level)
      let b = Self.position(f, i, next) - Self.position(g, j, next)
      sum += (next - level) * (a * a + a * b + b * b) / 3
      level = next
    }
    wasserstein2 = sum.squareRoot()
  }

  /// Position at a level of the edge that ends in vertex i.
  private static func position(_ f: LineCurve, _ i: Int, _ level: Double) -> Double {
    let s = (level - f.levels[i - 1]) / (f.levels[i] - f.levels[i - 1])
    return (1 - s) * f.positions[i - 1] + s * f.positions[i]
  }
}

extension [Double] {
  /// The first index from which on a condition holds, if it fails before and holds after it.
  fileprivate func partitioningIndex(where isBeyond: (Double) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if isBeyond(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
