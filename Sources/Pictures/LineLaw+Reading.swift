import SnapshotIO

extension LineLaw {
  private static let trajectoryCount = 60
  private static let pairTrajectoryCount = 24
  private static let profileTokenLimit = 200_000

  /// Nil for a space whose laws are not laid out on a line.
  init?(
    _ space: Space, reading root: NetCDFFile.Group, _ reader: SnapshotReader, times: [Double]
  ) throws(NetCDFError) {
    let tokens = try TokenReader(root, space)
    switch space {
    case .sphere:
      return nil
    case .circle:
      self.init(coordinate: .angle(from: 0))
      if try root.hasVariable("theta"), let logarithms = try reader.logarithms(root, rank: 2) {
        grid = try root.doubles("theta")
        density = logarithms
      }
      try readClusters(root, reader, times)
      try readAtoms(root, reader, times)
      try readTrajectories(tokens, reader)
      cutCircle()
      if density == nil, trajectories.isEmpty {
        coordinate.zoom(to: clusters.joined() + (atoms?.lines.joined().map(\.value) ?? []))
      }
      try readTokenProfiles(tokens, reader, times)
    case .zonal(let dimension):
      self.init(coordinate: .polarAngle)
      if try root.hasVariable("theta"), let logarithms = try reader.logarithms(root, rank: 2) {
        let law = PolarLaw(nodes: try root.doubles("theta"), dimension: dimension)
        grid = law.angles
        density = logarithms.map(law.logarithms)
      }
      try readClusters(root, reader, times)
      try readTrajectories(tokens, reader)
      try readTokenProfiles(tokens, reader, times)
    case .manyDimensions:
      self.init(coordinate: .innerProduct)
      guard let tokens else { return }
      try readPairs(InnerProducts(tokens, snapshotCount: times.count), reader, times)
    }
  }

  private mutating func readTrajectories(
    _ tokens: TokenReader?, _ reader: SnapshotReader
  ) throws(NetCDFError) {
    guard let tokens else { return }
    for snapshot in reader.snapshots {
      trajectories.append(try tokens.few(Self.trajectoryCount, of: 0, at: snapshot))
    }
  }

  private mutating func readTokenProfiles(
    _ tokens: TokenReader?, _ reader: SnapshotReader, _ times: [Double]
  ) throws(NetCDFError) {
    guard density != nil || tokens != nil else { return }
    for index in TellingTimes.choose(of: times.count, change: change) {
      var profile = Profile(time: times[index], density: density?[index], samples: [])
      if let tokens {
        let limit = Self.profileTokenLimit
        let members = max(1, min(tokens.memberCount, limit / max(1, tokens.tokenCount)))
        profile.samples = try tokens.tokens(
          at: reader.snapshots[index], members: members, count: limit
        ).filter(\.isFinite)
      }
      profiles.append(profile)
    }
  }

  /// Some pairs over time, and where there are many, the law of their inner products.
  private mutating func readPairs(
    _ pairs: InnerProducts, _ reader: SnapshotReader, _ times: [Double]
  ) throws(NetCDFError) {
    guard pairs.countPerMember > 0 else { return }
    let isMany = pairs.count >= Self.fewSamples
    let limit = isMany ? Self.pairTrajectoryCount : Self.trajectoryCount
    let shown = DrawnRun.spread(pairs.countPerMember, atMost: limit)
    grid = pairs.bins
    rowsPerSnapshot = max(1, Raster.width / max(1, times.count - 1))
    var histograms: [[Double]] = []
    var last: [Double] = []
    for snapshot in reader.snapshots {
      let values = try pairs.values(at: snapshot)
      trajectories.append(shown.map { values[$0] })
      if isMany { histograms += pairs.histograms(from: last, to: values, steps: rowsPerSnapshot) }
      last = values
    }
    if histograms.joined().contains(where: { !$0.isNaN }) { density = histograms }
    for index in TellingTimes.choose(of: times.count, change: change) {
      let values = try pairs.values(at: reader.snapshots[index])
      profiles.append(
        Profile(time: times[index], density: nil, samples: values.filter(\.isFinite)))
    }
  }
}
