import Foundation

// Places of panels and of texts on the canvas.

extension Figure {
  /// Starts a panel: its place, and nothing left of the panel before.
  func begin(_ frame: Frame, _ canvas: Canvas, _ script: inout Script) {
    script.add("unset label; unset arrow; unset key; unset logscale")
    script.add(
      "unset grid; unset colorbox; set border 3; set xtics nomirror out; set ytics nomirror out")
    script.add("set lmargin at screen \(Script.number(frame.left / canvas.width))")
    script.add("set rmargin at screen \(Script.number(frame.right / canvas.width))")
    script.add("set bmargin at screen \(Script.number(frame.bottom / canvas.height))")
    script.add("set tmargin at screen \(Script.number(frame.top / canvas.height))")
  }

  /// The horizontal axis of a panel over time; only the lowest one says what it is.
  func beginTime(
    isLast: Bool, _ frame: Frame, _ canvas: Canvas, _ script: inout Script
  ) {
    guard let clock else { return }
    let range = clock.range
    script.add(
      "set xrange [\(Script.number(range.lowerBound)):\(Script.number(range.upperBound))]")
    script.add(clock.tics(labelled: isLast))
    if isLast { footLabel("time {/:Italic t}", frame, canvas, &script) }
  }

  /// Marks a few times in a panel over time.
  func markTimes(_ times: [Double], _ script: inout Script) {
    guard let clock else { return }
    for place in times.map(clock.place) where place.isFinite {
      let x = Script.number(place)
      script.add(
        "set arrow from \(x), graph 0 to \(x), graph 1 nohead front lw 0.6 dt (6,4)"
          + " lc rgb '#60\(Palette.ink.dropFirst())'")
    }
  }

  /// A label with its left edge at a place of the canvas.
  func text(
    _ text: String, _ x: Double, _ y: Double, _ canvas: Canvas, _ style: String,
    _ colour: String = Palette.ink, script: inout Script
  ) {
    script.add(
      "set label \(Script.quoted(text)) at screen \(Script.number(x / canvas.width)),"
        + "\(Script.number(y / canvas.height)) textcolor rgb '\(colour)' \(style)")
  }

  /// What the vertical axis of a panel is, one line or two, at the same place for all panels of a
  /// column.
  func sideLabel(
    _ lines: [String], _ frame: Frame, _ canvas: Canvas, _ script: inout Script
  ) {
    let middle = (frame.bottom + frame.top) / 2
    for (i, line) in lines.reversed().enumerated() {
      let x = frame.left - 46 - 13 * Double(i)
      text(line, x, middle, canvas, "center rotate by 90", script: &script)
    }
  }

  /// What the horizontal axis of a column is.
  func footLabel(_ label: String, _ frame: Frame, _ canvas: Canvas, _ script: inout Script) {
    text(label, (frame.left + frame.right) / 2, 11, canvas, "center", script: &script)
  }
}
