internal import Foundation
internal import MeanField
internal import Synchronization

/// The output of a sweep: NetCDF-4 with a dimension for every swept key.
///
/// All places are filled when the file is made and later only overwritten: a disk that becomes full
/// finds the room taken already, and a killed program leaves a file that can be read. A point's
/// status is written after its values have reached the file.
public final class SweepFile: Sendable {
  public let layout: SweepLayout
  public var path: String { file.path }

  private let file: NetCDFFile
  let started = Date()
  private let earlierTime: Double
  private let state: Mutex<State>

  private struct State {
    /// Finished points whose status is not in the file yet.
    var pending: [(point: Int, status: Int)] = []
    var lastSync = Date()
  }

  enum Status {
    static let open = 0
    static let done = 1
    static let failed = 2
  }

  /// Room that must stay free for the file's own tables.
  private static let reserve = 1 << 20

  // MARK: Opening

  /// A new file, every place of it filled.
  public init(creating path: String, layout: SweepLayout, overwrite: Bool) throws(NetCDFError) {
    self.layout = layout
    try Self.requireRoom(layout.bytes, at: path)
    file = try NetCDFFile(creating: path, overwrite: overwrite)
    earlierTime = 0
    state = Mutex(State())
    let claim = DiskClaim(path: path)
    guard claim.take(layout.bytes + Self.reserve) else {
      throw Self.noRoom(0, layout.bytes, at: path)
    }
    try define(file.root)
    try file.sync()
    claim.release()
  }

  /// A file that an interrupted sweep has left.
  ///
  /// - Throws: `NetCDFError` where it is no such file.
  public init(resuming path: String, layout: SweepLayout) throws(NetCDFError) {
    self.layout = layout
    file = try NetCDFFile(opening: path, writable: true)
    earlierTime = try file.root.attribute("wall_time")?.doubles?.first ?? 0
    state = Mutex(State())
  }

  /// The run file inside an output; nil if there is none.
  public static func runFile(in path: String) throws(NetCDFError) -> String? {
    let file = try NetCDFFile(opening: path)
    let text = try file.root.attribute("run_file")?.text
    try file.close()
    return text
  }

  private static func requireRoom(_ bytes: Int, at path: String) throws(NetCDFError) {
    if let room = DiskRoom.bytesAvailable(forFileAt: path), room < bytes + reserve {
      throw noRoom(room, bytes, at: path)
    }
  }

  private static func noRoom(_ room: Int, _ bytes: Int, at path: String) -> NetCDFError {
    NetCDFError(
      operation: "write the sweep", path: path, status: ENOSPC,
      reason:
        "no room left on the disk (\(room) bytes; it takes \(bytes) and the file's own tables "
        + "up to \(reserve))")
  }

  // MARK: Points

  /// Why every point failed that did; nil for those that are done or still open.
  public func failures() throws(NetCDFError) -> [String?] {
    let reasons = try file.root.strings("failure")
    return try statuses().enumerated().map { $1 == Status.failed ? reasons[$0] : nil }
  }

  /// Whether every point is finished, well or not.
  public func finished() throws(NetCDFError) -> [Bool] {
    try statuses().map { $0 != Status.open }
  }

  private func statuses() throws(NetCDFError) -> [Int] { try file.root.integers("status") }

  /// Writes a finished point; from any thread.
  ///
  /// - Parameter indices: the point's index along every swept dimension.
  public func write(_ point: SweepPoint, at indices: [Int]) throws(NetCDFError) {
    try state.withLock { state throws(NetCDFError) in
      let root = file.root
      let one = indices.map { _ in 1 }
      switch point.outcome {
      case .done(let series):
        for (variable, values) in zip(layout.variables, series) {
          let (start, count) = (indices + [0], one + [layout.times.count])
          try root.put(values.values, into: variable.name, start: start, count: count)
          if variable.hasStandardError, let errors = values.standardErrors {
            try root.put(
              errors, into: variable.name + "_standard_error", start: start, count: count)
          }
        }
      case .failed(let reason):
        // Text is the one thing that makes the file grow.
        try Self.requireRoom(4 * reason.utf8.count, at: path)
        try root.put([reason], into: "failure", start: indices, count: one)
      }
      if let step = point.particleStep {
        try root.put([step], into: "stochastic_step", start: indices, count: one)
      }
      var place = 0
      for (axis, index) in zip(layout.axes, indices) { place = place * axis.labels.count + index }
      let isDone = if case .done = point.outcome { true } else { false }
      state.pending.append((place, isDone ? Status.done : Status.failed))
      if Date().timeIntervalSince(state.lastSync) > 1 { try commit(&state) }
    }
  }

  /// Brings every finished point into the file.
  public func commit() throws(NetCDFError) {
    try state.withLock { state throws(NetCDFError) in try commit(&state) }
  }

  /// Values first, then the word that they are there.
  private func commit(_ state: inout State) throws(NetCDFError) {
    try file.sync()
    for (point, status) in state.pending {
      try file.root.put(
        [status], into: "status", start: indices(of: point), count: layout.axes.map { _ in 1 })
    }
    try file.sync()
    state.pending = []
    state.lastSync = Date()
  }

  private func indices(of point: Int) -> [Int] {
    var rest = point
    return Array(
      layout.axes.reversed().map { axis in
        defer { rest /= axis.labels.count }
        return rest % axis.labels.count
      }.reversed())
  }

  /// Closes the file and records the time it took.
  public func close() throws(NetCDFError) {
    do {
      try commit()
      let spent = earlierTime + Date().timeIntervalSince(started)
      try file.root.setAttribute("wall_time", to: .doubles([spent]))
    } catch {
      // What is in the file comes first, then the reason why the rest is not.
      try file.close()
      throw error
    }
    try file.close()
  }

  /// Closes the file when a failure is already on its way to the user: that is the one to report.
  public func closeAfterFailure() {
    do { try close() } catch { return }
  }
}
