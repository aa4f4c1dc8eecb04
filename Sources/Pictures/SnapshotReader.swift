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
