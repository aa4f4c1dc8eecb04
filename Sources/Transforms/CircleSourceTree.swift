internal import Foundation

/// Sums in log form over weighted points of the circle, of which only those that count are visited.
///
/// Points stand in leaves of eight, crowds of a cell as sixteen masses at its Chebyshev nodes.
/// Leaves, and eights of leaves, and so on, know their arc and their largest mass; a branch is left
/// out when even its largest term, times the number of points, is 10⁻¹⁰ of a term known to be there.
final class CircleSourceTree {
  private let grid: CircleGrid
  private let beta: Double
  private var nodes = CircleNodes()
  private var bounds = ArcBounds()
  /// The leaves that count, in the end.
  private var candidates = IndexBuffer(count: 8)
  private var survivors = IndexBuffer(count: 8)
  private var candidateCount = 0
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
  func update(
    _ runs: borrowing CircleRuns, _ angles: UnsafeBufferPointer<Double>,
    masses: UnsafePointer<Double>, _ moments: borrowing CellMoments,
    _ polynomials: CellPolynomials
  ) {
    nodes.update(runs, angles, masses: masses, moments, polynomials)
    bounds.update(nodes)
    let leaves = nodes.leafCount + 8
    if first.count < leaves {
      first = VectorBuffer(count: leaves + leaves / 4)
      second = VectorBuffer(count: first.count)
      // A level is at most all leaves, the last eight of them filled up.
      candidates = IndexBuffer(count: first.count + 8)
      survivors = IndexBuffer(count: first.count + 8)
    }
    depth = 24 + log(Double(8 * leaves))
  }

  /// Finds the leaves that count anywhere in a cell.
  func findLeaves(near cell: Int) {
    let count = Double(grid.count)
    let scale = Vector(repeating: 2 * beta)
    let unit = Vector(repeating: 1 / count)
    let zero = Vector.zero
    let half = Vector(repeating: count / 2)
    var best = Vector(repeating: CircleNodes.nothing)
    let uppers = first
    candidates.base[0] = 0
    candidateCount = 1
    for level in stride(from: bounds.levels.count - 1, through: 0, by: -1) {
      let start = bounds.levels[level]
      let centers = bounds.centers.base + start
      let radii = bounds.radii.base + start
      let logMasses = bounds.logMasses.base + start
      for i in 0..<candidateCount {
        let candidate = candidates.base[i]
        let logMass = logMasses[candidate]
        // The distance of the centres around the circle, then of the nearest and farthest points.
        let difference = centers[candidate] - Double(cell)
        let away = difference.replacing(with: -difference, where: difference .< zero)
        let around = count - away
        let distance = away.replacing(with: around, where: around .< away)
        let radius = radii[candidate] + 0.5
        let near = distance - radius
        let far = distance + radius
        let least = sineOfHalfTurns(unit * near.replacing(with: zero, where: near .< zero))
        let most = sineOfHalfTurns(unit * far.replacing(with: half, where: far .> half))
        let lower = logMass.addingProduct(-scale, most * most)
        best.replace(with: lower, where: lower .> best)
        uppers.base[i] = logMass.addingProduct(-scale, least * least)
      }
      var largest = best[0]
      for lane in 1..<8 { largest = max(largest, best[lane]) }
      let threshold = largest - depth
      var survivorCount = 0
      for i in 0..<candidateCount {
        let candidate = 8 * candidates.base[i]
        for lane in 0..<8 {
          survivors.base[survivorCount] = candidate + lane
          survivorCount += uppers.numbers[8 * i + lane] > threshold ? 1 : 0
        }
      }
      swap(&candidates, &survivors)
      candidateCount = survivorCount
    }
  }

  /// log Z̄ and X at an angle θ of that cell, given as sin(θ/2) and cos(θ/2).
  func sums(sine: Double, cosine: Double) -> (logPartition: Double, quotient: Double) {
    let targetSine = Vector(repeating: sine)
    let targetCosine = Vector(repeating: cosine)
    let scale = Vector(repeating: -2 * beta)
    let one = Vector(repeating: 1)
    let sines = nodes.sines.base
    let cosines = nodes.cosines.base
    let logMasses = nodes.logMasses.base
    let weights = nodes.weights.base
    let leaves = candidates.base
    let exponents = first.base
    let slopes = second.base
    var largest = Vector(repeating: -.infinity)
    for i in 0..<candidateCount {
      let leaf = leaves[i]
      let s = sines[leaf]
      let c = cosines[leaf]
      let halfSine = (targetSine * c).addingProduct(-targetCosine, s)
      let halfCosine = (targetCosine * c).addingProduct(targetSine, s)
      let s2 = halfSine * halfSine
      let c2 = halfCosine * halfCosine
      // The smaller of both squares carries the smaller error.
      let square = s2.replacing(with: one - c2, where: c2 .< s2)
      let exponent = logMasses[leaf].addingProduct(scale, square)
      largest.replace(with: exponent, where: exponent .> largest)
      exponents[i] = exponent
      slopes[i] = halfSine * halfCosine
    }
    var reference = largest[0]
    for lane in 1..<8 { reference = max(reference, largest[lane]) }
    let log2e = Vector(repeating: 1.4426950408889634)
    var partition = Vector.zero
    var slope = Vector.zero
    for i in 0..<candidateCount {
      let kernel = weights[leaves[i]] * exponential2(log2e * (exponents[i] - reference))
      partition += kernel
      slope = slope.addingProduct(kernel, slopes[i])
    }
    let sum = partition.sum()
    return (reference + log(sum), max(-1, min(1, -2 * slope.sum() / sum)))
  }
}

/// sin πx for 0 ≤ x ≤ ½, to 2·10⁻¹⁵: the interpolant of sin(πx)/x at nine Chebyshev nodes in x².
@inline(__always)
private func sineOfHalfTurns(_ x: Vector) -> Vector {
  let q = x * x
  var sum = Vector(repeating: 5.690324587658374e-07)
  sum = Vector(repeating: -2.167800843757687e-05).addingProduct(sum, q)
  sum = Vector(repeating: 0.00046619848076234326).addingProduct(sum, q)
  sum = Vector(repeating: -0.007370407079001181).addingProduct(sum, q)
  sum = Vector(repeating: 0.08214588360330329).addingProduct(sum, q)
  sum = Vector(repeating: -0.5992645291163233).addingProduct(sum, q)
  sum = Vector(repeating: 2.550164039870639).addingProduct(sum, q)
  sum = Vector(repeating: -5.167712780049901).addingProduct(sum, q)
  sum = Vector(repeating: 3.141592653589793).addingProduct(sum, q)
  return x * sum
}
