internal import CPrefetch

extension PointTransform {
  /// Adds w (1, s, …, s⁷) to the cell of every point.
  ///
  /// Eights of one cell, as sorted points come, are summed before they are added. Else a row is
  /// (1, s, s², s³) and s⁴ times that, and two tables take turns: neighbours in one cell would wait for
  /// each other's sum.
  func deposit(
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
      var eight = 0
      while eight < end &- first {
        prefetch_for_reading(source + (end &+ eight))
        if isOneCell(offsets + eight, count: 8) {
          var next = eight
          var powers = InlineArray<8, Vector>(repeating: .zero)
          repeat {
            let s = (UnsafeRawPointer(places + next)).loadUnaligned(as: Vector.self)
            var mass = Vector(repeating: 1)
            if let masses = masses?.baseAddress {
              mass = UnsafeRawPointer(masses + (first &+ next)).loadUnaligned(as: Vector.self)
            }
            // One is a factor too: bare sums of the first two would be taken lane by lane.
            var power = Vector(repeating: 1)
            for j in 0..<8 {
              powers[j] = powers[j].addingProduct(mass, power)
              power *= s
            }
            next &+= 8
          } while next < end &- first && offsets[next] == offsets[eight]
            && isOneCell(offsets + next, count: 8)
          sums[Int(offsets[eight]) / 64] += laneSums(
            powers[0], powers[1], powers[2], powers[3], powers[4], powers[5], powers[6], powers[7])
          eight = next
          continue
        }
        for i in stride(from: eight, to: eight &+ 8, by: 2) {
          add(i, to: sums)
          add(i &+ 1, to: others)
        }
        eight &+= 8
      }
      first = end
    }
    for i in whole..<angles.count {
      let (cell, s) = locate(angles[i])
      sums[cell].addProduct(Self.powersOf(s), Vector(repeating: masses?[i] ?? 1))
    }
    for cell in 0..<count { sums[cell] += others[cell] }
  }
}
