internal import Synchronization

/// Direct sums over all pairs of weighted points on S^{d−1}: the definition of attention.
///
///     partition_i = Σ_j w_j e^{β(⟨x_i, x_j⟩ − 1)}
///     slope_i     = Σ_j w_j e^{β(⟨x_i, x_j⟩ − 1)} P_i x_j,   P_i v = v − ⟨v, x_i⟩ x_i
///
/// ⟨x, y⟩ − 1 is taken as −|x − y|²/2, from differences of coordinates. The relative error of that
/// is some 10⁻¹⁶ at every distance, and e^{−t} times t is below 0.4: kernels are right to some
/// 10⁻¹⁶ at any β. The product would lose β·10⁻¹⁶ where x and y are close, which is where the
/// kernel lives.
///
/// In slopes x_j is replaced with x_j − x_i up to d = 4, which P_i does not see: the error is some
/// 10⁻¹⁶ of Σ w k |x_j − x_i|. For larger d it is x_j − x_1, and x_i − x_1 is subtracted at the end:
/// the error is some 10⁻¹⁶ of the partition times the largest |x_j − x_1|. Tokens that all nearly
/// coincide lose nothing.
///
/// - Note: The sums hold work arrays: they are not for several threads to call at once.
public final class SpherePairSums {
  /// The number of points N.
  public let count: Int
  /// The dimension d of the space around the sphere.
  public let dimension: Int
  private let isTiled: Bool
  private let paddedCount: Int
  private let blockSize: Int
  private let points: VectorBuffer
  private let moments: VectorBuffer
  private let sums: VectorBuffer
  private var kernels: [VectorBuffer] = []

  /// - Parameters:
  ///   - count: how many points there are, at least one.
  ///   - dimension: d, at least 2; the sphere is S^{d−1}.
  public init(count: Int, dimension: Int) {
    precondition(count > 0, "there is at least one point")
    precondition(dimension >= 2, "the circle is the lowest sphere")
    self.count = count
    self.dimension = dimension
    isTiled = dimension > 4
    paddedCount = (count + 15) / 16 * 16
    // Eight blocks or more keep threads busy, but small ones spend their time on the edges. Two
    // large ones and their kernels stay in the cache of a core.
    let least = isTiled ? 32 : 128
    let most = isTiled ? 96 : 256
    blockSize = max(least, min(most, (paddedCount / 8 + 15) / 16 * 16))
    let vectors = paddedCount / 8 * PairPanels.height(dimension: dimension)
    points = VectorBuffer(count: vectors)
    moments = VectorBuffer(count: isTiled ? vectors : 1)
    sums = VectorBuffer(count: vectors)
  }

  /// Writes both sums at every point; O(N² d).
  ///
  /// The values are the same on any number of threads.
  ///
  /// - Parameters:
  ///   - points: N × d coordinates, row after row; rows have length 1 up to rounding.
  ///   - masses: N weights, or nil for 1/N each.
  ///   - beta: β ≥ 0.
  ///   - partition: N values, overwritten.
  ///   - slope: N × d values, row after row, overwritten.
  ///   - radial: if given, Σ_j w_j e^{β(⟨x_i, x_j⟩ − 1)} ⟨x_i, x_j⟩, what the projection takes away; N values,
  ///     overwritten.
  ///   - threads: how many threads may be used.
  public func evaluate(
    points: UnsafePointer<Double>, masses: [Double]?, beta: Double,
    partition: UnsafeMutablePointer<Double>, slope: UnsafeMutablePointer<Double>,
    radial: UnsafeMutablePointer<Double>? = nil, threads: Int = 1
  ) {
    let panels = panels(points, masses, beta: beta)
    addPairs(panels, threads: threads)
    for i in 0..<count {
      let along = finish(i, points, panels, &partition[i], slope + i * dimension)
      radial?[i] = partition[i] + along
    }
  }

  /// (1/β) ∬ Δk dμ dμ = Σ_ij w_i w_j e^{−βs} (β s (2 − s) − (d − 1) (1 − s)), s = 1 − ⟨x_i, x_j⟩; O(N² d).
  ///
  /// - Parameters:
  ///   - points: N × d coordinates, row after row; rows have length 1 up to rounding.
  ///   - masses: N weights, or nil for 1/N each.
  ///   - beta: β ≥ 0.
  public func curvature(points: UnsafePointer<Double>, masses: [Double]?, beta: Double) -> Double {
    let panels = panels(points, masses, beta: beta)
    var sum = 0.0
    for point in stride(from: 0, to: paddedCount, by: 4) {
      let block = CurvatureBlock(panels: panels, point: point, beta: beta)
      // Pairs of two panels count twice, those within one are met twice.
      sum += block.sum(with: point / 8)
      for panel in (point / 8 + 1)..<max(paddedCount / 8, point / 8 + 1) {
        sum += 2 * block.sum(with: panel)
      }
    }
    return sum / (Self.weightScale * Self.weightScale)
  }

