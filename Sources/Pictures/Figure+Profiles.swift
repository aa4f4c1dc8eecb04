import Foundation

// The law at a few times: density as a line, tokens as a histogram, or as a rug if they are few.

extension Figure {
  private static let binCount = 72
  private static let rugLimit = 300

  /// The vertical axis that all profiles share.
  private struct DensityAxis {
    /// By logarithm once clusters stand out.
    var isLogarithmic: Bool
    var low, high: Double

    /// For densities up to `most`, with room for the time above the curve.
    init(most: Double) {
      isLogarithmic = most > 6
      low = isLogarithmic ? 0.01 : 0
      high = isLogarithmic ? min(most, 1e12) * 5 : 1.35 * max(most, 1)
    }

    var commands: String {
      let range = "set yrange [\(Script.number(low)):\(Script.number(high))]"
      let format = "set format y '%g'"
      guard isLogarithmic else {
        return "\(range); \(format); set ytics \(Script.number(Tics.step(high, count: 4)))"
      }
      let powers = Int(log10(low).rounded())...Int(log10(high).rounded(.down))
      return "\(range); set logscale y; \(format); "
        + "set ytics \(Tics.powers(powers) { pow(10, Double($0)) })"
    }
  }

  func addProfiles(in column: Frame, _ canvas: Canvas, to script: inout Script) {
    let gap = 14.0
    let count = Double(run.profiles.count)
    let height = (column.top - column.bottom - gap * (count - 1)) / count
    let histograms = run.profiles.map { histogram($0.tokens) }
    let axis = DensityAxis(most: greatestDensity(histograms))
    for (i, profile) in run.profiles.enumerated() {
      let top = column.top - Double(i) * (height + gap)
      let frame = Frame(left: column.left, right: column.right, bottom: top - height, top: top)
      begin(frame, canvas, &script)
      if i == 0 { sideLabel(["density d{/:Italic μ}/d{/:Italic σ}"], column, canvas, &script) }
      script.add(axis.commands)
      let isLast = i == run.profiles.count - 1
      addAngleAxis(isLast: isLast, &script)
      if isLast { footLabel("angle {/:Italic θ}", frame, canvas, &script) }
      let label = String(format: "{/:Italic t} = %.4g", profile.time)
      script.add(
        "set label '\(label)' at graph 0.03, graph 0.9 front textcolor rgb '\(Palette.ink)'")
      if i == 0, profile.density != nil, !profile.tokens.isEmpty {
        script.add(
          "set key top right horizontal samplen 1.2 font ',9' textcolor rgb '\(Palette.ink)'")
      }
      var plots = tokenPlots(profile, histograms[i], axis, &script)
      if let density = profile.density {
        let name = script.data(curve(density))
        plots.append("\(name) with lines lw 1.6 lc rgb '\(Palette.density)' title 'density'")
      }
      script.add("plot \(plots.isEmpty ? "NaN notitle" : plots.joined(separator: ", "))")
    }
  }

  private func addAngleAxis(isLast: Bool, _ script: inout Script) {
    let angles = window.range
    script.add(
      "set xrange [\(Script.number(angles.lowerBound)):\(Script.number(angles.upperBound))]")
    script.add("set xtics \(window.tics(labelled: isLast))")
  }

  private func tokenPlots(
    _ profile: DrawnRun.Profile, _ histogram: [Double], _ axis: DensityAxis,
    _ script: inout Script
  ) -> [String] {
    guard !profile.tokens.isEmpty else { return [] }
    if histogram.isEmpty {
      // A tenth of the panel high.
      let length =
        axis.isLogarithmic ? axis.low * pow(axis.high / axis.low, 0.1) - axis.low : 0.1 * axis.high
      let name = script.data(profile.tokens.map { [window.place($0), axis.low, 0, length] })
      return ["\(name) with vectors nohead lw 0.8 lc rgb '\(Palette.ink)' title 'tokens'"]
    }
    let width = (window.range.upperBound - window.range.lowerBound) / Double(Self.binCount)
    let rows = histogram.enumerated().map { i, value in
      // A little wider than a bin: no seams.
      [
        window.range.lowerBound + (Double(i) + 0.5) * width, value > 0 ? value : .nan,
        1.03 * width,
      ]
    }
    let name = script.data(rows)
    return ["\(name) using 1:2:3 with boxes lc rgb '\(Palette.tokensFill)' title 'tokens'"]
  }

  /// The density of tokens against σ in even bins of the window; empty for few tokens.
  private func histogram(_ tokens: [Double]) -> [Double] {
    guard tokens.count >= Self.rugLimit else { return [] }
    var counts = Array(repeating: 0.0, count: Self.binCount)
    let width = (window.range.upperBound - window.range.lowerBound) / Double(Self.binCount)
    for token in tokens {
      let bin = Int((window.place(token) - window.range.lowerBound) / width)
      counts[min(max(bin, 0), Self.binCount - 1)] += 1
    }
    return counts.map { $0 * Double(Self.binCount) / Double(tokens.count) }
  }

  /// The density along the window, closed at its ends.
  private func curve(_ density: [Double]) -> [[Double]] {
    var rows = zip(run.grid, density).map { angle, value in
      // Far outside the panel is as good as the truth, and can be written as a number.
      [window.place(angle), value.isNaN ? .nan : pow(10, min(max(value, -6), 30))]
    }
    rows.sort { $0[0] < $1[0] }
    if window.isCircle, let first = rows.first, let last = rows.last {
      rows.insert([last[0] - 2 * .pi, last[1]], at: 0)
      rows.append([first[0] + 2 * .pi, first[1]])
    }
    return rows
  }

  private func greatestDensity(_ histograms: [[Double]]) -> Double {
    var most = 0.0
    for value in run.profiles.compactMap(\.density).joined() where !value.isNaN {
      most = max(most, pow(10, min(value, 12)))
    }
    for value in histograms.joined() { most = max(most, value) }
    return most
  }
}
