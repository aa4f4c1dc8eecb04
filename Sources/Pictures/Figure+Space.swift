import Foundation

// The law in coordinate and time: density as colour, clusters and tokens as lines.

extension Figure {
  func addSpace(_ law: LineLaw, in frame: Frame, _ canvas: Canvas, to script: inout Script) {
    guard let clock else { return }
    let range = law.coordinate.range
    script.add(
      "set yrange [\(Script.number(range.lowerBound)):\(Script.number(range.upperBound))]")
    script.add("set ytics \(law.coordinate.list())")
    sideLabel([law.coordinate.label], frame, canvas, &script)
    var plots: [String] = []
    let places = run.times.map(clock.place)
    if let density = law.density {
      let scale = ColourScale(density)
      let rows = law.rowTimes(run.times).map(clock.place)
      let raster = Raster(law, density, scale, places: rows, clock.range)
      plots.append(image(raster.rows, scale, &script))
    }
    var legend: [Sample] = []
    if !law.trajectories.isEmpty {
      let name = script.data(tokenPaths(law, places))
      // Lighter the more there are.
      let opacity = law.trajectories[0].count > 20 ? "a0" : "60"
      plots.append("\(name) with lines lw 0.5 lc rgb '#\(opacity)1b1f24'")
      legend.append(Sample(law.coordinate.samples, .line(thickness: 1), Palette.tokens))
    }
    if law.hasClusters {
      let name = script.data(clusterPaths(law, places))
      let points = script.data(clusterPoints(law, places))
      plots.append("\(name) with lines lw 1.5 lc rgb '\(Palette.clusters)'")
      plots.append("\(points) with points pt 7 ps 0.12 lc rgb '\(Palette.clusters)'")
      legend.append(Sample("clusters", .line(thickness: 1.6), Palette.clusters))
    }
    markTimes(law.profiles.map(\.time), &script)
    addLegend(legend, frame, canvas, &script)
    script.add("plot \(plots.map { "\($0) notitle" }.joined(separator: ", "))")
  }
}

// MARK: - Lines

extension Figure {
  private func tokenPaths(_ law: LineLaw, _ places: [Double]) -> [[Double]] {
    guard let first = law.trajectories.first else { return [] }
    return first.indices.flatMap { token in
      law.coordinate.path(places.indices.map { (places[$0], law.trajectories[$0][token]) })
    }
  }

  private func clusterPoints(_ law: LineLaw, _ places: [Double]) -> [[Double]] {
    places.indices.flatMap { i in
      law.clusters[i].filter(\.isFinite).map { [places[i], law.coordinate.place($0)] }
    }
  }

  /// Joins each cluster to itself at the next snapshot: the one nearest to it, if it is in turn the
  /// nearest to that one, or if clusters merged in between.
  private func clusterPaths(_ law: LineLaw, _ places: [Double]) -> [[Double]] {
    let gap = law.coordinate.distance
    var rows: [[Double]] = []
    for i in places.indices.dropLast() {
      let now = law.clusters[i].filter(\.isFinite)
      let next = law.clusters[i + 1].filter(\.isFinite)
      for value in now {
        guard let goal = next.min(by: { gap($0, value) < gap($1, value) }) else { continue }
        let back = now.min { gap($0, goal) < gap($1, goal) }
        let isSame = back == value || next.count < now.count
        guard isSame, gap(goal, value) < 0.8 else { continue }
        rows += law.coordinate.path([(places[i], value), (places[i + 1], goal)])
      }
    }
    return rows
  }
}
