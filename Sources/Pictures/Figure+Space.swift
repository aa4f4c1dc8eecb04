import Foundation

// The law in coordinate and time: density as colour, clusters and tokens as lines.

extension Figure {
  func addSpace(_ law: LineLaw, in frame: Frame, _ canvas: Canvas, to script: inout Script) {
    guard let clock else { return }
    let range = law.coordinate.part ?? law.coordinate.range
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
    if let atoms = law.atoms {
      plots += atomPlots(atoms, law.coordinate, &script)
      legend.append(Sample("atoms", .line(thickness: 1), Palette.ink))
    }
    if let tree = law.tree, law.hasClusters {
      plots += treePlots(tree, law.coordinate, &script)
      legend.append(Sample("clusters", .line(thickness: 1.6), Palette.clusters))
      if !tree.joints.isEmpty {
        legend.append(Sample("mergers", .ring(size: 0.7), Palette.ink))
      }
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
}
