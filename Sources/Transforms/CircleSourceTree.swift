internal import Foundation

/// Sums in log form over weighted points of the circle, of which only those that count are visited.
///
/// Points stand in leaves of eight, crowds of a cell as sixteen masses at its Chebyshev nodes.
/// Leaves, and eights of leaves, and so on, know their arc and their largest mass; a branch is left
/// out when even its largest term, times the number of points, is 10⁻¹¹ of a term known to be there.
struct CircleSourceTree {
  private let grid: CircleGrid
  private let beta: Double
  private var nodes = CircleNodes()
  private var bounds = ArcBounds()
  private var candidates: [Int] = []
  private var survivors: [Int] = []
  /// Of every candidate: the largest its terms can be; then exponents and slopes of leaves.
  private var first = VectorBuffer(count: 1)
  private var second = VectorBuffer(count: 1)
  /// log of the ratio from which a term counts.
  private var depth = 0.0

  init(grid: CircleGrid, beta: Double) {
    self.grid = grid
    self.beta = beta
  }

  /// Takes in the points of all runs, those of longer runs by their moments.
  mutating func update(
    _ runs: borrowing CircleRuns, _ angles: UnsafeBufferPointer<Double>,
    masses: UnsafePointer<Double>, _ moments: borrowing CellMoments,
    _ polynomials: CellPolynomials
  ) {
    nodes.update(runs, angles, masses: masses, moments, polynomials)
    bounds.update(nodes)
    let leaves = nodes.leafCount + 8
    if first.count < leaves {
      first = VectorBuffer(count: leaves + leaves / 4)
      second = VectorBuffer(count: leaves + leaves / 4)
    }
    depth = 26 + log(Double(8 * leaves))
  }

  /// log Z̄ and X at an angle, which stands at place s of a cell.
  mutating func sums(
    at angle: Double, cell: Int, place: Double
  ) -> (logPartition: Double, quotient: Double) {
    findLeaves(near: Double(cell) + place / 2)
    return sumLeaves(sin(angle / 2), cos(angle / 2))
  }

  /// log Z̄ and X at place s of a cell.
  mutating func sums(
    atNode place: Double, ofCell cell: Int
  ) -> (logPartition: Double, quotient: Double) {
    findLeaves(near: Double(cell) + place / 2)
    let half = grid.halfAngle(cell: cell, place: place)
    let (s, c) = (sin(half.angle), cos(half.angle))
    return sumLeaves(s.addingProduct(c, half.rest), c.addingProduct(-s, half.rest))
  }

  /// Writes `candidates`, the leaves that count at a position in units of cells.
  private mutating func findLeaves(near position: Double) {
    let count = Double(grid.count)
    let scale = Vector(repeating: 2 * beta)
    let unit = Vector(repeating: Double.pi / count)
    let zero = Vector.zero
    let half = Vector(repeating: count / 2)
    var best = Vector(repeating: CircleNodes.nothing)
    candidates.removeAll(keepingCapacity: true)
    candidates.append(0)
    for level in stride(from: bounds.levels.count - 1, through: 0, by: -1) {
      let start = bounds.levels[level]
      for (i, candidate) in candidates.enumerated() {
        let center = bounds.centers.base[start + candidate]
        let radius = bounds.radii.base[start + candidate]
        let logMass = bounds.logMasses.base[start + candidate]
        // The distance of the centres around the circle, then of the nearest and farthest points.
        let difference = center - position
        let away = difference.replacing(with: -difference, where: difference .< zero)
        let around = count - away
        let distance = away.replacing(with: around, where: around .< away)
        let near = distance - radius
        let far = distance + radius
        let least = sineCosine(unit * near.replacing(with: zero, where: near .< zero)).sine
        let most = sineCosine(unit * far.replacing(with: half, where: far .> half)).sine
        let lower = logMass.addingProduct(-scale, most * most)
        best.replace(with: lower, where: lower .> best)
        first.base[i] = logMass.addingProduct(-scale, least * least)
      }
      var largest = best[0]
      for lane in 1..<8 { largest = max(largest, best[lane]) }
      let threshold = largest - depth
      survivors.removeAll(keepingCapacity: true)
      for (i, candidate) in candidates.enumerated() {
        let upper = first.base[i]
        for lane in 0..<8 where upper[lane] > threshold { survivors.append(8 * candidate + lane) }
      }
      swap(&candidates, &survivors)
    }
  }

  /// The sums over the candidates, relative to their largest term.
  private func sumLeaves(_ sine: Double, _ cosine: Double) -> (Double, Double) {
    let targetSine = Vector(repeating: sine)
    let targetCosine = Vector(repeating: cosine)
    let scale = Vector(repeating: -2 * beta)
    let one = Vector(repeating: 1)
    var largest = Vector(repeating: -.infinity)
    for (i, leaf) in candidates.enumerated() {
      let s = nodes.sines.base[leaf]
      let c = nodes.cosines.base[leaf]
      let halfSine = (targetSine * c).addingProduct(-targetCosine, s)
      let halfCosine = (targetCosine * c).addingProduct(targetSine, s)
      let s2 = halfSine * halfSine
      let c2 = halfCosine * halfCosine
      // The smaller of both squares carries the smaller error.
      let square = s2.replacing(with: one - c2, where: c2 .< s2)
      let exponent = nodes.logMasses.base[leaf].addingProduct(scale, square)
      largest.replace(with: exponent, where: exponent .> largest)
      first.base[i] = exponent
      second.base[i] = halfSine * halfCosine
    }
    var reference = largest[0]
    for lane in 1..<8 { reference = max(reference, largest[lane]) }
    let log2e = Vector(repeating: 1.4426950408889634)
    var partition = Vector.zero
    var slope = Vector.zero
    for (i, leaf) in candidates.enumerated() {
      let kernel = nodes.weights.base[leaf] * exponential2(log2e * (first.base[i] - reference))
      partition += kernel
      slope = slope.addingProduct(kernel, second.base[i])
    }
    let sum = partition.sum()
    return (reference + log(sum), max(-1, min(1, -2 * slope.sum() / sum)))
  }
}
