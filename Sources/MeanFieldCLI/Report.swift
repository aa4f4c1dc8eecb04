import Foundation
import MeanField
import RunFiles

/// What commands print, as text for people and as JSON for programs.
enum Report {
  // MARK: Runs and sweeps

  static func text(_ summary: RunSession.Summary) -> String {
    guard let last = summary.last else {
      return "\(summary.output) is complete: nothing left to resume\n"
    }
    var lines: [String] = []
    let took = String(format: "%.2g s", summary.wallTime)
    lines.append("t = \(number(last.time)) reached in \(took)")
    if let density = last.density {
      let grid =
        density.law.nodes.map { ", \(words($0))" }
        ?? summary.densityResolution.map { ", \($0)" } ?? ""
      let steps = summary.densitySteps.map { ", \($0) steps" } ?? ""
      lines.append("")
      lines.append(
        "density: mass \(number(density.mass)), energy \(energy(density)), "
          + "normalized \(number(density.normalizedEnergy))\(grid)\(steps)")
      lines += clusterLines(last.densityClusters)
    }
    if let first = last.members.first?.law {
      lines.append("")
      lines.append("particles: \(count(last.members.count, "member")) of \(first.tokenCount)")
      for (m, clusters) in last.memberClusters.prefix(shownMembers).enumerated() {
        let shown =
          clusters.prefix(6).map { "\(place($0.position)) (\(fixed($0.mass)))" }
          + (clusters.count > 6 ? ["…"] : [])
        let list = shown.isEmpty ? "" : ": " + shown.joined(separator: ", ")
        lines.append("  member \(m): \(count(clusters.count, "cluster"))\(list)")
      }
      if last.members.count > shownMembers { lines.append("  …") }
    }
    if let entry = summary.distances {
      lines += matchLines(
        entry.clusters, last.memberClusters, time: number(last.time), shown: shownClusters)
      lines += distanceLines(entry, summary.chart?.distances ?? [])
    }
    lines += ladderLines(summary)
    if let verdict = summary.verdict { lines += verdictLines(verdict, summary) }
    lines.append("")
    lines.append(summary.output)
    return lines.joined(separator: "\n") + "\n"
  }

  private static func words(_ nodes: LawNodes) -> String {
    let atoms = nodes.isAtom.count { $0 }
    if atoms == nodes.count { return count(atoms, "atom") }
    return count(nodes.count - atoms, "node") + (atoms > 0 ? ", \(count(atoms, "atom"))" : "")
  }

  private static func clusterLines(_ clusters: [Cluster]) -> [String] {
    if clusters.isEmpty { return ["  no cluster: Z is constant"] }
    return clusters.prefix(shownClusters).enumerated().map {
      "  cluster \($0 + 1): at \(place($1.position)), mass \(fixed($1.mass))"
    } + (clusters.count > shownClusters ? ["  … \(clusters.count) clusters in all"] : [])
  }

  private static let shownMembers = 12
  private static let shownClusters = 12

  private static func distanceLines(
    _ entry: Comparison.Entry, _ distances: [Chart.Quantity]
  ) -> [String] {
    var lines = ["", "distance of members from the density at t = \(number(entry.time))"]
    for (kind, distance) in distances.enumerated() {
      let values = entry.distances.map { $0[kind] }
      let range = "\(short(values.min() ?? 0)) … \(short(values.max() ?? 0))"
      let mean = entry.sampling.expected[kind]
      let expected =
        mean.isNaN
        ? ""
        : ", expected of independent draws \(short(mean)) ± \(short(entry.sampling.spread[kind]))"
      let title = distance.name.padding(toLength: 20, withPad: " ", startingAt: 0)
      lines.append("  \(title) \(range)\(expected)")
    }
    return lines
  }

  private static func verdictLines(
    _ verdict: Comparison.Verdict, _ summary: RunSession.Summary
  ) -> [String] {
    var lines = [""]
    if let time = verdict.fluctuationTime {
      lines.append(
        "from t = \(number(time)) on, sampling fluctuations are no longer small: which way each "
          + "member goes is chance, and later snapshots are not judged")
    }
    guard verdict.degrees > 0 else {
      lines.append("verdict: none, no snapshot could be judged")
      return lines
    }
    let values = verdict.pValues.map { short($0) }.joined(separator: ", ")
    lines.append("p-values of the members: \(values) (\(verdict.degrees) degrees of freedom)")
    lines += deviationLines(summary, verdict)
    let outside = verdict.within.indices.filter { !verdict.within[$0] }
    if outside.isEmpty {
      lines.append("verdict: the particles follow the mean field")
    } else {
      let names = outside.map(String.init).joined(separator: ", ")
      lines.append("verdict: outside the allowed distance: member \(names)")
    }
    return lines
  }

