/// One step x_i ← (x_i + h A_i)/|·| of tokens on S^{d−1}, as small products of matrices.
///
///     A_i = c_i Σ_j w_j e^{β(⟨x_i, x_j⟩ − 1)} x_j,   c_i = 1/Σ_j w_j e^{β(⟨x_i, x_j⟩ − 1)}  or one number
///
/// Sixteen tokens at a time: tiles of 4 × 16 inner products, their kernels, tiles of 4 × 16 sums.
/// Inner products are sums of products, so kernels have relative errors of β·10⁻¹⁶: for the large β
/// at which that counts there is `SpherePairSums`.
///
/// - Note: It holds work arrays: it is not for several threads to call at once.
public final class AttentionStep {
  /// More tokens are quicker by `SpherePairSums`, whose blocks stay in the cache.
  public static let largestCount = 512
  /// Kernels are right to 10⁻¹⁴ up to this β.
  public static let largestBeta = 100.0

  public let count: Int
  public let dimension: Int
  private let panelCount: Int
  /// Coordinates of eight tokens side by side, panel after panel; before the step and after it.
  private let points: VectorBuffer
  private let moved: VectorBuffer
  /// For every source its kernels with sixteen targets.
  private let kernels: VectorBuffer

  /// - Parameters:
  ///   - count: how many tokens there are, at least one.
  ///   - dimension: d, at least 2; the sphere is S^{d−1}.
  public init(count: Int, dimension: Int) {
    precondition(count > 0, "there is at least one point")
    precondition(dimension >= 2, "the circle is the lowest sphere")
    self.count = count
    self.dimension = dimension
    panelCount = (count + 15) / 16 * 2
    points = VectorBuffer(count: panelCount * dimension)
    moved = VectorBuffer(count: panelCount * dimension)
    kernels = VectorBuffer(count: 2 * ((count + 3) / 4 * 4))
  }

  /// Takes the step.
  ///
  /// - Parameters:
  ///   - x: N × d coordinates, row after row; rows have length 1 up to rounding, and again after it.
  ///   - masses: N weights w, or nil for 1/N each.
  ///   - beta: β, from 0 to `largestBeta`.
  ///   - length: h.
  ///   - clock: c_i; nil divides by the sum of the kernels.
  /// - Returns: Σ_i w_i c_i |P_i B_i|², where A_i = c_i B_i and P_i projects onto the tangent space.
  public func take(
    _ x: UnsafeMutablePointer<Double>, masses: [Double]?, beta: Double, length: Double,
    clock: Double?
  ) -> Double {
    precondition(masses == nil || masses?.count == count, "one mass for every point")
    transposeRows(x)
    var dissipation = 0.0
    for panel in stride(from: 0, to: panelCount, by: 2) {
      let sums = writeKernels(x, masses, panel, rate: beta * 1.4426950408889634)
      let (left, right) = move(x, panel, sums, length, clock)
      for lane in 0..<16 where 8 * panel + lane < count {
        let share = lane < 8 ? left[lane] : right[lane - 8]
        dissipation += (masses?[8 * panel + lane] ?? 1 / Double(count)) * share
      }
    }
    writeRows(x)
    return dissipation
  }

  /// Kernels of all sources with sixteen targets, times the sources' weights; returns their sums.
  private func writeKernels(
    _ x: UnsafePointer<Double>, _ masses: [Double]?, _ panel: Int, rate: Double
  ) -> (Vector, Vector) {
    let left = points.base + panel * dimension
    let right = left + dimension
    let scale = Vector(repeating: rate)
    var target = kernels.base
    var (leftSum, rightSum) = (Vector.zero, Vector.zero)
    for source in stride(from: 0, to: count, by: 4) {
      // Beyond the last token its row is read again, with weight 0.
      let rows = InlineArray<4, UnsafePointer<Double>> {
        x + min(source + $0, count - 1) * dimension
      }
      var leftProducts = InlineArray<4, Vector>(repeating: .zero)
      var rightProducts = InlineArray<4, Vector>(repeating: .zero)
      for c in 0..<dimension {
        let y0 = left[c]
        let y1 = right[c]
        for r in 0..<4 {
          let coordinate = Vector(repeating: rows[r][c])
          leftProducts[r] = leftProducts[r].addingProduct(coordinate, y0)
          rightProducts[r] = rightProducts[r].addingProduct(coordinate, y1)
        }
      }
      for r in 0..<4 {
        let isToken = source + r < count
        let mass = isToken ? masses?[source + r] ?? 1 / Double(count) : 0
        let weight = Vector(repeating: mass)
        let k0 = weight * exponential2((scale * leftProducts[r]) - scale)
        let k1 = weight * exponential2((scale * rightProducts[r]) - scale)
        target[2 * r] = k0
        target[2 * r + 1] = k1
        leftSum += k0
        rightSum += k1
      }
      target += 8
    }
    return (leftSum, rightSum)
  }

