internal import Foundation
public import MeanField

/// What an output file holds besides its numbers.
public struct OutputLayout: Sendable {
  public var title: String
  /// The resolved run file, runnable as it is.
  public var runFile: String
  public var seed: UInt64
  /// Grid points of `density`.
  public var points: Int
  /// Moments 0…modes are written.
  public var modes: Int
  public var hasDensity: Bool
  /// Members of particles; 0 for none.
  public var members: Int
  /// Tokens written per member.
  public var writtenTokens: Int
  public var hasComparison: Bool
  /// Step of the stochastic scheme, where there is one.
  public var particleStep: Double?

  public init(
    title: String, runFile: String, seed: UInt64, points: Int, modes: Int, hasDensity: Bool,
    members: Int, writtenTokens: Int, hasComparison: Bool, particleStep: Double?
  ) {
    self.title = title
    self.runFile = runFile
    self.seed = seed
    self.points = points
    self.modes = modes
    self.hasDensity = hasDensity
    self.members = members
    self.writtenTokens = writtenTokens
    self.hasComparison = hasComparison
    self.particleStep = particleStep
  }

  /// Bytes one more snapshot takes, at most.
  public var bytesPerSnapshot: Int {
    let scalars = 40 + 32
    let density = hasDensity ? 2 * points + 2 * (modes + 1) + scalars : 0
    let member = writtenTokens + 2 * (modes + 1) + scalars + (hasComparison ? 9 : 0)
    return 8 * (density + members * member)
  }
}

/// The output file: NetCDF-4 with CF conventions, one snapshot after another.
///
/// Before every snapshot the room on the disk is asked for and claimed, so a full disk ends a run
/// with a file that is readable up to the last snapshot, even where another program fills it.
public final class OutputFile {
  public let layout: OutputLayout
  public var path: String { file.path }

  private let file: NetCDFFile
  private let started = Date()
  private var lastSync = Date()
  private let earlierTime: Double
  private let claim: DiskClaim
  /// Bytes written since the last `sync`: they may not be on the disk yet.
  private var unsynced = 0

  /// Room that must stay free for the file's own tables when it is closed.
  private static let reserve = 1 << 20

  // MARK: Opening

  /// A new file.
  public init(creating path: String, layout: OutputLayout, overwrite: Bool) throws(NetCDFError) {
    self.layout = layout
    try Self.requireRoom(
      for: 4 * layout.bytesPerSnapshot + layout.runFile.utf8.count, at: path)
    file = try NetCDFFile(creating: path, overwrite: overwrite)
    earlierTime = 0
    claim = DiskClaim(path: path)
    try requireRoom(for: layout.bytesPerSnapshot)
    try define()
    try sync()
  }

  /// A file that an interrupted run has left.
  public init(resuming path: String, layout: OutputLayout) throws(NetCDFError) {
    self.layout = layout
    file = try NetCDFFile(opening: path, writable: true)
    earlierTime = try file.root.attribute("wall_time")?.doubles?.first ?? 0
    claim = DiskClaim(path: path)
  }

  private func define() throws(NetCDFError) {
    let root = file.root
    try root.setAttribute("Conventions", to: "CF-1.11")
    try root.setAttribute("title", to: .text(layout.title))
    try root.setAttribute("source", to: .text("meanfield \(MeanFieldVersion.current)"))
    try root.setAttribute("run_file", to: .text(layout.runFile))
    try root.setAttribute("seed", to: .unsignedIntegers([layout.seed]))
    try root.setAttribute("wall_time", to: .doubles([0]))
    let now = ISO8601DateFormatter().string(from: started)
    try root.setAttribute("history", to: .text("\(now) meanfield \(MeanFieldVersion.current)"))
    try root.defineDimension("time", length: nil)
    try root.defineDimension("mode", length: layout.modes + 1)
    try root.defineDimension("component", length: 2)
    try root.defineVariable(
      "time", .double, dimensions: ["time"],
      attributes: ["long_name": "time", "units": "1", "axis": "T"])
    try root.defineVariable(
      "mode", .int64, dimensions: ["mode"],
      attributes: ["long_name": "wave number k of a moment", "units": "1"])
    try root.put(Array(0...layout.modes), into: "mode")
    if layout.hasDensity {
      try defineDensity(root)
      try Self.defineMergers(try root.group(named: "mergers"))
    }
    if layout.members > 0 {
      try root.defineDimension("member", length: layout.members)
      try defineParticles(try root.group(named: "particles"))
    }
    if layout.hasComparison { try Self.defineComparison(try root.group(named: "comparison")) }
  }

