/// Moments Σ_i w_i e^{−ikθ_i}, k = 0…K, of weighted angles, each to k ulp of the largest angle.
///
/// - Note: It holds tables and work arrays, to be kept where it is used often: it is not for several threads to call at once.
public final class CircleMoments {
  private let modes: Int
  private var cells: PointMoments?

  /// - Parameter modes: K ≥ 0.
  public init(modes: Int) {
    precondition(modes >= 0, "modes are a count")
    self.modes = modes
  }

  /// G for K modes: κ ≤ π/2 and 16 powers leave 2 · 10⁻¹⁵ of the last of them, and next to nothing of others.
  static func cellCount(modes: Int) -> Int {
    var cells = 64
    while cells < 2 * modes { cells *= 2 }
    return cells
  }

  /// Writes m_k as (Re m₀, Im m₀, Re m₁, …).
  ///
  /// - Parameters:
  ///   - angles: θ_i, any real numbers below 10⁵.
  ///   - masses: weights w_i.
  ///   - result: 2 (K + 1) values, overwritten.
  public func write(
    of angles: UnsafeBufferPointer<Double>, masses: [Double],
    into result: UnsafeMutablePointer<Double>
  ) {
    precondition(masses.count == angles.count, "one mass for every point")
    // A mode of a point takes a tenth of a nanosecond by recurrences; by cells a point takes two, a cell fifty.
    let count = Self.cellCount(modes: modes)
    guard angles.count * modes > 500 * count + 20 * angles.count else {
      return recur(angles, masses, into: result)
    }
    let cells = cells ?? PointMoments(modes: modes, cells: count, powers: 16)
    // Above 6 MB it is made anew every time.
    if count <= 1 << 14 { self.cells = cells }
    cells.write(of: angles, masses: masses, into: result)
  }

  /// By recurrences, O(N K).
  private func recur(
    _ angles: UnsafeBufferPointer<Double>, _ masses: [Double],
    into result: UnsafeMutablePointer<Double>
  ) {
    let sums = VectorBuffer(count: 2 * (modes + 1))
    masses.withUnsafeBufferPointer { masses in
      for start in stride(from: 0, to: angles.count, by: 32) {
        // Four vectors of points keep the units busy while a power waits for the one before.
        var real = InlineArray<4, Vector> { Self.eight(masses, from: start + 8 * $0) }
        var imaginary = InlineArray<4, Vector>(repeating: .zero)
        let turns = InlineArray<4, (sine: Vector, cosine: Vector)> {
          sineCosine(Self.eight(angles, from: start + 8 * $0))
        }
        for k in 0...modes {
          sums.base[2 * k] += (real[0] + real[1]) + (real[2] + real[3])
          sums.base[2 * k + 1] -= (imaginary[0] + imaginary[1]) + (imaginary[2] + imaginary[3])
          for v in 0..<4 {
            let (s, c) = turns[v]
            (real[v], imaginary[v]) = (
              (c * real[v]).addingProduct(-s, imaginary[v]),
              (c * imaginary[v]).addingProduct(s, real[v])
            )
          }
        }
      }
    }
    for i in 0..<(2 * (modes + 1)) { result[i] = sums.base[i].sum() }
  }

  /// Eight numbers from a place on, zero past the end.
  @inline(__always)
  private static func eight(_ values: UnsafeBufferPointer<Double>, from start: Int) -> Vector {
    start < values.count ? Transforms.eight(values, from: start, else: 0) : .zero
  }
}
