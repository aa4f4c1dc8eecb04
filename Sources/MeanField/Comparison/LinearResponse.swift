/// How a law answers to its own sampling, in linear order.
///
/// J independent sources of weights w_b stand for the draws: with N of them the law differs from μ by
/// N^{−1/2} Σ_b √w_b g_b (what source b does), g Gaussian (Sznitman 1991).
public protocol LinearResponse: Sendable {
  /// Influence of every source times √w_b on every real moment of the given degrees, in the order of
  /// `Law.moments(degrees:)`: products of rows are covariances, times N.
  func influences(degrees: [Int]) -> [[[Double]]]

  /// What the next order adds to the same moments, times N: the mean first, then samples (`SecondOrder`);
  /// empty rows where it is not known.
  func secondOrder(degrees: [Int]) -> [[[Double]]]

  /// What a deviation of each of the degrees is small against: standard deviations of one draw, or 1
  /// for moments of that order.
  func spreads(degrees: [Int]) -> [Double]

  /// Distances of samples of the Gaussian limit from the law: one number for each of the chart's
  /// distances.
  ///
  /// - Parameters:
  ///   - count: how many samples.
  ///   - tokens: N.
  ///   - threads: how many may be used; the values do not depend on it.
  func sampleDistances(count: Int, tokens: Int, threads: Int) -> [[Double]]

  /// How far the clusters of N draws should be from those of the law.
  ///
  /// - Parameters:
  ///   - law: the density itself, of which this is the response.
  ///   - clusters: its clusters.
  ///   - attention: whose kernel makes the clusters, as maxima of Z.
  ///   - tokens: N.
  func clusterSpreads(
    of law: any Law, _ clusters: [Cluster], attention: Attention, tokens: Int
  ) -> [ClusterSpread]
}

extension LinearResponse {
  public func spreads(degrees: [Int]) -> [Double] { degrees.map { _ in 1 } }

  public func clusterSpreads(
    of law: any Law, _ clusters: [Cluster], attention: Attention, tokens: Int
  ) -> [ClusterSpread] {
    clusters.map { _ in .unknown }
  }
}
