import Foundation

// Members against the continuum at one time: how distances fall with N, and clusters one by one.

extension Figure {
  static let comparisonHeight = 250.0

  private static let colours = [
    Palette.density, Palette.clusters, Palette.mapTokens, Palette.tokens,
  ]

  /// What distances are called along axes and in keys.
  static func symbol(_ distance: String) -> String {
    switch distance {
    case "wasserstein1": "{/:Italic W}_1"
    case "wasserstein2": "{/:Italic W}_2"
    case "moment": "moments"
    default: "sliced {/:Italic W}_1"
    }
  }

  /// The panels of a comparison side by side.
  func addComparison(
    _ comparison: DrawnComparison, in block: Frame, _ canvas: Canvas, to script: inout Script
  ) {
    var frame = block
    let hasBoth = comparison.ladder != nil && !comparison.matches.isEmpty
    if hasBoth { frame.right = block.left + 0.46 * (block.right - block.left) }
    if let ladder = comparison.ladder {
      addLadder(ladder, frame, canvas, to: &script)
      frame.left = frame.right + 90
      frame.right = block.right
    }
    if !comparison.matches.isEmpty {
      addMatches(comparison, frame, canvas, to: &script)
    }
  }

  /// Distances against N, with a line of the fitted slope through their middle.
  private func addLadder(
    _ ladder: DrawnComparison.Ladder, _ frame: Frame, _ canvas: Canvas, to script: inout Script
  ) {
    begin(frame, canvas, &script)
    let (least, most) = (ladder.counts.min() ?? 1, ladder.counts.max() ?? 1)
    script.add("set logscale xy; set format '%g'")
    script.add(
      "set xrange [\(Script.number(least / 1.5)):\(Script.number(most * 1.5))]; "
        + "set xtics (\(ladder.counts.map { Script.number($0) }.joined(separator: ", ")))")
    let shown = ladder.rungs.flatMap { $0.distances.joined() }.filter { $0.isFinite && $0 > 0 }
    // Room above for the key.
    let (low, high) = ((shown.min() ?? 1) / 1.5, (shown.max() ?? 1) * 6)
    let powers =
      Int(
        log10(low).rounded(.up))...max(
        Int(log10(low).rounded(.up)), Int(log10(high).rounded(.down)))
    script.add(
      "set yrange [\(Script.number(low)):\(Script.number(high))]; "
        + "set ytics \(Tics.powers(powers) { pow(10, Double($0)) })")
    script.add("set grid ytics back lt 1 lw 0.6 lc rgb '\(Palette.grid)'")
    below("tokens {/:Italic N}", frame, canvas, &script)
    sideLabel(["distance"], frame, canvas, &script)
    caption(
      [String(format: "distances at {/:Italic t} = %.4g", ladder.time)], frame, canvas, &script)
    script.add(
      "set key top right vertical maxcols 1 Left reverse samplen 1.2 font ',9' textcolor rgb"
        + " '\(Palette.ink)'")

    var plots: [String] = []
    for (rung, colour) in zip(ladder.rungs, Self.colours) {
      let points = zip(ladder.counts, rung.distances).flatMap { count, distances in
        distances.filter { $0.isFinite && $0 > 0 }.map { [count, $0] }
      }
      guard !points.isEmpty else { continue }
      let number = Double(points.count)
      let middle = points.reduce(0) { $0 + log($1[0]) } / number
      let level = points.reduce(0) { $0 + log($1[1]) } / number
      let line = [least / 1.3, most * 1.3].map { count in
        [count, exp(level + rung.rate * (log(count) - middle))]
      }
      let exponent = String(format: "%.3f ± %.3f", rung.rate, rung.error)
        .replacingOccurrences(of: "-", with: "−")
      plots.append(
        "\(script.data(points)) with points pt 7 ps 0.25 lc rgb '#50\(colour.dropFirst())' notitle")
      plots.append(
        "\(script.data(line)) with lines lw 1.4 lc rgb '\(colour)'"
          + " title '\(Self.symbol(rung.name)) ∝ {/:Italic N}^{ \(exponent)}'")
    }
    script.add("plot \(plots.isEmpty ? "NaN notitle" : plots.joined(separator: ", "))")
    script.add("unset logscale")
  }

