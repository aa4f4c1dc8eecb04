/// Pair sums of two blocks of points of a low dimension: one loop from coordinates to sums.
///
///     partition_i += Σ_j w_j k_ij,   way_i += Σ_j w_j k_ij (x_j − x_i)
///
/// and, k being symmetric, the same for every j: a pair's exponential is taken once.
struct FusedPairBlock<let dimension: Int> {
  let panels: PairPanels

  /// Adds the pairs of two blocks of panels to both of them; the pairs of a block with itself once.
  func add(first: Range<Int>, second: Range<Int>) {
    let height = PairPanels.height(dimension: dimension)
    let numbers = panels.points.numbers
    let sums = panels.sums.numbers
    for panel in first {
      for lane in 0..<8 {
        let place = 8 * panel * height + lane
        var row = Row(
          x: InlineArray { Vector(repeating: numbers[place + 8 * $0]) },
          weight: Vector(repeating: numbers[place + 8 * dimension]))
        if first == second {
          row.meet(panel, of: panels, addingToBoth: false)
          for other in (panel + 1)..<second.upperBound {
            row.meet(other, of: panels, addingToBoth: true)
          }
        } else {
          for other in second { row.meet(other, of: panels, addingToBoth: true) }
        }
        for c in 0..<dimension { sums[place + 8 * c] += row.ways[c].sum() }
        sums[place + 8 * dimension] += row.partition.sum()
      }
    }
  }

  /// One point and its sums, which are spread over the lanes.
  private struct Row {
    let x: InlineArray<dimension, Vector>
    let weight: Vector
    var ways = InlineArray<dimension, Vector>(repeating: .zero)
    var partition = Vector.zero

    @inline(__always)
    mutating func meet(_ panel: Int, of panels: PairPanels, addingToBoth: Bool) {
      let height = PairPanels.height(dimension: dimension)
      let y = panels.points + panel * height
      let way = InlineArray<dimension, Vector> { y[$0] - x[$0] }
      var square = way[0] * way[0]
      for c in 1..<dimension { square = square.addingProduct(way[c], way[c]) }
      let kernel = exponential2(Vector(repeating: panels.rate) * square)
      let pull = kernel * y[dimension]
      for c in 0..<dimension { ways[c] = ways[c].addingProduct(pull, way[c]) }
      partition += pull
      if addingToBoth {
        let push = kernel * weight
        let sums = panels.sums + panel * height
        for c in 0..<dimension { sums[c] = sums[c].addingProduct(-push, way[c]) }
        sums[dimension] += push
      }
    }
  }
}
