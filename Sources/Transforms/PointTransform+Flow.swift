internal import CPrefetch

extension PointTransform {
  /// Values of a prepared field at the points.
  public func evaluate(
    field: Int, at angles: UnsafeBufferPointer<Double>, into values: UnsafeMutablePointer<Double>
  ) {
    _ = evaluateFlow(field: field, factor: 1, at: angles, masses: nil, into: values)
  }

  /// Velocities v = factor · F of a prepared field at the points.
  ///
  /// Every point reduces the row of its cell to an even and an odd part, by Horner's rule in s² on
  /// pairs of coefficients; then eight points at a time add their odd parts times s. Groups that share a
  /// cell, as sorted points do, take its row as it is.
  ///
  /// - Parameter masses: m_i, or nil for ones.
  /// - Returns: Σ m v F, in a fixed order.
  public func evaluateFlow(
    field: Int = 0, factor: Double, at angles: UnsafeBufferPointer<Double>,
    masses: UnsafePointer<Double>?, into velocities: UnsafeMutablePointer<Double>
  ) -> Double {
    let table = UnsafeRawPointer(fields[field].samples)
    let offsets = scratch.offsets
    let rows = UnsafeMutableRawPointer(scratch.rows)
    var lanes = Vector.zero
    forEachGroup(of: angles, rowSize: 64, places: velocities) { first, start, end in
      var sum = Vector.zero
      if isOneCell(offsets + (start &- first), count: end &- start) {
        let row = (table + Int(offsets[start &- first])).assumingMemoryBound(to: Double.self)
        for i in stride(from: start, to: end, by: 8) {
          let slope = Self.polynomial(row, spacing: 2, vector(velocities + i))
          sum += Self.write(slope, factor, masses, i, to: velocities)
        }
        lanes += sum
        return
      }
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
        let (even, odd) = columns(row[0], row[1])
        let slope = even + odd * vector(velocities + i)
        sum += Self.write(slope, factor, masses, i, to: velocities)
        row += 2
      }
      lanes += sum
    }
    var sum = lanes.sum()
    for i in (angles.count & ~7)..<angles.count {
      let slope = value(of: fields[field], at: angles[i])
      velocities[i] = factor * slope
      sum += (masses?[i] ?? 1) * velocities[i] * slope
    }
    return sum
  }

  /// Velocities v = F₀/F₁ of prepared fields at the points, −∞ where F₁ is below a floor.
  ///
  /// As `evaluateFlow`, but with the rows of both fields in one.
  ///
  /// - Parameters:
  ///   - masses: m_i, or nil for ones.
  ///   - share: the floor is this part of the largest value that F₁ has in the middle of a cell.
  /// - Returns: Σ m v F₀ over all other points, in a fixed order, and whether there are others.
  public func evaluateQuotient(
    at angles: UnsafeBufferPointer<Double>, masses: UnsafePointer<Double>?, share: Double,
    into velocities: UnsafeMutablePointer<Double>
  ) -> (sum: Double, isWhole: Bool) {
    let (table, highest) = joinedFields()
    let offsets = scratch.offsets
    let rows = UnsafeMutableRawPointer(scratch.rows)
    let floor = share * highest
    var lanes = Vector.zero
    var least = Vector(repeating: .infinity)
    forEachGroup(of: angles, rowSize: 128, places: velocities) { first, start, end in
      var sum = Vector.zero
      var low = least
      if isOneCell(offsets + (start &- first), count: end &- start) {
        let row = (table + Int(offsets[start &- first])).assumingMemoryBound(to: Double.self)
        // By way of memory: the compiler loses track of vectors in expressions this long.
        var values = scratch.rows
        for i in stride(from: start, to: end, by: 8) {
          let s = vector(velocities + i)
          values[0] = Self.polynomial(row, spacing: 4, s)
          values[1] = Self.polynomial(row + 2, spacing: 4, s)
          values += 2
        }
        values = scratch.rows
        for i in stride(from: start, to: end, by: 8) {
          let partition = values[1]
          low.replace(with: partition, where: partition .< low)
          sum += Self.write(values[0], partition, floor, masses, i, to: velocities)
          values += 2
        }
        lanes += sum
        least = low
        return
      }
      for i in start..<end {
        let row = (table + Int(offsets[i &- first])).assumingMemoryBound(to: SIMD4<Double>.self)
        let s = SIMD4<Double>(repeating: velocities[i])
        let s2 = s * s
        let high = row[2].addingProduct(row[3], s2)
        let parts = row[0].addingProduct(row[1].addingProduct(high, s2), s2)
        (rows + 32 &* (i &- start)).storeBytes(of: parts, as: SIMD4<Double>.self)
      }
      var row = scratch.rows
      for i in stride(from: start, to: end, by: 8) {
        let s = vector(velocities + i)
        let a: Columns = columns(row[0], row[1])
        let b: Columns = columns(row[2], row[3])
        let slope = Vector(lowHalf: a.0, highHalf: b.0) + Vector(lowHalf: a.1, highHalf: b.1) * s
        let partition =
          Vector(lowHalf: a.2, highHalf: b.2) + Vector(lowHalf: a.3, highHalf: b.3) * s
        low.replace(with: partition, where: partition .< low)
        sum += Self.write(slope, partition, floor, masses, i, to: velocities)
        row += 4
      }
      lanes += sum
      least = low
    }
    var sum = lanes.sum()
    var lowest = least.min()
    for i in (angles.count & ~7)..<angles.count {
      let slope = value(of: fields[0], at: angles[i])
      let partition = value(of: fields[1], at: angles[i])
      lowest = min(lowest, partition)
      velocities[i] = partition < floor ? -.infinity : slope / partition
      if !(partition < floor) { sum += (masses?[i] ?? 1) * velocities[i] * slope }
    }
    return (sum, !(lowest < floor))
  }

  /// Writes v = factor · F; m v F.
  @inline(__always)
  private static func write(
    _ slope: Vector, _ factor: Double, _ masses: UnsafePointer<Double>?, _ i: Int,
    to velocities: UnsafeMutablePointer<Double>
  ) -> Vector {
    let velocity = factor * slope
    UnsafeMutableRawPointer(velocities + i).storeBytes(of: velocity, as: Vector.self)
    return weighted(velocity, masses, i) * slope
  }

  /// Writes v = F₀/F₁, or −∞ where F₁ is below the floor; m v F₀, there zero.
  @inline(__always)
  private static func write(
    _ slope: Vector, _ partition: Vector, _ floor: Double, _ masses: UnsafePointer<Double>?,
    _ i: Int, to velocities: UnsafeMutablePointer<Double>
  ) -> Vector {
    let isLow = partition .< Vector(repeating: floor)
    let velocity = (slope / partition).replacing(with: Vector.zero, where: isLow)
    UnsafeMutableRawPointer(velocities + i).storeBytes(
      of: velocity.replacing(with: Vector(repeating: -.infinity), where: isLow), as: Vector.self)
    return weighted(velocity, masses, i) * slope
  }

  @inline(__always)
  private static func weighted(
    _ values: Vector, _ masses: UnsafePointer<Double>?, _ i: Int
  ) -> Vector {
    guard let masses else { return values }
    return values * vector(masses + i)
  }

  /// Σ_j c_j s^j of eight coefficients, which stand in pairs.
  ///
  /// - Parameter spacing: of the pairs, in numbers.
  @inline(__always)
  private static func polynomial(
    _ row: UnsafePointer<Double>, spacing: Int, _ s: Vector
  ) -> Vector {
    let square = s * s
    @inline(__always) func number(_ pair: Int, _ i: Int) -> Vector {
      Vector(repeating: row[pair &* spacing &+ i])
    }
    var even = number(2, 0).addingProduct(number(3, 0), square)
    var odd = number(2, 1).addingProduct(number(3, 1), square)
    even = number(1, 0).addingProduct(even, square)
    odd = number(1, 1).addingProduct(odd, square)
    even = number(0, 0).addingProduct(even, square)
    odd = number(0, 1).addingProduct(odd, square)
    return even.addingProduct(odd, s)
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

  /// Writes `twin`; that, and the largest value that field 1 has in the middle of a cell.
  private func joinedFields() -> (rows: UnsafeRawPointer, highest: Double) {
    let a = UnsafeRawPointer(fields[0].samples).assumingMemoryBound(to: SIMD2<Double>.self)
    let b = UnsafeRawPointer(fields[1].samples).assumingMemoryBound(to: SIMD2<Double>.self)
    let result = UnsafeMutableRawPointer(twin.base)
    for i in 0..<(cells * Self.powers / 2) {
      result.storeBytes(
        of: SIMD4(lowHalf: a[i], highHalf: b[i]), toByteOffset: 32 * i, as: SIMD4<Double>.self)
    }
    var highest = 0.0
    for cell in 0..<cells { highest = max(highest, fields[1].samples[Self.powers * cell]) }
    return (UnsafeRawPointer(result), highest)
  }

  /// A prepared field at one point.
  private func value(of field: RealFourierTransform, at angle: Double) -> Double {
    let (cell, s) = CellLocator(cells: cells, rowSize: 64)(angle)
    let table = UnsafeRawPointer(field.samples).assumingMemoryBound(to: Vector.self)
    return (table[cell] * Self.powersOf(s)).sum()
  }
}

private typealias Columns = (
  SIMD4<Double>, SIMD4<Double>, SIMD4<Double>, SIMD4<Double>
)

@inline(__always)
private func vector(_ values: UnsafePointer<Double>) -> Vector {
  UnsafeRawPointer(values).loadUnaligned(as: Vector.self)
}
