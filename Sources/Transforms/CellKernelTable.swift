internal import Foundation

/// The kernel between any two cells of the circle, as a polynomial of both places.
///
///     e^{β(cos(D + a(t − s)) − 1)} = e^{−depth_d} Σ_{lk} G_d[l, k] t^l s^k,
///     depth_d = 2β sin²(D/2),   D = 2πd/n
///
/// so moments of powers in one cell give powers of their sum Z in another by a matrix.
final class CellKernelTable {
  private let grid: CircleGrid
  /// depth_d for d = −n, …, n + 7.
  private let depths: [Double]
  /// Column k of G_d at 32 d + 2k: two vectors.
  private let columns: VectorBuffer

  init(grid: CircleGrid, beta: Double, polynomials: CellPolynomials) {
    let n = CellPolynomials.count
    self.grid = grid
    columns = VectorBuffer(count: 2 * n * grid.count)
    depths = (-grid.count..<(grid.count + 8)).map { d in
      let half = sin(Double.pi * Double(d) / Double(grid.count))
      return 2 * beta * half * half
    }
    var values = [Double](repeating: 0, count: n * n)
    var rows = values
    var column = [Double](repeating: 0, count: n)
    var powers = column
    for d in 0..<grid.count {
      let half = Double.pi * Double(d) / Double(grid.count)
      // 1 − cos(D + w) = (1 − cos D) + 2 sin(w/2) sin(D + w/2), without cancellation.
      for (i, s) in polynomials.nodes.enumerated() {
        for (q, t) in polynomials.nodes.enumerated() {
          let w = grid.halfWidth * (t - s) / 2
          values[n * i + q] = exp(-2 * beta * sin(w) * sin(2 * half + w))
        }
        values.withUnsafeBufferPointer {
          polynomials.powers(ofValues: $0.baseAddress.unsafelyUnwrapped + n * i, into: &powers)
        }
        for l in 0..<n { rows[n * l + i] = powers[l] }
      }
      for l in 0..<n {
        for i in 0..<n { column[i] = rows[n * l + i] }
        polynomials.powers(ofValues: column, into: &powers)
        for k in 0..<n { columns.numbers[n * n * d + n * k + l] = powers[k] }
      }
    }
  }

  /// How far below its mass the kernel of a source cell is at a target cell, in the middle of both.
  ///
  /// - Parameter body: takes depths of the cells 0…n − 1 in a row, with eight numbers to spare.
  @inline(__always)
  func withDepths<Result>(target: Int, _ body: (UnsafePointer<Double>) -> Result) -> Result {
    depths.withUnsafeBufferPointer { body($0.baseAddress.unsafelyUnwrapped + grid.count - target) }
  }

  /// G_d times sixteen moments.
  @inline(__always)
  func powers(
    target: Int, source: Int, moments: UnsafePointer<Double>
  ) -> (low: Vector, high: Vector) {
    let d = target < source ? target - source + grid.count : target - source
    let matrix = columns.base + 2 * CellPolynomials.count * d
    // Even and odd columns in sums of their own halve the latency.
    var low = Vector.zero
    var high = Vector.zero
    var otherLow = Vector.zero
    var otherHigh = Vector.zero
    for k in stride(from: 0, to: CellPolynomials.count, by: 2) {
      let even = Vector(repeating: moments[k])
      let odd = Vector(repeating: moments[k + 1])
      low = low.addingProduct(even, matrix[2 * k])
      high = high.addingProduct(even, matrix[2 * k + 1])
      otherLow = otherLow.addingProduct(odd, matrix[2 * k + 2])
      otherHigh = otherHigh.addingProduct(odd, matrix[2 * k + 3])
    }
    return (low + otherLow, high + otherHigh)
  }
}
