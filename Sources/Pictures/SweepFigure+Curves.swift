import Foundation

// Curves and histograms of a sweep.

extension SweepFigure {
  private static let curveColours = [
    Palette.density, Palette.clusters, Palette.mapTokens, Palette.tokens, "#54a2bf", "#152f56",
    "#7a4a9c", "#3f8f5b",
  ]

  /// The observable at the last time against the one numeric key, or against time where there is none.
  func addCurves(
    _ grid: SweepGrid, _ observable: DrawnSweep.Observable, _ frame: Frame, _ canvas: Canvas,
    to script: inout Script
  ) {
    let axis = grid.drawn.first
    let horizontal = axis.map(scale) ?? SweepScale(Self.timeLabel, sweep.times)
    let last = sweep.times.count - 1
    let combinations = grid.combinations(limit: Self.curveColours.count)
    let curves = combinations.map { combination in
      horizontal.places.indices.map { i in
        var indices = combination
        if let axis { indices[axis] = i }
        return grid.cell(indices, time: axis == nil ? i : last)
      }
    }
    script.add(horizontal.commands("x"))
    let theory = lines(grid, observable, horizontal)
    addRange(curves.joined().map { ($0.mean, $0.error) }, theory.flatMap(\.values), &script)
    below(horizontal.label, frame, canvas, &script)
    sideLabel([Script.escaped(observable.name)], frame, canvas, &script)
    if axis != nil {
      let time = String(format: "{/:Italic t} = %.4g", sweep.times[last])
      caption([time], frame, canvas, &script)
    }
    addCriticalNoise(grid, horizontal, &script)

    var plots = theory.map { line in
      "\(script.data(zip(horizontal.places, line.values).map { [$0, $1] }))"
        + " with histeps lw 1.2 dt \(line.dashes) lc rgb '\(Palette.axis)' title '\(line.name)'"
    }
    for (i, (combination, cells)) in zip(combinations, curves).enumerated() {
      let colour = Self.curveColours[i]
      let rows = zip(horizontal.places, cells).map { place, cell in
        [place, cell.mean, cell.error.isFinite ? cell.error : 0]
      }
      let name = script.data(rows)
      let words = grid.words(combination)
      let title = words.isEmpty ? "notitle" : "title \(Script.quoted(words))"
      if rows.contains(where: { $0[2] > 0 }) {
        plots.append("\(name) with yerrorbars pt 7 ps 0.3 lw 0.9 lc rgb '\(colour)' notitle")
      }
      plots.append(
        "\(name) using 1:2 with linespoints pt 7 ps 0.3 lw 1.6 lc rgb '\(colour)' \(title)")
    }
    let ends = curves.first.map { ($0.first?.mean ?? 0, $0.last?.mean ?? 0) } ?? (0, 0)
    script.add(
      "set key top \(ends.1 > ends.0 ? "left" : "right") Left reverse samplen 1.5 font ',9' textcolor rgb '\(Palette.ink)'"
    )
    script.add("plot \(plots.joined(separator: ", "))")
  }

  /// Numbers of clusters to expect, against β.
  private func lines(
    _ grid: SweepGrid, _ observable: DrawnSweep.Observable, _ horizontal: SweepScale
  ) -> [(name: String, dashes: String, values: [Double])] {
    guard observable.quantity == "cluster_count", let axis = grid.drawn.first else { return [] }
    return [
      ("{/:Italic k}_{max}({/:Italic β})", "1", "fastest_mode"),
      ("√{/:Italic β}", "(4,4)", "square_root_of_beta"),
    ].map { name, dashes, table in
      (name, dashes, horizontal.places.indices.map { grid.theory(table, [axis: $0]) })
    }
  }

  /// The critical noise as a line across the panel.
  private func addCriticalNoise(
    _ grid: SweepGrid, _ horizontal: SweepScale, _ script: inout Script
  ) {
    guard let axis = grid.drawn.first, sweep.axes[axis].key == "noise" else { return }
    let place = horizontal.place(grid.theory("critical_noise", [:]))
    guard place.isFinite, horizontal.range.contains(place) else { return }
    let x = Script.number(place)
    script.add(
      "set arrow from \(x), graph 0 to \(x), graph 1 nohead back lw 1 dt (6,4)"
        + " lc rgb '\(Palette.axis)'")
    script.add(
      "set label ' critical {/:Italic D}' at \(x), graph 0.06 font ',9' textcolor rgb"
        + " '\(Palette.axis)'")
  }

  private func addRange(
    _ values: [(mean: Double, error: Double)], _ theory: [Double], _ script: inout Script
  ) {
    let ends = values.flatMap { value -> [Double] in
      let error = value.error.isFinite ? value.error : 0
      return [value.mean - error, value.mean + error]
    }
    let finite = (ends + theory).filter(\.isFinite)
    let (least, most) = (finite.min() ?? 0, finite.max() ?? 1)
    // From 0, unless that would leave most of the panel empty.
    let low = least >= 0 && least < 0.5 * most ? 0 : least - 0.05 * (most - least)
    let high = most > low ? most + 0.08 * (most - low) : low + 1
    script.add("set yrange [\(Script.number(low)):\(Script.number(high))]; set format y '%g'")
    script.add("set ytics \(Script.number(Tics.step(high - low, count: 6)))")
    script.add("set grid ytics back lt 1 lw 0.6 lc rgb '\(Palette.grid)'")
  }

  /// How often which count was found at the last time; the fastest mode is marked.
  func addHistogram(
    _ grid: SweepGrid, _ combination: [Int: Int], _ observable: DrawnSweep.Observable,
    _ frame: Frame, _ canvas: Canvas, to script: inout Script
  ) {
    let last = sweep.times.count - 1
    let samples = grid.cell(combination, time: last).samples.filter(\.isFinite)
    let counts = Dictionary(grouping: samples, by: { Int($0.rounded()) }).mapValues(\.count)
    let (low, high) = (min(1, counts.keys.min() ?? 1), (counts.keys.max() ?? 1) + 1)
    let tallest = Double(counts.values.max() ?? 1)
    script.add("set xrange [\(low - 1):\(high)]; set xtics 1; set format x '%g'")
    script.add("set yrange [0:\(Script.number(1.15 * tallest))]; set format y '%g'")
    script.add("set ytics \(Script.number(Tics.step(1.15 * tallest, count: 6)))")
    script.add("set grid ytics back lt 1 lw 0.6 lc rgb '\(Palette.grid)'; set boxwidth 0.7")
    below(Script.escaped(observable.name), frame, canvas, &script)
    sideLabel(["samples of \(samples.count)"], frame, canvas, &script)
    let words = grid.words(combination)
    let time = String(format: "{/:Italic t} = %.4g", sweep.times[last])
    caption([words, time], frame, canvas, &script)
    let mode = grid.theory("fastest_mode", combination)
    if mode.isFinite {
      script.add(
        "set label '{/:Italic k}_{max}' at \(Script.number(mode)), graph 0.96 center font ',9'"
          + " textcolor rgb '\(Palette.clusters)'")
    }
    let data = script.data(counts.sorted { $0.key < $1.key }.map { [Double($0), Double($1)] })
    script.add("plot \(data) with boxes lc rgb '\(Palette.density)' notitle")
  }
}
