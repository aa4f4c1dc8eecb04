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
    let source = UnsafeRawPointer(values)
    var found = 0
    indices.withUnsafeMutableBufferPointer { indices in
      angles.withUnsafeMutableBufferPointer { angles in
        for start in stride(from: 0, to: points.count, by: 8) {
          let end = min(start + 8, points.count)
          if end == start + 8 {
            let eight = source.loadUnaligned(fromByteOffset: 8 * start, as: Vector.self)
            if all(eight .>= Vector(repeating: floor)) { continue }
          }
          for i in start..<end where values[i] < floor {
            indices[found] = i
            angles[found] = points[i]
            found += 1
          }
        }
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
        for k in 0..<count { partitions[k] = max(partitions[k], 1e-290) }
        return body(
          UnsafeBufferPointer(rebasing: indices[..<count]),
          UnsafePointer(partitions.baseAddress.unsafelyUnwrapped), quotients)
      }
    }
  }
}
