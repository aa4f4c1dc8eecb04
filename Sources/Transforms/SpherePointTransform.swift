internal import Foundation

/// Points on S² to harmonic moments, and harmonic series to values and velocities at points, in
/// O(N) + O(degree³).
///
/// A function Σ_{l ≤ K} f_lm Y_lm is a trigonometric polynomial of degree K on the torus of
/// (θ, φ), θ going once over the pole and back: f(−θ, φ) = f(θ, φ + π). A series takes these
/// steps, and moments the transposed ones in reverse:
///
///     coefficients → values on K + 2 colatitudes, by order    (`LegendreRows`)
///       → Fourier coefficients in θ, divided by ψ̂             (FFT)
///       → grid of G × G/2 points                              (two FFTs)
///       → weighted sums of 13 × 13 neighbours of a point      (`SpreadingKernel`)
///
/// Gradients are taken by components along e_θ = ∂_θ x and e_φ = (−sin φ, cos φ, 0): ∂_θ f is a
/// derivative in Fourier space and ∂_φ f / sin θ a sum of P_lm / sin θ, both trigonometric
/// polynomials on the same torus. So poles are points like all others, a velocity costs two
/// fields and not three, and no component along x has to be subtracted.
///
/// Coefficients and moments stand as in `HarmonicLayout`.
///
/// With G ≥ 6 (K + 1) moments are right to 3·10⁻¹³ √(2l + 1), those of degree l < 3K/5 to a tenth
/// of it, and the field of the attention kernel, whose coefficients have fallen to 10⁻¹⁶ at K, to
/// 3·10⁻¹⁴ of its largest value. At K = 900 the grids take 700 MB.
public final class SpherePointTransform {
  /// Of coefficients and moments.
  public let layout: HarmonicLayout
  /// K, the highest degree.
  public var degree: Int { layout.degree }
  /// G, points of the grid around the sphere.
  public let cells: Int

  /// Rows of the grid: G/2 + 1 from pole to pole, six more beyond either pole.
  private let rows: Int
  private let legendre: LegendreRows
  /// θ on 2n points of the doubled sphere, and on G, several orders at once.
  private let coarse: RealFourierTransform
  private let fine: RealFourierTransform
  /// φ on G points, several rows at once.
  private let around: RealFourierTransform
  /// Pairs of order m on every row of the grid, at 2 (row · (K + 1) + m).
  private let pairs: AlignedBuffer
  /// 1/ψ̂_k.
  private let corrections: [Double]
  private let grid: InterpolationGrid
  private let points: PlacedSpherePoints

  /// - Parameter degree: K ≥ 0.
  public init(degree: Int) {
    layout = HarmonicLayout(degree: degree)
    cells = Self.cellCount(degree: degree)
    rows = cells / 2 + SpreadingKernel.width
    let length = Self.smoothLength(atLeast: 2 * degree + 2)
    legendre = LegendreRows(layout: layout, intervals: length / 2)
    let orders = Self.batch(of: degree + 1)
    coarse = RealFourierTransform(count: length, batch: 2 * orders)
    fine = RealFourierTransform(count: cells, batch: 2 * orders)
    around = RealFourierTransform(count: cells, batch: Self.batch(of: rows))
    pairs = AlignedBuffer(count: 2 * rows * (degree + 1))
    corrections = SpreadingKernel.transform(modes: degree, cells: cells).map { 1 / $0 }
    grid = InterpolationGrid(cells: cells, rows: rows)
    points = PlacedSpherePoints(cells: cells)
  }

  /// G for degree K.
  public static func cellCount(degree: Int) -> Int {
    smoothLength(atLeast: max(32, 6 * (degree + 1)))
  }

  /// The least multiple of four without prime factors above 5.
  private static func smoothLength(atLeast least: Int) -> Int {
    var length = (least + 3) / 4 * 4
    while true {
      var rest = length
      for prime in [2, 3, 5] {
        while rest % prime == 0 { rest /= prime }
      }
      if rest == 1 { return length }
      length += 4
    }
  }

  /// How many of a number of sequences to transform at once: few enough for the cache, and an odd
  /// number, or the samples of a sequence would fall on one another in it.
  private static func batch(of total: Int) -> Int {
    let batches = (total + 32) / 33
    return (total + batches - 1) / batches | 1
  }