  private func defineDensity(_ root: NetCDFFile.Group) throws(NetCDFError) {
    let points = layout.points
    try root.defineDimension("theta", length: points)
    try root.defineVariable(
      "theta", .double, dimensions: ["theta"],
      attributes: ["long_name": "angle on the circle", "units": "radian"])
    try root.put(
      (0..<points).map { 2 * Double.pi * Double($0) / Double(points) }, into: "theta")
    try root.defineVariable(
      "weight", .double, dimensions: ["theta"],
      attributes: [
        "long_name": "quadrature weight of the uniform probability; sum of weight * density = mass",
        "units": "1",
      ])
    try root.put([Double](repeating: 1 / Double(points), count: points), into: "weight")
    try root.defineVariable(
      "density", .double, dimensions: ["time", "theta"],
      attributes: [
        "long_name": "density dmu/dsigma with respect to the uniform probability", "units": "1",
      ])
    try root.defineVariable(
      "log_density", .double, dimensions: ["time", "theta"],
      attributes: ["long_name": "log of the density", "units": "1"])
    try defineSeries(root, extra: [], diagnostics: Diagnostic.all)
  }

  private func defineParticles(_ group: NetCDFFile.Group) throws(NetCDFError) {
    if layout.writtenTokens > 0 {
      try group.defineDimension("particle", length: layout.writtenTokens)
      try group.defineVariable(
        "angle", .double, dimensions: ["time", "member", "particle"],
        attributes: ["long_name": "angle of a token", "units": "radian"])
    }
    if let step = layout.particleStep {
      try group.setAttribute("stochastic_step", to: .doubles([step]))
    }
    try defineSeries(group, extra: ["member"], diagnostics: Diagnostic.ofTokens)
  }

  /// Variables that densities and members have in common.
  private func defineSeries(
    _ group: NetCDFFile.Group, extra: [String], diagnostics: [Diagnostic]
  ) throws(NetCDFError) {
    let lead = ["time"] + extra
    for (name, part) in [("moment_re", "real"), ("moment_im", "imaginary")] {
      try group.defineVariable(
        name, .double, dimensions: lead + ["mode"],
        attributes: [
          "long_name": .text("\(part) part of the moment m_k = integral of exp(-ik theta) dmu"),
          "units": "1",
        ])
    }
    try group.defineVariable(
      "mean", .double, dimensions: lead + ["component"],
      attributes: ["long_name": "integral of x dmu", "units": "1"])
    for diagnostic in diagnostics {
      try group.defineVariable(
        diagnostic.name, .double, dimensions: lead,
        attributes: ["long_name": .text(diagnostic.longName), "units": "1"])
    }
    try group.defineVariable(
      "step", .int64, dimensions: lead, integerFill: -1,
      attributes: ["long_name": "steps taken so far", "units": "1"])
    try group.defineVariable(
      "cluster_count", .int64, dimensions: lead, integerFill: -1,
      attributes: [
        "long_name": "clusters: local maxima of Z whose basins hold at least 0.001", "units": "1",
      ])
    try group.defineDimension("cluster", length: nil)
    try group.defineVariable(
      "cluster_position", .double, dimensions: lead + ["cluster"],
      chunks: lead.map { _ in 1 } + [16],
      attributes: ["long_name": "angle of a cluster, by descending mass", "units": "radian"])
    try group.defineVariable(
      "cluster_mass", .double, dimensions: lead + ["cluster"], chunks: lead.map { _ in 1 } + [16],
      attributes: ["long_name": "mass of a cluster's basin under the flow of grad Z", "units": "1"])
  }

