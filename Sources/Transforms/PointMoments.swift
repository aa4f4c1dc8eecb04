/// Points on the circle to moments Σ_i w_i e^{−ikθ_i}, k = 0…K, in O(N) + O(G log G).
///
/// The circle is cut into G cells. On a cell of centre θ_c, e^{ikθ} = e^{ikθ_c} e^{iκs} with κ = πk/G and s ∈ [−1, 1],
/// and e^{iκs} is its Chebyshev (Jacobi–Anger) sum to degree p − 1 written in powers of s. So p powers are summed in
/// every cell, and p transforms of length G make moments of them. Mode k is wrong by 2 (κ/2)ᵖ/p!.
final class PointMoments {
  /// K, the highest mode.
  let modes: Int
  /// G, a power of two.
  let cells: Int
  /// p, 8 or 16.
  let powers: Int
  /// g_j(κ_k) at pk + j: e^{iκs} ≈ Σ_j i^j g_j s^j.
  let monomials: [Double]

  /// Σ w s^j of every cell.
  let sums: RealFourierTransform
  /// A second table of them, added to the first once the points are through.
  let others: VectorBuffer
  let scratch = PointScratch()

  init(modes: Int, cells: Int, powers: Int) {
    precondition(powers == 8 || powers == 16, "one vector of powers, or two")
    precondition(cells >= 2 * modes, "κ ≤ π/2")
    self.modes = modes
    self.cells = cells
    self.powers = powers
    monomials = Self.monomials(
      (0...modes).map { Double.pi * Double($0) / Double(cells) }, powers: powers)
    sums = RealFourierTransform(count: cells, batch: powers)
    others = VectorBuffer(count: cells * powers / 8)
  }

  /// Writes m_k, k = 0…K, as (Re m₀, Im m₀, Re m₁, …).
  ///
  /// - Parameters:
  ///   - angles: any real numbers below 10⁹.
  ///   - masses: weights w, or nil for 1/N each.
  ///   - result: 2 (K + 1) values, overwritten.
  func write(
    of angles: UnsafeBufferPointer<Double>, masses: [Double]?,
    into result: UnsafeMutablePointer<Double>
  ) {
    precondition(masses == nil || masses?.count == angles.count, "one mass for every point")
    if let masses {
      masses.withUnsafeBufferPointer { deposit(angles, $0) }
    } else {
      deposit(angles, nil)
    }
    sums.analyze()
    let scale = masses == nil ? 1 / Double(max(1, angles.count)) : 1
    if powers == 8 {
      assemble(scale, powers: 8, into: result)
    } else {
      assemble(scale, powers: 16, into: result)
    }
  }

  /// Transforms of the powers to moments.
  ///
  /// - Parameter powers: p, as a constant.
  @inline(__always)
  private func assemble(
    _ scale: Double, powers: Int, into result: UnsafeMutablePointer<Double>
  ) {
    for k in 0...modes {
      // Σ_j (−i)^j g_j Q_j: even powers give ±Q, odd ones turn it by −i.
      let row = sums.coefficients + 2 * k * powers
      var re = 0.0
      var im = 0.0
      for j in 0..<powers {
        let g = monomials[k * powers + j]
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

  /// g_j with e^{iκs} ≈ Σ_{n < p} (2 − δ_{n0}) iⁿ J_n(κ) T_n(s) = Σ_j i^j g_j s^j, for κ ≤ π/2.
  private static func monomials(_ kappas: [Double], powers: Int) -> [Double] {
    // Magnitudes of the coefficients t_nj of T_n by powers, from T_{n+1} = 2 s T_n − T_{n−1}: iⁿ t_nj = i^j |t_nj|.
    var chebyshev = [Double](repeating: 0, count: powers * powers)
    chebyshev[0] = 1
    chebyshev[powers + 1] = 1
    for n in 2..<powers {
      for j in 0..<powers {
        let lower = j > 0 ? 2 * chebyshev[(n - 1) * powers + j - 1] : 0
        chebyshev[n * powers + j] = lower + chebyshev[(n - 2) * powers + j]
      }
    }
    // J_n by J_{n−1} = (2n/κ) J_n − J_{n+1} downwards, from an n where it is below 10⁻²⁴ of J_0, any number in its
    // place; then J_0 + 2 (J_2 + J_4 + …) = 1. All are positive.
    var bessel = [Double](repeating: 0, count: 26)
    var result = [Double](repeating: 0, count: kappas.count * powers)
    for (k, kappa) in kappas.enumerated() {
      guard kappa > 0 else {
        result[k * powers] = 1
        continue
      }
      bessel[24] = 1e-100
      var sum = 0.0
      for n in stride(from: 24, to: 0, by: -1) {
        bessel[n - 1] = 2 * Double(n) / kappa * bessel[n] - bessel[n + 1]
        if n % 2 == 0 { sum += 2 * bessel[n] }
      }
      sum += bessel[0]
      for n in 0..<powers {
        let size = bessel[n] * (n == 0 ? 1 : 2) / sum
        for j in stride(from: n & 1, through: n, by: 2) {
          result[k * powers + j] += size * chebyshev[n * powers + j]
        }
      }
    }
    return result
  }
}
