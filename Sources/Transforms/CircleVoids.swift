internal import Foundation

/// Points of the circle where a field knows too little of Z̄, and what sums of positive terms say there.
public final class CircleVoids {
  private let sums: CircleVoidSums
  /// So many places take less time by themselves than it takes to prepare the points for more.
  private static let few = 3
  private var count = 0
  /// Which points they are.
  private var indices: [Int] = []
  private var angles: [Double] = []
  private var partitions: [Double] = []
  private var quotients: [Double] = []

  /// - Parameter beta: inverse temperature, 0 < β ≤ 10⁶.
  public init(beta: Double) { sums = CircleVoidSums(beta: beta) }

  /// Finds the points whose value is below a floor.
  ///
  /// - Parameter values: one for every point.
  /// - Returns: whether there are any.
  public func find(
    among points: UnsafeBufferPointer<Double>, values: UnsafePointer<Double>, floor: Double
  ) -> Bool {
    if indices.count < points.count {
      indices = [Int](repeating: 0, count: points.count)
      angles = [Double](repeating: 0, count: points.count)
      partitions = angles
      quotients = angles
    }
    let limit = Vector(repeating: floor)
    let lanes = SIMD8<Int>(0, 1, 2, 3, 4, 5, 6, 7)
    var found = 0
    indices.withUnsafeMutableBytes { indices in
      angles.withUnsafeMutableBytes { angles in
        func add(_ i: Int) {
          indices.storeBytes(of: i, toByteOffset: 8 * found, as: Int.self)
          angles.storeBytes(of: points[i], toByteOffset: 8 * found, as: Double.self)
          found += 1
        }
        let whole = points.count & ~7
        for start in stride(from: 0, to: whole, by: 8) {
          let here = vector(values + start)
          if all(here .>= limit) { continue }
          if all(here .< limit) {
            // Voids are arcs: sorted points in them are neighbours.
            indices.storeBytes(of: lanes &+ start, toByteOffset: 8 * found, as: SIMD8<Int>.self)
            angles.storeBytes(
              of: eight(points, from: start, else: 0), toByteOffset: 8 * found, as: Vector.self)
            found += 8
            continue
          }
          for i in start..<(start + 8) where values[i] < floor { add(i) }
        }
        for i in whole..<points.count where values[i] < floor { add(i) }
      }
    }
    count = found
    return found > 0
  }

  /// Evaluates the sums, and calls back with the indices, Z̄ and X = X̄/Z̄ of the points that were found.
  ///
  /// Z̄ is at least 10⁻²⁹⁰: where it underflows only the quotient matters.
  ///
  /// - Parameters:
  ///   - sources: the points whose sums are wanted, N ≥ 1 angles.
  ///   - masses: N masses, zero or at least 10⁻³⁰⁰, not all zero.
  public func evaluate<Result>(
    of sources: UnsafeBufferPointer<Double>, masses: UnsafeBufferPointer<Double>,
    _ body: (
      _ points: UnsafeBufferPointer<Int>, _ partition: UnsafePointer<Double>,
      _ velocity: UnsafePointer<Double>
    ) -> Result
  ) -> Result {
    if count <= Self.few {
      for k in 0..<count {
        let (log, quotient) = circleSum(
          at: angles[k], of: sources, masses: masses, beta: sums.beta)
        partitions[k] = exp(log)
        quotients[k] = quotient
      }
    } else {
      sums.setSources(angles: sources, masses: masses)
      angles.withUnsafeBufferPointer {
        sums.evaluate(
          at: UnsafeBufferPointer(rebasing: $0[..<count]), partition: &partitions,
          quotient: &quotients)
      }
    }
    return indices.withUnsafeBufferPointer { indices in
      partitions.withUnsafeMutableBufferPointer { partitions in
        for k in 0..<count where partitions[k] < 1e-290 { partitions[k] = 1e-290 }
        return body(
          UnsafeBufferPointer(rebasing: indices[..<count]),
          UnsafePointer(partitions.baseAddress.unsafelyUnwrapped), quotients)
      }
    }
  }
}
