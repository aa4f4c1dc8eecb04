internal import Foundation

/// log Z and X = X̄/Z̄ of weighted points on the circle, right however small Z̄ is.
///
///     Z̄(θ) = Σ_j m_j e^{β(cos(θ − θ_j) − 1)},   X̄(θ) = −Σ_j m_j e^{β(cos(θ − θ_j) − 1)} sin(θ − θ_j)
///
/// A transform knows Z̄ to 10⁻¹⁵ of its maximum; in a void between clusters Z̄ falls to e^{−2β} of
/// that, and X̄/Z̄ would be rounding. Here every number is a sum of positive terms, relative to its
/// largest, so that log Z̄ and X are right to 10⁻⁹ for masses from 10⁻³⁰⁰ up and β ≤ 10⁶, and
/// |X| ≤ 1.
///
/// Points are gathered in cells of width 4.4/β. A crowd of points in a cell is worth sixteen numbers,
/// its moments, a crowd of targets a polynomial of degree 15; between cells few terms count, the
/// others being smaller than the largest by 10¹⁰ times their number.
public final class CircleVoidSums {
  /// β.
  public let beta: Double

  private let grid: CircleGrid
  private let polynomials = CellPolynomials()
  private let table: CellKernelTable?
  private let tree: CircleSourceTree
  private var sources: CircleRuns
  private var targets: CircleRuns
  private var moments = CellMoments()
  private var hasSources = false
  private var orderedMasses: [Double] = []
  /// log of the mass in every cell, where there is a table, and its kernel at the cell at hand.
  private let logMasses: VectorBuffer
  private let exponents: VectorBuffer
  /// Powers of Z on the cell at hand, and values at its nodes.
  private let scratch = VectorBuffer(count: 4)

  /// Cells of a circle beyond which a table of all their kernels is too large to pay.
  private static let largestTable = 512

  /// - Parameter beta: inverse temperature, 0 < β ≤ 10⁶.
  public init(beta: Double) {
    precondition(beta > 0 && beta <= 1e6, "an inverse temperature in (0, 10⁶]")
    self.beta = beta
    grid = CircleGrid(beta: beta)
    // Below β = 1 a slope from the powers of Z, divided by β, would lose digits.
    table =
      beta >= 1 && grid.count <= Self.largestTable
      ? CellKernelTable(grid: grid, beta: beta, polynomials: polynomials) : nil
    let room = table == nil ? 1 : (grid.count + 7) / 8
    logMasses = VectorBuffer(count: room)
    exponents = VectorBuffer(count: room)
    for cell in 0..<(8 * room) { logMasses.numbers[cell] = -.infinity }
    tree = CircleSourceTree(grid: grid, beta: beta)
    sources = CircleRuns(grid: grid)
    targets = CircleRuns(grid: grid)
  }

  /// Takes in the points whose sums are wanted; O(N), fastest where they are sorted or nearly so.
  ///
  /// - Parameters:
  ///   - angles: N ≥ 1 angles, any real numbers below 10⁵.
  ///   - masses: N masses, zero or at least 10⁻³⁰⁰, not all zero.
  public func setSources(
    angles: UnsafeBufferPointer<Double>, masses: UnsafeBufferPointer<Double>
  ) {
    precondition(angles.count > 0 && masses.count == angles.count, "one mass for every point")
    hasSources = true
    if table != nil {
      moments.update(cellsOf: grid, angles, masses: masses.baseAddress.unsafelyUnwrapped)
      for cell in 0..<grid.count { logMasses.numbers[cell] = moments.logMasses[cell] }
      return
    }
    sources.update(angles)
    if sources.isInOrder {
      gather(angles, masses.baseAddress.unsafelyUnwrapped)
      return
    }
    if orderedMasses.count < masses.count {
      orderedMasses = [Double](repeating: 0, count: masses.count)
    }
    let order = sources.order
    for i in masses.indices { orderedMasses[i] = masses[Int(order[i])] }
    orderedMasses.withUnsafeBufferPointer { gather(angles, $0.baseAddress.unsafelyUnwrapped) }
  }

  private func gather(_ angles: UnsafeBufferPointer<Double>, _ masses: UnsafePointer<Double>) {
    moments.update(crowdsOf: sources, masses: masses)
    tree.update(sources, angles, masses: masses, moments, polynomials)
  }

  /// Writes log Z̄ and X̄/Z̄ at any points, to 10⁻⁹; O(M) where they are sorted or nearly so.
  ///
  /// - Parameters:
  ///   - angles: M angles, any real numbers below 10⁵.
  ///   - logPartition: M values, overwritten.
  ///   - quotient: M values in [−1, 1], overwritten.
  public func evaluate(
    at angles: UnsafeBufferPointer<Double>, logPartition: UnsafeMutablePointer<Double>,
    quotient: UnsafeMutablePointer<Double>
  ) {
    evaluate(at: angles, isLogarithm: true, into: logPartition, quotient)
  }

