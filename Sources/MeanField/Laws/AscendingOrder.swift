/// Numbers in ascending order, and where each of them stood; equal ones keep their order.
///
/// By passes over eleven bits of a pattern of bits that ascends with the number: O(N) however close
/// numbers lie, as in clusters that have contracted to rounding.
struct AscendingOrder {
  private(set) var values: [Double]
  private(set) var places: [Int32]

  private struct Entry {
    var key: UInt64
    var place: Int32
  }

  /// - Parameter values: none is NaN.
  init(_ values: [Double]) {
    let count = values.count
    // A few keys are sorted by comparison before the tables of counts are cleared.
    guard count > 256 else {
      let order = values.indices.sorted { values[$0] < values[$1] }
      self.values = order.map { values[$0] }
      places = order.map { Int32($0) }
      return
    }
    (self.values, places) = withUnsafeTemporaryAllocation(of: Entry.self, capacity: 2 * count) {
      entries in
      var source = UnsafeMutableBufferPointer(rebasing: entries[..<count])
      var target = UnsafeMutableBufferPointer(rebasing: entries[count...])
      Self.sort(values, &source, &target)
      return (source.map { Self.value($0.key) }, source.map(\.place))
    }
  }

  /// Sorts into `source`; both are swapped after every pass.
  private static func sort(
    _ values: [Double], _ source: inout UnsafeMutableBufferPointer<Entry>,
    _ target: inout UnsafeMutableBufferPointer<Entry>
  ) {
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: passes * digits) { starts in
      starts.initialize(repeating: 0)
      for i in values.indices {
        let key = key(values[i])
        source[i] = Entry(key: key, place: Int32(i))
        for pass in 0..<passes { starts[digit(pass, key)] += 1 }
      }
      for pass in 0..<passes {
        // Where all have the same digit there is nothing to move.
        guard Int(starts[digit(pass, source[0].key)]) < values.count else { continue }
        var sum: Int32 = 0
        for digit in (pass * digits)..<((pass + 1) * digits) {
          (starts[digit], sum) = (sum, sum + starts[digit])
        }
        for entry in source {
          let digit = digit(pass, entry.key)
          target[Int(starts[digit])] = entry
          starts[digit] += 1
        }
        swap(&source, &target)
      }
    }
  }

  private static let passes = 6
  private static let digits = 2048
  private static let sign: UInt64 = 1 << 63

  /// Place of a key's digit in the tables of all passes.
  @inline(__always)
  private static func digit(_ pass: Int, _ key: UInt64) -> Int {
    pass * digits + Int((key >> UInt64(11 * pass)) & 2047)
  }

  /// Ascends with the number; −0 counts as 0.
  private static func key(_ value: Double) -> UInt64 {
    let bits = (value + 0).bitPattern
    return bits & sign == 0 ? bits | sign : ~bits
  }

  private static func value(_ key: UInt64) -> Double {
    Double(bitPattern: key & sign == 0 ? ~key : key & ~sign)
  }
}
