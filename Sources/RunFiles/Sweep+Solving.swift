import MeanField
public import SnapshotIO
import Synchronization
import Transforms

extension Sweep {
  /// Solves one point to its end.
  public func solved(_ point: Int, threads: Int) throws(RunFileError) -> SweepPoint? {
    try solve(point, threads: threads, stops: { false }, progress: { _ in })
  }

  /// Solves one point.
  ///
  /// Every member goes to the end by itself: it stays in the cache, and its values do not depend on
  /// how many threads there are.
  ///
  /// - Parameters:
  ///   - stops: asked after every step; true gives the point up.
  ///   - progress: told what part of the point was done since the last time.
  /// - Returns: nil if it was given up.
  func solve(
    _ point: Int, threads: Int, stops: @escaping @Sendable () -> Bool,
    progress: @escaping @Sendable (Double) -> Void
  ) throws(RunFileError) -> SweepPoint? {
    let run = Observable.pruned(try runFile(at: point), observables).withChosenStep()
    let step = run.particles?.step
    let simulation: Simulation
    do {
      simulation = try run.simulation(compares: false, threads: threads)
    } catch {
      return SweepPoint(outcome: .failed(error.description), particleStep: step)
    }
    var laws: [(evolution: any LawEvolution, subject: Observable.Subject)] = []
    if let density = simulation.density { laws.append((density, .density)) }
    laws += simulation.members.map { ($0, .particles) }
    // Each evolution is touched by one thread: that is what the loop promises.
    nonisolated(unsafe) let tasks = laws
    let part = 1 / Double(max(1, laws.count) * times.count)
    let paths = parallelMap(count: laws.count, threads: threads) { i in
      let seen = observables.filter { $0.subject == tasks[i].subject }
      return Self.path(tasks[i].evolution, times, seen, stops: stops) { progress(part) }
    }
    var members: [[[Double]]] = []
    var densities: [[[Double]]] = []
    for (law, path) in zip(laws, paths) {
      switch path {
      case .failure(let failure):
        return SweepPoint(outcome: .failed(failure.description), particleStep: step)
      case .success(nil):
        return nil
      case .success(let values?):
        if law.subject == .density { densities.append(values) } else { members.append(values) }
      }
    }
    return SweepPoint(outcome: .done(series(densities, members)), particleStep: step)
  }

  /// Values of some observables, one after the other, at all times.
  private static func path(
    _ law: any LawEvolution, _ times: [Double], _ observables: [Observable],
    stops: () -> Bool, progress: () -> Void
  ) -> Result<[[Double]]?, SimulationFailure> {
    // Most of a snapshot is work that few observables need.
    let needsSnapshot = observables.contains(where: \.needsSnapshot)
    var values = observables.map { _ in [Double]() }
    for time in times {
      do throws(SimulationFailure) {
        try law.advance(to: time, shouldStop: stops)
      } catch {
        return .failure(error)
      }
      guard law.memory.time == time else { return .success(nil) }
      let snapshot = needsSnapshot ? law.snapshot() : nil
      let seen = snapshot?.law ?? law.law()
      for (i, observable) in observables.enumerated() {
        values[i].append(observable.value(seen, snapshot))
      }
      progress()
    }
    return .success(values)
  }

  private func series(_ densities: [[[Double]]], _ members: [[[Double]]]) -> [SweepPoint.Series] {
    var places = [Observable.Subject: Int]()
    return observables.map { observable in
      let place = places[observable.subject, default: 0]
      places[observable.subject] = place + 1
      guard observable.subject == .particles else {
        return SweepPoint.Series(values: densities[0][place], standardErrors: nil)
      }
      return Self.mean(of: members.map { $0[place] })
    }
  }

  /// Mean over members and its standard error at every time; the error of one member is unknown.
  private static func mean(of members: [[Double]]) -> SweepPoint.Series {
    let count = Double(members.count)
    var means: [Double] = []
    var errors: [Double] = []
    for i in members[0].indices {
      let mean = members.reduce(0) { $0 + $1[i] } / count
      let square = members.reduce(0) { $0 + ($1[i] - mean) * ($1[i] - mean) }
      means.append(mean)
      errors.append(count > 1 ? (square / (count - 1) / count).squareRoot() : .nan)
    }
    return SweepPoint.Series(values: means, standardErrors: errors)
  }
}
