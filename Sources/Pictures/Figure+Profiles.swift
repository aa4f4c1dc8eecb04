import Foundation

// The law at a few times: density as a line, tokens as a histogram, or as a rug if they are few.

extension Figure {
  private static let binCount = 72

  /// The vertical axis that all profiles share.
  private struct DensityAxis {
    /// By logarithm once clusters stand out.
    var isLogarithmic: Bool
    var low, high: Double

    /// For densities up to `most`, with room for the time above the curve, which reaches `below`
    /// where the time is written.
    init(most: Double, below: Double) {
      isLogarithmic = most > 6
      low = isLogarithmic ? 0.01 : 0
      // By logarithm, four fifths of the way up.
      let room = low * pow(max(below, low) / low, 1.25)
      high = isLogarithmic ? max(min(most, 1e12) * 5, room) : 1.35 * max(most, 1)
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

  func addProfiles(
    _ law: LineLaw, in column: Frame, _ canvas: Canvas, to script: inout Script
  ) {
    let gap = 14.0
    let count = Double(law.profiles.count)
    let height = (column.top - column.bottom - gap * (count - 1)) / count
    let histograms = law.profiles.map { histogram($0.samples, law.coordinate) }
    // Where the time is written, a circle is cut; elsewhere a cluster may well be there.
    let writing = law.coordinate.isPeriodic ? 0 : 0.22
    let axis = DensityAxis(
      most: greatestDensity(law, histograms, from: 0, to: 1),
      below: greatestDensity(law, histograms, from: 0, to: writing))
    for (i, profile) in law.profiles.enumerated() {
      let top = column.top - Double(i) * (height + gap)
      let frame = Frame(left: column.left, right: column.right, bottom: top - height, top: top)
      begin(frame, canvas, &script)
      if i == 0 { sideLabel([law.coordinate.densityLabel], column, canvas, &script) }
      script.add(axis.commands)
      let isLast = i == law.profiles.count - 1
      addCoordinateAxis(law.coordinate, isLast: isLast, &script)
      if isLast { below(law.coordinate.label, frame, canvas, &script) }
      let label = String(format: "{/:Italic t} = %.4g", profile.time)
      script.add(
        "set label '\(label)' at graph 0.03, graph 0.9 front textcolor rgb '\(Palette.ink)'")
      if i == 0, profile.density != nil, !profile.samples.isEmpty {
        script.add(
          "set key top right horizontal samplen 1.2 font ',9' textcolor rgb '\(Palette.ink)'")
      }
      var plots = samplePlots(law.coordinate, profile, histograms[i], axis, &script)
      if let density = profile.density {
        let name = script.data(curve(law, density))
        plots.append("\(name) with lines lw 1.6 lc rgb '\(Palette.density)' title 'density'")
      }
      script.add("plot \(plots.isEmpty ? "NaN notitle" : plots.joined(separator: ", "))")
    }
  }

  private func addCoordinateAxis(
    _ coordinate: Coordinate, isLast: Bool, _ script: inout Script
  ) {
    let range = coordinate.range
    script.add(
      "set xrange [\(Script.number(range.lowerBound)):\(Script.number(range.upperBound))]")
    script.add("set xtics \(coordinate.list(labelled: isLast))")
  }

  private func samplePlots(
    _ coordinate: Coordinate, _ profile: LineLaw.Profile, _ histogram: [Double],
    _ axis: DensityAxis, _ script: inout Script
  ) -> [String] {
    let title = "title '\(coordinate.samples)'"
    guard !profile.samples.isEmpty else { return [] }
    if histogram.isEmpty {
      // A tenth of the panel high.
      let length =
        axis.isLogarithmic ? axis.low * pow(axis.high / axis.low, 0.1) - axis.low : 0.1 * axis.high
      let name = script.data(profile.samples.map { [coordinate.place($0), axis.low, 0, length] })
      return ["\(name) with vectors nohead lw 0.8 lc rgb '\(Palette.ink)' \(title)"]
    }
    let width = coordinate.length / Double(Self.binCount)
    let rows = histogram.enumerated().map { i, value in
      // A little wider than a bin: no seams.
      [
        coordinate.range.lowerBound + (Double(i) + 0.5) * width, value > 0 ? value : .nan,
        1.03 * width,
      ]
    }
    let name = script.data(rows)
    return ["\(name) using 1:2:3 with boxes lc rgb '\(Palette.tokensFill)' \(title)"]
  }

  /// The density of the samples in even bins of the range; empty for few samples.
  private func histogram(_ samples: [Double], _ coordinate: Coordinate) -> [Double] {
    guard samples.count >= LineLaw.fewSamples else { return [] }
    var counts = Array(repeating: 0.0, count: Self.binCount)
    let width = coordinate.length / Double(Self.binCount)
    for sample in samples {
      let bin = Int((coordinate.place(sample) - coordinate.range.lowerBound) / width)
      counts[min(max(bin, 0), Self.binCount - 1)] += 1
    }
    let unit = coordinate.densityUnit / (width * Double(samples.count))
    return counts.map { $0 * unit }
  }

  /// The density along the range, closed at its ends where it is a circle.
  private func curve(_ law: LineLaw, _ density: [Double]) -> [[Double]] {
    var rows = zip(law.grid, density).map { value, density in
      // Far outside the panel is as good as the truth, and can be written as a number.
      [law.coordinate.place(value), density.isNaN ? .nan : pow(10, min(max(density, -6), 30))]
    }
    rows.sort { $0[0] < $1[0] }
    if law.coordinate.isPeriodic, let first = rows.first, let last = rows.last {
      rows.insert([last[0] - law.coordinate.length, last[1]], at: 0)
      rows.append([first[0] + law.coordinate.length, first[1]])
    }
    return rows
  }

  /// The greatest density of all profiles in a part of the range, as fractions of it.
  private func greatestDensity(
    _ law: LineLaw, _ histograms: [[Double]], from start: Double, to end: Double
  ) -> Double {
    let coordinate = law.coordinate
    var most = 0.0
    for density in law.profiles.compactMap(\.density) {
      for (value, density) in zip(law.grid, density) where !density.isNaN {
        let part = (coordinate.place(value) - coordinate.range.lowerBound) / coordinate.length
        if part >= start, part <= end { most = max(most, pow(10, min(density, 12))) }
      }
    }
    for histogram in histograms {
      for (bin, value) in histogram.enumerated() {
        let part = (Double(bin) + 0.5) / Double(histogram.count)
        if part >= start, part <= end { most = max(most, value) }
      }
    }
    return most
  }
}