  /// Moves sixteen targets; returns c_i |P_i B_i|² of each.
  private func move(
    _ x: UnsafePointer<Double>, _ panel: Int, _ sums: (Vector, Vector), _ length: Double,
    _ clock: Double?
  ) -> (Vector, Vector) {
    let one = Vector(repeating: 1)
    let factors =
      clock.map { (Vector(repeating: $0), Vector(repeating: $0)) } ?? (one / sums.0, one / sums.1)
    var left = Mover(factor: factors.0, length: length)
    var right = Mover(factor: factors.1, length: length)
    let before = points.base + panel * dimension
    let after = moved.base + panel * dimension
    var c = 0
    while c + 4 <= dimension {
      MovingTile<4>(x: x + c, kernels: kernels.base, count: count, dimension: dimension)
        .move(before + c, to: after + c, &left, &right)
      c += 4
    }
    while c < dimension {
      MovingTile<1>(x: x + c, kernels: kernels.base, count: count, dimension: dimension)
        .move(before + c, to: after + c, &left, &right)
      c += 1
    }
    let scales = (one / squareRoots(left.square), one / squareRoots(right.square))
    for c in 0..<dimension {
      after[c] *= scales.0
      after[dimension + c] *= scales.1
    }
    return (left.dissipation, right.dissipation)
  }

  /// Rows of tokens into panels; places without a token stay zero.
  private func transposeRows(_ x: UnsafePointer<Double>) {
    for i in stride(from: 0, to: count, by: 8) {
      let target = points.base + i / 8 * dimension
      var c = 0
      while i + 8 <= count, c + 8 <= dimension {
        let row = UnsafeRawPointer(x + i * dimension + c)
        let stride = 8 * dimension
        let columns = transpose(
          row.loadUnaligned(as: Vector.self),
          row.loadUnaligned(fromByteOffset: stride, as: Vector.self),
          row.loadUnaligned(fromByteOffset: 2 * stride, as: Vector.self),
          row.loadUnaligned(fromByteOffset: 3 * stride, as: Vector.self),
          row.loadUnaligned(fromByteOffset: 4 * stride, as: Vector.self),
          row.loadUnaligned(fromByteOffset: 5 * stride, as: Vector.self),
          row.loadUnaligned(fromByteOffset: 6 * stride, as: Vector.self),
          row.loadUnaligned(fromByteOffset: 7 * stride, as: Vector.self))
        UnsafeMutableRawPointer(target + c).storeBytes(of: columns, as: VectorRows.self)
        c += 8
      }
      for lane in 0..<min(8, count - i) {
        for k in c..<dimension { target.numbers[8 * k + lane] = x[(i + lane) * dimension + k] }
      }
    }
  }

  private func writeRows(_ x: UnsafeMutablePointer<Double>) {
    for i in stride(from: 0, to: count, by: 8) {
      let source = moved.base + i / 8 * dimension
      var c = 0
      while i + 8 <= count, c + 8 <= dimension {
        let v = source + c
        let rows = transpose(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7])
        let target = UnsafeMutableRawPointer(x + i * dimension + c)
        let stride = 8 * dimension
        target.storeBytes(of: rows.0, as: Vector.self)
        target.storeBytes(of: rows.1, toByteOffset: stride, as: Vector.self)
        target.storeBytes(of: rows.2, toByteOffset: 2 * stride, as: Vector.self)
        target.storeBytes(of: rows.3, toByteOffset: 3 * stride, as: Vector.self)
        target.storeBytes(of: rows.4, toByteOffset: 4 * stride, as: Vector.self)
        target.storeBytes(of: rows.5, toByteOffset: 5 * stride, as: Vector.self)
        target.storeBytes(of: rows.6, toByteOffset: 6 * stride, as: Vector.self)
        target.storeBytes(of: rows.7, toByteOffset: 7 * stride, as: Vector.self)
        c += 8
      }
      for lane in 0..<min(8, count - i) {
        for k in c..<dimension { x[(i + lane) * dimension + k] = source.numbers[8 * k + lane] }
      }
    }
  }
}

/// Sums of neighbouring coordinates of sixteen targets, held in registers, and what they do.
private struct MovingTile<let rows: Int> {
  let x: UnsafePointer<Double>
  let kernels: UnsafePointer<Vector>
  let count: Int
  let dimension: Int

  @inline(__always)
  func move(
    _ before: UnsafePointer<Vector>, to after: UnsafeMutablePointer<Vector>, _ left: inout Mover,
    _ right: inout Mover
  ) {
    var leftSums = InlineArray<rows, Vector>(repeating: .zero)
    var rightSums = InlineArray<rows, Vector>(repeating: .zero)
    var kernels = kernels
    var source = x
    for _ in 0..<count {
      let k0 = kernels[0]
      let k1 = kernels[1]
      for r in 0..<rows {
        let coordinate = Vector(repeating: source[r])
        leftSums[r] = leftSums[r].addingProduct(coordinate, k0)
        rightSums[r] = rightSums[r].addingProduct(coordinate, k1)
      }
      kernels += 2
      source += dimension
    }
    for r in 0..<rows {
      after[r] = left.move(before[r], by: leftSums[r])
      after[dimension + r] = right.move(before[dimension + r], by: rightSums[r])
    }
  }
}

/// What a step does to eight tokens, coordinate after coordinate.
private struct Mover {
  let factor: Vector
  let step: Vector
  var square = Vector.zero
  private var along = Vector.zero
  private var whole = Vector.zero

  init(factor: Vector, length: Double) {
    self.factor = factor
    step = length * factor
  }

  @inline(__always)
  mutating func move(_ x: Vector, by sum: Vector) -> Vector {
    along = along.addingProduct(x, sum)
    whole = whole.addingProduct(sum, sum)
    let y = x.addingProduct(step, sum)
    square = square.addingProduct(y, y)
    return y
  }

  /// c |P B|² = c (|B|² − ⟨x, B⟩²).
  var dissipation: Vector { factor * (whole - along * along) }
}
