/// A column of its own for every row, so that costs sum to the least possible.
///
/// The Hungarian method by shortest augmenting paths (Jonker and Volgenant, Computing 38, 1987):
/// rows join one after the other, each by the cheapest chain of reassignments that ends in a free
/// column. Prices of rows and columns keep reduced costs from being negative, so that Dijkstra's
/// method finds the chain. O(rows² · columns).
///
/// - Parameters:
///   - rows: at most as many as columns.
///   - cost: of a row in a column, finite.
/// - Returns: the column of every row.
func cheapestAssignment(
  rows: Int, columns: Int, cost: (_ row: Int, _ column: Int) -> Double
) -> [Int] {
  precondition(rows <= columns, "every row has a column of its own")
  var rowPrices = [Double](repeating: 0, count: rows)
  var columnPrices = [Double](repeating: 0, count: columns)
  var owners = [Int?](repeating: nil, count: columns)
  for start in 0..<rows {
    var lengths = [Double](repeating: .infinity, count: columns)
    // Whose column it was before the chain came here; nil at the chain's beginning.
    var previous = [Int?](repeating: nil, count: columns)
    var isReached = [Bool](repeating: false, count: columns)
    var row = start
    var column: Int?
    var length = 0.0
    while true {
      var nearest = -1
      for c in 0..<columns where !isReached[c] {
        let through = length + cost(row, c) - rowPrices[row] - columnPrices[c]
        if through < lengths[c] { (lengths[c], previous[c]) = (through, column) }
        if nearest < 0 || lengths[c] < lengths[nearest] { nearest = c }
      }
      length = lengths[nearest]
      isReached[nearest] = true
      column = nearest
      guard let owner = owners[nearest] else { break }
      row = owner
    }
    rowPrices[start] += length
    for c in 0..<columns where isReached[c] {
      guard let owner = owners[c] else { continue }
      rowPrices[owner] += length - lengths[c]
      columnPrices[c] -= length - lengths[c]
    }
    while let end = column {
      owners[end] = previous[end].map { owners[$0] } ?? start
      column = previous[end]
    }
  }
  var result = [Int](repeating: 0, count: rows)
  for (column, owner) in owners.enumerated() {
    if let owner { result[owner] = column }
  }
  return result
}