  /// Writes Z̄, which may be zero where it underflows, and X̄/Z̄ at any points: no logarithm for each.
  func evaluate(
    at angles: UnsafeBufferPointer<Double>, partition: UnsafeMutablePointer<Double>,
    quotient: UnsafeMutablePointer<Double>
  ) {
    evaluate(at: angles, isLogarithm: false, into: partition, quotient)
  }

  private func evaluate(
    at angles: UnsafeBufferPointer<Double>, isLogarithm: Bool,
    into partition: UnsafeMutablePointer<Double>, _ quotient: UnsafeMutablePointer<Double>
  ) {
    precondition(hasSources, "sources before targets")
    targets.update(angles)
    let isInOrder = targets.isInOrder
    let order = targets.order
    for run in 0..<targets.count {
      let start = targets.starts[run]
      let end = targets.starts[run + 1]
      let cell = targets.cell(ofRun: run)
      if table == nil && (beta < 1 || end - start <= CellPolynomials.count) {
        tree.findLeaves(near: cell)
        for i in start..<end {
          let target = isInOrder ? i : Int(order[i])
          let half = angles[target] / 2
          let (z, x) = tree.sums(sine: sin(half), cosine: cos(half))
          partition[target] = isLogarithm ? z : exp(z)
          quotient[target] = x
        }
        continue
      }
      let reference = preparePowers(on: cell)
      let unit = Vector(repeating: isLogarithm ? reference : exp(reference))
      let field = CellField(
        powers: UnsafePointer(scratch.numbers), slopeScale: 1 / (beta * grid.halfWidth))
      @inline(__always) func write(_ i: Int, _ value: Vector, _ x: Vector) {
        let z = isLogarithm ? unit + logarithm(value) : unit * value
        if isInOrder && i + 8 <= end {
          UnsafeMutableRawPointer(partition + i).storeBytes(of: z, as: Vector.self)
          UnsafeMutableRawPointer(quotient + i).storeBytes(of: x, as: Vector.self)
        } else {
          for lane in 0..<max(0, min(8, end - i)) {
            let target = isInOrder ? i + lane : Int(order[i + lane])
            partition[target] = z[lane]
            quotient[target] = x[lane]
          }
        }
      }
      targets.places.withUnsafeBufferPointer { places in
        for i in stride(from: start, to: end, by: 32) {
          // There are eight places more than points.
          let found = field(
            InlineArray<4, Vector> { eight(places, from: min(i + 8 * $0, end), else: 0) })
          for v in 0..<4 { write(i + 8 * v, found.partition[v], found.quotient[v]) }
        }
      }
    }
  }

  /// Writes the powers of Z e^{−reference} on a cell; the reference.
  private func preparePowers(on cell: Int) -> Double {
    if let table { return preparePowers(on: cell, table) }
    let values = scratch.numbers + CellPolynomials.count
    var reference = -Double.infinity
    tree.findLeaves(near: cell)
    for (q, place) in polynomials.nodes.enumerated() {
      let (sine, cosine) = grid.halfSineCosine(cell: cell, place: place)
      values[q] = tree.sums(sine: sine, cosine: cosine).logPartition
      reference = max(reference, values[q])
    }
    for q in 0..<CellPolynomials.count { values[q] = exp(values[q] - reference) }
    polynomials.powers(ofValues: values, into: scratch.numbers)
    return reference
  }

  private func preparePowers(on cell: Int, _ table: CellKernelTable) -> Double {
    let logMasses = logMasses
    let exponents = exponents
    var largest = Vector(repeating: -.infinity)
    table.withDepths(target: cell) { depths in
      for i in 0..<logMasses.count {
        let depth = UnsafeRawPointer(depths + 8 * i).loadUnaligned(as: Vector.self)
        let exponent = logMasses.base[i] - depth
        exponents.base[i] = exponent
        largest.replace(with: exponent, where: exponent .> largest)
      }
    }
    var reference = largest[0]
    for lane in 1..<8 { reference = max(reference, largest[lane]) }
    // Places change each of two terms by up to e^{±4.4}: what is left out is below 2·10⁻¹⁰.
    let least = exp(-31.5) / Double(grid.count)
    let log2e = Vector(repeating: 1.4426950408889634)
    for i in 0..<exponents.count {
      exponents.base[i] = exponential2(log2e * (exponents.base[i] - reference))
    }
    var low = Vector.zero
    var high = Vector.zero
    for source in 0..<grid.count where exponents.numbers[source] > least {
      let factor = Vector(repeating: exponents.numbers[source])
      let powers = table.powers(
        target: cell, source: source, moments: moments.moments(ofSlot: source))
      low = low.addingProduct(factor, powers.low)
      high = high.addingProduct(factor, powers.high)
    }
    scratch.base[0] = low
    scratch.base[1] = high
    return reference
  }
}
