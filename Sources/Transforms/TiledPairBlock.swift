/// Pair sums of two blocks of points of a high dimension, as products of small matrices.
///
///     partition_i += Σ_j w_j k_ij,   moment_i += Σ_j w_j k_ij (x_j − origin)
///
/// and, k being symmetric, the same for every j. The kernels of a block are kept for a moment, so
/// that results stay in registers while they sum: tiles of 4 × 16 squared distances, then tiles of
/// 4 sums of 16 points.
struct TiledPairBlock {
  let panels: PairPanels

  /// How many vectors of kernels two blocks of `size` points need.
  static func kernelCount(size: Int) -> Int { 2 * size * size / 8 }

  /// Adds the pairs of two blocks to both of them; the pairs of a block with itself once.
  ///
  /// - Parameters:
  ///   - first: panels of the first block, an even number.
  ///   - second: panels of the second: the same, or others.
  ///   - kernels: room for `kernelCount(size:)` vectors.
  func add(first: Range<Int>, second: Range<Int>, kernels: UnsafeMutablePointer<Vector>) {
    writeKernels(first, second, into: kernels)
    addProducts(of: kernels, sources: first, targets: second)
    if first != second {
      let turned = kernels + 8 * first.count * second.count
      writeTranspose(of: kernels, first.count, second.count, into: turned)
      addProducts(of: turned, sources: second, targets: first)
    }
  }

  /// Writes for 16 points of `second` their kernels with every point of `first`, then for the
  /// next 16.
  private func writeKernels(
    _ first: Range<Int>, _ second: Range<Int>, into kernels: UnsafeMutablePointer<Vector>
  ) {
    let height = panels.height
    let rate = Vector(repeating: panels.rate)
    var target = kernels
    for panel in stride(from: second.lowerBound, to: second.upperBound, by: 2) {
      let left = panels.points + panel * height
      let right = left + height
      for point in stride(from: 8 * first.lowerBound, to: 8 * first.upperBound, by: 4) {
        let x = panels.points.numbers + panels.place(point)
        var leftSquares = InlineArray<4, Vector>(repeating: .zero)
        var rightSquares = InlineArray<4, Vector>(repeating: .zero)
        for c in 0..<panels.dimension {
          let y0 = left[c]
          let y1 = right[c]
          for r in 0..<4 {
            let coordinate = Vector(repeating: x[8 * c + r])
            let leftWay = y0 - coordinate
            let rightWay = y1 - coordinate
            leftSquares[r] = leftSquares[r].addingProduct(leftWay, leftWay)
            rightSquares[r] = rightSquares[r].addingProduct(rightWay, rightWay)
          }
        }
        for r in 0..<4 {
          target[2 * r] = exponential2(rate * leftSquares[r])
          target[2 * r + 1] = exponential2(rate * rightSquares[r])
        }
        target += 8
      }
    }
  }

  /// Exchanges the roles of two blocks of m and n panels.
  private func writeTranspose(
    of kernels: UnsafePointer<Vector>, _ m: Int, _ n: Int,
    into turned: UnsafeMutablePointer<Vector>
  ) {
    for i in 0..<m {
      for j in 0..<n {
        let k = kernels + (j / 2 * m + i) * 16 + j % 2
        let t = turned + (i / 2 * n + j) * 16 + i % 2
        let columns = transpose(k[0], k[2], k[4], k[6], k[8], k[10], k[12], k[14])
        t[0] = columns.0
        t[2] = columns.1
        t[4] = columns.2
        t[6] = columns.3
        t[8] = columns.4
        t[10] = columns.5
        t[12] = columns.6
        t[14] = columns.7
      }
    }
  }

  /// Adds the sources' moments and weights, times the kernels, to 16 targets at a time.
  private func addProducts(
    of kernels: UnsafePointer<Vector>, sources: Range<Int>, targets: Range<Int>
  ) {
    var kernels = kernels
    for panel in stride(from: targets.lowerBound, to: targets.upperBound, by: 2) {
      var row = 0
      while row + 4 <= panels.height {
        SumTile<4>(panels: panels).add(kernels, sources: sources, target: panel, row: row)
        row += 4
      }
      if row < panels.height {
        SumTile<2>(panels: panels).add(kernels, sources: sources, target: panel, row: row)
      }
      kernels += 16 * sources.count
    }
  }
}

/// Neighbouring sums of 16 points, held in registers.
private struct SumTile<let rows: Int> {
  let panels: PairPanels

  @inline(__always)
  func add(_ kernels: UnsafePointer<Vector>, sources: Range<Int>, target: Int, row: Int) {
    let leftSums = panels.sums + target * panels.height + row
    let rightSums = leftSums + panels.height
    var left = InlineArray<rows, Vector> { leftSums[$0] }
    var right = InlineArray<rows, Vector> { rightSums[$0] }
    var kernels = kernels
    for source in sources {
      let factors = (panels.moments + source * panels.height + row).numbers
      for lane in 0..<8 {
        let k0 = kernels[0]
        let k1 = kernels[1]
        for r in 0..<rows {
          let factor = Vector(repeating: factors[8 * r + lane])
          left[r] = left[r].addingProduct(factor, k0)
          right[r] = right[r].addingProduct(factor, k1)
        }
        kernels += 2
      }
    }
    for r in 0..<rows {
      leftSums[r] = left[r]
      rightSums[r] = right[r]
    }
  }
}