  private static func defineMergers(_ group: NetCDFFile.Group) throws(NetCDFError) {
    try group.defineDimension("merger", length: nil)
    try group.defineDimension("parent", length: 2)
    for (name, dimensions, meaning, units) in [
      ("time", ["merger"], "when two maxima of Z became one", "1"),
      ("position", ["merger"], "angle of the one that was left", "radian"),
      ("mass", ["merger"], "mass of the one that was left", "1"),
      ("parent_mass", ["merger", "parent"], "masses of the two before", "1"),
    ] {
      try group.defineVariable(
        name, .double, dimensions: dimensions,
        attributes: ["long_name": .text(meaning), "units": .text(units)])
    }
  }

  private static func defineComparison(_ group: NetCDFFile.Group) throws(NetCDFError) {
    for (name, text) in distanceNames {
      for (suffix, meaning) in [
        ("", "between a member and the density"),
        ("_expected", "expected of independent draws from the density"),
        ("_spread", "standard deviation over independent draws"),
      ] {
        try group.defineVariable(
          name + suffix, .double, dimensions: ["time", "member"],
          attributes: ["long_name": .text("\(text) \(meaning)"), "units": "1"])
      }
    }
    try group.defineVariable(
      "p_value", .double, dimensions: ["member"],
      attributes: [
        "long_name": "probability of moments as far from the density's, under independent draws",
        "units": "1",
      ])
    try group.defineVariable(
      "verdict", .string, dimensions: ["member"],
      attributes: [
        "long_name": "within or outside the two-sided level of sigmas; none where not judged"
      ])
  }

  private static let distanceNames = [
    ("wasserstein1", "geodesic Wasserstein distance W1"),
    ("wasserstein2", "geodesic Wasserstein distance W2"),
    ("sobolev", "Sobolev distance (sum over k != 0 of |dm_k|^2 / k^2)^(1/2)"),
  ]

  // MARK: Writing

  /// Writes one snapshot at its place; whatever an interrupted run left there is overwritten.
  public func write(
    _ frame: Simulation.Frame, comparison: Comparison.Entry? = nil
  ) throws(NetCDFError) {
    try requireRoom(for: layout.bytesPerSnapshot)
    let root = file.root
    if let density = frame.density {
      for (name, values) in [
        ("density", density.density(points: layout.points)),
        ("log_density", density.logDensity(points: layout.points)),
      ] {
        try root.put(
          values ?? [], into: name, start: [frame.index, 0], count: [1, layout.points])
      }
      try writeSeries(root, [density], Diagnostic.all, frame.index, hasMembers: false)
      try Self.write(frame.mergers, at: frame.earlierMergers, in: root.group(named: "mergers"))
    }
    if layout.members > 0 {
      let group = try root.group(named: "particles")
      if layout.writtenTokens > 0 {
        let angles = frame.members.flatMap { $0.angles.prefix(layout.writtenTokens) }
        try group.put(
          angles, into: "angle", start: [frame.index, 0, 0],
          count: [1, layout.members, layout.writtenTokens])
      }
      try writeSeries(group, frame.members, Diagnostic.ofTokens, frame.index, hasMembers: true)
    }
    if let comparison {
      try Self.write(
        comparison, at: frame.index, in: try root.group(named: "comparison"))
    }
    // Last, so that a time in the file means that its snapshot is whole.
    try root.put([frame.time], into: "time", start: [frame.index], count: [1])
    if Date().timeIntervalSince(lastSync) > 1 { try sync() }
  }

  private static func write(
    _ mergers: [Merger], at place: Int, in group: NetCDFFile.Group
  ) throws(NetCDFError) {
    guard !mergers.isEmpty else { return }
    let count = [mergers.count]
    try group.put(mergers.map(\.time), into: "time", start: [place], count: count)
    try group.put(mergers.map(\.position), into: "position", start: [place], count: count)
    try group.put(mergers.map(\.mass), into: "mass", start: [place], count: count)
    try group.put(
      mergers.flatMap(\.parentMasses), into: "parent_mass", start: [place, 0],
      count: count + [2])
  }

