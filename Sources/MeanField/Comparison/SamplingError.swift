/// What distances N independent draws should have from the law: samples of the Gaussian limit.
public struct SamplingError: Sendable, Equatable {
  /// Mean of every one of the chart's distances; NaN where nothing can be said.
  public var expected: [Double]
  /// Standard deviations over independent members.
  public var spread: [Double]

  public static let sampleCount = 96

  /// Mean and standard deviation of the distances of a member of N tokens from the law.
  public init(_ response: any LinearResponse, tokens: Int, threads: Int) {
    let samples = response.sampleDistances(
      count: Self.sampleCount, tokens: tokens, threads: threads)
    let kinds = samples[0].indices
    let number = Double(samples.count)
    let means = kinds.map { kind in samples.reduce(0) { $0 + $1[kind] } / number }
    expected = means
    spread = kinds.map { kind in
      let square = samples.reduce(0) { $0 + ($1[kind] - means[kind]) * ($1[kind] - means[kind]) }
      return (square / (number - 1)).squareRoot()
    }
  }

  /// Nothing can be said of this many distances.
  init(unknown count: Int) {
    expected = [Double](repeating: .nan, count: count)
    spread = expected
  }
}