  /// Takes N points, of which `moments` and the evaluations speak until the next call.
  ///
  /// - Parameter rows: N rows (x, y, z) of unit length.
  public func place(_ rows: UnsafePointer<Double>, count: Int) {
    precondition(count >= 0 && count < Int(Int32.max), "the number of points is a count")
    points.place(rows, count: count)
  }

  /// h_lm = Σ_i w_i Y_lm(x_i) over the placed points.
  ///
  /// - Parameters:
  ///   - masses: weights w, or nil for 1/N each.
  ///   - result: `layout.count` values, overwritten.
  public func moments(masses: [Double]?, into result: UnsafeMutablePointer<Double>) {
    precondition(masses == nil || masses?.count == points.count, "one mass for every point")
    grid.spread(points, masses: masses)
    gatherOrders()
    let scale = masses == nil ? 1 / Double(max(1, points.count)) : 1
    for first in stride(from: 0, to: degree + 1, by: coarse.batch / 2) {
      adjointRows(firstOrder: first)
      for m in first..<min(first + coarse.batch / 2, degree + 1) {
        let moments = result + 2 * layout.place(m, m)
        legendre.adjoint(
          order: m, rows: coarse.samples + 2 * (m - first), stride: coarse.batch, into: moments)
        let correction = scale * corrections[m]
        for i in 0..<(2 * (degree + 1 - m)) { moments[i] *= correction }
      }
    }
    for l in 0...degree { result[2 * l + 1] = 0 }
  }

  /// Prepares the scalar F = Σ f_lm Y_lm for the evaluations.
  ///
  /// - Parameter coefficients: `layout.count` values.
  public func prepareScalar(_ coefficients: UnsafePointer<Double>) {
    prepare(.scalar, coefficients)
  }

  /// Prepares the gradient ∇Φ of Φ = Σ φ_lm Y_lm for the evaluations.
  ///
  /// - Parameter coefficients: `layout.count` values.
  public func prepareGradient(_ coefficients: UnsafePointer<Double>) {
    prepare(.alongColatitude, coefficients)
    prepare(.alongLongitude, coefficients)
  }

  /// F at the placed points.
  ///
  /// - Parameter values: N values, overwritten.
  public func evaluateScalar(into values: UnsafeMutablePointer<Double>) {
    grid.evaluateScalar(points, into: values)
  }

  /// Velocities v = factor · ∇Φ, divided by F if asked, at the placed points.
  ///
  /// - Parameters:
  ///   - rows: the points that were placed.
  ///   - velocities: N rows (x, y, z), tangent to the sphere, overwritten.
  ///   - scalars: if given, F at the points, overwritten.
  /// - Returns: Σ ⟨v, ∇Φ⟩, in an order that depends on the points alone.
  public func evaluateFlow(
    factor: Double, divides: Bool, at rows: UnsafePointer<Double>,
    into velocities: UnsafeMutablePointer<Double>, scalars: UnsafeMutablePointer<Double>? = nil
  ) -> Double {
    grid.evaluateFlow(
      points, rows, factor: factor, divides: divides, into: velocities, scalars: scalars)
  }

  // MARK: From coefficients to the grid

  private func prepare(
    _ component: InterpolationGrid.Component, _ coefficients: UnsafePointer<Double>
  ) {
    for first in stride(from: 0, to: degree + 1, by: coarse.batch / 2) {
      let orders = first..<min(first + coarse.batch / 2, degree + 1)
      for m in orders {
        let column = coarse.samples + 2 * (m - first)
        legendre.synthesize(
          order: m, coefficients: coefficients + 2 * layout.place(m, m), into: column,
          stride: coarse.batch)
        shape(component, order: m, column)
      }
      coarse.analyze()
      carry(from: coarse, to: fine)
      if component == .alongColatitude { differentiate() }
      fine.synthesize()
      for row in 0..<rows {
        let source = fine.samples + fineRow(row) * fine.batch
        let target = pairs.base + 2 * row * (degree + 1)
        for m in orders {
          // a cos mφ + b sin mφ has coefficients (a ∓ ib)/2 at ±m.
          let half = m == 0 ? corrections[0] : 0.5 * corrections[m]
          target[2 * m] = half * source[2 * (m - first)]
          target[2 * m + 1] = -half * source[2 * (m - first) + 1]
        }
      }
    }
    for first in stride(from: 0, to: rows, by: around.batch) {
      let block = first..<min(first + around.batch, rows)
      around.clearCoefficients()
      for m in 0...degree {
        let target = around.coefficients + 2 * m * around.batch
        for row in block {
          target[2 * (row - first)] = pairs.base[2 * (row * (degree + 1) + m)]
          target[2 * (row - first) + 1] = pairs.base[2 * (row * (degree + 1) + m) + 1]
        }
      }
      around.synthesize()
      grid.fill(component, rows: block, from: around.samples, stride: around.batch)
    }
  }

