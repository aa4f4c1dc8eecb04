/// Numbers in ascending order, and where each of them stood; equal ones keep their order.
///
/// By passes over eleven bits of a pattern of bits that ascends with the number: O(N) however close
/// numbers lie, as in clusters that have contracted to rounding.
struct AscendingOrder {
  private(set) var values: [Double]
  private(set) var places: [Int32]

  /// - Parameter values: none is NaN.
  init(_ values: [Double]) {
    // A few thousand keys are sorted by comparison before the tables of counts are cleared.
    guard values.count > 4096 else {
      let order = values.indices.sorted { values[$0] < values[$1] }
      self.values = order.map { values[$0] }
      places = order.map { Int32($0) }
      return
    }
    let count = values.count
    var keys = values.map(Self.key)
    var places = (0..<count).map { Int32($0) }
    var otherKeys = [UInt64](repeating: 0, count: count)
    var otherPlaces = [Int32](repeating: 0, count: count)
    var starts = Self.counts(keys)
    for pass in 0..<Self.passes {
      let table = (pass * Self.digits)..<((pass + 1) * Self.digits)
      // Where all have the same digit there is nothing to move.
      guard !starts[table].contains(count) else { continue }
      var sum = 0
      for digit in table { (starts[digit], sum) = (sum, sum + starts[digit]) }
      let shift = UInt64(11 * pass)
      for i in 0..<count {
        let digit = table.lowerBound + Int((keys[i] >> shift) & 2047)
        let place = starts[digit]
        otherKeys[place] = keys[i]
        otherPlaces[place] = places[i]
        starts[digit] = place + 1
      }
      swap(&keys, &otherKeys)
      swap(&places, &otherPlaces)
    }
    self.values = keys.map(Self.value)
    self.places = places
  }

  private static let passes = 6
  private static let digits = 2048
  private static let sign: UInt64 = 1 << 63

  /// Ascends with the number; −0 counts as 0.
  private static func key(_ value: Double) -> UInt64 {
    let bits = (value + 0).bitPattern
    return bits & sign == 0 ? bits | sign : ~bits
  }

  private static func value(_ key: UInt64) -> Double {
    Double(bitPattern: key & sign == 0 ? ~key : key & ~sign)
  }

  /// How often every digit occurs, pass after pass.
  private static func counts(_ keys: [UInt64]) -> [Int] {
    var counts = [Int](repeating: 0, count: passes * digits)
    for key in keys {
      for pass in 0..<passes {
        counts[pass * digits + Int((key >> UInt64(11 * pass)) & 2047)] += 1
      }
    }
    return counts
  }
}
