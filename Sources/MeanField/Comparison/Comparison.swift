internal import Transforms

/// Particles against the continuum, snapshot by snapshot, and a verdict at the end.
///
/// The verdict is one χ² per member of the deviations of the first moments, with the covariance that
/// the central limit theorem predicts for N independent draws, over all snapshots together. Deviations
/// at neighbouring times are almost the same number: a pivoted Cholesky factorization of their
/// correlation picks the ones that say something new.
public struct Comparison: Sendable {
  public let tokens: Int
  public let members: Int
  public let sigmas: Double

  /// Snapshots that enter the verdict, evenly taken, at most about this many.
  static let judgedSnapshots = 200

  /// One snapshot's distances.
  public struct Entry: Sendable {
    public var time: Double
    /// distances[member][kind], the kinds those of the chart.
    public var distances: [[Double]]
    public var sampling: SamplingError
    /// momentDeviations[member][moment], in predicted standard deviations; NaN where none is
    /// predicted.
    public var momentDeviations: [[Double]]
    /// nil where there is none.
    public var ladder: Ladder?
    public var clusters = ClusterComparison()
  }

  /// What has been recorded and the verdict needs.
  public struct Memory: Sendable, Equatable {
    /// Influence of every label on the judged moments times √w_b, row after row; at its end that of
    /// second order, in the same unit.
    public var influences: [[Double]] = []
    /// deviations[member][row], one row for the real and one for the imaginary part of each mode, less what
    /// draws are expected to differ by at second order.
    public var deviations: [[Double]] = []
    public var fluctuationTime: Double?
    /// From when on nothing can be expected: fluctuations are of order one.
    public var chanceTime: Double?
    public var seen = 0
    /// The largest deviation, and the last ladder, of the snapshots that can be judged.
    public var largestDeviation: MomentDeviation?
    public var judgedLadder: Ladder?

    public init() {}
  }

  public var memory = Memory()
  private let stride: Int
  let hasNoise: Bool
  /// N of every rung of the ladder; empty for none.
  private let ladderCounts: [Int]
  /// Degrees 1…judged decide.
  private let judgedDegrees: [Int]
  /// Those around the fastest growing one say when fluctuations are no longer small.
  private let watchedDegrees: [Int]
  let threads: Int

  /// - Parameters:
  ///   - tokens: N of each member.
  ///   - members: how many there are.
  ///   - sigmas: standard deviations beyond which a member is outside.
  ///   - ladderCounts: N of every rung of the ladder; empty for none.
  ///   - snapshotCount: how many there will be.
  ///   - equation: what the density obeys; says which moments are watched.
  ///   - threads: how many distances may use; the values do not depend on it.
  public init(
    tokens: Int, members: Int, sigmas: Double, ladderCounts: [Int] = [], snapshotCount: Int,
    equation: Equation, threads: Int
  ) {
    self.tokens = tokens
    self.members = members
    self.sigmas = sigmas
    self.ladderCounts = ladderCounts
    hasNoise = equation.noise > 0
    let fastest = LinearTheory(equation: equation).fastestMode ?? 1
    judgedDegrees = Array(1...equation.manifold.geometry.judgedDegree)
    watchedDegrees = Set([fastest, fastest + fastest / 3]).subtracting(judgedDegrees).sorted()
    self.threads = threads
    stride = max(1, (snapshotCount + Self.judgedSnapshots - 1) / Self.judgedSnapshots)
    memory.deviations = [[Double]](repeating: [], count: members)
  }

  /// Whether the linear theory still says what to expect.
  public var needsResponse: Bool { memory.chanceTime == nil }

  /// Adds one snapshot of the density and of every member; returns their distances.
  ///
  /// - Parameters:
  ///   - density: at a time later than that of the snapshots before.
  ///   - snapshots: one of every member, at the same time.
  ///   - response: nil where it is not needed any more: nothing is expected then.
  ///   - rungs: the laws of the members of every rung of the ladder.
  public mutating func record(
    density: Snapshot, members snapshots: [Snapshot], response: (any LinearResponse)?,
    ladder rungs: [[any Law]] = []
  ) -> Entry {
    precondition(snapshots.count == members, "one snapshot for every member")
    precondition(rungs.count == ladderCounts.count, "one list of laws for every rung")
    let time = density.time
    let laws = snapshots.map(\.law) + rungs.joined()
    let distances = density.law.distances(to: laws, threads: threads)
    let differences = differences(of: laws, from: density.law)
    var entry = Entry(
      time: time, distances: Array(distances.prefix(members)),
      sampling: SamplingError(unknown: distances.first?.count ?? 0),
      momentDeviations: differences.prefix(members).map { $0.map { _ in .nan } })
    if !rungs.isEmpty {
      entry.ladder = Ladder(
        time: time, counts: ladderCounts, distances: Array(distances.dropFirst(members)),
        momentDifferences: Array(differences.dropFirst(members)))
    }
    if let response, needsResponse {
      let influences = response.influences(degrees: judgedDegrees + watchedDegrees)
      let sizes = sizes(influences, response)
      if memory.seen % stride == 0 {
        addDeviations(time, Array(differences.prefix(members)), response, influences, sizes)
      }
      if needsResponse {
        entry.sampling = SamplingError(response, tokens: tokens, threads: threads)
        entry.momentDeviations = standardized(Array(differences.prefix(members)), influences)
      }
      if memory.fluctuationTime == nil {
        memory.largestDeviation = .largest(
          of: entry, where: isLinear(influences, sizes), and: memory.largestDeviation)
        memory.judgedLadder = entry.ladder
      }
    }
    memory.seen += 1
    return entry
  }