  private func writeSeries(
    _ group: NetCDFFile.Group, _ snapshots: [Snapshot], _ diagnostics: [Diagnostic], _ index: Int,
    hasMembers: Bool
  ) throws(NetCDFError) {
    let members = hasMembers ? [snapshots.count] : []
    let start = [index] + members.map { _ in 0 }
    let count = [1] + members
    let moments = snapshots.map { $0.moments.resized(to: layout.modes + 1) }
    for (name, part) in [("moment_re", 0), ("moment_im", 1)] {
      try group.put(
        moments.flatMap { m in (0...layout.modes).map { m.values[2 * $0 + part] } }, into: name,
        start: start + [0], count: count + [layout.modes + 1])
    }
    try group.put(
      snapshots.flatMap(\.mean), into: "mean", start: start + [0], count: count + [2])
    for diagnostic in diagnostics {
      try group.put(
        snapshots.map(diagnostic.value), into: diagnostic.name, start: start, count: count)
    }
    try group.put(snapshots.map(\.steps), into: "step", start: start, count: count)
    let clusters = snapshots.map { $0.clusters() }
    try group.put(clusters.map(\.count), into: "cluster_count", start: start, count: count)
    for (member, list) in clusters.enumerated() where !list.isEmpty {
      let place = [index] + members.map { _ in member } + [0]
      let size = [1] + members.map { _ in 1 } + [list.count]
      try group.put(list.map(\.position), into: "cluster_position", start: place, count: size)
      try group.put(list.map(\.mass), into: "cluster_mass", start: place, count: size)
    }
  }

  private static func write(
    _ entry: Comparison.Entry, at index: Int, in group: NetCDFFile.Group
  ) throws(NetCDFError) {
    let readers: [(CircularDistances) -> Double] = [\.wasserstein1, \.wasserstein2, \.sobolev]
    let count = [1, entry.distances.count]
    for ((name, _), read) in zip(distanceNames, readers) {
      let expected = read(entry.sampling.expected)
      let spread = read(entry.sampling.spread)
      try group.put(entry.distances.map(read), into: name, start: [index, 0], count: count)
      try group.put(
        entry.distances.map { _ in expected }, into: name + "_expected", start: [index, 0],
        count: count)
      try group.put(
        entry.distances.map { _ in spread }, into: name + "_spread", start: [index, 0],
        count: count)
    }
  }

  /// Writes the verdict and its attributes.
  ///
  /// Where nothing could be judged it is "none", and no member has a p-value.
  public func write(_ verdict: Comparison.Verdict, sigmas: Double) throws(NetCDFError) {
    func word(_ isWithin: Bool) -> String {
      verdict.degrees == 0 ? "none" : isWithin ? "within" : "outside"
    }
    try requireRoom(for: 64 * (verdict.within.count + 1))
    let group = try file.root.group(named: "comparison")
    try group.put(verdict.pValues.map { verdict.degrees == 0 ? .nan : $0 }, into: "p_value")
    try group.put(verdict.within.map(word), into: "verdict")
    try group.setAttribute("verdict", to: .text(word(verdict.isWithin)))
    try group.setAttribute("sigmas", to: .doubles([sigmas]))
    try group.setAttribute("degrees_of_freedom", to: .integers([verdict.degrees]))
    if let time = verdict.fluctuationTime {
      try group.setAttribute("fluctuations_of_order_one_at", to: .doubles([time]))
    }
  }

  /// Adds the group `comparison` to a file that was written without it.
  public func addComparison() throws(NetCDFError) {
    guard try !file.root.hasGroup(named: "comparison") else { return }
    try requireRoom(for: 0)
    try Self.defineComparison(try file.root.group(named: "comparison"))
  }

  /// Writes one snapshot's distances alone.
  public func write(_ entry: Comparison.Entry, at index: Int) throws(NetCDFError) {
    try requireRoom(for: 9 * 8 * layout.members)
    try Self.write(entry, at: index, in: try file.root.group(named: "comparison"))
  }

  /// The tokens of one member at one snapshot.
  public func angles(snapshot: Int, member: Int) throws(NetCDFError) -> [Double] {
    try file.root.group(named: "particles").doubles(
      "angle", start: [snapshot, member, 0], count: [1, 1, layout.writtenTokens])
  }

