internal import Foundation

/// Sums over weighted rings of S^{d−1}: attention among zonal laws, in void and crowd alike.
///
///     Z̄(θ) = Σ_j m_j k(θ, θ_j),    X(θ) = ∂_θ Z̄ / (β Z̄)
///     ∂_θ Z̄ / β = Σ_j m_j k(θ, θ_j) (−sin θ cos θ_j + cos θ sin θ_j R(β sin θ sin θ_j))
///
/// k and R as in `RingKernel`; β = 0 by the same formula. Z̄ is a sum of positive terms, taken relative
/// to a bound of itself from below. Its logarithm is right to 10⁻¹³ of the larger of itself and 1 and
/// X to 10⁻¹², also where Z̄ is e^{−2β} or all masses near are 10⁻³⁰⁰. Near the north pole X is
/// right relative to sin θ.
///
/// Rings are taken in groups of eight. Along a group log k changes by less than β a radian, as
/// |∂_θ' k| ≤ β k, which bounds its part of the sum; what cannot reach 2⁻⁶⁴ of the sum is left out.
/// A pair takes 4 ns.
///
/// - Note: The sums hold work arrays: they are not for several threads to call at once.
public final class RingSums {
  /// What a test particle meets.
  public struct Value: Sendable {
    /// log Z̄; −∞ where there is no mass.
    public var logPartition: Double
    /// X, in −1…1.
    public var velocity: Double
  }

  /// k and R.
  public let kernel: RingKernel
  private let groups: RingGroups
  /// log₂ of a bound from above of each group's part.
  private let bounds: VectorBuffer
  private let rate: Double

  /// Parts below 2^{−margin} of the sum change nothing, however many.
  private static let margin = 64.0

  /// - Parameter count: how many rings there are at most.
  public init(kernel: RingKernel, count: Int) {
    self.kernel = kernel
    groups = RingGroups(beta: kernel.beta, capacity: count)
    bounds = VectorBuffer(count: (max(1, count) + 7) / 8)
    rate = -2 * kernel.beta * RingKernel.log2e
  }

  /// Takes the rings that are summed over; O(N + β), some 15 ns a ring.
  ///
  /// - Parameters:
  ///   - angles: θ_j, in any order; beyond a pole, where a step may end, −θ and 2π − θ are the ring θ.
  ///   - masses: m_j, or nil for 1/N each; those below 2⁻¹⁰⁰⁰ count as zero.
  ///   - isCompressed: whether a crowd of rings may be replaced with fewer (`EquivalentMasses`); log Z̄
  ///     and X move by less than 10⁻¹⁰, log Z̄ also by the rounding of exponents up to 2β.
  public func place(
    _ angles: UnsafeBufferPointer<Double>, masses: [Double]?, isCompressed: Bool = false
  ) {
    groups.place(angles, masses: masses, isCompressed: isCompressed)
  }

  /// log Z̄ and X at one angle; X(−θ) = −X(θ), and no numbers where an angle is none.
  public func callAsFunction(at angle: Double) -> Value {
    guard angle.isFinite && groups.isFinite else {
      return Value(logPartition: .nan, velocity: .nan)
    }
    if groups.count == 0 { return Value(logPartition: -.infinity, velocity: 0) }
    let (folded, sign) = RingPoint.fold(angle)
    let point = RingPoint(angle: folded)
    return kernel.withTable { table in
      let target = RingTarget(point: point, rate: rate, beta: kernel.beta, table: table)
      let reference = bound(target)
      let rings = groups.rings.base
      let least = reference - Self.margin
      var sums = RingTarget.Sums()
      for block in 0..<groups.blockCount {
        let bound = bounds.base[block]
        if all(bound .< Vector(repeating: least)) { continue }
        for lane in 0..<8 where bound[lane] >= least {
          target.meet(rings + RingGroups.height * (8 * block + lane), reference, &sums)
        }
      }
      let partition = sums.partition.sum()
      let slope = point.cosine * sums.outward.sum() - point.sine * sums.inward.sum()
      return Value(
        logPartition: log(partition) + reference / RingKernel.log2e,
        velocity: sign * max(-1, min(1, slope / partition)))
    }
  }

  /// Fills `bounds` and returns log₂ of a bound of Z̄ from below.
  private func bound(_ target: RingTarget) -> Double {
    let middles = groups.middles.base
    var best = Best()
    for block in 0..<groups.blockCount {
      let row = middles + RingGroups.height * block
      let bound = row[3] + row[4] + target.distance(row)
      bounds.base[block] = bound
      best.see(bound, block)
    }
    var reference = anchor(best.group, target)
    // Once more with Ψ, which matters in high dimension.
    best = Best()
    for block in 0..<groups.blockCount
    where any(bounds.base[block] .>= Vector(repeating: reference - Self.margin)) {
      let row = middles + RingGroups.height * block
      let bound = row[3] + row[4] + target.logKernel(row).value
      bounds.base[block] = bound
      best.see(bound, block)
    }
    reference = max(reference, anchor(best.group, target))
    // A whole number: exponents lose nothing to it.
    return reference.rounded(.down)
  }

  /// log₂ of what one group adds to Z̄ at least.
  private func anchor(_ group: Int, _ target: RingTarget) -> Double {
    let anchor = groups.anchors[group]
    let row = groups.rings.base + RingGroups.height * group
    return target.logKernel(row).value[anchor.lane] + anchor.logMass
  }

  private struct Best {
    var value = -Double.infinity
    var group = 0

    @inline(__always)
    mutating func see(_ bounds: Vector, _ block: Int) {
      if all(bounds .<= Vector(repeating: value)) { return }
      for lane in 0..<8 where bounds[lane] > value {
        value = bounds[lane]
        group = 8 * block + lane
      }
    }
  }
}

/// The angle at which rings are summed.
struct RingTarget {
  struct Sums {
    /// Σ m k.
    var partition = Vector.zero
    /// Σ m k cos θ'.
    var inward = Vector.zero
    /// Σ m k R sin θ'.
    var outward = Vector.zero
  }

  private let halfSine: Vector
  private let halfCosine: Vector
  /// β sin θ.
  private let steepness: Vector
  private let rate: Vector
  private let table: RingTable

  init(point: RingPoint, rate: Double, beta: Double, table: RingTable) {
    halfSine = Vector(repeating: point.halfSine)
    halfCosine = Vector(repeating: point.halfCosine)
    steepness = Vector(repeating: beta * point.sine)
    self.rate = Vector(repeating: rate)
    self.table = table
  }

  /// −2β log₂ e sin²((θ−θ')/2).
  @inline(__always)
  func distance(_ row: UnsafePointer<Vector>) -> Vector {
    let half = (halfSine * row[1]).addingProduct(-halfCosine, row[0])
    return rate * (half * half)
  }

  /// log₂ k and R.
  @inline(__always)
  func logKernel(_ row: UnsafePointer<Vector>) -> (value: Vector, ratio: Vector) {
    let (logarithm, ratio) = table(steepness * row[2])
    return (distance(row) + logarithm, ratio)
  }

  /// Adds eight rings, multiplied by 2^{−reference}.
  @inline(__always)
  func meet(_ row: UnsafePointer<Vector>, _ reference: Double, _ sums: inout Sums) {
    let (value, ratio) = logKernel(row)
    let part =
      row[4]
      * exponential2(
        value - Vector(repeating: reference), loweredBy: RingGroups.logMassScale)
    sums.partition += part
    sums.inward = sums.inward.addingProduct(part, row[3])
    sums.outward = sums.outward.addingProduct(part * row[2], ratio)
  }
}
