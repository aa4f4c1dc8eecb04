import Foundation
import SnapshotIO

/// The law on S² at a few telling times.
struct SphereMaps {
  /// The law at one time.
  struct Map {
    var time: Double
    /// log₁₀ dμ/dσ by colatitude, then longitude.
    var density: [Double]?
    /// Some tokens: of all members, or where there is no density to hold them together, of the
    /// first.
    var tokens: [Direction]
    var clusters: [Direction]
  }

  /// A point of the sphere.
  struct Direction {
    /// From the north pole +z.
    var colatitude: Double
    /// Eastward from +x.
    var longitude: Double

    /// Nil where a component is missing.
    init?(_ components: ArraySlice<Double>) {
      guard components.count == 3, components.allSatisfy({ $0.isFinite }) else { return nil }
      let vector = Array(components)
      colatitude = atan2((vector[0] * vector[0] + vector[1] * vector[1]).squareRoot(), vector[2])
      longitude = atan2(vector[1], vector[0])
    }

    init(colatitude: Double, longitude: Double) {
      self.colatitude = colatitude
      self.longitude = longitude
    }

    static func list(_ components: [Double]) -> [Direction] {
      stride(from: 0, to: components.count - 2, by: 3).compactMap {
        Direction(components[$0..<$0 + 3])
      }
    }
  }

  /// The grid of the densities; both ascend.
  private(set) var colatitudes: [Double] = []
  private(set) var longitudes: [Double] = []
  private(set) var maps: [Map] = []
  private(set) var memberCount = 0

  var hasDensity: Bool { maps.contains { $0.density != nil } }
  var hasTokens: Bool { maps.contains { !$0.tokens.isEmpty } }
  var hasClusters: Bool { maps.contains { !$0.clusters.isEmpty } }
}

// MARK: - Reading

extension SphereMaps {
  private static let tokenLimit = 1600
  private static let memberLimit = 16
  /// Densities read in full to choose the telling times.
  private static let candidateLimit = 200
  private static let candidateValueLimit = 20_000_000
  private static let signatureTokenCount = 60

  /// Nil if the file has neither densities nor tokens nor clusters.
  init?(reading root: NetCDFFile.Group, times: [Double]) throws(NetCDFError) {
    let tokens = try TokenReader(root, .sphere)
    if try root.hasVariable("theta"), try root.hasVariable("phi") {
      colatitudes = try root.doubles("theta")
      longitudes = try root.doubles("phi")
    }
    let limit = Self.candidateValueLimit / max(1, colatitudes.count * longitudes.count)
    var reader = SnapshotReader(
      snapshots: DrawnRun.spread(
        times.count, atMost: min(Self.candidateLimit, max(2 * TellingTimes.count, limit))),
      snapshotCount: times.count)
    let signatures = try signatures(root, tokens, reader)
    let chosen = TellingTimes.choose(of: reader.snapshots.count) { i in
      guard signatures.indices.contains(i) else { return 0 }
      return zip(signatures[i], signatures[i - 1]).reduce(0) {
        let step = abs($1.0 - $1.1)
        return step.isFinite ? $0 + step : $0
      }
    }
    reader.snapshots = chosen.map { reader.snapshots[$0] }

    let densities = colatitudes.isEmpty ? nil : try reader.logarithms(root, rank: 3)
    let clusters = try Self.clusters(root, reader)
    memberCount = tokens?.memberCount ?? 0
    let members = densities == nil ? 1 : min(memberCount, Self.memberLimit)
    for (i, snapshot) in reader.snapshots.enumerated() {
      var map = Map(time: times[snapshot], density: densities?[i], tokens: [], clusters: [])
      if let tokens {
        for member in 0..<members {
          let few = try tokens.few(
            max(1, Self.tokenLimit / members), of: member, at: snapshot)
          map.tokens += Direction.list(few)
        }
      }
      if let clusters { map.clusters = Direction.list(clusters[i]) }
      maps.append(map)
    }
    guard !maps.isEmpty, hasDensity || tokens != nil || hasClusters else { return nil }
  }

  /// Numbers that tell how much the law moves: masses of some hundred cells of the density, or
  /// components of some tokens.
  private func signatures(
    _ root: NetCDFFile.Group, _ tokens: TokenReader?, _ reader: SnapshotReader
  ) throws(NetCDFError) -> [[Double]] {
    if !colatitudes.isEmpty,
      let masses = try reader.rows(root, "density", rank: 3, keeping: cellMasses)
    {
      return masses
    }
    guard let tokens else { return [] }
    var signatures: [[Double]] = []
    for snapshot in reader.snapshots {
      signatures.append(try tokens.few(Self.signatureTokenCount, of: 0, at: snapshot))
    }
    return signatures
  }

  /// Masses of 8 × 16 cells: a sharp peak that moves by one point has not moved.
  private func cellMasses(_ density: [Double]) -> [Double] {
    let (rowCount, columnCount) = (8, 16)
    var masses = Array(repeating: 0.0, count: rowCount * columnCount)
    let scale = 1 / Double(max(1, density.count))
    for (i, colatitude) in colatitudes.enumerated() {
      let row = i * rowCount / colatitudes.count
      let weight = scale * sin(colatitude)
      for j in longitudes.indices {
        let value = density[i * longitudes.count + j]
        let column = j * columnCount / longitudes.count
        if value.isFinite { masses[row * columnCount + column] += weight * value }
      }
    }
    return masses
  }

  /// Unit vectors of the clusters of the density, or else of the first member.
  private static func clusters(
    _ root: NetCDFFile.Group, _ reader: SnapshotReader
  ) throws(NetCDFError) -> [[Double]]? {
    if let clusters = try reader.rows(root, "cluster_position", rank: 3) { return clusters }
    guard try root.hasGroup(named: "particles") else { return nil }
    let particles = try root.group(named: "particles")
    return try reader.rows(particles, "cluster_position", rank: 4, [1])
  }
}
