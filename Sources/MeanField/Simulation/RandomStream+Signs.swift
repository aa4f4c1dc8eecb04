internal import Foundation

extension RandomStream {
  /// Independent signs ±1, as good as normal numbers where many of them are added.
  ///
  /// - Parameters:
  ///   - index: number of this array; every one of the same length has signs of its own.
  ///   - result: `count` values, overwritten.
  func writeSigns(
    index: Int, draw: Int, into result: UnsafeMutablePointer<Double>, count: Int
  ) {
    // The leading 48 bits of each of two uniform numbers; rounding has touched the last ones.
    let blocks = (count + 95) / 96
    var j = 0
    for block in 0..<blocks {
      let pair = uniforms(index: index * blocks + block, draw: draw)
      for uniform in [pair.0, pair.1] {
        var bits = UInt64(uniform * 0x1p48)
        for _ in 0..<min(48, count - j) {
          result[j] = bits & 1 == 0 ? 1 : -1
          bits >>= 1
          j += 1
        }
      }
    }
  }
}
