internal import MeanField

/// Deviations of moments and the ladder, in the group `comparison`.
extension OutputFile {
  private var moments: [String] { layout.chart.judgedMoments }
  private var kinds: [Chart.Quantity] { Ladder.kinds(of: layout.chart) }

  /// Defines what there is not yet.
  func defineDeviations(_ group: NetCDFFile.Group) throws(NetCDFError) {
    guard try !group.hasVariable("moment_deviation") else { return }
    try group.defineDimension("moment", length: moments.count)
    try group.defineVariable(
      "moment_name", .string, dimensions: ["moment"],
      attributes: ["long_name": "real moment that is judged"])
    try group.put(moments, into: "moment_name")
    try group.defineVariable(
      "moment_deviation", .double, dimensions: ["time", "member", "moment"],
      attributes: [
        "long_name":
          "moment of a member less that of the density, in predicted standard deviations",
        "units": "1",
      ])
    try group.defineVariable(
      "sigmas", .double, dimensions: ["member"],
      attributes: [
        "long_name": "standard deviations of a normal variable with this p_value, two-sided",
        "units": "1", "formula": "p_value = erfc(sigmas / sqrt(2))",
      ])
  }

  func writeDeviations(
    _ entry: Comparison.Entry, at index: Int, in group: NetCDFFile.Group
  ) throws(NetCDFError) {
    try group.put(
      Array(entry.momentDeviations.joined()), into: "moment_deviation", start: [index, 0, 0],
      count: [1, entry.momentDeviations.count, moments.count])
  }

  /// Rungs of the ladder that the file has; nil without one.
  public func ladderLength() throws(NetCDFError) -> Int? {
    guard try file.root.hasGroup(named: "comparison") else { return nil }
    let group = try group("comparison")
    return try group.hasVariable("count") ? group.dimensionLength("count") : nil
  }

  /// Defines what there is not yet, and sets the sizes of the rungs.
  func defineLadder(_ group: NetCDFFile.Group) throws(NetCDFError) {
    let counts = layout.ladderCounts
    guard !counts.isEmpty else { return }
    if try !group.hasVariable("count") {
      // Without a fixed length, so that a later comparison may have more rungs.
      try group.defineDimension("count", length: nil)
      try group.defineVariable(
        "count", .int64, dimensions: ["count"],
        attributes: ["long_name": "tokens N of each member of a rung of the ladder", "units": "1"])
      for kind in kinds {
        try group.defineVariable(
          "ladder_\(kind.name)", .double, dimensions: ["time", "count", "member"],
          chunks: [1, counts.count, layout.members],
          attributes: [
            "long_name": .text("\(kind.longName) between a member of a rung and the density"),
            "units": "1",
          ])
        try group.defineVariable(
          "rate_\(kind.name)", .double, dimensions: ["time"],
          attributes: [
            "long_name": .text("exponent b of ladder_\(kind.name) ~ count^b, by least squares"),
            "units": "1", "formula": "b = S_xy / S_xx, x = log count, y = log distance",
          ])
        try group.defineVariable(
          "rate_\(kind.name)_error", .double, dimensions: ["time"],
          attributes: [
            "long_name": .text("standard error of rate_\(kind.name), from the residuals"),
            "units": "1", "formula": "(sum of residual^2 / ((n - 2) S_xx))^(1/2), n values",
          ])
      }
    }
    try group.put(counts, into: "count", start: [0], count: [counts.count])
  }

  func write(
    _ ladder: Ladder, at index: Int, in group: NetCDFFile.Group
  ) throws(NetCDFError) {
    for (kind, (values, rate)) in zip(kinds, zip(ladder.values, ladder.rates)) {
      try group.put(
        Array(values.joined()), into: "ladder_\(kind.name)", start: [index, 0, 0],
        count: [1, values.count, layout.members])
      try group.put([rate.exponent], into: "rate_\(kind.name)", start: [index], count: [1])
      try group.put([rate.error], into: "rate_\(kind.name)_error", start: [index], count: [1])
    }
  }
}
