internal import Foundation
internal import MeanField
internal import SnapshotIO
internal import Synchronization
internal import Transforms

/// One sweep from start to end: points in parallel, the largest first, into one output file.
public final class SweepSession {
  /// What a finished sweep has found.
  public struct Summary: Sendable {
    public var output: String
    public var pointCount: Int
    /// Points that were solved now; the others were there already.
    public var solved: Int
    /// Points whose numbers gave out, and why.
    public var failures: [(point: String, reason: String)]
    public var wallTime: Double
  }

  /// Interrupted by the user; finished points are in the output.
  public struct Interruption: Error, Sendable, Equatable {
    public var finished: Int
    public var pointCount: Int
    public var output: String
  }

  public let sweep: Sweep
  private let start: RunSession.Start
  private let threads: Int

  private var place: OutputPlace { OutputPlace(path: sweep.output) }

  /// - Throws: `RunFileError` when the sweep would not fit.
  public init(_ sweep: Sweep, start: RunSession.Start = .new, threads: Int) throws(RunFileError) {
    self.sweep = sweep
    self.start = start
    self.threads = threads
    try sweep.cost.check(output: sweep.output, threads: threads)
  }

  /// Solves all points that are not in the output yet.
  ///
  /// - Parameters:
  ///   - isInterrupted: asked after every step, on any thread; true ends the sweep.
  ///   - progress: told the part done and the number of points finished, on any thread.
  /// - Throws: `NetCDFError`, `RunFileError` or `Interruption`; in every case the output is closed
  ///   and its finished points are readable. A point that fails is no error.
  public func execute(
    isInterrupted: @escaping @Sendable () -> Bool = { false },
    progress: @escaping @Sendable (Double, Int) -> Void = { _, _ in }
  ) throws -> Summary {
    let began = Date()
    let sweep = sweep
    let file = try open()
    do {
      let finished = try file.finished()
      let order = finished.indices.filter { !finished[$0] }
        .sorted { (-sweep.cost.pointWork[$0], $0) < (-sweep.cost.pointWork[$1], $1) }
      let board = SweepBoard(
        work: sweep.cost.pointWork, finished: finished, report: progress)
      let trouble = Mutex<(any Error)?>(nil)
      let workers = max(1, min(threads, order.count))
      let inner = max(1, threads / workers)
      let stops: @Sendable () -> Bool = { isInterrupted() || trouble.withLock { $0 != nil } }
      parallelLoop(count: order.count, threads: workers) { i in
        if stops() { return }
        let point = order[i]
        do {
          let result = try sweep.solve(
            point, threads: inner, stops: stops, progress: { board.advance(point, by: $0) })
          guard let result else { return }
          try file.write(result, at: sweep.indices(of: point))
          board.finish(point)
        } catch {
          trouble.withLock { if $0 == nil { $0 = error } }
        }
      }
      if let error = trouble.withLock({ $0 }) { throw error }
      if board.finishedCount < sweep.pointCount {
        throw Interruption(
          finished: board.finishedCount, pointCount: sweep.pointCount, output: sweep.output)
      }
      let failures = try failures(file)
      try file.close()
      return Summary(
        output: sweep.output, pointCount: sweep.pointCount, solved: order.count,
        failures: failures, wallTime: Date().timeIntervalSince(began))
    } catch {
      file.closeAfterFailure()
      throw error
    }
  }

  private func failures(_ file: SweepFile) throws -> [(point: String, reason: String)] {
    try file.commit()
    return try file.failures().enumerated().compactMap { point, reason in
      reason.map { (sweep.description(of: point), $0) }
    }
  }

  // MARK: Files

  private func open() throws -> SweepFile {
    let layout = try sweep.layout()
    try place.refuseExisting(start, subject: "sweep")
    if start == .resume, place.exists {
      guard try SweepFile.runFile(in: sweep.output) == sweep.yaml else {
        throw RunFileError.content(
          "\(sweep.output): was written by another run file; choose another output.file")
      }
      return try SweepFile(resuming: sweep.output, layout: layout)
    }
    try place.makeFolder()
    return try SweepFile(creating: sweep.output, layout: layout, overwrite: start != .new)
  }
}

/// How far all points are.
private final class SweepBoard: Sendable {
  private let parts: Mutex<[Double]>
  private let work: [Double]
  private let isOld: [Bool]
  private let report: @Sendable (Double, Int) -> Void

  /// - Parameter work: of every point, in any unit.
  init(
    work: [Double], finished: [Bool], report: @escaping @Sendable (Double, Int) -> Void
  ) {
    let whole = zip(work, finished).reduce(0) { $0 + ($1.1 ? 0 : $1.0) }
    self.work = work.map { whole > 0 ? $0 / whole : 0 }
    parts = Mutex(finished.map { $0 ? 1 : 0 })
    isOld = finished
    self.report = report
  }

  var finishedCount: Int { parts.withLock { $0.count { $0 == 1 } } }

  /// Adds to the part of a point that is done, short of all of it.
  func advance(_ point: Int, by part: Double) {
    set(point) { min($0 + part, 0.999) }
  }

  func finish(_ point: Int) { set(point) { _ in 1 } }

  private func set(_ point: Int, _ change: (Double) -> Double) {
    let (done, count) = parts.withLock { parts in
      parts[point] = change(parts[point])
      let done = parts.indices.reduce(0) { $0 + (isOld[$1] ? 0 : work[$1] * parts[$1]) }
      return (done, parts.count { $0 == 1 })
    }
    report(done, count)
  }
}
