internal import CPrefetch
internal import CVector

extension PointMoments {
  /// Adds w (1, s, …, s^{p−1}) to the cell of every point.
  func deposit(_ angles: UnsafeBufferPointer<Double>, _ masses: UnsafeBufferPointer<Double>?) {
    // The number of vectors in a row as a constant: loops over it are none.
    if powers == 8 { add(angles, masses, vectors: 1) } else { add(angles, masses, vectors: 2) }
  }

  /// The same for rows of one or two vectors.
  ///
  /// Eights of one cell, as sorted points come, are summed before they are added. Else a row is
  /// (1, s, s², s³) and s⁴, s⁸, … times that, and two tables take turns: neighbours in one cell would wait for
  /// each other's sum.
  @inline(__always)
  private func add(
    _ angles: UnsafeBufferPointer<Double>, _ masses: UnsafeBufferPointer<Double>?, vectors: Int
  ) {
    let count = vectors * cells
    let sums = UnsafeMutableRawPointer(sums.samples).assumingMemoryBound(to: Vector.self)
    let others = others.base
    sums.update(repeating: .zero, count: count)
    others.update(repeating: .zero, count: count)
    guard let source = angles.baseAddress else { return }
    let locate = CellLocator(cells: cells, rowSize: Int64(64 * vectors))
    let whole = angles.count & ~7
    let offsets = scratch.offsets
    let places = scratch.places
    var first = 0
    while first < whole {
      let end = min(first &+ PointScratch.block, whole)
      locate(angles, first, end, offsets: offsets, places: places)
      @inline(__always) func add(
        _ row: Four, _ fourth: Four, at i: Int, to table: UnsafeMutablePointer<Vector>
      ) {
        let cell = UnsafeMutableRawPointer(table) + Int(offsets[i])
        cell.storeBytes(of: four_sum(cell.load(as: Four.self), row), as: Four.self)
        var factor = fourth
        for part in 1..<(2 * vectors) {
          let place = cell + 32 * part
          place.storeBytes(
            of: four_multiply_add(place.load(as: Four.self), row, factor), as: Four.self)
          factor = four_product(factor, fourth)
        }
      }
      @inline(__always) func addFour(_ i: Int) {
        let s = UnsafeRawPointer(places + i).load(as: Four.self)
        let square = four_product(s, s)
        let fourth = four_product(square, square)
        var mass = Four(repeating: 1)
        if let masses = masses?.baseAddress {
          mass = UnsafeRawPointer(masses + (first &+ i)).loadUnaligned(as: Four.self)
        }
        let first = four_product(mass, s)
        let (a, b, c, d) = transpose(
          mass, first, four_product(mass, square), four_product(first, square))
        add(a, Four(repeating: fourth[0]), at: i, to: sums)
        add(b, Four(repeating: fourth[1]), at: i &+ 1, to: others)
        add(c, Four(repeating: fourth[2]), at: i &+ 2, to: sums)
        add(d, Four(repeating: fourth[3]), at: i &+ 3, to: others)
      }
      @inline(__always) func prefetch(_ i: Int) {
        prefetch_for_reading(source + (end &+ i))
        if let masses = masses?.baseAddress { prefetch_for_reading(masses + (end &+ i)) }
      }
      var eight = 0
      while eight < end &- first {
        prefetch(eight)
        if isOneCell(offsets + eight, count: 8) {
          var next = eight
          var even = InlineArray<8, Vector>(repeating: .zero)
          var odd = InlineArray<8, Vector>(repeating: .zero)
          repeat {
            let s = (UnsafeRawPointer(places + next)).loadUnaligned(as: Vector.self)
            var mass = Vector(repeating: 1)
            if let masses = masses?.baseAddress {
              mass = UnsafeRawPointer(masses + (first &+ next)).loadUnaligned(as: Vector.self)
            }
            // m s^{2k}: half of the sums take no product.
            let square = vector_product(s, s)
            for j in 0..<(4 * vectors) {
              even[j] = vector_sum(even[j], mass)
              odd[j] = vector_multiply_add(odd[j], mass, s)
              mass = vector_product(mass, square)
            }
            next &+= 8
            prefetch(next)
          } while next < end &- first && offsets[next] == offsets[eight]
            && isOneCell(offsets + next, count: 8)
          for part in 0..<vectors {
            let j = 4 * part
            sums[Int(offsets[eight]) / 64 + part] += laneSums(
              even[j], odd[j], even[j + 1], odd[j + 1],
              even[j + 2], odd[j + 2], even[j + 3], odd[j + 3])
          }
          eight = next
          continue
        }
        addFour(eight)
        addFour(eight &+ 4)
        eight &+= 8
      }
      first = end
    }
    for i in whole..<angles.count {
      let (cell, s) = locate(angles[i])
      let row = Self.powersOf(s)
      var mass = masses?[i] ?? 1
      for part in 0..<vectors {
        sums[vectors * cell + part].addProduct(row, Vector(repeating: mass))
        mass *= row[7] * s
      }
    }
    for i in 0..<count { sums[i] += others[i] }
  }
}
