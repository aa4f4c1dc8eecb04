/// Attention's field of weighted points of the circle at the points themselves, also in voids.
///
/// `CirclePairSums` is the definition. For many points the road is points → K(β) moments → kernel → field at
/// the points, O(N) for any N and K; it knows Z̄ to 10⁻¹⁵ of its largest value. Where that is too little,
/// sums of positive terms take over, as they do where terms of pairs underflow.
///
/// - Note: The field holds work arrays: it is not for several threads to call at once.
public final class CircleField {
  /// How the field is found.
  public enum Road: Sendable {
    /// All pairs.
    case pairs
    /// Moments, and sums in voids.
    case moments
  }

  private let beta: Double
  private let partitionWeights: [Double]
  private let potentialWeights: [Double]
  private let symmetry: Int
  private let divides: Bool
  private let clock: Double
  private let road: Road?
  private let voidShare: Double

  private var voids: CircleVoids?
  private var transform: PointTransform?
  private var moments: [Double]
  private var coefficients: [Double]
  private var pairs: CirclePairSums?
  private var partition: [Double] = []
  private var slope: [Double] = []
  /// All k copies of the points, and their masses.
  private var copies: [Double] = []
  private var copyMasses: [Double] = []
  private var equal: [Double] = []

  /// - Parameters:
  ///   - beta: β ≥ 0.
  ///   - partition: b_0…b_K of e^{β(cos γ − 1)} = Σ_{|k| ≤ K} b_k e^{ikγ}.
  ///   - potential: b_k/β; at β = 0 the limit.
  ///   - divides: X = X̄/Z̄ if so, else the clock times X̄.
  ///   - symmetry: k, where the points are those of one k-th of the circle.
  ///   - road: nil takes the faster one.
  ///   - voidShare: below this part of its largest value Z̄ is not taken from moments.
  public init(
    beta: Double, partition: [Double], potential: [Double], divides: Bool, clock: Double = 1,
    symmetry: Int = 1, road: Road? = nil, voidShare: Double
  ) {
    self.beta = beta
    partitionWeights = partition
    potentialWeights = potential
    self.symmetry = symmetry
    // At β = 0 all of Z̄ is one.
    self.divides = divides && beta > 0
    self.clock = clock
    self.road = road
    self.voidShare = voidShare
    moments = [Double](repeating: 0, count: 2 * partition.count)
    coefficients = moments
  }

  /// Pairs cost about a nanosecond; tables 48 lines of length G, moved and transformed.
  public static func fasterRoad(count: Int, modes: Int) -> Road {
    let cells = Double(PointTransform.cellCount(modes: modes))
    return Double(count) * Double(count) < 60 * cells + 8 * Double(count) ? .pairs : .moments
  }

  /// Writes the velocity X at every point.
  ///
  /// - Parameters:
  ///   - angles: N ≥ 1 angles, any real numbers below 10⁵.
  ///   - masses: N masses ≥ 0 that sum to one, or nil for 1/N each.
  ///   - velocities: N values, overwritten.
  /// - Returns: dĒ/dt = Σ m X·X̄.
  public func writeVelocities(
    of angles: UnsafeBufferPointer<Double>, masses: [Double]?,
    into velocities: UnsafeMutablePointer<Double>
  ) -> Double {
    precondition(masses == nil || masses?.count == angles.count, "one mass for every point")
    let count = symmetry * angles.count
    switch road ?? Self.fasterRoad(count: count, modes: partitionWeights.count - 1) {
    case .pairs: return sumPairs(angles, masses, into: velocities)
    case .moments: return evaluateMoments(angles, masses, into: velocities)
    }
  }

  // MARK: Roads

  private func sumPairs(
    _ angles: UnsafeBufferPointer<Double>, _ masses: [Double]?,
    into velocities: UnsafeMutablePointer<Double>
  ) -> Double {
    let count = symmetry * angles.count
    if partition.count < count || pairs == nil {
      partition = [Double](repeating: 0, count: count)
      slope = partition
      pairs = CirclePairSums(count: count)
    }
    withAll(angles, masses) { points, masses in
      pairs?.evaluate(
        at: points, masses: masses, beta: beta, partition: &partition, slope: &slope)
    }
    var budget = 0.0
    for i in angles.indices {
      velocities[i] = divides ? slope[i] / partition[i] : clock * slope[i]
      budget += mass(i, masses, angles.count) * velocities[i] * slope[i]
    }
    guard divides else { return budget }
    // Terms below 2⁻¹⁰²¹ count as that.
    return budget + fillVoids(angles, masses, values: partition, floor: 1e-290, into: velocities)
  }

