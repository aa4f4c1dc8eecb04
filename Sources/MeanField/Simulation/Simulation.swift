internal import Synchronization
internal import Transforms

/// A density, members of particles and the fluctuations expected between them, on their way
/// through the same snapshot times.
public final class Simulation {
  public let density: (any LawEvolution)?
  public let members: [any LawEvolution]
  /// Further members of other sizes, rung after rung: their laws are seen, and nothing else of them.
  public let ladder: [[any LawEvolution]]
  public let fluctuation: (any ResponseEvolution)?
  /// False once nobody asks for the fluctuations any more: they stay where they are.
  public var followsFluctuation = true
  /// Planned snapshot times: t = 0 first, the end last.
  public let times: [Double]
  /// Index of the next snapshot to be taken.
  public private(set) var nextSnapshot = 0
  private let threads: Int
  /// The density as it was at the last frame, and the mergers found up to then.
  private var densityAtFrame: (any LawEvolution)?
  /// Its clusters; nil after it was restored.
  private var clustersAtFrame: [Cluster]?
  private var mergerCount = 0

  /// What all see at one planned time.
  public struct Frame: Sendable {
    public var index: Int
    public var time: Double
    public var density: Snapshot?
    public var densityClusters: [Cluster]
    public var members: [Snapshot]
    public var memberClusters: [[Cluster]]
    /// Laws of the members of every rung of the ladder.
    public var ladder: [[any Law]]
    public var response: (any LinearResponse)?
    /// Mergers of the density's clusters since the last frame.
    public var mergers: [Merger]
    /// How many there have been before those.
    public var earlierMergers: Int
  }

  /// Why `advance` came back.
  public enum Outcome: Sendable, Equatable {
    /// The next planned time is reached.
    case arrived
    /// `pause` said so, between two steps of everything.
    case paused
  }

  /// - Parameters:
  ///   - density: nil where tokens move alone.
  ///   - members: may be empty.
  ///   - ladder: the members of every rung; empty for none.
  ///   - fluctuation: what sampling does to the density; nil where nobody asks.
  ///   - times: ascending, the first is 0.
  ///   - threads: how many may be used; the values do not depend on it.
  public init(
    density: (any LawEvolution)?, members: [any LawEvolution], ladder: [[any LawEvolution]] = [],
    fluctuation: (any ResponseEvolution)? = nil, times: [Double], threads: Int
  ) {
    precondition(times.first == 0, "the first snapshot is that of the start")
    self.density = density
    self.members = members
    self.ladder = ladder
    self.fluctuation = fluctuation
    self.times = times
    self.threads = threads
  }

  public var isFinished: Bool { nextSnapshot == times.count }

  /// Steps everything to the next planned time, in parallel.
  ///
  /// - Parameters:
  ///   - pause: asked after every step, on any thread; true stops all between two steps. Going on
  ///     from there gives the same values as not having stopped.
  ///   - progress: told the time of the slowest now and then, on any thread.
  public func advance(
    pause: @escaping @Sendable () -> Bool = { false },
    progress: @escaping @Sendable (Double) -> Void = { _ in }
  ) throws(SimulationFailure) -> Outcome {
    precondition(!isFinished, "all snapshots have been taken")
    let target = times[nextSnapshot]
    let tasks = tasks(target)
    let board = ProgressBoard(times: tasks.map(\.time), target: target)
    // Each task is touched by one thread at a time: that is what the loop promises.
    nonisolated(unsafe) let work = tasks
    let failures = parallelMap(count: tasks.count, threads: threads) { i -> SimulationFailure? in
      do throws(SimulationFailure) {
        try work[i].run {
          progress(board.update(i, work[i].time))
          return pause()
        }
        board.finish(i)
        return nil
      } catch {
        return error
      }
    }
    if let failure = failures.compactMap({ $0 }).first { throw failure }
    return tasks.allSatisfy { $0.time == target } ? .arrived : .paused
  }

