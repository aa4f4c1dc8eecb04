internal import Foundation

/// The attention kernel between two rings, circles of latitude, of S^{d−1}, averaged over the ring.
///
///     k(θ, θ') = e^{β(cos θ cos θ' − 1)} Ψ(x) = e^{−2β sin²((θ−θ')/2)} e^{log Ψ(x) − x}
///     Ψ(x) = Γ(ν+1) (2/x)^ν I_ν(x),    x = β sin θ sin θ',    ν = (d−3)/2
///
/// Ψ is the average of e^{xc} over the component c of a uniform direction of S^{d−2}; d = 3: I_0.
/// ∂_θ k = β k (−sin θ cos θ' + cos θ sin θ' R(x)) with R = Ψ'/Ψ = I_{ν+1}/I_ν in 0..<1.
///
/// log Ψ − x ≤ 0 and R are piecewise polynomials of degree 7. Their singularities, the zeros of I_ν,
/// are at distance c = ν + 2 or more from every x ≥ 0, so that cells whose width is a 32nd of the power
/// of two below x + c suffice for rounding, and the bits of x + c are the number of the cell.
public struct RingKernel: Sendable {
  /// β.
  public let beta: Double
  /// d: the sphere is S^{d−1}.
  public let dimension: Int
  /// Two vectors a cell: power coefficients, about its middle, of (log₂ Ψ) − x/log 2, then of R/x.
  private let cells: [Vector]
  private let shift: Double
  private let firstCell: Int64

  static let log2e = 1.4426950408889634

  /// - Parameters:
  ///   - beta: β from 0 to 10⁶; the largest x.
  ///   - dimension: d from 3 to 4096.
  public init(beta: Double, dimension: Int) {
    precondition(beta >= 0 && beta <= 1e6, "β is a number from 0 to 10⁶")
    precondition(dimension >= 3, "the rings of the circle are pairs of points")
    self.beta = beta
    self.dimension = dimension
    let order = 0.5 * Double(dimension - 3)
    shift = order + 2
    firstCell = RingTable.cell(shift)
    // x = β sin θ sin θ' may exceed β by rounding.
    let lastCell = RingTable.cell((shift + beta) * (1 + 1e-12))
    let ratio = BesselRatio(order: order)
    var cells: [Vector] = []
    var edgeValue = 0.0
    for cell in firstCell...lastCell {
      let lower = RingTable.lowerEdge(cell)
      let halfWidth = 0.5 * (RingTable.lowerEdge(cell + 1) - lower)
      let middle = lower + halfWidth - shift
      let values = ratio(InlineArray { middle + halfWidth * CellSeries.nodes[$0] })
      let slopes = CellSeries(values.slopes)
      var logarithm = CellSeries(values.complements).integral.scaled(by: -halfWidth * Self.log2e)
      // The first cell begins a little below x = 0, where Ψ = 1.
      let left = cell == firstCell ? -middle / halfWidth : -1
      logarithm.coefficients[0] += edgeValue - logarithm(left)
      edgeValue = logarithm(1)
      cells.append(logarithm.powers(halfWidth: halfWidth))
      cells.append(slopes.powers(halfWidth: halfWidth))
    }
    self.cells = cells
  }

  /// log Ψ(x) − x for 0 ≤ x ≤ β, to 10⁻¹³ of the larger of itself and 1.
  public func scaledLogarithm(at x: Double) -> Double {
    withTable { $0(Vector(repeating: x)).logarithm[0] / Self.log2e }
  }

  /// Ψ'(x)/Ψ(x) = I_{ν+1}(x)/I_ν(x) for 0 ≤ x ≤ β, to 10⁻¹³ of itself.
  public func ratio(at x: Double) -> Double {
    withTable { $0(Vector(repeating: x)).ratio[0] }
  }

  @inline(__always)
  func withTable<Result>(_ body: (RingTable) -> Result) -> Result {
    cells.withUnsafeBufferPointer { cells in
      guard let base = cells.baseAddress else { preconditionFailure("there is a cell") }
      return body(RingTable(cells: base, shift: shift, firstCell: firstCell))
    }
  }
}

/// What pair sums read of a `RingKernel`.
struct RingTable {
  let cells: UnsafePointer<Vector>
  let shift: Double
  let firstCell: Int64

  /// 32 cells for every power of two.
  private static let freeBits: Int64 = 47

