/// Visits a variable in blocks of neighbouring values, in the order in which they are stored.
///
/// - Parameters:
///   - lengths: the lengths of the dimensions along which blocks are cut.
///   - limit: places in a block, at most (at least one is visited).
///   - body: is given the first index and the count along each dimension.
func forEachBlock(
  of lengths: [Int], atMost limit: Int, _ body: (_ start: [Int], _ count: [Int]) throws -> Void
) rethrows {
  guard lengths.allSatisfy({ $0 > 0 }) else { return }
  // Dimensions from `whole` on are taken whole, the one before in pieces, the others by one.
  var (whole, places) = (lengths.count, 1)
  while whole > 0, places * lengths[whole - 1] <= limit {
    places *= lengths[whole - 1]
    whole -= 1
  }
  var start = lengths.map { _ in 0 }
  var count = lengths.indices.map { $0 < whole ? 1 : lengths[$0] }
  guard whole > 0 else { return try body(start, count) }
  let cut = whole - 1
  let piece = max(1, limit / places)
  while start[0] < lengths[0] {
    count[cut] = min(piece, lengths[cut] - start[cut])
    try body(start, count)
    start[cut] += count[cut]
    var k = cut
    while k > 0, start[k] == lengths[k] {
      start[k] = 0
      k -= 1
      start[k] += 1
    }
  }
}
