internal import CPrefetch
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
  /// A second table of powers, added to that of `moments` once the points are through.
  private let second: VectorBuffer
  /// Fields 0 and 1 side by side, pair by pair: (a₀, a₁, b₀, b₁), (a₂, a₃, b₂, b₃), … for each cell.
  private let twin: VectorBuffer
  private let scratch = PointScratch()
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

  /// Values of a prepared field at the points.
  public func evaluate(
    field: Int, at angles: UnsafeBufferPointer<Double>, into values: UnsafeMutablePointer<Double>
  ) {
    _ = evaluate(field, factor: 1, at: angles, into: values)
  }

  /// Velocities v = factor · F₀, divided by F₁ if asked, of prepared fields at the points.
  ///
  /// - Returns: Σ v F₀, in a fixed order.
  public func evaluateFlow(
    factor: Double, divides: Bool, at angles: UnsafeBufferPointer<Double>,
    into velocities: UnsafeMutablePointer<Double>
  ) -> Double {
    if divides { return evaluateQuotient(factor: factor, at: angles, into: velocities) }
    return evaluate(0, factor: factor, at: angles, into: velocities)
  }

  /// v = factor · F and Σ v F.
  ///
  /// Every point reduces the row of its cell to an even and an odd part, by Horner's rule in s² on
  /// pairs of coefficients; then eight points at a time add their odd parts times s.
  private func evaluate(
    _ field: Int, factor: Double, at angles: UnsafeBufferPointer<Double>,
    into velocities: UnsafeMutablePointer<Double>
  ) -> Double {
    let table = UnsafeRawPointer(fields[field].samples)
    let offsets = scratch.offsets
    let rows = UnsafeMutableRawPointer(scratch.rows)
    let scale = Vector(repeating: factor)
    var lanes = Vector.zero
    forEachGroup(of: angles, rowSize: 64, places: velocities) { first, start, end in
      for i in start..<end {
        let row = (table + Int(offsets[i &- first])).assumingMemoryBound(to: SIMD2<Double>.self)
        let s = SIMD2<Double>(repeating: velocities[i])
        let s2 = s * s
        let high = row[2].addingProduct(row[3], s2)
        let parts = row[0].addingProduct(row[1].addingProduct(high, s2), s2)
        (rows + 16 &* (i &- start)).storeBytes(of: parts, as: SIMD2<Double>.self)
      }
      var row = scratch.rows
      for i in stride(from: start, to: end, by: 8) {
        let place = UnsafeMutableRawPointer(velocities + i)
        let (even, odd) = columns(row[0], row[1])
        let slope = even.addingProduct(odd, place.loadUnaligned(as: Vector.self))
        let velocity = scale * slope
        place.storeBytes(of: velocity, as: Vector.self)
        lanes = lanes.addingProduct(velocity, slope)
        row += 2
      }
    }
    var sum = lanes.sum()
    for i in (angles.count & ~7)..<angles.count {
      let slope = value(of: fields[field], at: angles[i])
      velocities[i] = factor * slope
      sum += velocities[i] * slope
    }
    return sum
  }

  /// v = factor · F₀/F₁ and Σ v F₀, as `evaluate` but with the rows of both fields in one.
  private func evaluateQuotient(
    factor: Double, at angles: UnsafeBufferPointer<Double>,
    into velocities: UnsafeMutablePointer<Double>
  ) -> Double {
    let table = joinedFields()
    let offsets = scratch.offsets
    let rows = UnsafeMutableRawPointer(scratch.rows)
    let scale = SIMD4<Double>(repeating: factor)
    var lanes = SIMD4<Double>.zero
    forEachGroup(of: angles, rowSize: 128, places: velocities) { first, start, end in
      for i in start..<end {
        let row = (table + Int(offsets[i &- first])).assumingMemoryBound(to: SIMD4<Double>.self)
        let s = SIMD4<Double>(repeating: velocities[i])
        let s2 = s * s
        let high = row[2].addingProduct(row[3], s2)
        let parts = row[0].addingProduct(row[1].addingProduct(high, s2), s2)
        (rows + 32 &* (i &- start)).storeBytes(of: parts, as: SIMD4<Double>.self)
      }
      var row = scratch.rows
      for i in stride(from: start, to: end, by: 4) {
        let place = UnsafeMutableRawPointer(velocities + i)
        let s = place.loadUnaligned(as: SIMD4<Double>.self)
        let (even0, odd0, even1, odd1) = columns(row[0], row[1])
        let slope = even0.addingProduct(odd0, s)
        let velocity = scale * slope / even1.addingProduct(odd1, s)
        place.storeBytes(of: velocity, as: SIMD4<Double>.self)
        lanes = lanes.addingProduct(velocity, slope)
        row += 2
      }
    }
    var sum = lanes.sum()
    for i in (angles.count & ~7)..<angles.count {
      let slope = value(of: fields[0], at: angles[i])
      velocities[i] = factor * slope / value(of: fields[1], at: angles[i])
      sum += velocities[i] * slope
    }
    return sum
  }

  /// Places of the points by blocks, then `body(first of the block, start, end)` for its groups.
  ///
  /// Places stand where values will. Both arrays are called from memory a block ahead: left to
  /// themselves, processors fetch ahead poorly between visits to cells.
  @inline(__always)
  private func forEachGroup(
    of angles: UnsafeBufferPointer<Double>, rowSize: Int64,
    places: UnsafeMutablePointer<Double>, _ body: (Int, Int, Int) -> Void
  ) {
    guard let source = angles.baseAddress else { return }
    let locate = CellLocator(cells: cells, rowSize: rowSize)
    let whole = angles.count & ~7
    var first = 0
    while first < whole {
      let end = min(first &+ PointScratch.block, whole)
      locate(angles, first, end, offsets: scratch.offsets, places: places + first)
      var start = first
      while start < end {
        let stop = min(start &+ PointScratch.group, end)
        for i in stride(from: start &+ PointScratch.block, to: stop &+ PointScratch.block, by: 8) {
          prefetch_for_reading(source + i)
          prefetch_for_writing(places + i)
        }
        body(first, start, stop)
        start = stop
      }
      first = end
    }
  }

  /// Writes `twin`.
  private func joinedFields() -> UnsafeRawPointer {
    let a = UnsafeRawPointer(fields[0].samples).assumingMemoryBound(to: SIMD2<Double>.self)
    let b = UnsafeRawPointer(fields[1].samples).assumingMemoryBound(to: SIMD2<Double>.self)
    let result = UnsafeMutableRawPointer(twin.base)
    for i in 0..<(cells * Self.powers / 2) {
      result.storeBytes(
        of: SIMD4(lowHalf: a[i], highHalf: b[i]), toByteOffset: 32 * i, as: SIMD4<Double>.self)
    }
    return UnsafeRawPointer(result)
  }

  /// A prepared field at one point.
  private func value(of field: RealFourierTransform, at angle: Double) -> Double {
    let (cell, s) = CellLocator(cells: cells, rowSize: 64)(angle)
    let table = UnsafeRawPointer(field.samples).assumingMemoryBound(to: Vector.self)
    return (table[cell] * Self.powersOf(s)).sum()
  }

  /// Adds w (1, s, …, s⁷) to the cell of every point.
  ///
  /// A row is (1, s, s², s³) and s⁴ times that. Two tables take turns: neighbours in one cell, as
  /// sorted or clustered points are, would wait for each other's sum.
  private func deposit(
    _ angles: UnsafeBufferPointer<Double>, _ masses: UnsafeBufferPointer<Double>?
  ) {
    let count = cells
    let sums = UnsafeMutableRawPointer(moments.samples).assumingMemoryBound(to: Vector.self)
    let others = second.base
    sums.update(repeating: .zero, count: count)
    others.update(repeating: .zero, count: count)
    guard let source = angles.baseAddress else { return }
    let locate = CellLocator(cells: count, rowSize: 64)
    let whole = angles.count & ~7
    let offsets = scratch.offsets
    let places = scratch.places
    var first = 0
    while first < whole {
      let end = min(first &+ PointScratch.block, whole)
      locate(angles, first, end, offsets: offsets, places: places)
      @inline(__always) func add(_ i: Int, to table: UnsafeMutablePointer<Vector>) {
        var pair = SIMD2(1, places[i])
        let s2 = SIMD2<Double>(repeating: places[i] * places[i])
        if let masses { pair *= masses[first &+ i] }
        let row = SIMD4(lowHalf: pair, highHalf: pair * s2)
        let s4 = SIMD4(lowHalf: s2 * s2, highHalf: s2 * s2)
        let cell = UnsafeMutableRawPointer(table) + Int(offsets[i])
        let low = cell.load(as: SIMD4<Double>.self) + row
        let high = (cell + 32).load(as: SIMD4<Double>.self).addingProduct(row, s4)
        cell.storeBytes(of: low, as: SIMD4<Double>.self)
        (cell + 32).storeBytes(of: high, as: SIMD4<Double>.self)
      }
      for eight in stride(from: 0, to: end &- first, by: 8) {
        prefetch_for_reading(source + (end &+ eight))
        for i in stride(from: eight, to: eight &+ 8, by: 2) {
          add(i, to: sums)
          add(i &+ 1, to: others)
        }
      }
      first = end
    }
    for i in whole..<angles.count {
      let (cell, s) = locate(angles[i])
      sums[cell].addProduct(Self.powersOf(s), Vector(repeating: masses?[i] ?? 1))
    }
    for cell in 0..<count { sums[cell] += others[cell] }
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
