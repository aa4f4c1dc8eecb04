import Foundation

// The law in angle and time: density as colour, clusters and tokens as lines.

extension Figure {
  func addSpace(in frame: Frame, _ canvas: Canvas, to script: inout Script) {
    guard let clock else { return }
    let range = window.range
    script.add(
      "set yrange [\(Script.number(range.lowerBound)):\(Script.number(range.upperBound))]")
    script.add("set ytics \(window.tics())")
    sideLabel(["angle {/:Italic θ}"], frame, canvas, &script)
    var plots: [String] = []
    if let density = run.density {
      let scale = ColourScale(density)
      let image = Raster(run, density, scale, window, clock)
      // On axes of its own that count pixels, the image needs no arithmetic for each of them.
      let name = script.image(image.rows, unit: Self.colourUnit)
      script.add(
        "set x2range [-0.5:\(Raster.width - 1).5]; set y2range [-0.5:\(Raster.height - 1).5]")
      plots.append("\(name) matrix axes x2y2 with image")
      addColourRange(scale, &script)
    }
    var legend: [(colour: String, width: Double, text: String)] = []
    if !run.trajectories.isEmpty {
      let name = script.data(tokenPaths(clock))
      // Lighter the more there are.
      let opacity = run.trajectories[0].count > 20 ? "a0" : "60"
      plots.append("\(name) with lines lw 0.5 lc rgb '#\(opacity)1b1f24'")
      legend.append((Palette.tokens, 1, "tokens"))
    }
    if hasClusters {
      let name = script.data(clusterPaths(clock))
      let points = script.data(clusterPoints(clock))
      plots.append("\(name) with lines lw 1.5 lc rgb '\(Palette.clusters)'")
      plots.append("\(points) with points pt 7 ps 0.12 lc rgb '\(Palette.clusters)'")
      legend.append((Palette.clusters, 1.6, "clusters"))
    }
    if !run.profiles.isEmpty {
      let places = run.profiles.map { clock.place($0.time) }
      for place in places where place.isFinite {
        let x = Script.number(place)
        script.add(
          "set arrow from \(x), graph 0 to \(x), graph 1 nohead front lw 0.6 dt (6,4)"
            + " lc rgb '#60\(Palette.ink.dropFirst())'")
      }
    }
    addLegend(legend, frame, canvas, &script)
    script.add("plot \(plots.map { "\($0) notitle" }.joined(separator: ", "))")
  }

  /// The colours of the density, as a panel of its own above the right end of the panel.
  ///
  /// Drawn as an image: gnuplot's own box is made of slices that show seams in PDF and SVG.
  func addColourBox(_ panel: Frame, _ canvas: Canvas, to script: inout Script) {
    guard let density = run.density else { return }
    let scale = ColourScale(density)
    let low = scale.range.lowerBound
    let length = scale.range.upperBound - low
    let frame = Frame(
      left: panel.right - 170, right: panel.right, bottom: panel.top + 9, top: panel.top + 16)
    begin(frame, canvas, &script)
    for (place, name) in scale.tics {
      let x = frame.left + 170 * (place - low) / length
      text(name, x, frame.top + 7, canvas, "center font ',8'", script: &script)
    }
    let label = "density d{/:Italic μ}/d{/:Italic σ}"
    text(label, frame.left - 28, frame.bottom + 4, canvas, "right font ',9'", script: &script)
    let count = 256
    let row = (0..<count).map { low + length * Double($0) / Double(count - 1) }
    // Rows enough that a viewer which blurs images blurs only the edge.
    let name = script.image(Array(repeating: row, count: 16), unit: Self.colourUnit)
    script.add("unset border; unset tics; set xrange [-0.5:\(count - 1).5]; set yrange [-0.5:15.5]")
    addColourRange(scale, &script)
    script.add("plot \(name) matrix with image notitle")
  }

  /// Colours are written as integers in this unit.
  private static let colourUnit = 0.001

  private func addColourRange(_ scale: ColourScale, _ script: inout Script) {
    let low = Script.number(scale.range.lowerBound / Self.colourUnit)
    let high = Script.number(scale.range.upperBound / Self.colourUnit)
    script.add("set cbrange [\(low):\(high)]")
  }

  /// Samples of lines with their meaning, above the panel at its left.
  private func addLegend(
    _ entries: [(colour: String, width: Double, text: String)], _ frame: Frame, _ canvas: Canvas,
    _ script: inout Script
  ) {
    var x = frame.left
    let y = frame.top + 13
    for entry in entries {
      let height = Script.number(y / canvas.height)
      script.add(
        "set arrow from screen \(Script.number(x / canvas.width)),\(height) to"
          + " screen \(Script.number((x + 20) / canvas.width)),\(height) nohead"
          + " lw \(entry.width) lc rgb '\(entry.colour)'")
      text(entry.text, x + 26, y, canvas, "font ',9'", script: &script)
      x += 92
    }
  }
}

// MARK: - Lines

extension Figure {
  private func tokenPaths(_ clock: TimeAxis) -> [[Double]] {
    guard let first = run.trajectories.first else { return [] }
    return first.indices.flatMap { token in
      window.path(
        run.times.indices.map { (clock.place(run.times[$0]), run.trajectories[$0][token]) })
    }
  }

  private func clusterPoints(_ clock: TimeAxis) -> [[Double]] {
    run.times.indices.flatMap { i in
      run.clusters[i].filter(\.isFinite).map { [clock.place(run.times[i]), window.place($0)] }
    }
  }

  /// Joins each cluster to itself at the next snapshot: the one nearest to it, if it is in turn the
  /// nearest to that one, or if clusters merged in between.
  private func clusterPaths(_ clock: TimeAxis) -> [[Double]] {
    var rows: [[Double]] = []
    for i in run.times.indices.dropLast() {
      let now = run.clusters[i].filter(\.isFinite)
      let next = run.clusters[i + 1].filter(\.isFinite)
      for angle in now {
        guard let goal = next.min(by: { gap($0, angle) < gap($1, angle) }) else { continue }
        let back = now.min { gap($0, goal) < gap($1, goal) }
        let isSame = back == angle || next.count < now.count
        guard isSame, gap(goal, angle) < 0.8 else { continue }
        rows += window.path([
          (clock.place(run.times[i]), angle), (clock.place(run.times[i + 1]), goal),
        ])
      }
    }
    return rows
  }

  private func gap(_ a: Double, _ b: Double) -> Double {
    window.isCircle ? abs(remainder(a - b, 2 * .pi)) : abs(a - b)
  }
}