  /// The frame at the planned time that has been reached; the next `advance` aims at the one after.
  ///
  /// - Throws: `SimulationFailure` if looking for a merger fails where the run itself did not.
  public func takeFrame() throws(SimulationFailure) -> Frame {
    let index = nextSnapshot
    nonisolated(unsafe) let members = members
    let seen = parallelMap(count: members.count, threads: threads) { m in
      let snapshot = members[m].snapshot()
      return (snapshot: snapshot, clusters: snapshot.clusters())
    }
    nonisolated(unsafe) let climbers = Array(ladder.joined())
    var laws = parallelMap(count: climbers.count, threads: threads) { climbers[$0].law() }[...]
    let rungs = ladder.map { rung -> [any Law] in
      defer { laws = laws.dropFirst(rung.count) }
      return Array(laws.prefix(rung.count))
    }
    let density = density?.snapshot()
    let clusters = density?.clusters() ?? []
    var mergers: [Merger] = []
    if let densityAtFrame, let density {
      mergers = try MergerSearch.mergers(
        from: densityAtFrame, before: clustersAtFrame ?? densityAtFrame.snapshot().clusters(),
        to: density.time, after: clusters)
    }
    let frame = Frame(
      index: index, time: times[index], density: density, densityClusters: clusters,
      members: seen.map(\.snapshot), memberClusters: seen.map(\.clusters), ladder: rungs,
      response: followsFluctuation ? fluctuation?.response() : nil, mergers: mergers,
      earlierMergers: mergerCount)
    densityAtFrame = self.density?.replica()
    clustersAtFrame = clusters
    mergerCount += mergers.count
    nextSnapshot += 1
    return frame
  }

  /// Everything needed to go on, as plain data.
  public var saved: SavedRun {
    SavedRun(
      nextSnapshot: nextSnapshot, mergerCount: mergerCount, density: density?.saved,
      densityAtFrame: densityAtFrame?.saved, members: members.map(\.saved),
      ladder: ladder.map { $0.map(\.saved) }, fluctuation: fluctuation?.saved)
  }

  /// Goes back to a saved place.
  ///
  /// - Returns: false if the saved run has another shape than this one, which is then of no use.
  public func restore(_ saved: SavedRun) -> Bool {
    guard
      saved.members.count == members.count,
      saved.ladder.map(\.count) == ladder.map(\.count), saved.nextSnapshot <= times.count,
      (saved.density == nil) == (density == nil),
      (saved.fluctuation == nil) == (fluctuation == nil)
    else { return false }
    if let density, let state = saved.density {
      // The earlier state first: representations only become finer.
      if let earlier = saved.densityAtFrame {
        guard density.restore(earlier) else { return false }
        densityAtFrame = density.replica()
        clustersAtFrame = nil
      }
      guard density.restore(state) else { return false }
    }
    if let fluctuation, let state = saved.fluctuation, !fluctuation.restore(state) { return false }
    let tokens = zip(members + ladder.joined(), saved.members + saved.ladder.joined())
    for (member, state) in tokens where !member.restore(state) { return false }
    nextSnapshot = saved.nextSnapshot
    mergerCount = saved.mergerCount
    return true
  }

  private struct EvolutionTask {
    let read: () -> Double
    let advance: (() -> Bool) throws(SimulationFailure) -> Void

    init(
      read: @escaping () -> Double,
      advance: @escaping (() -> Bool) throws(SimulationFailure) -> Void
    ) {
      self.read = read
      self.advance = advance
    }

    init(_ evolution: any LawEvolution, _ target: Double) {
      self.init(
        read: { evolution.memory.time },
        advance: { (stop) throws(SimulationFailure) in
          try evolution.advance(to: target, shouldStop: stop)
        })
    }

    var time: Double { read() }

    func run(_ shouldStop: () -> Bool) throws(SimulationFailure) { try advance(shouldStop) }
  }

  /// The heaviest first: the density, then the fluctuations, then the members and the ladder from
  /// its top.
  private func tasks(_ target: Double) -> [EvolutionTask] {
    var tasks: [EvolutionTask] = []
    if let density { tasks.append(EvolutionTask(density, target)) }
    if let fluctuation, followsFluctuation {
      tasks.append(
        EvolutionTask(
          read: { fluctuation.memory.time },
          advance: { (stop) throws(SimulationFailure) in
            try fluctuation.advance(to: target, shouldStop: stop)
          }))
    }
    return tasks + (members + ladder.reversed().joined()).map { EvolutionTask($0, target) }
  }
}

/// The time every task has reached; the run is where the slowest is.
private final class ProgressBoard: Sendable {
  private let times: Mutex<[Double]>
  private let target: Double

  init(times: [Double], target: Double) {
    self.times = Mutex(times)
    self.target = target
  }

  func update(_ task: Int, _ time: Double) -> Double {
    times.withLock {
      $0[task] = time
      return $0.min() ?? target
    }
  }

  func finish(_ task: Int) {
    times.withLock { $0[task] = target }
  }
}
