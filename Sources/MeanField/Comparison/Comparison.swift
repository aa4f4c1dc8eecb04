internal import Foundation
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

  /// Modes 1…4 are judged.
  public static let judgedModes = 4
  /// A deviation counts while it keeps this share of its variance given those already counted.
  ///
  /// What is left of smaller ones is comparable to what the theory leaves out: second-order effects of
  /// finite N, and the few per cent of a variance that labels miss late. With 0.05, 4.0 and 4.3 % of
  /// 300 members of the demo fell below a p-value of 4.6 % at N = 1000 and 4000.
  static let leastNewShare = 0.05
  static let mostDegrees = 24
  /// Snapshots that enter the verdict, evenly taken, at most about this many.
  static let judgedSnapshots = 200

  /// One snapshot's distances.
  public struct Entry: Sendable {
    public var time: Double
    /// One per member.
    public var distances: [CircularDistances]
    public var sampling: SamplingError.Estimate
  }

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

  /// What has been recorded and the verdict needs.
  public struct Memory: Sendable, Equatable {
    /// Influence of every label on the judged moments times √w_b, row after row.
    public var influences: [[Double]] = []
    /// deviations[member][row], one row for the real and one for the imaginary part of each mode.
    public var deviations: [[Double]] = []
    public var fluctuationTime: Double?
    /// From when on nothing can be expected: fluctuations are of order one.
    public var chanceTime: Double?
    public var seen = 0

    public init() {}
  }

  public var memory = Memory()
  private let stride: Int
  private let hasNoise: Bool
  /// The judged modes and those around the fastest growing one.
  private let watchedModes: [Int]
  private let threads: Int

  /// - Parameters:
  ///   - tokens: N of each member.
  ///   - snapshotCount: how many there will be.
  public init(
    tokens: Int, members: Int, sigmas: Double, snapshotCount: Int, equation: Equation,
    threads: Int
  ) {
    self.tokens = tokens
    self.members = members
    self.sigmas = sigmas
    hasNoise = equation.noise > 0
    let fastest = LinearTheory(equation: equation).fastestMode ?? 1
    watchedModes = Set(Array(1...Self.judgedModes) + [fastest, fastest + fastest / 3]).sorted()
    self.threads = threads
    stride = max(1, (snapshotCount + Self.judgedSnapshots - 1) / Self.judgedSnapshots)
    memory.deviations = [[Double]](repeating: [], count: members)
  }

  /// Whether the linear theory still says what to expect.
  public var needsResponse: Bool { memory.chanceTime == nil }

  /// Adds one snapshot of the density and of every member; returns their distances.
  ///
  /// - Parameter response: nil where it is not needed any more: nothing is expected then.
  public mutating func record(
    density: Snapshot, members snapshots: [Snapshot], response: LinearResponse?
  ) -> Entry {
    precondition(snapshots.count == members, "one snapshot for every member")
    let curve = MassCurve(density.cumulative)
    let distances = parallelMap(count: members, threads: threads) { m in
      CircularDistances(curve, MassCurve(snapshots[m].cumulative))
    }
    if let response, needsResponse, memory.seen % stride == 0 {
      addDeviations(density, snapshots, response)
    }
    var sampling = SamplingError.Estimate.unknown
    if let response, needsResponse {
      sampling = SamplingError(tokens: tokens, threads: threads).estimate(response)
    }
    memory.seen += 1
    return Entry(time: density.time, distances: distances, sampling: sampling)
  }

  private mutating func addDeviations(
    _ density: Snapshot, _ snapshots: [Snapshot], _ response: LinearResponse
  ) {
    // Times √w_b, so that plain products of rows are covariances, times N.
    let roots = response.masses.map { $0.squareRoot() }
    let rows = watchedModes.map { k in
      let influence = response.influence(on: k)
      return (
        real: zip(influence.real, roots).map { $0 * $1 },
        imaginary: zip(influence.imaginary, roots).map { $0 * $1 }
      )
    }
    let largest =
      rows.map { (dot($0.real, $0.real) + dot($0.imaginary, $0.imaginary)) / Double(tokens) }
      .max() ?? 0
    // Beyond |Δm_k| of 0.1 the linear theory is too rough for a verdict, beyond 0.5 for anything.
    if largest > 0.25 { memory.chanceTime = density.time }
    if largest > 0.01, memory.fluctuationTime == nil { memory.fluctuationTime = density.time }
    guard memory.fluctuationTime == nil else { return }
    for (k, row) in zip(watchedModes, rows).prefix(Self.judgedModes) {
      memory.influences.append(row.real)
      memory.influences.append(row.imaginary)
      for m in 0..<members {
        memory.deviations[m].append(snapshots[m].moments.real(k) - density.moments.real(k))
        memory.deviations[m].append(
          snapshots[m].moments.imaginary(k) - density.moments.imaginary(k))
      }
    }
  }

  /// Judges all members by what has been recorded.
  public func verdict() -> Verdict {
    let labels = memory.influences.first?.count ?? 1
    let unit = 1 / Double(tokens).squareRoot()
    var rows = memory.influences.map { row in row.map { $0 * unit } }
    let variances = rows.map { dot($0, $0) }
    var residuals = memory.deviations
    var squares = [Double](repeating: 0, count: members)
    var used = [Bool](repeating: false, count: rows.count)
    var degrees = 0
    while degrees < min(Self.mostDegrees, labels / 8) {
      var pivot = -1
      var share = Self.leastNewShare
      for r in rows.indices where !used[r] && variances[r] > 0 {
        let left = dot(rows[r], rows[r]) / variances[r]
        if left > share { (share, pivot) = (left, r) }
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
        for b in 0..<labels { rows[r][b] -= projection * direction[b] }
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

private func dot(_ a: [Double], _ b: [Double]) -> Double {
  var sum = 0.0
  for i in a.indices { sum += a[i] * b[i] }
  return sum
}
