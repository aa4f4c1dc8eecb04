/// Sorts points by their cells, stably, in passes over eleven bits of the cell's number.
struct CellSorter {
  /// Which point stands where.
  private(set) var order: [Int32] = []
  private var otherOrder: [Int32] = []
  private var keys: [Int32] = []
  private var values: [Double] = []
  private var counts = [Int](repeating: 0, count: 2048)

  mutating func sort(
    cells: inout [Int32], places: inout [Double], count: Int, cellCount: Int
  ) {
    if order.count < count {
      order = [Int32](repeating: 0, count: count)
      otherOrder = order
      keys = order
      values = [Double](repeating: 0, count: count)
    }
    for i in 0..<count { order[i] = Int32(i) }
    var shift: Int32 = 0
    while cellCount >> Int(shift) > 0 {
      for digit in counts.indices { counts[digit] = 0 }
      for i in 0..<count { counts[Int((cells[i] >> shift) & 2047)] += 1 }
      var sum = 0
      for digit in counts.indices {
        let here = counts[digit]
        counts[digit] = sum
        sum += here
      }
      for i in 0..<count {
        let digit = Int((cells[i] >> shift) & 2047)
        otherOrder[counts[digit]] = order[i]
        keys[counts[digit]] = cells[i]
        counts[digit] += 1
      }
      swap(&order, &otherOrder)
      for i in 0..<count { cells[i] = keys[i] }
      shift += 11
    }
    for i in 0..<count { values[i] = places[Int(order[i])] }
    for i in 0..<count { places[i] = values[i] }
  }
}