  private func panels(
    _ points: UnsafePointer<Double>, _ masses: [Double]?, beta: Double
  ) -> PairPanels {
    precondition(masses == nil || masses?.count == count, "one mass for every point")
    precondition(beta >= 0 && beta.isFinite, "the inverse temperature is finite and not negative")
    let panels = PairPanels(
      dimension: dimension, height: PairPanels.height(dimension: dimension),
      points: self.points.base, moments: moments.base, sums: sums.base,
      rate: -0.5 * beta * Self.log2e)
    load(points, masses, into: panels)
    return panels
  }

  private static let log2e = 1.4426950408889634
  /// Weights are carried so much larger: products with the least kernel, 2⁻¹⁰²¹, would otherwise
  /// be subnormal, which costs several times as much.
  private static let weightScale = 0x1p256

  /// Places without a point are never written: they have no weight.
  private func load(_ x: UnsafePointer<Double>, _ masses: [Double]?, into panels: PairPanels) {
    panels.sums.update(repeating: .zero, count: sums.count)
    for i in 0..<count {
      let weight = (masses?[i] ?? 1 / Double(count)) * Self.weightScale
      let row = x + i * dimension
      let target = panels.points.numbers + panels.place(i)
      for c in 0..<dimension { target[8 * c] = row[c] }
      target[8 * dimension] = weight
      if isTiled {
        let target = panels.moments.numbers + panels.place(i)
        for c in 0..<dimension { target[8 * c] = weight * (row[c] - x[c]) }
        target[8 * dimension] = weight
      }
    }
  }

  private func addPairs(_ panels: PairPanels, threads: Int) {
    let rounds = BlockRounds(count: (paddedCount + blockSize - 1) / blockSize)
    let workers = max(1, min(threads, (rounds.count + 1) / 2))
    while isTiled && kernels.count < workers {
      kernels.append(VectorBuffer(count: TiledPairBlock.kernelCount(size: blockSize)))
    }
    // Pairs of one round write to different blocks, and every worker has its own kernels.
    nonisolated(unsafe) let panels = panels
    nonisolated(unsafe) let kernels = kernels
    let (dimension, paddedCount, size) = (dimension, paddedCount, blockSize)
    for round in 0..<rounds.count {
      let next = Atomic<Int>(0)
      parallelLoop(count: workers, threads: workers) { worker in
        while true {
          let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
          if index >= rounds.pairCount(in: round) { return }
          let (i, j) = rounds.pair(index, in: round)
          let first = (i * size / 8)..<(min((i + 1) * size, paddedCount) / 8)
          let second = (j * size / 8)..<(min((j + 1) * size, paddedCount) / 8)
          switch dimension {
          case 2: FusedPairBlock<2>(panels: panels).add(first: first, second: second)
          case 3: FusedPairBlock<3>(panels: panels).add(first: first, second: second)
          case 4: FusedPairBlock<4>(panels: panels).add(first: first, second: second)
          default:
            TiledPairBlock(panels: panels)
              .add(first: first, second: second, kernels: kernels[worker].base)
          }
        }
      }
    }
  }

  /// Projects what was summed for point i onto its tangent space.
  ///
  /// - Returns: the component along the point that is taken away, Σ w k (⟨x_i, x_j⟩ − 1).
  private func finish(
    _ i: Int, _ x: UnsafePointer<Double>, _ panels: PairPanels, _ partition: inout Double,
    _ slope: UnsafeMutablePointer<Double>
  ) -> Double {
    let row = x + i * dimension
    let sums = panels.sums.numbers + panels.place(i)
    let total = sums[8 * dimension]
    var along = 0.0
    for c in 0..<dimension {
      // Σ w k (x_j − x_1) − (x_i − x_1) Σ w k = Σ w k (x_j − x_i).
      slope[c] = isTiled ? sums[8 * c] - total * (row[c] - x[c]) : sums[8 * c]
      along += slope[c] * row[c]
    }
    for c in 0..<dimension { slope[c] = (slope[c] - along * row[c]) / Self.weightScale }
    partition = total / Self.weightScale
    return along / Self.weightScale
  }
}
