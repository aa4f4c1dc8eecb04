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
  /// Every point shortens the row of its cell by a step or more of Horner's rule, four coefficients at
  /// once; four such rows are transposed, and the rest of the rule is done at four points at once.
  /// Groups that share a cell, as sorted points do, take its row as it is.
  ///
  /// - Parameter masses: m_i, or nil for ones.
  /// - Returns: Σ m v F, in a fixed order.
  public func evaluateFlow(
    field: Int = 0, factor: Double, at angles: UnsafeBufferPointer<Double>,
    masses: UnsafePointer<Double>?, into velocities: UnsafeMutablePointer<Double>
  ) -> Double {
    let table = UnsafeRawPointer(fields[field].samples)
    let offsets = scratch.offsets
    var lanes = Vector.zero
    forEachGroup(of: angles, masses, rowSize: 64, places: velocities) { first, start, end in
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
      for i in stride(from: start, to: end, by: 8) {
        let cells = offsets + (i &- first)
        let slope = Vector(
          lowHalf: Self.value(table, cells, velocities + i),
          highHalf: Self.value(table, cells + 4, velocities + i + 4))
        sum += Self.write(slope, factor, masses, i, to: velocities)
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
    let floor = share * highest
    var lanes = Vector.zero
    var least = Vector(repeating: .infinity)
    forEachGroup(of: angles, masses, rowSize: 128, places: velocities) { first, start, end in
      var sum = Vector.zero
      var low = least
      if isOneCell(offsets + (start &- first), count: end &- start) {
        let row = (table + Int(offsets[start &- first])).assumingMemoryBound(to: Double.self)
        for i in stride(from: start, to: end, by: 8) {
          let s = vector(velocities + i)
          let slope = Self.polynomial(row, spacing: 4, s)
          let partition = Self.polynomial(row + 2, spacing: 4, s)
          low.replace(with: partition, where: partition .< low)
          sum += Self.write(slope, partition, floor, masses, i, to: velocities)
        }
        lanes += sum
        least = low
        return
      }
      for i in stride(from: start, to: end, by: 8) {
        let cells = offsets + (i &- first)
        let a = Self.values(table, cells, velocities + i)
        let b = Self.values(table, cells + 4, velocities + i + 4)
        let slope = Vector(lowHalf: a.slope, highHalf: b.slope)
        let partition = Vector(lowHalf: a.partition, highHalf: b.partition)
        low.replace(with: partition, where: partition .< low)
        sum += Self.write(slope, partition, floor, masses, i, to: velocities)
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

  /// Places of the points by blocks, then `body(first of the block, start, end)` for its groups.
  ///
  /// Places stand where values will. All arrays are called from memory a block ahead: left to
  /// themselves, processors fetch ahead poorly between visits to cells.
  @inline(__always)
  private func forEachGroup(
    of angles: UnsafeBufferPointer<Double>, _ masses: UnsafePointer<Double>?, rowSize: Int64,
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
          if let masses { prefetch_for_reading(masses + i) }
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
    return (table[cell] * PointMoments.powersOf(s)).sum()
  }
}
