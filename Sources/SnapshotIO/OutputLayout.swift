public import MeanField

/// What an output file holds besides its numbers.
public struct OutputLayout: Sendable {
  public var title: String
  /// The resolved run file, runnable as it is.
  public var runFile: String
  public var seed: UInt64
  /// The coordinates of everything.
  public var chart: Chart
  public var hasDensity: Bool
  /// About how many nodes carry the density; nil where none do.
  public var expectedNodes: Int?
  /// Members of particles; 0 for none.
  public var members: Int
  /// Tokens written per member.
  public var writtenTokens: Int
  public var hasComparison: Bool
  /// N of every rung of the comparison's ladder; empty for none.
  public var ladderCounts: [Int]
  /// Step of the stochastic scheme, where there is one.
  public var particleStep: Double?

  public init(
    title: String, runFile: String, seed: UInt64, chart: Chart, hasDensity: Bool,
    expectedNodes: Int?, members: Int, writtenTokens: Int, hasComparison: Bool,
    ladderCounts: [Int], particleStep: Double?
  ) {
    self.title = title
    self.runFile = runFile
    self.seed = seed
    self.chart = chart
    self.hasDensity = hasDensity
    self.expectedNodes = expectedNodes
    self.members = members
    self.writtenTokens = writtenTokens
    self.hasComparison = hasComparison
    self.ladderCounts = ladderCounts
    self.particleStep = particleStep
  }

  /// Bytes of so many snapshots, with as many nodes as expected and no more than 16 clusters; nodes of several snapshots are stored
  /// together, begun or full.
  public func bytes(ofSnapshots count: Int) -> Int {
    let stored = NodeVariable.chunk.snapshots
    let nodes = expectedNodes.map {
      (count + stored - 1) / stored * NodeVariable.chunks($0) * NodeVariable.chunkBytes
    }
    return count * bytesPerSnapshot() + (nodes ?? 0)
  }

  /// Bytes that records stored together take before they are all there, beyond what is kept free for the
  /// file's own tables in any case.
  var begunBytes: Int {
    let series = chart.tables.count + 3
    let comparison = 3 * chart.distances.count + 8
    let variables =
      (hasDensity ? series + 2 : 0) + (members > 0 ? series + Diagnostic.ofTokens.count + 3 : 0)
      + (hasComparison ? comparison : 0)
    let bytes = min(variables * NetCDFFile.Group.bytesTogether, 64 * bytesPerSnapshot())
    return max(0, bytes - 3 * OutputFile.reserve / 4)
  }

  /// Bytes one more snapshot takes, without nodes.
  ///
  /// - Parameter clusters: places for clusters; these are stored in chunks of 16.
  func bytesPerSnapshot(clusters: Int = 16) -> Int {
    let places = Self.places(clusters)
    let moments = chart.tables.reduce(0) { $0 + chart.count(of: $1) }
    // Diagnostics, and clusters.
    let series = moments + 40 + places * (1 + chart.clusterPosition.width) + chart.tokenMeanWidth
    let density = hasDensity ? 2 * chart.pointCount + series : 0
    let member = writtenTokens * chart.token.width + series
    return 8 * (density + members * member)
      + (hasComparison ? bytesPerComparison(clusters: clusters) : 0)
  }

  private static func places(_ clusters: Int) -> Int { (max(1, clusters) + 15) / 16 * 16 }

  /// Bytes of one snapshot's comparison.
  ///
  /// - Parameter clusters: places for clusters; these are stored in chunks of 16.
  public func bytesPerComparison(clusters: Int = 16) -> Int {
    let places = Self.places(clusters)
    let kinds = chart.distances.count + 1
    let member =
      3 * chart.distances.count + chart.judgedMoments.count + kinds * ladderCounts.count + 3
      * places
    return 8 * (members * member + 2 * kinds + 2 * places)
  }
}
