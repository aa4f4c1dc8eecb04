internal import Foundation
public import MeanField

/// Snapshots and verdicts into an output file.
extension OutputFile {
  private var chart: Chart { layout.chart }

  /// Writes one snapshot at its place; whatever an interrupted run left there is overwritten.
  public func write(
    _ frame: Simulation.Frame, comparison: Comparison.Entry? = nil
  ) throws(NetCDFError) {
    let nodes = frame.density?.law.nodes
    let root = file.root
    let clusterCount = clusterCount(
      [frame.densityClusters.count] + frame.memberClusters.map(\.count))
    try requireRoom(
      for: layout.bytesPerSnapshot(clusters: clusterCount)
        + newNodeBytes(nodes, at: frame.index))
    if let density = frame.density {
      let lengths = chart.axes.map(\.values.count)
      for (name, values) in [
        ("density", density.law.density(on: chart)),
        ("log_density", density.law.logDensity(on: chart)),
      ] {
        try pending.add(
          .doubles(values ?? []), to: name, of: root, at: frame.index, shape: lengths)
      }
      try writeSeries(
        root, [density], [frame.densityClusters], Diagnostic.ofDensity(hasNodes: nodes != nil),
        frame.index, clusterCount: clusterCount, hasMembers: false)
      if !frame.mergers.isEmpty {
        try write(frame.mergers, at: frame.earlierMergers, in: group("mergers"))
      }
      if let nodes { try write(nodes, at: frame.index, in: group("nodes")) }
    }
    if layout.members > 0 {
      let group = try group("particles")
      if layout.writtenTokens > 0 {
        let width = chart.token.width
        let components = width > 1 ? [width] : []
        points.removeAll(keepingCapacity: true)
        for member in frame.members {
          points += member.law.points[..<(width * layout.writtenTokens)]
        }
        try pending.add(
          .doubles(points), to: chart.token.name, of: group, at: frame.index,
          shape: [layout.members, layout.writtenTokens] + components)
      }
      try writeSeries(
        group, frame.members, frame.memberClusters, Diagnostic.ofTokens, frame.index,
        clusterCount: clusterCount, hasMembers: true)
    }
    if let comparison {
      try write(comparison, at: frame.index, in: group("comparison"))
    }
    try pendingTimes.add(.doubles([frame.time]), to: "time", of: root, at: frame.index, shape: [])
    if Date().timeIntervalSince(lastSync) > 1 {
      try sync()
    } else if pending.bytes > Self.mostPending {
      try writePending()
    }
  }

  /// Bytes beyond which waiting gains nothing: by then their calls of the library take a fifth of the time that
  /// their numbers do.
  private static let mostPending = 1 << 23

  private func write(
    _ mergers: [Merger], at place: Int, in group: NetCDFFile.Group
  ) throws(NetCDFError) {
    let count = [mergers.count]
    let components = chart.clusterPosition.width > 1 ? [chart.clusterPosition.width] : []
    try group.put(mergers.map(\.time), into: "time", start: [place], count: count)
    try group.put(
      mergers.flatMap(\.position), into: "position",
      start: [place] + components.map { _ in 0 }, count: count + components)
    try group.put(mergers.map(\.mass), into: "mass", start: [place], count: count)
    try group.put(
      mergers.flatMap(\.parentMasses), into: "parent_mass", start: [place, 0],
      count: count + [2])
  }

