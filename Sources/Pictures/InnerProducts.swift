import Foundation
import SnapshotIO

/// The inner products ⟨x_i, x_j⟩ of pairs of tokens, i < j, within each of some members.
///
/// All pairs of all tokens are more than can be read: some tokens of each member stand for the
/// others, and all of their pairs are taken.
struct InnerProducts {
  private let tokens: TokenReader
  private let members: Int
  private let tokensPerMember: Int

  private static let memberLimit = 16
  private static let pairLimit = 20_000
  private static let binCount = 160
  /// log₁₀ of the density of nothing: below the colours, but not so far below that they would end
  /// in a cliff.
  private static let emptiness = -3.0
  /// Multiplications in all snapshots together, some seconds' worth.
  private static let workLimit = 4e9

  init(_ tokens: TokenReader, snapshotCount: Int) {
    self.tokens = tokens
    members = min(tokens.memberCount, Self.memberLimit)
    let affordable = Self.workLimit / Double(tokens.width * max(1, snapshotCount))
    let pairs = min(Double(Self.pairLimit), max(500, affordable))
    tokensPerMember = min(tokens.tokenCount, Int((2 * pairs / Double(members)).squareRoot()) + 1)
  }

  var count: Int { members * countPerMember }

  var countPerMember: Int { tokensPerMember * (tokensPerMember - 1) / 2 }

  /// The inner products at a snapshot, member after member.
  func values(at snapshot: Int) throws(NetCDFError) -> [Double] {
    var values: [Double] = []
    values.reserveCapacity(count)
    for member in 0..<members {
      let points = try tokens.few(tokensPerMember, of: member, at: snapshot)
      for i in 0..<tokensPerMember {
        for j in i + 1..<max(i + 1, tokensPerMember) { values.append(product(points, i, j)) }
      }
    }
    return values
  }

  private func product(_ points: [Double], _ i: Int, _ j: Int) -> Double {
    let width = tokens.width
    // Four sums at a time: a single one waits for itself at every term.
    var sums = SIMD4<Double>.zero
    var k = 0
    while k + 4 <= width {
      let (a, b) = (i * width + k, j * width + k)
      sums = sums.addingProduct(
        SIMD4(points[a], points[a + 1], points[a + 2], points[a + 3]),
        SIMD4(points[b], points[b + 1], points[b + 2], points[b + 3]))
      k += 4
    }
    var product = sums.sum()
    while k < width {
      product += points[i * width + k] * points[j * width + k]
      k += 1
    }
    return product
  }
}

// MARK: - Their law

extension InnerProducts {
  /// The middles of equal bins of [−1, 1].
  var bins: [Double] {
    (0..<Self.binCount).map { (2 * Double($0) + 1) / Double(Self.binCount) - 1 }
  }

  /// The law on the way from one snapshot to the next, the first one left out: every pair goes
  /// straight, so that a narrow law does not vanish here and appear there.
  ///
  /// - Parameter start: the inner products before; none before the first snapshot.
  func histograms(from start: [Double], to end: [Double], steps: Int) -> [[Double]] {
    guard !start.isEmpty else { return [logarithms(end)] }
    return (1...steps).map { step in
      let part = Double(step) / Double(steps)
      return logarithms(zip(start, end).map { $0 + part * ($1 - $0) })
    }
  }

  /// log₁₀ of the density per unit in every bin; NaN if there is none.
  ///
  /// A value is shared by the bins around it, mirrored at ±1: a law that moves does so without
  /// steps, and a cluster, all of whose pairs are at 1, is wide enough to be seen.
  func logarithms(_ values: [Double]) -> [Double] {
    var counts = Array(repeating: 0.0, count: Self.binCount)
    var total = 0.0
    for value in values where value.isFinite {
      let place = 0.5 * (value + 1) * Double(Self.binCount) - 0.5
      let inside = min(max(place, 0), Double(Self.binCount - 1))
      let bin = min(Int(inside), Self.binCount - 2)
      counts[bin] += 1 - (inside - Double(bin))
      counts[bin + 1] += inside - Double(bin)
      total += 1
    }
    guard total > 0 else { return counts.map { _ in .nan } }
    let unit = 0.5 * Double(Self.binCount) / total
    return counts.indices.map { i in
      let beside = counts[max(i - 1, 0)] + counts[min(i + 1, Self.binCount - 1)]
      let smooth = 0.5 * counts[i] + 0.25 * beside
      return max(log10(smooth * unit), Self.emptiness)
    }
  }
}
