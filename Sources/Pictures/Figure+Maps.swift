import Foundation

// The law on S² at telling times: density as colour, tokens and clusters as points of maps.

extension Figure {
  private static let mapGap = (x: 30.0, y: 18.0)
  private static let captionHeight = 38.0

  /// Points of the canvas that maps side by side take, two in a row.
  static func mapsHeight(_ count: Int, width: Double) -> Double {
    let columns = Double(min(count, 2))
    let rows = (Double(count) / 2).rounded(.up)
    let height = 0.5 * (width - (columns - 1) * mapGap.x) / columns
    return rows * (height + mapGap.y) - mapGap.y + captionHeight
  }

  func addMaps(_ maps: SphereMaps, in block: Frame, _ canvas: Canvas, to script: inout Script) {
    let columns = min(maps.maps.count, 2)
    let gap = Self.mapGap
    let width =
      (block.right - block.left - Double(columns - 1) * gap.x) / Double(max(1, columns))
    let mollweide = Mollweide(middle: maps.middle)
    let scale = maps.hasDensity ? ColourScale(maps.maps.compactMap(\.density)) : nil
    let raster = maps.hasDensity ? MapRaster(maps, mollweide) : nil
    for (i, map) in maps.maps.enumerated() {
      let left = block.left + Double(i % columns) * (width + gap.x)
      let top = block.top - Double(i / columns) * (0.5 * width + gap.y)
      let frame = Frame(left: left, right: left + width, bottom: top - 0.5 * width, top: top)
      begin(frame, canvas, &script)
      if i == 0 { addLegend(samples(maps), block, canvas, &script) }
      beginMap(map, frame, canvas, &script)
      var plots: [String] = []
      if let density = map.density, let scale, let raster {
        plots.append(image(raster.rows(density, scale), scale, &script))
      }
      plots += signs(map, mollweide, hasDensity: scale != nil, &script)
      script.add("plot \(plots.map { "\($0) notitle" }.joined(separator: ", "))")
    }
    addCaption(maps, mollweide, block, canvas, &script)
    if let scale {
      addColourBox(scale, Coordinate.ratioLabel, block, canvas, to: &script)
    }
  }

  private func beginMap(
    _ map: SphereMaps.Map, _ frame: Frame, _ canvas: Canvas, _ script: inout Script
  ) {
    script.add("unset border; unset tics; set xrange [-2:2]; set yrange [-1:1]")
    let label = String(format: "{/:Italic t} = %.4g", map.time)
    text(label, frame.left, frame.top - 8, canvas, "front", script: &script)
  }

  /// Lines and points of a map, as entries of its plot.
  private func signs(
    _ map: SphereMaps.Map, _ mollweide: Mollweide, hasDensity: Bool, _ script: inout Script
  ) -> [String] {
    var plots: [String] = []
    let graticule = script.data(Mollweide.graticule)
    plots.append("\(graticule) with lines lw 0.4 lc rgb '#b0\(Palette.axis.dropFirst())'")
    if !map.tokens.isEmpty {
      let points = script.data(map.tokens.map { row(mollweide.project($0)) })
      let size = hasDensity ? 0.13 : 0.24
      plots.append(
        "\(points) with points pt 7 ps \(size) lc rgb '#40\(Palette.mapTokens.dropFirst())'")
    }
    if !map.clusters.isEmpty {
      let points = script.data(map.clusters.map { row(mollweide.project($0)) })
      // On white, to be seen on every colour; SVG knows no wide rings.
      plots.append("\(points) with points pt 7 ps 0.85 lc rgb '#ffffff'")
      plots.append("\(points) with points pt 7 ps 0.6 lc rgb '\(Palette.clusters)'")
    }
    let outline = script.data(Mollweide.outline)
    plots.append("\(outline) with lines lw 1 lc rgb '\(Palette.axis)'")
    return plots
  }

  private func row(_ point: Mollweide.Point) -> [Double] { [point.x, point.y] }

  private func samples(_ maps: SphereMaps) -> [Sample] {
    var samples: [Sample] = []
    if maps.hasTokens {
      samples.append(Sample("tokens", .point(size: 0.4), Palette.mapTokens))
    }
    if maps.hasClusters {
      samples.append(Sample("clusters", .point(size: 0.6), Palette.clusters))
    }
    return samples
  }

  /// What the lines of the maps are, below them.
  private func addCaption(
    _ maps: SphereMaps, _ mollweide: Mollweide, _ block: Frame, _ canvas: Canvas,
    _ script: inout Script
  ) {
    begin(block, canvas, &script)
    let middle = ["0", "π/2", "π", "3π/2"][Int((mollweide.middle / (0.5 * .pi)).rounded())]
    let isPart = !maps.hasDensity && maps.memberCount > 1
    let members = isPart ? "; the first of \(maps.memberCount) members" : ""
    let caption =
      "Mollweide maps (equal areas): north pole {/:Italic θ} = 0 at the top,"
      + " {/:Italic φ} = \(middle) in the middle, lines every π/6" + members
    text(caption, block.left, block.bottom + 21, canvas, "font ',9'", Palette.axis, script: &script)
    script.add("unset border; unset tics; set xrange [0:1]; set yrange [0:1]; plot NaN notitle")
  }
}
