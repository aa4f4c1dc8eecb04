import Foundation

/// What figures of runs and of sweeps have in common: places of panels and texts on the canvas.
///
/// Lengths are points.
protocol Drawing {}

extension Drawing {
  typealias Frame = Figure.Frame
  typealias Canvas = Figure.Canvas

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

  /// What the horizontal axis of a panel is, below its tics.
  func below(_ label: String, _ frame: Frame, _ canvas: Canvas, _ script: inout Script) {
    text(
      label, (frame.left + frame.right) / 2, frame.bottom - 30, canvas, "center", script: &script)
  }

  /// What a panel shows, above its left end.
  func caption(_ words: [String], _ frame: Frame, _ canvas: Canvas, _ script: inout Script) {
    text(
      words.filter { !$0.isEmpty }.joined(separator: ", "), frame.left, frame.top + 12, canvas, "",
      script: &script)
  }
}

// MARK: - Time

extension Figure {
  /// The horizontal axis of a panel over time; only the lowest one says what it is.
  func beginTime(
    isLast: Bool, _ frame: Frame, _ canvas: Canvas, _ script: inout Script
  ) {
    guard let clock else { return }
    let range = clock.range
    script.add(
      "set xrange [\(Script.number(range.lowerBound)):\(Script.number(range.upperBound))]")
    script.add(clock.tics(labelled: isLast))
    if isLast { below("time {/:Italic t}", frame, canvas, &script) }
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
}

// MARK: - Canvas and title

/// The title of a figure and the line below it.
struct Header {
  var title: String
  var parameters: [String]
  let size: Double
  let height: Double

  init(title: String, parameters: [String]) {
    let limit = 130
    let long = title.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    self.title = long.count > limit ? long.prefix(limit - 1) + "…" : long
    self.parameters = parameters
    // About 0.6 of the size is the width of a letter.
    size = min(15, 830 / (0.62 * Double(max(1, self.title.count))))
    height = (self.title.isEmpty ? 0.0 : 32) + (parameters.isEmpty ? 0 : 20)
  }
}

extension Drawing {
  /// Starts a figure: its size, colours and the style of its axes.
  func beginCanvas(_ canvas: Canvas, _ format: PictureFormat, _ script: inout Script) {
    script.add("set encoding utf8")
    script.add(
      "set terminal \(format.terminal(width: Int(canvas.width), height: Int(canvas.height)))")
    script.add("set multiplot")
    script.add(Palette.command)
    script.add("set border 3 lc rgb '\(Palette.axis)' lw 0.8; set tics nomirror out scale 0.4,0.25")
    script.add("set tics textcolor rgb '\(Palette.ink)'; set clip two; unset key")
    script.add("set samples 2; set style fill solid noborder")
  }

  func add(_ header: Header, left: Double, _ canvas: Canvas, to script: inout Script) {
    var y = canvas.height - 22
    if !header.title.isEmpty {
      let bold = "{/:Bold \(Script.escaped(header.title))}"
      text(bold, left, y, canvas, "font ',\(Script.number(header.size))'", script: &script)
      y -= 21
    }
    if !header.parameters.isEmpty {
      let line = header.parameters.joined(separator: "    ")
      text(line, left, y, canvas, "noenhanced", Palette.axis, script: &script)
    }
    // Labels are drawn with a plot: an empty one that covers the canvas.
    script.add("set lmargin at screen 0; set rmargin at screen 1")
    script.add("set bmargin at screen 0; set tmargin at screen 1")
    script.add("unset border; unset tics; set xrange [0:1]; set yrange [0:1]; plot NaN notitle")
  }
}
