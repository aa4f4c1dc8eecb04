/// The verdict on what has been recorded.
extension Comparison {
  /// A deviation counts while it keeps this share of its variance given those already counted.
  ///
  /// What is left of smaller ones is comparable to what the prediction gets wrong: with noise the scatter of a
  /// covariance that is estimated from sampled labels, without it what higher orders do at small N. With 0.05,
  /// 0.005 and 0.0005 there fell below a p-value of 4.6 %
  ///
  ///     4.5, 11.5 and 21.5 %    of 200 members of 500 tokens on the circle, β = 2, D = 0.1,
  ///     4.7,  7.3 and 10.0 %    of 300 members of the demo with N = 1000,
  ///     4.7,  3.7 and  5.7 %    with N = 4000.
  ///
  /// With 0.5 deviations are missed that see a β wrong by 1 %.
  static let leastNewShare = 0.05
  /// A deviation counts while no more than this share of what is left of its variance is of second order:
  /// that is not Gaussian, and what third order does is of its size.
  static let mostBlurredShare = 0.2
  static let mostDegrees = 24

  /// What all recorded snapshots say of every member.
  public struct Verdict: Sendable, Equatable {
    /// One per member.
    public var pValues: [Double]
    /// Whether each member's p-value is at least the two-sided level of `sigmas`.
    public var within: [Bool]
    /// Deviations that went into χ².
    public var degrees: Int
    /// The first time at which sampling fluctuations are too large for the linear theory; later
    /// snapshots are not judged.
    public var fluctuationTime: Double?

    public var isWithin: Bool { within.allSatisfy { $0 } }
  }

  /// Judges all members by what has been recorded.
  public func verdict() -> Verdict {
    let labels = (memory.influences.first?.count ?? 1) - SecondOrder.samples
    let unit = 1 / Double(tokens).squareRoot()
    var rows = memory.influences.map { row in row.map { $0 * unit } }
    let variances = rows.map { dot($0, $0) }
    var residuals = memory.deviations
    var squares = [Double](repeating: 0, count: members)
    var used = [Bool](repeating: false, count: rows.count)
    var degrees = 0
    // Many more labels than deviations where the labels are random, some more where they are not.
    while degrees < min(Self.mostDegrees, labels / (hasNoise ? 8 : 2)) {
      var pivot = -1
      var share = Self.leastNewShare
      // Of equal shares the latest: what the flow has done counts more than what was drawn.
      for r in rows.indices.reversed() where !used[r] && variances[r] > 0 {
        let left = dot(rows[r], rows[r])
        let blurred = dot(rows[r], rows[r], from: labels)
        guard blurred < Self.mostBlurredShare * left else { continue }
        if left / variances[r] > share { (share, pivot) = (left / variances[r], r) }
      }
      guard pivot >= 0 else { break }
      used[pivot] = true
      degrees += 1
      let norm = dot(rows[pivot], rows[pivot]).squareRoot()
      let direction = rows[pivot].map { $0 / norm }
      let standardized = residuals.map { $0[pivot] / norm }
      for m in 0..<members { squares[m] += standardized[m] * standardized[m] }
      for r in rows.indices where !used[r] {
        let projection = dot(rows[r], direction)
        for b in rows[r].indices { rows[r][b] -= projection * direction[b] }
        for m in 0..<members { residuals[m][r] -= projection * standardized[m] }
      }
    }
    guard degrees > 0 else {
      return Verdict(
        pValues: [Double](repeating: 1, count: members),
        within: [Bool](repeating: true, count: members), degrees: 0,
        fluctuationTime: memory.fluctuationTime)
    }
    // With noise the covariance itself is estimated from J labels: the mean of Hotelling's T² is
    // J/(J − p − 1) times that of χ².
    let shrink = hasNoise ? Double(labels - degrees - 1) / Double(labels) : 1
    let pValues = squares.map { chiSquareTail(shrink * $0, degrees: degrees) }
    let level = twoSidedLevel(sigmas: sigmas)
    return Verdict(
      pValues: pValues, within: pValues.map { $0 >= level }, degrees: degrees,
      fluctuationTime: memory.fluctuationTime)
  }
}