  /// Rows of Σ_l Q_lm (c_l, s_l) on [0, π] become those of a component, there and beyond the pole.
  ///
  /// A scalar goes on as f(−θ, φ) = f(θ, φ + π), components of a vector with the other sign.
  private func shape(
    _ component: InterpolationGrid.Component, order m: Int, _ column: UnsafeMutablePointer<Double>
  ) {
    let n = legendre.intervals
    let isLongitude = component == .alongLongitude
    let sign: Double = (m & 1 == 1) == isLongitude ? 1 : -1
    for j in 0...n {
      let row = column + j * coarse.batch
      if isLongitude {
        // ∂_φ (a cos mφ + b sin mφ) = mb cos mφ − ma sin mφ.
        (row[0], row[1]) = (Double(m) * row[1], -Double(m) * row[0])
      } else if m > 0 {
        row[0] *= legendre.sines[j]
        row[1] *= legendre.sines[j]
      }
      guard j > 0 && j < n else { continue }
      let mirror = column + (2 * n - j) * coarse.batch
      mirror[0] = sign * row[0]
      mirror[1] = sign * row[1]
    }
  }

  /// ∂_θ of what is to be synthesized.
  private func differentiate() {
    for k in 0...degree {
      let row = fine.coefficients + 2 * k * fine.batch
      for i in 0..<fine.batch {
        (row[2 * i], row[2 * i + 1]) = (-Double(k) * row[2 * i + 1], Double(k) * row[2 * i])
      }
    }
  }

  // MARK: From the grid to coefficients

  /// The transpose of the steps in φ.
  private func gatherOrders() {
    for first in stride(from: 0, to: rows, by: around.batch) {
      let block = first..<min(first + around.batch, rows)
      grid.fold(rows: block, into: around.samples, stride: around.batch)
      around.analyze()
      for m in 0...degree {
        let source = around.coefficients + 2 * m * around.batch
        for row in block {
          pairs.base[2 * (row * (degree + 1) + m)] = source[2 * (row - first)]
          pairs.base[2 * (row * (degree + 1) + m) + 1] = -source[2 * (row - first) + 1]
        }
      }
    }
  }

  /// The transpose of the steps in θ for one batch of orders, up to `legendre`.
  private func adjointRows(firstOrder first: Int) {
    let orders = first..<min(first + coarse.batch / 2, degree + 1)
    fine.samples.update(repeating: 0, count: fine.count * fine.batch)
    for row in 0..<rows {
      let target = fine.samples + fineRow(row) * fine.batch
      let source = pairs.base + 2 * (row * (degree + 1) + first)
      for i in 0..<(2 * orders.count) { target[i] = source[i] }
    }
    fine.analyze()
    carry(from: fine, to: coarse)
    coarse.synthesize()
    let n = legendre.intervals
    for j in 0...n {
      let row = coarse.samples + j * coarse.batch
      let mirror = coarse.samples + (2 * n - j) * coarse.batch
      for m in orders {
        let sign: Double = j == 0 || j == n ? 0 : m & 1 == 0 ? 1 : -1
        let factor = m == 0 ? 1 : legendre.sines[j]
        for i in (2 * (m - first))..<(2 * (m - first) + 2) {
          row[i] = factor * (row[i] + (sign == 0 ? 0 : sign * mirror[i]))
        }
      }
    }
  }

  /// Coefficients in θ from one length to the other, over the coarse length and ψ̂_k.
  private func carry(from source: RealFourierTransform, to target: RealFourierTransform) {
    target.clearCoefficients()
    let width = 2 * coarse.batch
    for k in 0...degree {
      let factor = corrections[k] / Double(coarse.count)
      for i in (k * width)..<(k * width + width) {
        target.coefficients[i] = factor * source.coefficients[i]
      }
    }
  }

  /// The row of the doubled sphere that a row of the grid is.
  private func fineRow(_ row: Int) -> Int { (row - SpreadingKernel.reach + cells) % cells }
}
