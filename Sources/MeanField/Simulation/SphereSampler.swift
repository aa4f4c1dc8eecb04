internal import Transforms

/// Independent draws on the sphere S^{d−1} of R^d, d = 2…65536.
///
/// Number i of member m of seed s is the same whatever else runs: the random numbers of a rejection
/// loop are named by the draw and the attempt.
public struct SphereSampler: Sendable {
  /// What is drawn from; densities are dμ/dσ, the uniform law is 1.
  public enum Law: Sendable {
    /// dμ/dσ = 1.
    case uniform
    /// A mixture of e^{κ⟨x, m⟩}/∫ e^{κ⟨y, m⟩} dσ(y), m along the mean, which has d coordinates and
    /// any length > 0; weights are relative.
    case vonMises([InitialLaw.VonMises])
    /// A function f of ⟨x, e_d⟩, 0 ≤ f ≤ bound, of any integral > 0.
    ///
    /// By rejection from the uniform law: bound / ∫ f dσ attempts a draw, each without a point of
    /// R^d. A sum 1 + Σ a P_l(⟨x, e_d⟩) with P_l(1) = 1 has the bound 1 + Σ |a|.
    case zonal(bound: Double, density: @Sendable (Double) -> Double)
    /// A function f of x, 0 ≤ f ≤ bound, of any integral > 0.
    ///
    /// By rejection from the uniform law: bound / ∫ f dσ attempts a draw. On S² a sum
    /// 1 + Σ a Y_lm of harmonics orthonormal in L²(σ) has the bound 1 + Σ |a| √(2l+1).
    case density(bound: Double, density: @Sendable ([Double]) -> Double)
  }

  /// d.
  public let dimension: Int
  private let source: Source

  private enum Source: Sendable {
    case uniform
    /// Levels ascend to 1: bump j is taken between levels j−1 and j.
    case mixture(bumps: [VonMisesFisher], levels: [Double])
    case zonal(bound: Double, density: @Sendable (Double) -> Double)
    case density(bound: Double, density: @Sendable ([Double]) -> Double)
  }

  public init(dimension: Int, law: Law) {
    precondition(dimension >= 2 && dimension <= 65_536, "a sphere in R², …, R^65536")
    self.dimension = dimension
    switch law {
    case .uniform:
      source = .uniform
    case .vonMises(let bumps):
      precondition(
        !bumps.isEmpty && bumps.allSatisfy { $0.weight > 0 && $0.weight.isFinite },
        "weights are positive")
      precondition(
        bumps.allSatisfy { $0.mean.count == dimension }, "a mean has as many coordinates as x")
      source = .mixture(
        bumps: bumps.map { VonMisesFisher(mean: $0.mean, concentration: $0.concentration) },
        levels: Self.levels(bumps))
    case .zonal(let bound, let density):
      precondition(bound > 0 && bound.isFinite, "a bound is positive")
      source = .zonal(bound: bound, density: density)
    case .density(let bound, let density):
      precondition(bound > 0 && bound.isFinite, "a bound is positive")
      source = .density(bound: bound, density: density)
    }
  }

  /// N independent draws: an N × d array, unit rows.
  public func draws(count: Int, seed: UInt64, member: Int) -> [Double] {
    let stream = RandomStream(seed: seed, member: member, purpose: .initialDraw)
    var rows = [Double](repeating: 0, count: count * dimension)
    var point = [Double](repeating: 0, count: dimension)
    for i in 0..<count {
      let offset = i * dimension
      switch source {
      case .uniform:
        stream.direction(dimension: dimension, index: i, into: &rows, at: offset)
      case .mixture(let bumps, let levels):
        let level =
          levels.count == 1
          ? 0
          : stream.uniform(
            index: i, draw: RandomStream.draw(.component))
        let choice = levels.firstIndex { level < $0 } ?? levels.count - 1
        bumps[choice].draw(stream, index: i, into: &rows, at: offset)
      case .zonal(let bound, let density):
        drawZonal(stream, index: i, bound, density, into: &rows, at: offset)
      case .density(let bound, let density):
        drawPoint(stream, index: i, bound, density, into: &point)
        for j in 0..<dimension { rows[offset + j] = point[j] }
      }
    }
    return rows
  }

  /// Draws of some members.
  public func members(
    _ members: Range<Int>, count: Int, seed: UInt64, threads: Int
  ) -> [[Double]] {
    parallelMap(count: members.count, threads: threads) {
      draws(count: count, seed: seed, member: members.lowerBound + $0)
    }
  }

  private func drawPoint(
    _ stream: RandomStream, index: Int, _ bound: Double, _ density: ([Double]) -> Double,
    into point: inout [Double]
  ) {
    var attempt = 0
    repeat {
      stream.direction(
        dimension: dimension, index: index, attempt: attempt, into: &point, at: 0)
      attempt += 1
    } while !Self.accepts(density(point), bound, stream, index: index, attempt: attempt - 1)
  }

  private func drawZonal(
    _ stream: RandomStream, index: Int, _ bound: Double, _ density: (Double) -> Double,
    into rows: inout [Double], at offset: Int
  ) {
    var attempt = 0
    var drawn: (height: Double, squaredRadius: Double)
    repeat {
      drawn = stream.uniformHeight(dimension: dimension, index: index, attempt: attempt)
      attempt += 1
    } while !Self.accepts(density(drawn.height), bound, stream, index: index, attempt: attempt - 1)
    let last = dimension - 1
    stream.direction(dimension: last, index: index, into: &rows, at: offset)
    let radius = drawn.squaredRadius.squareRoot()
    for j in offset..<offset + last { rows[j] *= radius }
    rows[offset + last] = drawn.height
  }

  private static func accepts(
    _ value: Double, _ bound: Double, _ stream: RandomStream, index: Int, attempt: Int
  ) -> Bool {
    // Rounding of a value that is the bound is let through; not a number is not.
    precondition(value <= bound * (1 + 1e-9), "the density is larger than its bound")
    let test = stream.uniform(index: index, draw: RandomStream.draw(.acceptance, attempt: attempt))
    return test * bound < value
  }

  /// Partial sums of the shares.
  private static func levels(_ bumps: [InitialLaw.VonMises]) -> [Double] {
    var level = 0.0
    return InitialLaw.shares(bumps).map { share in
      level += share
      return level
    }
  }
}
