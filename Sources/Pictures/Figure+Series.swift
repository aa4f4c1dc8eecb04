import Foundation

// What changes with time: energy, clusters, distances between tokens and density.

extension DrawnRun.Series {
  var hasValues: Bool { values.contains(where: \.isFinite) }

  /// The values of the continuum and of all members.
  var values: [Double] { (density ?? []) + members.joined() }
}

extension Figure {
  func addEnergy(in frame: Frame, _ canvas: Canvas, to script: inout Script) {
    let stairs = run.hasNodes ? run.line?.tree?.staircase ?? [] : []
    let most = (run.energy.values + stairs.map(\.value)).filter(\.isFinite).max() ?? 1
    let top = most > 0.75 && most <= 1.0001 ? 1.04 : 1.15 * most
    sideLabel(["normalized", "energy"], frame, canvas, &script)
    addVertical(0, top > 0 ? top : 1, &script)
    if !stairs.isEmpty || (run.energy.density != nil && !run.energy.members.isEmpty) {
      script.add(
        "set key bottom right horizontal samplen 1.5 font ',9' textcolor rgb '\(Palette.ink)'")
    }
    var plots: [String] = []
    if let clock, !stairs.isEmpty {
      let name = script.data(stairs.map { [clock.place($0.time), $0.value] })
      plots.append(
        "\(name) with lines lw 1 dt (5,3) lc rgb '\(Palette.clusters)'"
          + " title 'Σ p² of clusters'")
    }
    plots += seriesPlots(run.energy, style: "lines", &script)
    script.add("plot \(plots.joined(separator: ", "))")
  }

  func addClusterCount(in frame: Frame, _ canvas: Canvas, to script: inout Script) {
    let most = max(1, run.clusterCount.values.filter(\.isFinite).max() ?? 1)
    sideLabel(["clusters"], frame, canvas, &script)
    addVertical(0, most * 1.08 + 0.2, &script)
    let step = most > 60 ? Tics.step(most, count: 4) : max(1, (most / 4).rounded(.up))
    script.add("set ytics \(Script.number(step))")
    let plots = seriesPlots(run.clusterCount, style: "steps", &script)
    script.add("plot \(plots.joined(separator: ", "))")
  }

  func addDistance(
    _ name: String, _ distance: DrawnRun.Distance, in frame: Frame, _ canvas: Canvas,
    to script: inout Script
  ) {
    guard let clock else { return }
    let places = run.times.map(clock.place)
    var shown = distance.members.joined().filter { $0.isFinite && $0 > 0 }
    shown += (distance.expected ?? []).filter { $0.isFinite && $0 > 0 }
    let (least, most) = (shown.min() ?? 1, shown.max() ?? 1)
    var low = 0.0
    var high = most
    if let expected = distance.expected, let spread = distance.spread {
      let upper = zip(expected, spread).map { $0 + 2 * $1 }.filter(\.isFinite)
      high = max(high, upper.max() ?? high)
    }
    let hasKey = run.distances.first?.name == name
    sideLabel([Self.symbol(name)], frame, canvas, &script)
    if most > 30 * least {
      low = least / 1.5
      high *= hasKey ? 4 : 1.5
      addVertical(low, high, &script)
      let powers =
        Int(
          log10(low).rounded(.up))...max(
          Int(log10(low).rounded(.up)), Int(log10(high).rounded(.down)))
      script.add("set logscale y; set ytics \(Tics.powers(powers) { pow(10, Double($0)) })")
    } else {
      high *= hasKey ? 1.3 : 1.1
      addVertical(0, high, &script)
    }

    var plots: [String] = []
    if let expected = distance.expected, let spread = distance.spread {
      let rows = places.indices.map { i in
        [places[i], max(low, expected[i] - 2 * spread[i]), max(low, expected[i] + 2 * spread[i])]
      }
      let name = script.data(rows.filter { $0.allSatisfy(\.isFinite) })
      plots.append(
        "\(name) with filledcurves lc rgb '\(Palette.band)' title 'expected ± 2 spreads'")
    }
    if let expected = distance.expected {
      let name = script.data(rows(places, expected))
      plots.append("\(name) with lines lw 0.8 dt (6,4) lc rgb '\(Palette.density)' notitle")
    }
    for (i, member) in distance.members.enumerated() where member.contains(where: \.isFinite) {
      let name = script.data(rows(places, member))
      plots.append(
        "\(name) with lines lw 0.9 lc rgb '#30\(Palette.tokens.dropFirst())' "
          + (i == 0 ? "title 'members'" : "notitle"))
    }
    if hasKey {
      script.add(
        "set key top right horizontal samplen 1.5 font ',9' textcolor rgb '\(Palette.ink)'")
    }
    script.add("plot \(plots.joined(separator: ", "))")
  }

  private func addVertical(_ low: Double, _ high: Double, _ script: inout Script) {
    script.add("set yrange [\(Script.number(low)):\(Script.number(high))]")
    script.add("set format y '%g'; set ytics \(Script.number(Tics.step(high - low, count: 4)))")
    script.add("set grid ytics back lt 1 lw 0.6 lc rgb '\(Palette.grid)'")
  }

  private func seriesPlots(
    _ series: DrawnRun.Series, style: String, _ script: inout Script
  ) -> [String] {
    guard let clock else { return [] }
    let places = run.times.map(clock.place)
    var plots: [String] = []
    for (i, member) in series.members.enumerated() where member.contains(where: \.isFinite) {
      let name = script.data(rows(places, member))
      plots.append(
        "\(name) with \(style) lw 0.9 lc rgb '#30\(Palette.tokens.dropFirst())' "
          + (i == 0 ? "title 'members'" : "notitle"))
    }
    if let density = series.density, density.contains(where: \.isFinite) {
      let name = script.data(rows(places, density))
      plots.append("\(name) with \(style) lw 1.8 lc rgb '\(Palette.density)' title 'density'")
    }
    return plots
  }

  private func rows(_ places: [Double], _ values: [Double]) -> [[Double]] {
    zip(places, values).map { [$0, $1] }
  }
}
