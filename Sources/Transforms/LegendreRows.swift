internal import Foundation

/// Harmonic series on equispaced colatitudes θ_j = πj/n, j = 0…n, one order at a time.
///
/// P_lm(θ) cos mφ and P_lm(θ) sin mφ are the real harmonics, orthonormal with respect to the
/// uniform law. Order m ≥ 1 is carried as Q_lm = P_lm/sin θ, which is sin^{m−1} θ times a
/// polynomial in cos θ, so that nothing is ever divided by sin θ; order 0 as Q_l0 = P_l0. Both obey
///
///     Q_{l+1} = a_l cos θ Q_l − r_l Q_{l−1},   a_l = √((4(l+1)² − 1) / ((l+1)² − m²)),
///     r_l = a_l / a_{l−1},
///
/// upwards in l, which is stable, eight colatitudes at a time. Colatitudes θ and π − θ share their
/// work: Q_lm is even about the equator for l − m even, odd otherwise. Up to degree 1900 no start
/// sin^{m−1} θ underflows where a harmonic of its order is not negligible.
final class LegendreRows {
  private let layout: HarmonicLayout
  private var degree: Int { layout.degree }
  /// n.
  let intervals: Int
  /// sin θ_j, j = 0…n.
  let sines: [Double]

  /// Rows 0…n/2 in vectors: cos θ, what rounding took from it, and Q_mm at m · blocks.
  ///
  /// Near a pole a rounded cosine is another angle by 10⁻¹⁶/θ, which degree l sees l times.
  private let blocks: Int
  private let cosines: [Vector]
  private let roundings: [Vector]
  private let starts: [Vector]
  /// (a_l, r_l) at the place of (l, m).
  private let recurrence: [SIMD2<Double>]
  /// Sums over rows of one order, eight rows in a vector.
  private var sums: [Vector]

  init(layout: HarmonicLayout, intervals: Int) {
    let degree = layout.degree
    self.layout = layout
    self.intervals = intervals
    let rows = intervals / 2 + 1
    blocks = (rows + 7) / 8
    sines = (0...intervals).map {
      sin(Double.pi * Double(min($0, intervals - $0)) / Double(intervals))
    }
    var cosines = [Vector](repeating: .zero, count: blocks)
    var roundings = cosines
    var starts = [Vector](repeating: .zero, count: blocks * (degree + 1))
    for j in 0..<rows {
      let half = sin(Double.pi / 2 * Double(j) / Double(intervals))
      let cosine = 2 * j == intervals ? 0 : 1 - 2 * half * half
      cosines[j / 8][j % 8] = cosine
      roundings[j / 8][j % 8] = cosine == 0 ? 0 : (1 - cosine) - 2 * half * half
      var start = 1.0
      for m in 0...degree {
        let order = Double(m)
        if m == 1 { start = 3.0.squareRoot() }
        if m > 1 { start *= sines[j] * ((2 * order + 1) / (2 * order)).squareRoot() }
        // Negligible, and slow once denormal.
        if start < 1e-290 { start = 0 }
        starts[m * blocks + j / 8][j % 8] = start
      }
    }
    self.cosines = cosines
    self.roundings = roundings
    self.starts = starts
    sums = [Vector](repeating: .zero, count: 2 * (degree + 1))
    var recurrence: [SIMD2<Double>] = []
    recurrence.reserveCapacity((degree + 1) * (degree + 2) / 2)
    for m in 0...degree {
      var previous = 0.0
      for l in m...degree {
        let next = Double(l + 1)
        let a = ((4 * next * next - 1) / Double((l + 1 - m) * (l + 1 + m))).squareRoot()
        recurrence.append([a, l == m ? 0 : a / previous])
        previous = a
      }
    }
    self.recurrence = recurrence
  }