  private func writeSeries(
    _ group: NetCDFFile.Group, _ snapshots: [Snapshot], _ clusters: [[Cluster]],
    _ diagnostics: [Diagnostic], _ index: Int, clusterCount: Int, hasMembers: Bool
  ) throws(NetCDFError) {
    let members = hasMembers ? [snapshots.count] : []
    func add(_ values: [Double], to name: String, _ lengths: [Int]) throws(NetCDFError) {
      try pending.add(.doubles(values), to: name, of: group, at: index, shape: members + lengths)
    }
    func add(_ values: [Int], to name: String) throws(NetCDFError) {
      try pending.add(
        .integers(values, fill: -1), to: name, of: group, at: index, shape: members)
    }
    let moments = snapshots.map { $0.law.moments(for: chart) }
    for (t, table) in chart.tables.enumerated() {
      try add(moments.flatMap { $0[t] }, to: table.name, chart.lengths(of: table))
    }
    let width = hasMembers ? chart.tokenMeanWidth : chart.meanWidth
    try add(snapshots.flatMap(\.mean), to: "mean", [width])
    for diagnostic in diagnostics {
      try add(snapshots.map(diagnostic.value), to: diagnostic.name, [])
    }
    try add(snapshots.map(\.steps), to: "step")
    try add(clusters.map(\.count), to: "cluster_count")
    guard clusterCount > 0 else { return }
    let position = chart.clusterPosition
    let padding = clusters.map { clusterCount - $0.count }
    try add(
      zip(clusters, padding).flatMap { list, missing in
        list.flatMap(\.position) + [Double](repeating: .nan, count: missing * position.width)
      }, to: position.name, [clusterCount] + (position.width > 1 ? [position.width] : []))
    try add(
      zip(clusters, padding).flatMap { list, missing in
        list.map(\.mass) + [Double](repeating: .nan, count: missing)
      }, to: "cluster_mass", [clusterCount])
  }

  /// How many places every variable of clusters has once lists of these lengths are written.
  ///
  /// All of them are written as far as the dimension reaches: what lies in it but beyond a variable's own
  /// extent is not read back as fill values.
  func clusterCount(_ lengths: [Int]) -> Int {
    clusterWidth = max(clusterWidth, lengths.max() ?? 0)
    return clusterWidth
  }

  private func write(
    _ entry: Comparison.Entry, at index: Int, in group: NetCDFFile.Group
  ) throws(NetCDFError) {
    let count = [1, entry.distances.count]
    for (kind, distance) in chart.distances.enumerated() {
      for (suffix, values) in [
        ("", entry.distances.map { $0[kind] }),
        ("_expected", entry.distances.map { _ in entry.sampling.expected[kind] }),
        ("_spread", entry.distances.map { _ in entry.sampling.spread[kind] }),
      ] {
        try group.put(values, into: distance.name + suffix, start: [index, 0], count: count)
      }
    }
    try writeDeviations(entry, at: index, in: group)
    if let ladder = entry.ladder { try write(ladder, at: index, in: group) }
    try write(entry.clusters, at: index, in: group)
  }

  /// Writes the verdict and its attributes.
  ///
  /// Where nothing could be judged it is "none", and no member has a p-value.
  public func write(_ verdict: Comparison.Verdict, sigmas: Double) throws(NetCDFError) {
    func word(_ isWithin: Bool) -> String {
      verdict.degrees == 0 ? "none" : isWithin ? "within" : "outside"
    }
    try requireRoom(for: 64 * (verdict.within.count + 1))
    let group = try group("comparison")
    try group.put(verdict.pValues.map { verdict.degrees == 0 ? .nan : $0 }, into: "p_value")
    try group.put(verdict.standardDeviations, into: "sigmas")
    try group.put(verdict.within.map(word), into: "verdict")
    try group.setAttribute("verdict", to: .text(word(verdict.isWithin)))
    try group.setAttribute("sigmas", to: .doubles([sigmas]))
    try group.setAttribute("degrees_of_freedom", to: .integers([verdict.degrees]))
    if let time = verdict.fluctuationTime {
      try group.setAttribute("fluctuations_of_order_one_at", to: .doubles([time]))
    }
  }

  /// Adds the group `comparison` to a file that was written without it, or what it lacks.
  public func addComparison() throws(NetCDFError) {
    let isThere = try file.root.hasGroup(named: "comparison")
    try requireRoom(for: 0)
    let group = try group("comparison")
    guard isThere else { return try defineComparison(group) }
    try defineDeviations(group)
    try defineLadder(group)
  }

  /// Writes one snapshot's distances alone.
  public func write(_ entry: Comparison.Entry, at index: Int) throws(NetCDFError) {
    try requireRoom(for: layout.bytesPerComparison(clusters: clusterWidth))
    try write(entry, at: index, in: try group("comparison"))
  }

  /// The tokens of one member at one snapshot, row after row.
  public func points(snapshot: Int, member: Int) throws(NetCDFError) -> [Double] {
    let components = chart.token.width > 1 ? [chart.token.width] : []
    return try group("particles").doubles(
      chart.token.name, start: [snapshot, member, 0] + components.map { _ in 0 },
      count: [1, 1, layout.writtenTokens] + components)
  }
}
