import Foundation

// Heat maps of a sweep, with curves of theory.

extension SweepFigure {
  func addMap(
    _ grid: SweepGrid, _ combination: [Int: Int], _ range: ClosedRange<Double>,
    _ observable: DrawnSweep.Observable, _ frame: Frame, _ canvas: Canvas,
    to script: inout Script
  ) {
    let rowAxis = grid.drawn[0]
    let columnAxis = grid.drawn.count > 1 ? grid.drawn[1] : nil
    let vertical = scale(rowAxis)
    let horizontal = columnAxis.map(scale) ?? SweepScale(Self.timeLabel, sweep.times)
    let (width, height) = (400, 260)
    let columns = horizontal.pixels(width)
    let last = sweep.times.count - 1
    let length = range.upperBound - range.lowerBound
    // Every value once, pixels from those.
    let cells = vertical.places.indices.map { row in
      horizontal.places.indices.map { column -> Double in
        var indices = combination
        indices[rowAxis] = row
        if let columnAxis { indices[columnAxis] = column }
        let mean = grid.cell(indices, time: columnAxis == nil ? column : last).mean
        return (mean - range.lowerBound) / length
      }
    }
    let rows = vertical.pixels(height).map { row in columns.map { cells[row][$0] } }
    script.add(horizontal.commands("x"))
    script.add(vertical.commands("y"))
    below(horizontal.label, frame, canvas, &script)
    sideLabel([vertical.label], frame, canvas, &script)
    let words = grid.words(combination)
    let time = columnAxis == nil ? "" : String(format: "{/:Italic t} = %.4g", sweep.times[last])
    let name = Script.escaped(observable.name)
    caption([name, words, time], frame, canvas, &script)
    let tics = Self.tics(range)
    let colours = ColourScale(tics: tics.map { (($0.0 - range.lowerBound) / length, $0.1) })
    var plots = [image(rows, colours, &script)]
    let curve = theoryCurve(grid, combination, observable, horizontal, vertical)
    if curve.count > 1 {
      let words =
        grid.drawn.contains { sweep.axes[$0].key == "noise" }
        ? "critical {/:Italic D}" : "orthogonal tokens"
      text(
        words, frame.left + 8, frame.top - 14, canvas, "font ',9' front", Palette.clusters,
        script: &script)
      plots.append("\(script.data(curve)) with lines lw 1.8 lc rgb '\(Palette.clusters)'")
    }
    script.add("plot \(plots.map { "\($0) notitle" }.joined(separator: ", "))")
    addColourBox(colours, "", frame, canvas, to: &script)
  }

  func scale(_ axis: Int) -> SweepScale {
    SweepScale(DrawnSweep.symbol(sweep.axes[axis]), sweep.axes[axis].numbers ?? [])
  }

  /// Round values in a range, with their names.
  private static func tics(_ range: ClosedRange<Double>) -> [(Double, String)] {
    let step = Tics.step(range.upperBound - range.lowerBound, count: 5)
    let first = Int((range.lowerBound / step - 1e-9).rounded(.up))
    let last = Int((range.upperBound / step + 1e-9).rounded(.down))
    guard first <= last else { return [] }
    return (first...last).map { (step * Double($0), String(format: "%g", step * Double($0))) }
  }

  /// Over time the moment at which orthogonal tokens align; over noise the critical one.
  private func theoryCurve(
    _ grid: SweepGrid, _ combination: [Int: Int], _ observable: DrawnSweep.Observable,
    _ horizontal: SweepScale, _ vertical: SweepScale
  ) -> [[Double]] {
    let rowAxis = grid.drawn[0]
    func rows(_ name: String) -> [(Double, Double)] {
      vertical.places.indices.map { row in
        var indices = combination
        indices[rowAxis] = row
        return (vertical.places[row], grid.theory(name, indices))
      }
    }
    if grid.drawn.count == 1 {
      if sweep.axes[rowAxis].key == "noise" {
        let critical = rows("critical_noise").first?.1 ?? .nan
        guard vertical.range.contains(vertical.place(critical)) else { return [] }
        let place = vertical.place(critical)
        return [[horizontal.range.lowerBound, place], [horizontal.range.upperBound, place]]
      }
      guard observable.quantity == "probability" else { return [] }
      return rows(observable.name + "_time").filter { $0.1.isFinite }
        .map { [horizontal.place($0.1), $0.0] }
    }
    guard sweep.axes[grid.drawn[1]].key == "noise" else { return [] }
    return rows("critical_noise").filter { $0.1.isFinite }.map { [horizontal.place($0.1), $0.0] }
  }
}