  /// Rows j = 0…n of (Σ_l c_l Q_lm(θ_j), Σ_l s_l Q_lm(θ_j)).
  ///
  /// - Parameters:
  ///   - coefficients: the pairs (c_l, s_l), l = m…L.
  ///   - rows: the pair of row j is written at j · stride.
  func synthesize(
    order m: Int, coefficients: UnsafePointer<Double>,
    into rows: UnsafeMutablePointer<Double>, stride: Int
  ) {
    let first = layout.place(m, m)
    let terms = degree - m + 1
    recurrence.withUnsafeBufferPointer { recurrence in
      for block in 0..<blocks {
        let z = (cosines[block], roundings[block])
        var before = Vector.zero
        var current = starts[m * blocks + block]
        var even = (Vector.zero, Vector.zero)
        var odd = (Vector.zero, Vector.zero)
        var i = 0
        while i + 1 < terms {
          even.0.addProduct(current, Vector(repeating: coefficients[2 * i]))
          even.1.addProduct(current, Vector(repeating: coefficients[2 * i + 1]))
          before = Self.next(recurrence[first + i], z, current, before)
          odd.0.addProduct(before, Vector(repeating: coefficients[2 * i + 2]))
          odd.1.addProduct(before, Vector(repeating: coefficients[2 * i + 3]))
          current = Self.next(recurrence[first + i + 1], z, before, current)
          i += 2
        }
        if i < terms {
          even.0.addProduct(current, Vector(repeating: coefficients[2 * i]))
          even.1.addProduct(current, Vector(repeating: coefficients[2 * i + 1]))
        }
        let north = (even.0 + odd.0, even.1 + odd.1)
        let south = (even.0 - odd.0, even.1 - odd.1)
        for j in (8 * block)..<min(8 * block + 8, intervals / 2 + 1) {
          rows[j * stride] = north.0[j % 8]
          rows[j * stride + 1] = north.1[j % 8]
          rows[(intervals - j) * stride] = south.0[j % 8]
          rows[(intervals - j) * stride + 1] = south.1[j % 8]
        }
      }
    }
  }

  /// The transpose of `synthesize`: c_l = Σ_j x_j Q_lm(θ_j), s_l = Σ_j y_j Q_lm(θ_j).
  ///
  /// - Parameters:
  ///   - rows: the pair (x_j, y_j) of row j stands at j · stride.
  ///   - coefficients: the pairs (c_l, s_l), l = m…L, overwritten.
  func adjoint(
    order m: Int, rows: UnsafePointer<Double>, stride: Int,
    into coefficients: UnsafeMutablePointer<Double>
  ) {
    let first = layout.place(m, m)
    let terms = degree - m + 1
    sums.withUnsafeMutableBufferPointer { sums in
      for i in 0..<(2 * terms) { sums[i] = .zero }
      for block in 0..<blocks {
        var north = (Vector.zero, Vector.zero)
        var south = (Vector.zero, Vector.zero)
        for j in (8 * block)..<min(8 * block + 8, intervals / 2 + 1) {
          north.0[j % 8] = rows[j * stride]
          north.1[j % 8] = rows[j * stride + 1]
          // The equator is its own mirror image.
          guard 2 * j < intervals else { continue }
          south.0[j % 8] = rows[(intervals - j) * stride]
          south.1[j % 8] = rows[(intervals - j) * stride + 1]
        }
        let even = (north.0 + south.0, north.1 + south.1)
        let odd = (north.0 - south.0, north.1 - south.1)
        let z = (cosines[block], roundings[block])
        var before = Vector.zero
        var current = starts[m * blocks + block]
        for i in 0..<terms {
          let values = i & 1 == 0 ? even : odd
          sums[2 * i].addProduct(current, values.0)
          sums[2 * i + 1].addProduct(current, values.1)
          let next = Self.next(recurrence[first + i], z, current, before)
          before = current
          current = next
        }
      }
      for i in 0..<(2 * terms) { coefficients[i] = sums[i].sum() }
    }
  }

  @inline(__always)
  private static func next(
    _ step: SIMD2<Double>, _ z: (Vector, Vector), _ current: Vector, _ before: Vector
  ) -> Vector {
    let product = (z.1 * current).addingProduct(z.0, current)
    return (before * -step.y).addingProduct(product, Vector(repeating: step.x))
  }
}