  /// Differences of mass above, of position below, cluster by cluster.
  private func addMatches(
    _ comparison: DrawnComparison, _ frame: Frame, _ canvas: Canvas, to script: inout Script
  ) {
    let middle = 0.5 * (frame.top + frame.bottom)
    var upper = frame
    upper.bottom = middle + 7
    var lower = frame
    lower.top = middle - 7
    let matches = comparison.matches

    begin(upper, canvas, &script)
    beginClusters(matches.count, isLast: false, &script)
    caption(
      [String(format: "clusters at {/:Italic t} = %.4g", comparison.matchTime)], upper, canvas,
      &script)
    sideLabel(["difference", "of mass"], upper, canvas, &script)
    let spreads = matches.map { 2 * $0.massSpread }.filter(\.isFinite)
    let largest = (matches.flatMap(\.masses).map(abs) + spreads).max() ?? 1
    addRange(from: -1.2 * largest, to: (spreads.isEmpty ? 1.2 : 1.9) * largest, &script)
    script.add(
      "set key top right horizontal samplen 1.2 font ',9' textcolor rgb '\(Palette.ink)'")
    var plots: [String] = []
    let bands = matches.enumerated().compactMap { i, match in
      match.massSpread.isFinite ? box(i, -2 * match.massSpread, 2 * match.massSpread) : nil
    }
    if !bands.isEmpty {
      plots.append(
        "\(script.data(bands)) with boxxyerror lc rgb '\(Palette.band)' title '± 2 spreads'")
    }
    plots.append(points(matches.map(\.masses), title: "members", &script))
    script.add("plot \(plots.joined(separator: ", "))")

    begin(lower, canvas, &script)
    beginClusters(matches.count, isLast: true, &script)
    below("clusters of the density, heaviest first", lower, canvas, &script)
    sideLabel(["distance of", "positions"], lower, canvas, &script)
    let reach = matches.map { 2 * $0.positionSpread }.filter(\.isFinite)
    let farthest = (matches.flatMap(\.positions) + reach).max() ?? 1
    addRange(from: 0, to: 1.15 * farthest, &script)
    plots = []
    let rows = matches.enumerated().compactMap { i, match in
      match.positionSpread.isFinite ? box(i, 0, 2 * match.positionSpread) : nil
    }
    if !rows.isEmpty {
      plots.append("\(script.data(rows)) with boxxyerror lc rgb '\(Palette.band)' notitle")
    }
    plots.append(points(matches.map(\.positions), title: nil, &script))
    script.add("plot \(plots.joined(separator: ", "))")
  }

  private func beginClusters(_ count: Int, isLast: Bool, _ script: inout Script) {
    script.add("set xrange [0.4:\(Script.number(Double(count) + 0.6))]")
    script.add("set xtics 1; set format x '\(isLast ? "%g" : "")'")
  }

  private func addRange(from low: Double, to high: Double, _ script: inout Script) {
    let (low, high) = high > low ? (low, high) : (low - 1, low + 1)
    script.add("set yrange [\(Script.number(low)):\(Script.number(high))]; set format y '%g'")
    script.add("set ytics \(Script.number(Tics.step(high - low, count: 4)))")
    script.add("set grid ytics back lt 1 lw 0.6 lc rgb '\(Palette.grid)'")
  }

  /// Middle and corners of what is expected of a cluster.
  private func box(_ cluster: Int, _ low: Double, _ high: Double) -> [Double] {
    let x = Double(cluster + 1)
    return [x, 0.5 * (low + high), x - 0.3, x + 0.3, low, high]
  }

  /// Members side by side over their cluster.
  private func points(
    _ clusters: [[Double]], title: String?, _ script: inout Script
  ) -> String {
    let rows = clusters.enumerated().flatMap { i, values in
      values.enumerated().map { member, value in
        [Double(i + 1) + 0.5 * ((Double(member) + 0.5) / Double(values.count) - 0.5), value]
      }
    }
    let name = script.data(rows.isEmpty ? [[.nan, .nan]] : rows)
    return "\(name) with points pt 7 ps 0.35 lc rgb '\(Palette.ink)' "
      + (title.map { "title '\($0)'" } ?? "notitle")
  }
}
