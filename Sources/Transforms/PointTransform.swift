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

  private static let degree = 7
  private static let powers = 8

  private let moments: RealFourierTransform
  private let fields: [RealFourierTransform]
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
    let table = UnsafeMutableRawPointer(moments.samples).assumingMemoryBound(to: Vector.self)
    table.update(repeating: .zero, count: cells)
    let locate = CellLocator(cells: cells)
    if let masses {
      masses.withUnsafeBufferPointer { Self.deposit(angles, $0, on: table, locate) }
    } else {
      Self.deposit(angles, nil, on: table, locate)
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

  /// Values of a prepared field at the points, eight points at a time.
  public func evaluate(
    field: Int, at angles: UnsafeBufferPointer<Double>, into values: UnsafeMutablePointer<Double>
  ) {
    let table = UnsafeRawPointer(fields[field].samples).assumingMemoryBound(to: Vector.self)
    let locate = CellLocator(cells: cells)
    let count = angles.count
    let whole = count & ~7
    var i = 0
    while i < whole {
      let theta = UnsafeRawPointer(angles.baseAddress.unsafelyUnwrapped + i)
        .loadUnaligned(as: Vector.self)
      let (index, s) = locate(theta)
      let value = Self.horner(table, index, s)
      UnsafeMutableRawPointer(values + i).storeBytes(of: value, as: Vector.self)
      i += 8
    }
    while i < count {
      let (cell, s) = locate(angles[i])
      values[i] = (table[cell] * Self.powersOf(s)).sum()
      i += 1
    }
  }

  /// Velocities v = factor · F₀, divided by F₁ if asked, of prepared fields at the points.
  ///
  /// - Returns: Σ v F₀, in a fixed order.
  public func evaluateFlow(
    factor: Double, divides: Bool, at angles: UnsafeBufferPointer<Double>,
    into velocities: UnsafeMutablePointer<Double>
  ) -> Double {
    let numerator = UnsafeRawPointer(fields[0].samples).assumingMemoryBound(to: Vector.self)
    let denominator = UnsafeRawPointer(fields[divides ? 1 : 0].samples)
      .assumingMemoryBound(to: Vector.self)
    let locate = CellLocator(cells: cells)
    let scale = Vector(repeating: factor)
    var lanes = Vector.zero
    let whole = angles.count & ~7
    var i = 0
    while i < whole {
      let theta = UnsafeRawPointer(angles.baseAddress.unsafelyUnwrapped + i)
        .loadUnaligned(as: Vector.self)
      let (index, s) = locate(theta)
      let slope = Self.horner(numerator, index, s)
      var velocity = scale * slope
      if divides { velocity /= Self.horner(denominator, index, s) }
      UnsafeMutableRawPointer(velocities + i).storeBytes(of: velocity, as: Vector.self)
      lanes = lanes.addingProduct(velocity, slope)
      i += 8
    }
    var sum = lanes.sum()
    while i < angles.count {
      let (cell, s) = locate(angles[i])
      let powers = Self.powersOf(s)
      let slope = (numerator[cell] * powers).sum()
      let velocity = factor * slope / (divides ? (denominator[cell] * powers).sum() : 1)
      velocities[i] = velocity
      sum += velocity * slope
      i += 1
    }
    return sum
  }

  /// Adds w (1, s, …, s⁷) to the cell of every point.
  ///
  /// Eight points at a time: their powers are eight vectors, transposed into a row for every point.
  private static func deposit(
    _ angles: UnsafeBufferPointer<Double>, _ masses: UnsafeBufferPointer<Double>?,
    on table: UnsafeMutablePointer<Vector>, _ locate: CellLocator
  ) {
    let whole = angles.count & ~7
    var i = 0
    while i < whole {
      let theta = UnsafeRawPointer(angles.baseAddress.unsafelyUnwrapped + i)
        .loadUnaligned(as: Vector.self)
      let (index, s) = locate(theta)
      let p0: Vector
      if let masses {
        p0 = UnsafeRawPointer(masses.baseAddress.unsafelyUnwrapped + i)
          .loadUnaligned(as: Vector.self)
      } else {
        p0 = Vector(repeating: 1)
      }
      let s2 = s * s
      let p1 = p0 * s
      let p2 = p0 * s2
      let p3 = p1 * s2
      let p4 = p2 * s2
      let p5 = p3 * s2
      let rows = transpose(p0, p1, p2, p3, p4, p5, p4 * s2, p5 * s2)
      table[Int(index[0])] += rows.0
      table[Int(index[1])] += rows.1
      table[Int(index[2])] += rows.2
      table[Int(index[3])] += rows.3
      table[Int(index[4])] += rows.4
      table[Int(index[5])] += rows.5
      table[Int(index[6])] += rows.6
      table[Int(index[7])] += rows.7
      i += 8
    }
    while i < angles.count {
      let (cell, s) = locate(angles[i])
      table[cell].addProduct(powersOf(s), Vector(repeating: masses?[i] ?? 1))
      i += 1
    }
  }

  /// Eight polynomials at eight points: rows are transposed in registers, then one Horner chain.
  @inline(__always)
  private static func horner(
    _ table: UnsafePointer<Vector>, _ index: SIMD8<Int64>, _ s: Vector
  ) -> Vector {
    let a = transpose(
      table[Int(index[0])], table[Int(index[1])], table[Int(index[2])], table[Int(index[3])],
      table[Int(index[4])], table[Int(index[5])], table[Int(index[6])], table[Int(index[7])])
    var value = a.6.addingProduct(a.7, s)
    value = a.5.addingProduct(value, s)
    value = a.4.addingProduct(value, s)
    value = a.3.addingProduct(value, s)
    value = a.2.addingProduct(value, s)
    value = a.1.addingProduct(value, s)
    return a.0.addingProduct(value, s)
  }

  /// (1, s, s², …, s⁷).
  @inline(__always)
  private static func powersOf(_ s: Double) -> Vector {
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

/// The cell of an angle and the place s ∈ [−1, 1] in it; cell centres are 2πc/G.
private struct CellLocator {
  let scale: Double
  let mask: Int64

  init(cells: Int) {
    scale = Double(cells) / (2 * Double.pi)
    mask = Int64(cells - 1)
  }

  // Adding 1.5·2⁵² rounds to an integer and leaves it in the low bits, which the mask wraps.
  @inline(__always)
  func callAsFunction(_ angle: Double) -> (cell: Int, place: Double) {
    let magic = 6_755_399_441_055_744.0
    let x = angle * scale
    let shifted = x + magic
    let cell = Int64(bitPattern: shifted.bitPattern) & mask
    return (Int(cell), 2 * (x - (shifted - magic)))
  }

  @inline(__always)
  func callAsFunction(_ angles: Vector) -> (cell: SIMD8<Int64>, place: Vector) {
    let magic = Vector(repeating: 6_755_399_441_055_744)
    let x = angles * scale
    let shifted = x + magic
    let bits = unsafeBitCast(shifted, to: SIMD8<Int64>.self)
    let two = Vector(repeating: 2)
    return (bits & SIMD8<Int64>(repeating: mask), two * (x - (shifted - magic)))
  }
}
