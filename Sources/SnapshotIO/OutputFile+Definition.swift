internal import Foundation
internal import MeanField

/// Dimensions, variables and attributes of an output file.
extension OutputFile {
  private var chart: Chart { layout.chart }

  func define() throws(NetCDFError) {
    let root = file.root
    try root.setAttribute("Conventions", to: "CF-1.11")
    try root.setAttribute("title", to: .text(layout.title))
    try root.setAttribute("source", to: .text("meanfield \(MeanFieldVersion.current)"))
    try root.setAttribute("run_file", to: .text(layout.runFile))
    try root.setAttribute("seed", to: .unsignedIntegers([layout.seed]))
    try root.setAttribute("wall_time", to: .doubles([0]))
    try root.setAttribute(
      "history", to: .text("\(timestamp(started)) meanfield \(MeanFieldVersion.current)"))
    try root.defineDimension("time", length: nil)
    try root.defineVariable(
      "time", .double, dimensions: ["time"],
      attributes: ["long_name": "time", "units": "1", "axis": "T"])
    for index in chart.indices {
      try root.defineDimension(index.name, length: index.values.count)
      try root.defineVariable(
        index.name, .int64, dimensions: [index.name],
        attributes: ["long_name": .text(index.longName), "units": "1"])
    }
    try root.defineDimension("component", length: chart.meanWidth)
    // One for all groups: trees of datasets want dimensions of one name to have one length.
    try root.defineDimension("cluster", length: nil)
    if layout.hasDensity {
      try defineDensity(root)
      try defineMergers(try group("mergers"))
      if layout.expectedNodes != nil { try defineNodes(try group("nodes")) }
    }
    if layout.members > 0 {
      try root.defineDimension("member", length: layout.members)
      try defineParticles(try group("particles"))
    }
    if layout.hasComparison { try defineComparison(try group("comparison")) }
    try writeCoordinates(root)
  }

  /// After all definitions: the library writes its tables whenever values follow one.
  private func writeCoordinates(_ root: NetCDFFile.Group) throws(NetCDFError) {
    for index in chart.indices { try root.put(index.values, into: index.name) }
    guard layout.hasDensity else { return }
    for axis in chart.axes { try root.put(axis.values, into: axis.name) }
    try root.put(chart.weights, into: "weight")
  }

  private func defineDensity(_ root: NetCDFFile.Group) throws(NetCDFError) {
    for axis in chart.axes {
      try root.defineDimension(axis.name, length: axis.values.count)
      try root.defineVariable(
        axis.name, .double, dimensions: [axis.name],
        attributes: ["long_name": .text(axis.longName), "units": "radian"])
    }
    let grid = chart.axes.map(\.name)
    try root.defineVariable(
      "weight", .double, dimensions: grid,
      attributes: [
        "long_name": "quadrature weight of the uniform probability; sum of weight * density = mass",
        "units": "1",
      ])
    try root.defineVariable(
      "density", .double, dimensions: ["time"] + grid,
      attributes: [
        "long_name": "density dmu/dsigma with respect to the uniform probability", "units": "1",
      ])
    try root.defineVariable(
      "log_density", .double, dimensions: ["time"] + grid,
      attributes: ["long_name": "log of the density", "units": "1"])
    try defineSeries(
      root, extra: [], diagnostics: Diagnostic.ofDensity(hasNodes: layout.expectedNodes != nil))
  }

  private func defineParticles(_ group: NetCDFFile.Group) throws(NetCDFError) {
    if chart.tokenMeanWidth != chart.meanWidth {
      try group.defineDimension("component", length: chart.tokenMeanWidth)
    }
    if layout.writtenTokens > 0 {
      try group.defineDimension("particle", length: layout.writtenTokens)
      let components = chart.token.width > 1 ? ["component"] : []
      try group.defineVariable(
        chart.token.name, .double, dimensions: ["time", "member", "particle"] + components,
        attributes: [
          "long_name": .text(chart.token.longName), "units": .text(chart.token.units),
        ])
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
    for table in chart.tables {
      try group.defineVariable(
        table.name, .double, dimensions: lead + table.indices,
        attributes: ["long_name": .text(table.longName), "units": "1"])
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
    let position = chart.clusterPosition
    let members = extra.isEmpty ? [] : [layout.members]
    func chunks(_ width: Int) -> [Int] {
      let record = members + [16] + (width > 1 ? [width] : [])
      return [NetCDFFile.Group.recordsTogether(record)] + record
    }
    try group.defineVariable(
      position.name, .double,
      dimensions: lead + ["cluster"] + (position.width > 1 ? ["component"] : []),
      chunks: chunks(position.width),
      attributes: ["long_name": .text(position.longName), "units": .text(position.units)])
    try group.defineVariable(
      "cluster_mass", .double, dimensions: lead + ["cluster"], chunks: chunks(1),
      attributes: ["long_name": "mass of a cluster's basin under the flow of grad Z", "units": "1"])
  }

  private func defineMergers(_ group: NetCDFFile.Group) throws(NetCDFError) {
    try group.defineDimension("merger", length: nil)
    try group.defineDimension("parent", length: 2)
    let position = chart.clusterPosition
    for (name, dimensions, meaning, units) in [
      ("time", ["merger"], "when two maxima of Z became one", "1"),
      (
        "position", ["merger"] + (position.width > 1 ? ["component"] : []),
        "place of the one that was left", position.units
      ),
      ("mass", ["merger"], "mass of the one that was left", "1"),
      ("parent_mass", ["merger", "parent"], "masses of the two before", "1"),
    ] {
      try group.defineVariable(
        name, .double, dimensions: dimensions,
        attributes: ["long_name": .text(meaning), "units": .text(units)])
    }
  }

  func defineComparison(_ group: NetCDFFile.Group) throws(NetCDFError) {
    for distance in chart.distances {
      for (suffix, meaning) in [
        ("", "between a member and the density"),
        ("_expected", "expected of independent draws from the density"),
        ("_spread", "standard deviation over independent draws"),
      ] {
        try group.defineVariable(
          distance.name + suffix, .double, dimensions: ["time", "member"],
          attributes: ["long_name": .text("\(distance.longName) \(meaning)"), "units": "1"])
      }
    }
    try defineClusterComparison(group)
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
    try defineDeviations(group)
    try defineLadder(group)
  }
}

/// UTC in ISO 8601, by the C library: Foundation would load calendars and languages first, which takes longer
/// than to define all variables of a file.
private func timestamp(_ date: Date) -> String {
  var seconds = time_t(date.timeIntervalSince1970)
  var fields = tm()
  gmtime_r(&seconds, &fields)
  return String(unsafeUninitializedCapacity: 32) { buffer in
    buffer.withMemoryRebound(to: CChar.self) {
      strftime($0.baseAddress.unsafelyUnwrapped, $0.count, "%Y-%m-%dT%H:%M:%SZ", &fields)
    }
  }
}
