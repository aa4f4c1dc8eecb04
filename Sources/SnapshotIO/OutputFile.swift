internal import Foundation
internal import MeanField

/// The output file: NetCDF-4 with CF conventions, one snapshot after another.
///
/// Before every snapshot the room on the disk is asked for and claimed, so a full disk ends a run
/// with a file that is readable up to the last snapshot, even where another program fills it.
///
/// Snapshots wait in memory for up to a second: who lets a file go without `close()` loses those since
/// the last `sync()`.
public final class OutputFile {
  public let layout: OutputLayout
  public var path: String { file.path }

  let file: NetCDFFile
  let started = Date()
  var lastSync = Date()
  /// Snapshots that the library has not been given yet, and after them their times.
  var pending = PendingRecords()
  var pendingTimes = PendingRecords()
  /// All tokens of a snapshot; kept, because large arrays come in fresh memory.
  var points: [Double] = []
  /// Chunks of nodes that room has been asked for, of the snapshots that are stored together now.
  var nodeChunks = (row: -1, count: 0)
  /// Places of every variable of clusters so far.
  var clusterWidth: Int
  /// Groups that have been asked for: to find one takes the library as long as to write a thousand numbers.
  private var groups: [String: NetCDFFile.Group] = [:]
  private let earlierTime: Double
  private let claim: DiskClaim
  /// Bytes written since the last `sync`: they may not be on the disk yet.
  ///
  /// Large records are there at once and ask for room twice until then.
  private var unsynced = 0

  /// Room that must stay free for the file's own tables when it is closed.
  static let reserve = 1 << 20

  // MARK: Opening

  /// A new file.
  public init(creating path: String, layout: OutputLayout, overwrite: Bool) throws(NetCDFError) {
    self.layout = layout
    try Self.requireRoom(
      for: layout.bytes(ofSnapshots: 4) + layout.runFile.utf8.count
        + 16 * layout.chart.pointCount, at: path)
    file = try NetCDFFile(creating: path, overwrite: overwrite)
    earlierTime = 0
    clusterWidth = 0
    claim = DiskClaim(path: path)
    try requireRoom(for: layout.bytes(ofSnapshots: 1))
    try define()
    try sync()
  }

  /// A file that an interrupted run has left.
  public init(resuming path: String, layout: OutputLayout) throws(NetCDFError) {
    self.layout = layout
    file = try NetCDFFile(opening: path, writable: true)
    earlierTime = try file.root.attribute("wall_time")?.doubles?.first ?? 0
    clusterWidth = try file.root.dimensionLength("cluster")
    claim = DiskClaim(path: path)
  }

  /// The group of this name, created if it is not there.
  func group(_ name: String) throws(NetCDFError) -> NetCDFFile.Group {
    if let known = groups[name] { return known }
    let group = try file.root.group(named: name)
    groups[name] = group
    return group
  }

  // MARK: Closing and room

  /// Gives the library what has been waiting; times last, so that a time in the file means that its
  /// snapshot is whole.
  func writePending() throws(NetCDFError) {
    try pending.write()
    try pendingTimes.write()
  }

  /// Everything written so far becomes readable even if the process dies.
  public func sync() throws(NetCDFError) {
    try writePending()
    try file.sync()
    lastSync = Date()
    unsynced = 0
    claim.release()
  }

  /// Closes the file and records the time it took.
  public func close() throws(NetCDFError) {
    defer { claim.release() }
    let spent = earlierTime + Date().timeIntervalSince(started)
    do {
      try writePending()
      try file.root.setAttribute("wall_time", to: .doubles([spent]))
    } catch {
      // What is in the file comes first, then the reason why the time is not.
      try file.close()
      throw error
    }
    try file.close()
  }

  /// Closes the file when a failure is already on its way to the user: that is the one to report,
  /// and what could be written is in the file.
  public func closeAfterFailure() {
    do { try close() } catch { return }
  }

  /// Makes sure that `bytes` more can be written, and everything before them.
  func requireRoom(for newBytes: Int) throws(NetCDFError) {
    var bytes = newBytes + (unsynced == 0 ? layout.begunBytes : 0)
    // What has not been synced yet takes room too, and what is claimed for it is no longer free:
    // with both out of the way the file system tells the truth.
    let needed = unsynced + bytes + Self.reserve
    let ahead = 8 * newBytes
    if !claim.holds(needed),
      Self.shortage(for: unsynced + bytes, at: path) != nil || !claim.take(needed, ahead: ahead)
    {
      try sync()
      bytes = newBytes + layout.begunBytes
      try Self.requireRoom(for: bytes, at: path)
      guard claim.take(bytes + Self.reserve, ahead: ahead) else {
        throw Self.noRoom(0, for: bytes, at: path)
      }
    }
    unsynced += bytes
  }

  private static func requireRoom(for bytes: Int, at path: String) throws(NetCDFError) {
    if let room = shortage(for: bytes, at: path) { throw noRoom(room, for: bytes, at: path) }
  }

  /// The room there is, where it is not enough.
  private static func shortage(for bytes: Int, at path: String) -> Int? {
    guard let room = DiskRoom.bytesAvailable(forFileAt: path), room < bytes + reserve else {
      return nil
    }
    return room
  }

  private static func noRoom(_ room: Int, for bytes: Int, at path: String) -> NetCDFError {
    NetCDFError(
      operation: "write a snapshot", path: path, status: ENOSPC,
      reason: "no room left on the disk (\(room) bytes; a snapshot takes \(bytes) and the file's "
        + "own tables up to \(reserve))")
  }
}
