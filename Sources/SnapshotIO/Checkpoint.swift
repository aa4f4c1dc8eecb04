internal import Foundation
public import MeanField

/// A run between two steps, on disk: NetCDF like the output, written beside it by rename.
public struct Checkpoint: Sendable, Equatable {
  /// The resolved run file; a checkpoint continues no other.
  public var runFile: String
  public var run: SavedRun
  public var comparison: Comparison.Memory?

  public init(runFile: String, run: SavedRun, comparison: Comparison.Memory?) {
    self.runFile = runFile
    self.run = run
    self.comparison = comparison
  }

  /// `<output>.checkpoint`.
  public static func path(forOutput output: String) -> String { output + ".checkpoint" }

  // MARK: Writing

  /// Writes beside `path` and renames, so that what stands there is always whole.
  public func write(to path: String) throws(NetCDFError) {
    let draft = path + ".new"
    try requireRoom(at: draft)
    let file = try NetCDFFile(creating: draft, overwrite: true)
    do throws(NetCDFError) {
      try write(into: file.root)
      try file.close()
    } catch {
      unlink(draft)
      throw error
    }
    guard rename(draft, path) == 0 else {
      let reason = String(cString: strerror(errno))
      unlink(draft)
      throw NetCDFError(
        operation: "put the checkpoint in place", path: path, status: 0, reason: reason)
    }
  }

  /// A library that runs out of room in the middle of a write may take the program with it.
  private func requireRoom(at draft: String) throws(NetCDFError) {
    let evolutions =
      [run.density, run.densityAtFrame, run.fluctuation].compactMap { $0 } + run.members
      + run.ladder.joined()
    let numbers =
      evolutions.reduce(0) { $0 + $1.state.count + $1.structure.count }
      + (comparison.map { $0.influences + $0.deviations } ?? []).reduce(0) { $0 + $1.count }
    // A group of the file takes about 5 kB of its own.
    let bytes = 8 * numbers + 8192 * (evolutions.count + 4) + runFile.utf8.count
    guard let room = DiskRoom.bytesAvailable(forFileAt: draft), room < bytes else { return }
    throw NetCDFError(
      operation: "save the state", path: draft, status: ENOSPC,
      reason: "no room left on the disk (\(room) bytes; the state takes \(bytes))")
  }

  private func write(into root: NetCDFFile.Group) throws(NetCDFError) {
    try root.setAttribute("source", to: .text("meanfield \(MeanFieldVersion.current) checkpoint"))
    try root.setAttribute("run_file", to: .text(runFile))
    try root.setAttribute("next_snapshot", to: .integers([run.nextSnapshot]))
    try root.setAttribute("members", to: .integers([run.members.count]))
    try root.setAttribute("mergers", to: .integers([run.mergerCount]))
    if let density = run.density { try Self.write(density, root.group(named: "density")) }
    if let density = run.densityAtFrame {
      try Self.write(density, root.group(named: "density_at_frame"))
    }
    if let fluctuation = run.fluctuation {
      try Self.write(fluctuation, root.group(named: "fluctuation"))
    }
    for (m, member) in run.members.enumerated() {
      try Self.write(member, root.group(named: "member\(m)"))
    }
    try root.setAttribute("rungs", to: .integers([run.ladder.count]))
    for (r, rung) in run.ladder.enumerated() {
      for (m, member) in rung.enumerated() {
        try Self.write(member, root.group(named: "rung\(r)_member\(m)"))
      }
    }
    if let comparison { try Self.write(comparison, root.group(named: "comparison")) }
    // Last: a file without it was cut short.
    try root.setAttribute("complete", to: .integers([1]))
  }

  private static func write(
    _ evolution: SavedEvolution, _ group: NetCDFFile.Group
  ) throws(NetCDFError) {
    try put(evolution.state, "state", group)
    if !evolution.structure.isEmpty { try put(evolution.structure, "structure", group) }
    let memory = evolution.memory
    try put(
      [
        memory.time, memory.chosen, memory.previousError, memory.lastStep, evolution.initialEnergy,
        Double(memory.acceptedSteps), Double(memory.rejectedSteps), memory.timeRest,
      ], "memory", group)
  }

  private static func write(
    _ comparison: Comparison.Memory, _ group: NetCDFFile.Group
  ) throws(NetCDFError) {
    let labels = comparison.influences.first?.count ?? 0
    try group.setAttribute("labels", to: .integers([labels]))
    try group.setAttribute("seen", to: .integers([comparison.seen]))
    try group.setAttribute("members", to: .integers([comparison.deviations.count]))
    try group.setAttribute("rows", to: .integers([comparison.influences.count]))
    if let time = comparison.fluctuationTime {
      try group.setAttribute("fluctuation_time", to: .doubles([time]))
    }
    if let time = comparison.chanceTime {
      try group.setAttribute("chance_time", to: .doubles([time]))
    }
    if let largest = comparison.largestDeviation {
      try put(
        [largest.time, Double(largest.member), Double(largest.moment), largest.value],
        "largest_deviation", group)
    }
    if let ladder = comparison.judgedLadder {
      try put([ladder.time] + ladder.values.joined().joined(), "judged_ladder", group)
      try put(ladder.counts.map { Double($0) }, "ladder_counts", group)
    }
    guard labels > 0 else { return }
    try put(comparison.influences.flatMap { $0 }, "influences", group)
    try put(comparison.deviations.flatMap { $0 }, "deviations", group)
  }

