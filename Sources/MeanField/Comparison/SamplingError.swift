internal import Transforms

/// What distances N independent draws should have from the law: samples of the Gaussian limit.
///
/// A sample gives label b the extra mass √(w_b/N) g_b, g Gaussian, centred, and moves every label
/// by the linear response to it; its distances from the undisturbed labels are those of a member.
public struct SamplingError: Sendable {
  public static let sampleCount = 96

  public struct Estimate: Sendable, Equatable {
    public var expected: CircularDistances
    /// Standard deviations over independent members.
    public var spread: CircularDistances

    /// Nothing can be said: NaN.
    static let unknown = Estimate(
      expected: CircularDistances(wasserstein1: .nan, wasserstein2: .nan, sobolev: .nan),
      spread: CircularDistances(wasserstein1: .nan, wasserstein2: .nan, sobolev: .nan))
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
    let reference = response.curve(adding: response.masses.map { _ in 0 })
    let results = parallelMap(count: Self.sampleCount, threads: threads) { r in
      CircularDistances(reference, response.curve(adding: extraMasses(sample: r, response.masses)))
    }
    return Self.summary(results)
  }

  /// √(w_b/N) g_b less its share of their sum; the same for every time, so that curves are smooth.
  private func extraMasses(sample: Int, _ masses: [Double]) -> [Double] {
    let stream = RandomStream(seed: 0, member: sample, purpose: .fluctuation)
    let values = masses.indices.map { b in
      (masses[b] / Double(tokens)).squareRoot() * stream.normals(index: b, draw: 1).0
    }
    let sum = values.reduce(0, +)
    return zip(values, masses).map { $0 - $1 * sum }
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
