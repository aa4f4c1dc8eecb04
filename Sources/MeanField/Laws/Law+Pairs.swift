internal import Foundation

/// What pairs of tokens, or of independent draws from a law, say of it.
extension Law {
  /// The part of all pairs i ≠ j of tokens with ⟨x_i, x_j⟩ ≥ c, whatever their masses; NaN for fewer
  /// than two tokens.
  ///
  /// O(N log N) on the circle, O(N² d) elsewhere.
  public func pairProbability(innerProductAtLeast c: Double) -> Double {
    let count = tokenCount
    guard count > 1 else { return .nan }
    let points = points
    let near =
      points.count == count
      ? Self.nearPairs(angles: points, within: acos(min(max(c, -1), 1)))
      : Self.nearPairs(points, dimension: points.count / count, innerProductAtLeast: c)
    return Double(near) / (0.5 * Double(count) * Double(count - 1))
  }

  /// (∬ P_l(⟨x,y⟩) dμ dμ)^{1/2} with P_l(1) = 1: how much of degree l a law has, whichever way it is
  /// turned.
  ///
  /// On the circle |m_l|, on S² (Σ_m (∫ Y_lm dμ)²/(2l + 1))^{1/2}; for zonal laws and their particles
  /// |∫ P_l(cos θ) dμ| with the angle from the pole.
  public func amplitude(degree l: Int) -> Double {
    // Squares of the moments of one degree; on S² there are 2l + 1 of them with norm 1.
    let squares = moments(degrees: [l]).reduce(0) { $0 + $1 * $1 }
    guard let law = self as? SphereLaw else {
      guard let cloud = self as? CloudLaw, !cloud.isZonal else { return squares.squareRoot() }
      return cloud.pairAmplitude(degree: l)
    }
    if let cloud = law.cloud, l > law.degree { return cloud.pairAmplitude(degree: l) }
    return (squares / Double(2 * l + 1)).squareRoot()
  }

  /// Pairs of angles not farther apart than `width`, by going round once.
  private static func nearPairs(angles: [Double], within width: Double) -> Int {
    let count = angles.count
    guard width < .pi else { return count * (count - 1) / 2 }
    let turn = 2 * Double.pi
    let sorted = angles.map { $0 - turn * ($0 / turn).rounded(.down) }.sorted()
    var pairs = 0
    var last = 0
    for i in 0..<count {
      last = max(last, i)
      while last + 1 < i + count {
        let next = last + 1
        let angle = next < count ? sorted[next] : sorted[next - count] + turn
        guard angle - sorted[i] <= width else { break }
        last = next
      }
      pairs += last - i
    }
    return pairs
  }

  private static func nearPairs(
    _ points: [Double], dimension d: Int, innerProductAtLeast c: Double
  ) -> Int {
    let count = points.count / d
    var pairs = 0
    points.withUnsafeBytes { bytes in
      for i in 0..<count {
        for j in stride(from: 0, to: i, by: 4) {
          // Beyond i − 1 the last row is taken again, and not counted.
          let rows = InlineArray<4, Int> { min(j + $0, i - 1) * d }
          let products = innerProducts(bytes, i * d, rows, d)
          for r in 0..<min(4, i - j) where products[r] >= c { pairs += 1 }
        }
      }
    }
    return pairs
  }

  /// Four at a time, since a sum of products waits for itself.
  @inline(__always)
  private static func innerProducts(
    _ bytes: UnsafeRawBufferPointer, _ i: Int, _ rows: InlineArray<4, Int>, _ d: Int
  ) -> InlineArray<4, Double> {
    var sums = InlineArray<4, SIMD8<Double>>(repeating: .zero)
    let whole = d / 8 * 8
    for k in stride(from: 0, to: whole, by: 8) {
      let x = bytes.loadUnaligned(fromByteOffset: 8 * (i + k), as: SIMD8<Double>.self)
      for r in 0..<4 {
        let y = bytes.loadUnaligned(fromByteOffset: 8 * (rows[r] + k), as: SIMD8<Double>.self)
        sums[r] = sums[r].addingProduct(x, y)
      }
    }
    var products = InlineArray<4, Double> { sums[$0].sum() }
    for k in whole..<d {
      let x = bytes.loadUnaligned(fromByteOffset: 8 * (i + k), as: Double.self)
      for r in 0..<4 {
        products[r] += x * bytes.loadUnaligned(fromByteOffset: 8 * (rows[r] + k), as: Double.self)
      }
    }
    return products
  }
}

extension CloudLaw {
  /// From all pairs, by (l + d − 2) P_{l+1} = (2l + d − 2) u P_l − l P_{l−1}.
  fileprivate func pairAmplitude(degree: Int) -> Double {
    let d = manifold.dimension
    let count = masses.count
    var sum = 0.0
    for i in 0..<count {
      for j in 0...i {
        var u = 0.0
        for k in 0..<d { u += points[i * d + k] * points[j * d + k] }
        var (before, value) = (1.0, degree == 0 ? 1 : u)
        for l in 1..<max(1, degree) {
          let (up, down) = (Double(2 * l + d - 2), Double(l))
          (before, value) = (value, (up * u * value - down * before) / Double(l + d - 2))
        }
        sum += (i == j ? 1 : 2) * masses[i] * masses[j] * value
      }
    }
    return max(0, sum).squareRoot()
  }
}