  static func cell(_ q: Double) -> Int64 {
    Int64(bitPattern: q.bitPattern) >> freeBits
  }

  static func lowerEdge(_ cell: Int64) -> Double {
    Double(bitPattern: UInt64(bitPattern: cell << freeBits))
  }

  /// log₂ Ψ − x/log 2 and R at 0 ≤ x ≤ β.
  @inline(__always)
  func callAsFunction(_ x: Vector) -> (logarithm: Vector, ratio: Vector) {
    let q = unsafeBitCast(x + Vector(repeating: shift), to: SIMD8<Int64>.self)
    let cell = q &>> Self.freeBits
    let place = (cell &- firstCell) &<< 1
    let middle = unsafeBitCast(
      (cell &<< Self.freeBits) | (1 << (Self.freeBits - 1)), to: Vector.self)
    // x itself, not x + c: the sum has lost digits of a small x.
    let t = x - (middle - Vector(repeating: shift))
    let a = InlineArray<8, UnsafePointer<Vector>> { cells + Int(place[$0]) }
    let p = transpose(
      a[0][0], a[1][0], a[2][0], a[3][0], a[4][0], a[5][0], a[6][0], a[7][0])
    let r = transpose(
      a[0][1], a[1][1], a[2][1], a[3][1], a[4][1], a[5][1], a[6][1], a[7][1])
    return (Self.polynomial(p, t), x * Self.polynomial(r, t))
  }

  @inline(__always)
  private static func polynomial(_ a: VectorRows, _ t: Vector) -> Vector {
    var sum = a.6.addingProduct(t, a.7)
    sum = a.5.addingProduct(t, sum)
    sum = a.4.addingProduct(t, sum)
    sum = a.3.addingProduct(t, sum)
    sum = a.2.addingProduct(t, sum)
    sum = a.1.addingProduct(t, sum)
    return a.0.addingProduct(t, sum)
  }
}

/// A Chebyshev series Σ_k a_k T_k(t) on one cell, −1 ≤ t ≤ 1.
private struct CellSeries {
  var coefficients: [Double]

  private static let count = 16

  /// Ascending.
  static let nodes = InlineArray<2, Vector> { v in
    var nodes = Vector.zero
    for lane in 0..<8 { nodes[lane] = -cos(angle(8 * v + lane)) }
    return nodes
  }

  private static func angle(_ i: Int) -> Double { .pi * (Double(i) + 0.5) / Double(count) }

  init(coefficients: [Double]) { self.coefficients = coefficients }

  /// The interpolant of the values at `nodes`.
  init(_ values: InlineArray<2, Vector>) {
    coefficients = (0..<Self.count).map { k in
      var sum = 0.0
      for i in 0..<Self.count {
        sum += values[i >> 3][i & 7] * cos(Double(k) * (.pi - Self.angle(i)))
      }
      return (k == 0 ? 1 : 2) * sum / Double(Self.count)
    }
  }

  /// An antiderivative.
  var integral: CellSeries {
    let a = coefficients + [0, 0]
    var result = [0.0]
    for k in 1...Self.count {
      let first = k == 1 ? 2 * a[0] : a[k - 1]
      result.append((first - a[k + 1]) / Double(2 * k))
    }
    return CellSeries(coefficients: result)
  }

  func scaled(by factor: Double) -> CellSeries {
    CellSeries(coefficients: coefficients.map { $0 * factor })
  }

  func callAsFunction(_ t: Double) -> Double {
    var (next, afterNext) = (0.0, 0.0)
    for a in coefficients.dropFirst().reversed() {
      (next, afterNext) = (a + 2 * t * next - afterNext, next)
    }
    return coefficients[0] + t * next - afterNext
  }

  /// Power coefficients, in x − middle, of the first eight terms: nearly the best of their degree.
  func powers(halfWidth: Double) -> Vector {
    var previous = Vector.zero
    var current = Vector.zero
    previous[0] = 1
    current[1] = 1
    var result = coefficients[0] * previous
    for k in 1..<8 {
      result += coefficients[k] * current
      let shifted = Vector(
        0, current[0], current[1], current[2], current[3], current[4], current[5], current[6])
      (previous, current) = (current, 2 * shifted - previous)
    }
    for k in 0..<8 { result[k] /= pow(halfWidth, Double(k)) }
    return result
  }
}