  /// The judged moments of laws less those of another.
  private func differences(of laws: [any Law], from density: any Law) -> [[Double]] {
    let expected = density.moments(degrees: judgedDegrees)
    return parallelMap(count: laws.count, threads: threads) { [judgedDegrees] i in
      zip(laws[i].moments(degrees: judgedDegrees), expected).map { $0 - $1 }
    }
  }

  /// Differences of the judged moments over what the linear theory says of their standard deviations.
  private func standardized(_ differences: [[Double]], _ influences: [[[Double]]]) -> [[Double]] {
    let deviations = influences.prefix(judgedDegrees.count).joined().map { row in
      (dot(row, row) / Double(tokens)).squareRoot()
    }
    return differences.map { zip($0, deviations).map { $1 > 0 ? $0 / $1 : .nan } }
  }

  /// E |Δm|² of a degree, the sum of the variances of its moments, in units of what m can be; and
  /// those units.
  private func sizes(
    _ influences: [[[Double]]], _ response: any LinearResponse
  ) -> [(size: Double, spread: Double)] {
    zip(influences, response.spreads(degrees: judgedDegrees + watchedDegrees)).map { rows, spread in
      let size = rows.reduce(0) { $0 + dot($1, $1) } / (spread * spread * Double(tokens))
      return (size, spread)
    }
  }

  /// Whether the first order of every judged moment shows behind the second order of all.
  ///
  /// That is of the size of the largest E |Δm|², or a few times as much: where tokens contract to fixed
  /// places, first orders vanish and it is all that is left.
  private func isLinear(
    _ influences: [[[Double]]], _ sizes: [(size: Double, spread: Double)]
  ) -> [Bool] {
    let largest = sizes.map(\.size).max() ?? 0
    return zip(influences, sizes).prefix(judgedDegrees.count).flatMap { rows, size in
      rows.map { row in
        (dot(row, row) / Double(tokens)).squareRoot() > 4 * largest * size.spread
      }
    }
  }

  /// Adds the deviations of one snapshot alone to what will be judged.
  mutating func judge(
    at time: Double, _ density: any Law, _ laws: [any Law], _ response: any LinearResponse
  ) {
    let influences = response.influences(degrees: judgedDegrees + watchedDegrees)
    addDeviations(
      time, differences(of: laws, from: density), response, influences,
      sizes(influences, response))
  }

  private mutating func addDeviations(
    _ time: Double, _ differences: [[Double]], _ response: any LinearResponse,
    _ influences: [[[Double]]], _ sizes: [(size: Double, spread: Double)]
  ) {
    let largest = sizes.map(\.size).max() ?? 0
    // Beyond |Δm| of 0.1 the linear theory is too rough for a verdict, beyond 0.5 for anything.
    if largest > 0.25 { memory.chanceTime = time }
    if largest > 0.01, memory.fluctuationTime == nil { memory.fluctuationTime = time }
    guard memory.fluctuationTime == nil else { return }
    let second = response.secondOrder(degrees: judgedDegrees).flatMap { $0 }
      .map(SecondOrder.parts)
    let number = Double(tokens)
    memory.influences += zip(influences.prefix(judgedDegrees.count).flatMap { $0 }, second).map {
      row, second in row + second.scatter.map { $0 / number.squareRoot() }
    }
    for (m, row) in differences.enumerated() {
      memory.deviations[m] += zip(row, second).map { $0 - $1.shift / number }
    }
  }
}

/// Σ a_i b_i over i from `start` on.
func dot(_ a: [Double], _ b: [Double], from start: Int = 0) -> Double {
  var sum = 0.0
  for i in start..<a.count { sum += a[i] * b[i] }
  return sum
}
