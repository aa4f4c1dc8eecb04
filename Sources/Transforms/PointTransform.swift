/// Points on the circle to moments, and Fourier series to values at points, in O(N) + O(G log G).
///
/// A series is, as `PointMoments` has it, eight transforms of length G and one polynomial for every
/// point; moments are the exact transpose: eight powers summed in every cell, eight transforms.
///
/// With G ≥ 6 K the error of the attention kernel is 10⁻¹⁴ of its largest value: mode k is
/// wrong by 2 (κ/2)⁸/8!, κ = πk/G, and kernel coefficients fall like e^{−k²/2β} to 10⁻¹⁶ at K ≈ 8.6 √β.
public final class PointTransform {
  /// K, the highest mode.
  public let modes: Int
  /// G, a power of two.
  public let cells: Int

  static let powers = 8

  private let moments: PointMoments
  let fields: [RealFourierTransform]
  /// Fields 0 and 1 side by side, pair by pair: (a₀, a₁, b₀, b₁), (a₂, a₃, b₂, b₃), … for each cell.
  let twin: VectorBuffer
  let scratch: PointScratch

  /// - Parameters:
  ///   - modes: K ≥ 0.
  ///   - fieldCount: how many series can be evaluated at once.
  public init(modes: Int, fieldCount: Int) {
    precondition(modes >= 0 && fieldCount > 0, "modes and fields are counts")
    self.modes = modes
    let cells = Self.cellCount(modes: modes)
    self.cells = cells
    moments = PointMoments(modes: modes, cells: cells, powers: Self.powers)
    scratch = moments.scratch
    fields = (0..<fieldCount).map { _ in RealFourierTransform(count: cells, batch: Self.powers) }
    twin = VectorBuffer(count: fieldCount > 1 ? 2 * cells : 1)
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
    moments.write(of: angles, masses: masses, into: result)
  }

  /// Prepares F_f(θ) = Σ_{|k| ≤ K} c_k e^{ikθ}, c_{−k} = conj c_k, for `evaluate`.
  ///
  /// - Parameter coefficients: 2 (K + 1) reals (Re c₀, Im c₀, …).
  public func prepare(field: Int, coefficients: UnsafePointer<Double>) {
    let transform = fields[field]
    transform.clearCoefficients()
    let monomials = moments.monomials
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
}