  private static func put(
    _ values: [Double], _ name: String, _ group: NetCDFFile.Group
  ) throws(NetCDFError) {
    try group.defineDimension(name + "_length", length: values.count)
    try group.defineVariable(name, .double, dimensions: [name + "_length"])
    try group.put(values, into: name)
  }

  // MARK: Reading

  /// - Throws: `NetCDFError` when the file is missing, cut short or something else.
  public init(contentsOf path: String) throws(NetCDFError) {
    let file = try NetCDFFile(opening: path)
    let root = file.root
    guard
      try root.attribute("complete") != nil,
      let runFile = try root.attribute("run_file")?.text,
      let next = try root.attribute("next_snapshot")?.integers?.first, next >= 0,
      let memberCount = try root.attribute("members")?.integers?.first, memberCount >= 0,
      let mergers = try root.attribute("mergers")?.integers?.first, mergers >= 0,
      let rungCount = try root.attribute("rungs")?.integers?.first, rungCount >= 0
    else { throw Self.broken(path) }
    self.runFile = runFile
    var members: [SavedEvolution] = []
    for m in 0..<memberCount {
      members.append(try Self.evolution(root.group(named: "member\(m)"), path))
    }
    var ladder: [[SavedEvolution]] = []
    for r in 0..<rungCount {
      var rung: [SavedEvolution] = []
      for m in 0..<memberCount {
        rung.append(try Self.evolution(root.group(named: "rung\(r)_member\(m)"), path))
      }
      ladder.append(rung)
    }
    run = SavedRun(
      nextSnapshot: next, mergerCount: mergers,
      density: try root.hasGroup(named: "density")
        ? Self.evolution(root.group(named: "density"), path) : nil,
      densityAtFrame: try root.hasGroup(named: "density_at_frame")
        ? Self.evolution(root.group(named: "density_at_frame"), path) : nil,
      members: members, ladder: ladder,
      fluctuation: try root.hasGroup(named: "fluctuation")
        ? Self.evolution(root.group(named: "fluctuation"), path) : nil)
    comparison =
      try root.hasGroup(named: "comparison")
      ? Self.comparison(root.group(named: "comparison"), path) : nil
    try file.close()
  }

  private static func evolution(
    _ group: NetCDFFile.Group, _ path: String
  ) throws(NetCDFError) -> SavedEvolution {
    let numbers = try group.doubles("memory")
    guard
      numbers.count == 8, let accepted = Int(exactly: numbers[5]),
      let rejected = Int(exactly: numbers[6])
    else { throw broken(path) }
    var memory = Stepper.Memory()
    memory.time = numbers[0]
    memory.chosen = numbers[1]
    memory.previousError = numbers[2]
    memory.lastStep = numbers[3]
    memory.acceptedSteps = accepted
    memory.rejectedSteps = rejected
    memory.timeRest = numbers[7]
    return SavedEvolution(
      state: try group.doubles("state"),
      structure: try group.hasVariable("structure") ? group.doubles("structure") : [],
      memory: memory, initialEnergy: numbers[4])
  }

  private static func comparison(
    _ group: NetCDFFile.Group, _ path: String
  ) throws(NetCDFError) -> Comparison.Memory {
    guard
      let labels = try group.attribute("labels")?.integers?.first,
      let seen = try group.attribute("seen")?.integers?.first,
      let members = try group.attribute("members")?.integers?.first, members >= 0,
      let rows = try group.attribute("rows")?.integers?.first, rows >= 0
    else { throw broken(path) }
    var memory = Comparison.Memory()
    memory.seen = seen
    memory.fluctuationTime = try group.attribute("fluctuation_time")?.doubles?.first
    memory.chanceTime = try group.attribute("chance_time")?.doubles?.first
    memory.deviations = [[Double]](repeating: [], count: members)
    if try group.hasVariable("largest_deviation") {
      let numbers = try group.doubles("largest_deviation")
      guard
        numbers.count == 4, let member = Int(exactly: numbers[1]),
        let moment = Int(exactly: numbers[2])
      else { throw broken(path) }
      memory.largestDeviation = MomentDeviation(
        time: numbers[0], member: member, moment: moment, value: numbers[3])
    }
    if try group.hasVariable("judged_ladder") {
      memory.judgedLadder = try ladder(group, members: members, path)
    }
    guard labels > 0 else { return memory }
    memory.influences = split(try group.doubles("influences"), into: rows)
    memory.deviations = split(try group.doubles("deviations"), into: members)
    return memory
  }

  private static func ladder(
    _ group: NetCDFFile.Group, members: Int, _ path: String
  ) throws(NetCDFError) -> Ladder {
    let counts = try group.doubles("ladder_counts").compactMap { Int(exactly: $0) }
    let numbers = try group.doubles("judged_ladder")
    let size = counts.count * members
    guard size > 0, numbers.count % size == 1 else { throw broken(path) }
    let kinds = split(Array(numbers.dropFirst()), into: numbers.count / size)
    return Ladder(
      time: numbers[0], counts: counts, values: kinds.map { split($0, into: counts.count) })
  }

  private static func split(_ values: [Double], into count: Int) -> [[Double]] {
    let length = values.count / max(1, count)
    return (0..<count).map { Array(values[($0 * length)..<(($0 + 1) * length)]) }
  }

  private static func broken(_ path: String) -> NetCDFError {
    NetCDFError(
      operation: "read the checkpoint", path: path, status: 0,
      reason: "it is cut short or not a checkpoint of meanfield; start again with --overwrite")
  }
}
