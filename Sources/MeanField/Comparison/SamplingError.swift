internal import Transforms

/// What distances N independent draws should have from the law: samples of the Gaussian limit.
///
/// A sample gives label b the extra mass g_b/√(J N), g Gaussian and centred, and moves every label
/// by the linear response to it; its distances from the undisturbed labels are those of a member.
public struct SamplingError: Sendable {
  public static let sampleCount = 96

  public struct Estimate: Sendable, Equatable {
    public var expected: CircularDistances
    /// Standard deviations over independent members.
    public var spread: CircularDistances
  }

  private let tokens: Int
  private let threads: Int

  /// - Parameter tokens: N of a member.
  public init(tokens: Int, threads: Int) {
    self.tokens = tokens
    self.threads = threads
  }

  /// Mean and standard deviation of the distances of a member from the law.
  public func estimate(_ response: LinearResponse) -> Estimate {
    let n = response.count
    let even = [Double](repeating: 1 / Double(n), count: n)
    let reference = MassCurve.through(response.angles, masses: even)
    let results = parallelMap(count: Self.sampleCount, threads: threads) { r in
      let extra = extraMasses(sample: r, count: n)
      var points = response.angles
      response.displacements.withUnsafeBufferPointer { displacements in
        for j in 0..<n {
          var sum = 0.0
          for b in 0..<n { sum += displacements[j * n + b] * extra[b] }
          points[j] += sum
        }
      }
      let masses = zip(even, extra).map { $0 + $1 }
      return CircularDistances(reference, .through(points, masses: masses))
    }
    return Self.summary(results)
  }

  /// g_b/√(J N), summing to zero; the same for every time, so that curves are smooth.
  private func extraMasses(sample: Int, count: Int) -> [Double] {
    let stream = RandomStream(seed: 0, member: sample, purpose: .fluctuation)
    var values = (0..<count).map { stream.normals(index: $0, draw: 1).0 }
    let mean = values.reduce(0, +) / Double(count)
    let size = 1 / (Double(count) * Double(tokens)).squareRoot()
    for b in values.indices { values[b] = size * (values[b] - mean) }
    return values
  }

  private static func summary(_ values: [CircularDistances]) -> Estimate {
    func moments(_ read: (CircularDistances) -> Double) -> (mean: Double, deviation: Double) {
      let mean = values.reduce(0) { $0 + read($1) } / Double(values.count)
      let square = values.reduce(0) { $0 + (read($1) - mean) * (read($1) - mean) }
      return (mean, (square / Double(values.count - 1)).squareRoot())
    }
    let first = moments(\.wasserstein1)
    let second = moments(\.wasserstein2)
    let third = moments(\.sobolev)
    return Estimate(
      expected: CircularDistances(
        wasserstein1: first.mean, wasserstein2: second.mean, sobolev: third.mean),
      spread: CircularDistances(
        wasserstein1: first.deviation, wasserstein2: second.deviation, sobolev: third.deviation))
  }
}
