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
  private let started = Date()
  private let earlierTime: Double
  private let state: Mutex<State>

  private struct State {
    /// Finished points whose status is not in the file yet.
    var pending: [(point: Int, status: Int)] = []
    var lastSync = Date()
  }

  private enum Status {
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

  // MARK: Definition

  private func define(_ root: NetCDFFile.Group) throws(NetCDFError) {
    try root.setAttribute("Conventions", to: "CF-1.11")
    try root.setAttribute("title", to: .text(layout.title))
    try root.setAttribute("source", to: .text("meanfield \(MeanFieldVersion.current)"))
    try root.setAttribute("run_file", to: .text(layout.runFile))
    if let seed = layout.seed { try root.setAttribute("seed", to: .unsignedIntegers([seed])) }
    try root.setAttribute("wall_time", to: .doubles([0]))
    let now = ISO8601DateFormatter().string(from: started)
    try root.setAttribute(
      "history", to: .text("\(now) meanfield \(MeanFieldVersion.current) sweep"))
    for axis in layout.axes {
      try root.defineDimension(axis.name, length: axis.labels.count)
      try root.defineVariable(
        axis.name, axis.numbers == nil ? .string : .double, dimensions: [axis.name],
        attributes: [
          "long_name": .text("key \(axis.path) of the run file"), "units": "1",
          "key": .text(axis.path),
        ])
      if let numbers = axis.numbers {
        try root.put(numbers, into: axis.name)
      } else {
        try root.put(axis.labels, into: axis.name)
      }
    }
    try root.defineDimension("time", length: layout.times.count)
    try root.defineVariable(
      "time", .double, dimensions: ["time"],
      attributes: ["long_name": "time", "units": "1", "axis": "T"])
    try root.put(layout.times, into: "time")
    try definePoints(root)
    let theory = try root.group(named: "theory")
    for table in layout.theory {
      try theory.defineVariable(
        table.name, .double, dimensions: layout.axes.map(\.name),
        attributes: ["long_name": .text(table.longName), "units": "1"])
      try theory.put(table.values, into: table.name)
    }
  }

  private func definePoints(_ root: NetCDFFile.Group) throws(NetCDFError) {
    let axes = layout.axes.map(\.name)
    for variable in layout.variables {
      var names = [(variable.name, variable.longName)]
      if variable.hasStandardError {
        names.append(
          (variable.name + "_standard_error", "standard error of the mean over members"))
      }
      for (name, longName) in names {
        try root.defineVariable(
          name, .double, dimensions: axes + ["time"],
          attributes: ["long_name": .text(longName), "units": "1"])
        try root.put(
          [Double](repeating: .nan, count: layout.pointCount * layout.times.count), into: name)
      }
      try root.setAttribute("quantity", to: .text(variable.quantity), of: variable.name)
    }
    try root.defineVariable(
      "stochastic_step", .double, dimensions: axes,
      attributes: ["long_name": "step of the stochastic scheme of particles", "units": "1"])
    try root.put([Double](repeating: .nan, count: layout.pointCount), into: "stochastic_step")
    try root.defineVariable(
      "status", .int64, dimensions: axes,
      attributes: [
        "long_name": "what became of the point", "flag_values": .integers([0, 1, 2]),
        "flag_meanings": "open done failed",
      ])
    try root.put([Int](repeating: Status.open, count: layout.pointCount), into: "status")
    try root.defineVariable(
      "failure", .string, dimensions: axes,
      attributes: ["long_name": "why the point failed; empty where it did not"])
    try root.put([String](repeating: "", count: layout.pointCount), into: "failure")
  }
}