  /// Everything written so far becomes readable even if the process dies.
  public func sync() throws(NetCDFError) {
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
  private func requireRoom(for bytes: Int) throws(NetCDFError) {
    // What has not been synced yet takes room too, and what is claimed for it is no longer free:
    // with both out of the way the file system tells the truth.
    if Self.shortage(for: unsynced + bytes, at: path) != nil { try sync() }
    try Self.requireRoom(for: bytes, at: path)
    guard claim.take(unsynced + bytes + Self.reserve) else {
      throw Self.noRoom(0, for: bytes, at: path)
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

/// Room on the disk that belongs to a file before anything is written there, so that what a library
/// keeps in memory still fits when another program has filled the disk in the meantime.
///
/// Where the system or the file system knows no such thing, nothing is claimed.
private final class DiskClaim {
  private let descriptor: Int32
  private var isHeld = false

  /// - Parameter path: a file that is there.
  init(path: String) {
    descriptor = open(path, O_WRONLY | O_CLOEXEC)
  }

  deinit {
    guard descriptor >= 0 else { return }
    release()
    Foundation.close(descriptor)
  }

  private var size: Int {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
  }

  /// Claims `bytes` beyond the file's present end; false if the disk has no room for them.
  func take(_ bytes: Int) -> Bool {
    guard descriptor >= 0, let allocate = Self.allocate else { return true }
    isHeld = true
    // 1: the file's size stays as it is.
    return allocate(descriptor, 1, size, bytes) == 0 || (errno != ENOSPC && errno != EDQUOT)
  }

  /// Gives back what the file has not grown into.
  ///
  /// After every `sync`, because the library then sets the file's size, and with that the system
  /// may drop the claim.
  func release() {
    guard isHeld else { return }
    isHeld = false
    // A claim that stays does no harm: it goes when the file is next written.
    _ = ftruncate(descriptor, size)
  }

  private typealias Allocate = @convention(c) (Int32, Int32, Int, Int) -> Int32

  /// The system call of Linux, which Swift's view of the C library leaves out.
  private static let allocate: Allocate? = {
    guard let symbol = dlopen(nil, RTLD_NOW).flatMap({ dlsym($0, "fallocate") }) else { return nil }
    return unsafeBitCast(symbol, to: Allocate.self)
  }()
}

/// A number read off a snapshot, with what a reader of the file wants to know.
struct Diagnostic: Sendable {
  var name: String
  var longName: String
  var value: @Sendable (Snapshot) -> Double

  static let all =
    ofTokens + [
      Diagnostic(
        name: "entropy", longName: "entropy: -integral of log(dmu/dsigma) dmu",
        value: { $0.entropy }),
      Diagnostic(
        name: "minimum_density", longName: "smallest density on the solver's grid",
        value: { $0.minimumDensity }),
      Diagnostic(
        name: "free_energy", longName: "free energy: D * integral of log(dmu/dsigma) dmu - E",
        value: { $0.freeEnergy }),
      Diagnostic(
        name: "resolution", longName: "largest |m_k| of the last quarter of the solver's modes",
        value: { $0.resolution ?? .nan }),
    ]

  static let ofTokens = [
    Diagnostic(name: "mass", longName: "mass: integral of dmu", value: { $0.mass }),
    Diagnostic(
      name: "energy",
      longName: "energy: double integral of the kernel / (2 beta); at beta = 0 |mean|^2 / 2",
      value: { $0.energy }),
    Diagnostic(
      name: "normalized_energy",
      longName: "double integral of exp(beta (<x,y> - 1)) dmu dmu", value: { $0.normalizedEnergy }),
    Diagnostic(
      name: "dissipation",
      longName: "dE/dt: integral of |X|^2 dmu, weighted by Z for softmax, + D/beta of Laplacian Z",
      value: { $0.dissipation }),
    Diagnostic(
      name: "dissipation_defect",
      longName: "(time integral of the dissipation - change of energy) / change of energy",
      value: { $0.dissipationDefect }),
    Diagnostic(
      name: "step_size", longName: "length of the last time step", value: { $0.stepSize }),
  ]
}
