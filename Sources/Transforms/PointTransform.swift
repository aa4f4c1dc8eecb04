internal import Foundation

/// Points on the circle to moments, and Fourier series to values at points, in O(N) + O(G log G).
///
/// The circle is cut into G cells. On a cell of centre θ_c, e^{ikθ} = e^{ikθ_c} e^{iκs} with
/// κ = πk/G and s ∈ [−1, 1], and e^{iκs} is its Chebyshev (Jacobi–Anger) sum to degree 7 written
/// in powers of s. A series is then eight transforms of length G and one polynomial for every
/// point; moments are the exact transpose: eight powers summed in every cell, eight transforms.
///
/// With G ≥ 6 K the error of the attention kernel is 10⁻¹⁴ of its largest value: mode k is
/// wrong by 2 (κ/2)⁸/8!, and kernel coefficients fall like e^{−k²/2β} to 10⁻¹⁶ at K ≈ 8.6 √β.
public final class PointTransform {
  /// K, the highest mode.
  public let modes: Int
  /// G, a power of two.
  public let cells: Int

  static let degree = 7
  static let powers = 8

  let moments: RealFourierTransform
  let fields: [RealFourierTransform]
  /// A second table of powers, added to that of `moments` once the points are through.
  let second: VectorBuffer
  /// Fields 0 and 1 side by side, pair by pair: (a₀, a₁, b₀, b₁), (a₂, a₃, b₂, b₃), … for each cell.
  let twin: VectorBuffer
  let scratch = PointScratch()
  /// g_j(κ_k) at 8k + j: e^{iκs} ≈ Σ_j i^j g_j s^j.
  private let monomials: [Double]

  /// - Parameters:
  ///   - modes: K ≥ 0.
  ///   - fieldCount: how many series can be evaluated at once.
  public init(modes: Int, fieldCount: Int) {
    precondition(modes >= 0 && fieldCount > 0, "modes and fields are counts")
    self.modes = modes
    let cells = Self.cellCount(modes: modes)
    self.cells = cells
    moments = RealFourierTransform(count: cells, batch: Self.powers)
    fields = (0..<fieldCount).map { _ in RealFourierTransform(count: cells, batch: Self.powers) }
    second = VectorBuffer(count: cells)
    twin = VectorBuffer(count: fieldCount > 1 ? 2 * cells : 1)
    var monomials = [Double](repeating: 0, count: (modes + 1) * Self.powers)
    for k in 0...modes {
      let table = Self.monomialCoefficients(Double.pi * Double(k) / Double(cells))
      for j in 0..<Self.powers { monomials[k * Self.powers + j] = table[j] }
    }
    self.monomials = monomials
  }

  /// G for K modes.
  public static func cellCount(modes: Int) -> Int {
    var cells = 64
    while cells < 6 * modes { cells *= 2 }
    return cells
  }

  /// m_k = Σ_i w_i e^{−ikθ_i}, k = 0…K, as (Re m₀, Im m₀, Re m₁, …).
  ///
  /// - Parameters:
  ///   - angles: any real numbers below 10⁹.
  ///   - masses: weights w, or nil for 1/N each.
  ///   - result: 2 (K + 1) values, overwritten.
  public func moments(
    of angles: UnsafeBufferPointer<Double>, masses: [Double]?,
    into result: UnsafeMutablePointer<Double>
  ) {
    precondition(masses == nil || masses?.count == angles.count, "one mass for every point")
    if let masses {
      masses.withUnsafeBufferPointer { deposit(angles, $0) }
    } else {
      deposit(angles, nil)
    }
    moments.analyze()
    let scale = masses == nil ? 1 / Double(max(1, angles.count)) : 1
    let spectrum = moments.coefficients
    for k in 0...modes {
      // Σ_j (−i)^j g_j Q_j: even powers give ±Q, odd ones turn it by −i.
      let row = spectrum + 2 * k * Self.powers
      var re = 0.0
      var im = 0.0
      for j in 0..<Self.powers {
        let g = monomials[k * Self.powers + j]
        let x = row[2 * j]
        let y = row[2 * j + 1]
        switch j & 3 {
        case 0: (re, im) = (re + g * x, im + g * y)
        case 1: (re, im) = (re + g * y, im - g * x)
        case 2: (re, im) = (re - g * x, im - g * y)
        default: (re, im) = (re - g * y, im + g * x)
        }
      }
      result[2 * k] = scale * re
      result[2 * k + 1] = scale * im
    }
  }

  /// Prepares F_f(θ) = Σ_{|k| ≤ K} c_k e^{ikθ}, c_{−k} = conj c_k, for `evaluate`.
  ///
  /// - Parameter coefficients: 2 (K + 1) reals (Re c₀, Im c₀, …).
  public func prepare(field: Int, coefficients: UnsafePointer<Double>) {
    let transform = fields[field]
    transform.clearCoefficients()
    for k in 0...modes {
      let row = transform.coefficients + 2 * k * Self.powers
      let x = coefficients[2 * k]
      let y = coefficients[2 * k + 1]
      for j in 0..<Self.powers {
        let g = monomials[k * Self.powers + j]
        switch j & 3 {
        case 0: (row[2 * j], row[2 * j + 1]) = (g * x, g * y)
        case 1: (row[2 * j], row[2 * j + 1]) = (-g * y, g * x)
        case 2: (row[2 * j], row[2 * j + 1]) = (-g * x, -g * y)
        default: (row[2 * j], row[2 * j + 1]) = (g * y, -g * x)
        }
      }
    }
    transform.synthesize()
  }

  /// (1, s, s², …, s⁷).
  @inline(__always)
  static func powersOf(_ s: Double) -> Vector {
    let s2 = s * s
    let s4 = s2 * s2
    let low = Vector(1, s, 1, s, 1, s, 1, s)
    let middle = Vector(1, 1, s2, s2, 1, 1, s2, s2)
    let high = Vector(1, 1, 1, 1, s4, s4, s4, s4)
    return low * middle * high
  }

  /// g_j with e^{iκs} ≈ Σ_{n ≤ 7} (2 − δ_{n0}) iⁿ J_n(κ) T_n(s) = Σ_j i^j g_j s^j.
  private static func monomialCoefficients(_ kappa: Double) -> [Double] {
    // Power-series coefficients of T_n by T_{n+1} = 2 s T_n − T_{n−1}.
    var chebyshev = [[Double]](
      repeating: [Double](repeating: 0, count: powers), count: powers)
    chebyshev[0][0] = 1
    chebyshev[1][1] = 1
    for n in 2..<powers {
      for j in 0..<powers {
        chebyshev[n][j] = (j > 0 ? 2 * chebyshev[n - 1][j - 1] : 0) - chebyshev[n - 2][j]
      }
    }
    var result = [Double](repeating: 0, count: powers)
    for n in 0...degree {
      let bessel = jn(Int32(n), kappa) * (n == 0 ? 1 : 2)
      for j in stride(from: n & 1, through: n, by: 2) {
        let sign: Double = ((n - j) / 2) % 2 == 0 ? 1 : -1
        result[j] += sign * bessel * chebyshev[n][j]
      }
    }
    return result
  }
}
