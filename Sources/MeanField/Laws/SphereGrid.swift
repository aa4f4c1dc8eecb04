/// The points of a grid of S² and the two poles as a triangulation.
///
/// Every quadrangle of the grid is cut from north-west to south-east; the poles join the first and
/// the last row. Point (i, j) is i · longitudes + j, the poles come last.
struct SphereGrid {
  let latitudes: Int
  let longitudes: Int

  var count: Int { latitudes * longitudes + 2 }
  private var northPole: Int { latitudes * longitudes }
  private var southPole: Int { latitudes * longitudes + 1 }

  /// Column j may lie one outside.
  private func index(_ row: Int, _ column: Int) -> Int {
    if row < 0 { return northPole }
    if row >= latitudes { return southPole }
    let column = column < 0 ? column + longitudes : column
    return row * longitudes + (column < longitudes ? column : column - longitudes)
  }

  /// The points joined to one by an edge, once around it.
  func neighbours(_ j: Int) -> [Int] {
    if j == northPole { return (0..<longitudes).map { index(0, $0) } }
    if j == southPole { return (0..<longitudes).map { index(latitudes - 1, $0) } }
    let (row, column) = (j / longitudes, j % longitudes)
    var result = [index(row - 1, column), index(row, column + 1)]
    if row + 1 < latitudes { result.append(index(row + 1, column + 1)) }
    result += [index(row + 1, column), index(row, column - 1)]
    if row > 0 { result.append(index(row - 1, column - 1)) }
    return result
  }

  /// How the values around a point compare with its own; of equal ones the later counts as higher.
  struct Surroundings {
    /// How often higher and lower ones change, once around.
    var changes: Int
    /// Whether the next one to the north is higher.
    var isHigher: Bool

    var isTop: Bool { changes == 0 && !isHigher }
    var isBottom: Bool { changes == 0 && isHigher }
  }

  func surroundings(of j: Int, _ values: UnsafeBufferPointer<Double>) -> Surroundings {
    let here = values[j]
    func isHigher(_ k: Int) -> Bool { values[k] != here ? values[k] > here : k > j }
    let column = j % longitudes
    // Off the edges of the table neighbours are where they always are, in the order of `neighbours`.
    if j >= longitudes, j < (latitudes - 1) * longitudes, column > 0, column < longitudes - 1 {
      var bits = 0
      bits |= isHigher(j - longitudes) ? 1 : 0
      bits |= isHigher(j + 1) ? 2 : 0
      bits |= isHigher(j + longitudes + 1) ? 4 : 0
      bits |= isHigher(j + longitudes) ? 8 : 0
      bits |= isHigher(j - 1) ? 16 : 0
      bits |= isHigher(j - longitudes - 1) ? 32 : 0
      let turned = bits >> 1 | (bits & 1) << 5
      return Surroundings(changes: (bits ^ turned).nonzeroBitCount, isHigher: bits & 1 == 1)
    }
    let around = neighbours(j).map(isHigher)
    var changes = around.first != around.last ? 1 : 0
    for k in 1..<around.count where around[k] != around[k - 1] { changes += 1 }
    return Surroundings(changes: changes, isHigher: around[0])
  }

  /// Corners of the cell whose north-western one is given; row −1 and the last one hold a pole.
  func corners(_ row: Int, _ column: Int) -> (Int, Int, Int, Int) {
    (
      index(row, column), index(row, column + 1), index(row + 1, column),
      index(row + 1, column + 1)
    )
  }

  /// Calls with the three corners of every triangle, counterclockwise from outside.
  func forEachTriangle(_ body: (Int, Int, Int) -> Void) {
    for j in 0..<longitudes { body(northPole, index(0, j), index(0, j + 1)) }
    for i in 0..<(latitudes - 1) {
      for j in 0..<longitudes {
        let (a, b, d, c) = corners(i, j)
        body(a, d, c)
        body(a, c, b)
      }
    }
    for j in 0..<longitudes {
      body(southPole, index(latitudes - 1, j + 1), index(latitudes - 1, j))
    }
  }
}
