internal import CPrefetch
internal import CVector

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
      @inline(__always) func add(
        _ row: Four, _ fourth: Four, at i: Int, to table: UnsafeMutablePointer<Vector>
      ) {
        let cell = UnsafeMutableRawPointer(table) + Int(offsets[i])
        let low = four_sum(cell.load(as: Four.self), row)
        let high = four_multiply_add((cell + 32).load(as: Four.self), row, fourth)
        cell.storeBytes(of: low, as: Four.self)
        (cell + 32).storeBytes(of: high, as: Four.self)
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
          var even = InlineArray<4, Vector>(repeating: .zero)
          var odd = InlineArray<4, Vector>(repeating: .zero)
          repeat {
            let s = (UnsafeRawPointer(places + next)).loadUnaligned(as: Vector.self)
            var mass = Vector(repeating: 1)
            if let masses = masses?.baseAddress {
              mass = UnsafeRawPointer(masses + (first &+ next)).loadUnaligned(as: Vector.self)
            }
            // m s^{2k}: half of the sums take no product.
            let square = vector_product(s, s)
            for j in 0..<4 {
              even[j] = vector_sum(even[j], mass)
              odd[j] = vector_multiply_add(odd[j], mass, s)
              mass = vector_product(mass, square)
            }
            next &+= 8
            prefetch(next)
          } while next < end &- first && offsets[next] == offsets[eight]
            && isOneCell(offsets + next, count: 8)
          sums[Int(offsets[eight]) / 64] += laneSums(
            even[0], odd[0], even[1], odd[1], even[2], odd[2], even[3], odd[3])
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
      sums[cell].addProduct(Self.powersOf(s), Vector(repeating: masses?[i] ?? 1))
    }
    for cell in 0..<count { sums[cell] += others[cell] }
  }
}