  static func json(_ summary: RunSession.Summary) -> String {
    struct ClusterRecord: Encodable {
      var cluster: Cluster

      private enum Key: CodingKey { case position, mass }

      /// A position is an angle or a unit vector.
      func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        if cluster.position.count == 1 {
          try container.encode(cluster.position[0], forKey: .position)
        } else {
          try container.encode(cluster.position, forKey: .position)
        }
        try container.encode(cluster.mass, forKey: .mass)
      }
    }
    struct Distance: Encodable {
      var members: [Double]
      /// Absent where chance alone decides.
      var expected: Double?
      var spread: Double?
    }
    struct Record: Encodable {
      var output: String
      var time: Double?
      var densityClusters: [ClusterRecord]
      var memberClusters: [[ClusterRecord]]
      var clusterMatches: [ClusterMatch]
      /// How many members have so many clusters.
      var clusterCounts: [String: Int]
      var distances: [String: Distance]
      var pValues: [Double]
      var within: [Bool]
      var degreesOfFreedom: Int?
      var fluctuationsOfOrderOneAt: Double?
      var verdict: String
      var sigmas: [Double]
      var largestDeviation: DeviationRecord?
      var ladder: LadderRecord?
    }
    func records(_ clusters: [Cluster]) -> [ClusterRecord] { clusters.map(ClusterRecord.init) }
    func known(_ value: Double) -> Double? { value.isNaN ? nil : value }
    var distances: [String: Distance] = [:]
    if let entry = summary.distances {
      for (kind, distance) in (summary.chart?.distances ?? []).enumerated() {
        distances[distance.name] = Distance(
          members: entry.distances.map { $0[kind] }, expected: known(entry.sampling.expected[kind]),
          spread: known(entry.sampling.spread[kind]))
      }
    }
    let verdict = summary.verdict
    let judged = verdict.flatMap { $0.degrees > 0 ? $0 : nil }
    return encoded(
      Record(
        output: summary.output, time: summary.last?.time,
        densityClusters: records(summary.last?.densityClusters ?? []),
        memberClusters: (summary.last?.memberClusters ?? []).map(records),
        clusterMatches: clusterMatches(summary.distances?.clusters ?? ClusterComparison()),
        clusterCounts: Dictionary(
          uniqueKeysWithValues: clusterCounts(summary.last?.memberClusters ?? []).map {
            (String($0.clusters), $0.members)
          }),
        distances: distances,
        pValues: judged?.pValues ?? [],
        within: judged?.within ?? [], degreesOfFreedom: verdict?.degrees,
        fluctuationsOfOrderOneAt: verdict?.fluctuationTime, verdict: word(verdict),
        sigmas: judged?.standardDeviations ?? [], largestDeviation: DeviationRecord(summary),
        ladder: LadderRecord(summary)))
  }

  static func text(_ summary: SweepSession.Summary) -> String {
    guard summary.solved > 0 else {
      return "\(summary.output) is complete: nothing left to resume\n"
    }
    let took = String(format: "%.2g s", summary.wallTime)
    return "\(count(summary.solved, "point")) solved in \(took)\n\n\(summary.output)\n"
  }

  // MARK: Words

  /// An angle, or the beginning of a vector.
  private static func place(_ position: [Double]) -> String {
    guard position.count > 1 else { return position.map(fixed).joined() }
    let shown = position.prefix(4).map { String(format: "%.4f", $0) }.joined(separator: ", ")
    return "(\(shown)\(position.count > 4 ? ", …" : ""))"
  }

  private static func word(_ verdict: Comparison.Verdict?) -> String {
    guard let verdict, verdict.degrees > 0 else { return "none" }
    return verdict.isWithin ? "within" : "outside"
  }

  static func encoded(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    do {
      return String(decoding: try encoder.encode(value), as: UTF8.self)
    } catch {
      MeanFieldCommand.fail("cannot write the result as JSON: \(error)", 70)
    }
  }

  /// e^{β⟨x,y⟩} overflows at β above 709.
  private static func energy(_ snapshot: Snapshot) -> String {
    snapshot.energy.isNaN ? "too large for a number" : number(snapshot.energy)
  }

  static func number(_ value: Double) -> String { String(format: "%.10g", value) }
  static func short(_ value: Double) -> String { String(format: "%.3g", value) }
  private static func fixed(_ value: Double) -> String { String(format: "%.6f", value) }

  static func count(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }
}
