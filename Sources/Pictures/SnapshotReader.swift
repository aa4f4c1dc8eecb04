import Foundation
import SnapshotIO

/// Reads chosen snapshots of variables whose first dimension is time.
struct SnapshotReader {
  /// Indices of the chosen snapshots.
  var snapshots: [Int]
  /// How many snapshots the file has.
  var snapshotCount: Int

  /// The values at every chosen snapshot; nil if there is no such variable of this rank.
  ///
  /// - Parameters:
  ///   - limits: at most so many values along each dimension after time.
  ///   - keep: what is kept of a snapshot's values.
  func rows(
    _ group: NetCDFFile.Group, _ name: String, rank: Int, _ limits: [Int] = [],
    keeping keep: ([Double]) -> [Double] = { $0 }
  ) throws(NetCDFError) -> [[Double]]? {
    guard try group.hasVariable(name) else { return nil }
    let variable = try group.variable(name)
    guard
      variable.lengths.count == rank, variable.lengths.first == snapshotCount,
      variable.type != .string
    else { return nil }
    var size = Array(variable.lengths.dropFirst())
    for (i, limit) in limits.enumerated() { size[i] = min(size[i], limit) }
    var rows: [[Double]] = []
    for snapshot in snapshots {
      let start = [snapshot] + size.map { _ in 0 }
      rows.append(keep(try group.doubles(name, start: start, count: [1] + size)))
    }
    return rows
  }

  /// One number a snapshot.
  func series(_ group: NetCDFFile.Group, _ name: String) throws(NetCDFError) -> [Double]? {
    try rows(group, name, rank: 1)?.map { $0[0] }
  }

  /// One number a snapshot and member, by member.
  func members(
    _ group: NetCDFFile.Group, _ name: String, _ limit: Int
  ) throws(NetCDFError) -> [[Double]] {
    guard let rows = try rows(group, name, rank: 2, [limit]), let first = rows.first else {
      return []
    }
    return first.indices.map { member in rows.map { $0[member] } }
  }
}

// MARK: - Densities

extension SnapshotReader {
  /// log₁₀ of nothing, below every scale.
  static let emptiness = -300.0

  /// log₁₀ dμ/dσ at every chosen snapshot; nil if none of it has a value, as of atoms.
  func logarithms(
    _ root: NetCDFFile.Group, rank: Int
  ) throws(NetCDFError) -> [[Double]]? {
    let values = try rows(root, "density", rank: rank)
    var found: [[Double]]?
    if let logarithms = try rows(root, "log_density", rank: rank) {
      found = logarithms.map { $0.map { $0 / M_LN10 } }
      // A density too small to have a logarithm, as in voids that Fourier sums do not resolve, is
      // the palest colour; what was never written stays white.
      for (i, row) in (values ?? []).enumerated() {
        for (j, value) in row.enumerated()
        where value.isFinite && logarithms[i][j].isNaN { found?[i][j] = Self.emptiness }
      }
    } else if let values {
      found = values.map { $0.map { $0.isNaN ? .nan : $0 > 0 ? log10($0) : Self.emptiness } }
    }
    return found?.contains { $0.contains { $0 > Self.emptiness } } == true ? found : nil
  }
}