  private func evaluateMoments(
    _ angles: UnsafeBufferPointer<Double>, _ masses: [Double]?,
    into velocities: UnsafeMutablePointer<Double>
  ) -> Double {
    let transform =
      transform ?? PointTransform(modes: partitionWeights.count - 1, fieldCount: divides ? 2 : 1)
    self.transform = transform
    let unit = masses == nil ? 1 / Double(max(1, angles.count)) : 1
    transform.moments(of: angles, masses: masses, into: &moments)
    // Those of one k-th of the circle: all others of a law with symmetry are zero.
    for k in stride(from: 0, to: partitionWeights.count, by: symmetry) {
      let factor = Double(k) * potentialWeights[k]
      coefficients[2 * k] = -factor * moments[2 * k + 1]
      coefficients[2 * k + 1] = factor * moments[2 * k]
    }
    transform.prepare(field: 0, coefficients: coefficients)
    guard divides else {
      return unit
        * transform.evaluateFlow(factor: clock, at: angles, masses: masses, into: velocities)
    }
    for k in stride(from: 0, to: partitionWeights.count, by: symmetry) {
      coefficients[2 * k] = partitionWeights[k] * moments[2 * k]
      coefficients[2 * k + 1] = partitionWeights[k] * moments[2 * k + 1]
    }
    transform.prepare(field: 1, coefficients: coefficients)
    let (sum, isWhole) = transform.evaluateQuotient(
      at: angles, masses: masses, share: voidShare, into: velocities)
    if isWhole { return unit * sum }
    // X is at least −1.
    return unit * sum + fillVoids(angles, masses, values: velocities, floor: -2, into: velocities)
  }

  /// Writes the velocities of points whose value is below a floor; their part of Σ m X·X̄.
  private func fillVoids(
    _ angles: UnsafeBufferPointer<Double>, _ masses: [Double]?, values: UnsafePointer<Double>,
    floor: Double, into velocities: UnsafeMutablePointer<Double>
  ) -> Double {
    let voids = voids ?? CircleVoids(beta: beta)
    self.voids = voids
    guard voids.find(among: angles, values: values, floor: floor) else { return 0 }
    var budget = 0.0
    withAll(angles, masses ?? equalMasses(angles.count)) { sources, masses in
      guard let masses else { return }
      budget = masses.withUnsafeBufferPointer { masses in
        voids.evaluate(of: sources, masses: masses) { points, partition, velocity in
          // Eight sums: one would wait for itself at every point.
          var sums = Vector.zero
          for start in stride(from: 0, to: points.count, by: 8) {
            let end = min(start + 8, points.count)
            let i = points[start]
            if end == start + 8 && points[end - 1] == i + 7 {
              let speed = vector(velocity + start)
              UnsafeMutableRawPointer(velocities + i).storeBytes(of: speed, as: Vector.self)
              let mass = eight(masses, from: i, else: 0)
              sums += mass * speed * speed * vector(partition + start)
              continue
            }
            for k in start..<end {
              let speed = velocity[k]
              velocities[points[k]] = speed
              sums[k - start] += masses[points[k]] * speed * speed * partition[k]
            }
          }
          return sums.sum()
        }
      }
    }
    return Double(symmetry) * budget
  }

  // MARK: Points

  private func mass(_ i: Int, _ masses: [Double]?, _ count: Int) -> Double {
    masses?[i] ?? 1 / Double(count)
  }

  private func equalMasses(_ count: Int) -> [Double] {
    if equal.count != count { equal = [Double](repeating: 1 / Double(count), count: count) }
    return equal
  }

  /// The points of the whole circle, those of its k-th first, each with its part of the mass.
  private func withAll(
    _ angles: UnsafeBufferPointer<Double>, _ masses: [Double]?,
    _ body: (UnsafeBufferPointer<Double>, [Double]?) -> Void
  ) {
    guard symmetry > 1 else { return body(angles, masses) }
    copies.removeAll(keepingCapacity: true)
    copyMasses.removeAll(keepingCapacity: true)
    for copy in 0..<symmetry {
      let turn = 2 * Double.pi * Double(copy) / Double(symmetry)
      for i in angles.indices {
        copies.append(angles[i] + turn)
        copyMasses.append(mass(i, masses, angles.count) / Double(symmetry))
      }
    }
    copies.withUnsafeBufferPointer { body($0, copyMasses) }
  }
}
