import Foundation

/// The picture of a run: panels over time on the left, profiles of the law on the right.
///
/// A panel without data is left out, and the others take its room. Lengths are points.
struct Figure {
  let run: DrawnRun
  let window: AngleWindow
  /// Nil for a single snapshot, which has no panels over time.
  let clock: TimeAxis?

  init(_ run: DrawnRun) {
    self.run = run
    window = AngleWindow(run)
    clock = TimeAxis(run.times)
  }

  struct Frame {
    var left, right, bottom, top: Double
  }

  struct Canvas {
    var width, height: Double
  }

  /// A panel over time.
  enum TimePanel {
    case space
    case energy
    case clusterCount
    case distance(name: String, DrawnRun.Distance)

    var height: Double {
      switch self {
      case .space: 300
      case .clusterCount: 66
      case .energy, .distance: 92
      }
    }
  }

  private static let width = 900.0
  private static let gap = 14.0
  private static let foot = 46.0
  private static let leftMargin = 76.0
  private static let rightMargin = 18.0

  /// The script that draws the picture; nil if there is nothing to draw.
  func script(_ format: PictureFormat) -> String? {
    let panels = timePanels
    let columns = (time: !panels.isEmpty, profiles: !run.profiles.isEmpty)
    guard columns.time || columns.profiles else { return nil }
    let head = header.height + (hasSpace ? 30 : 12)
    let stretch = hasSpace || columns.profiles ? 1.0 : 2.0
    let heights = panels.map { $0.height * stretch }
    let tall = heights.reduce(0) { $0 + $1 + Self.gap } - Self.gap
    let body = columns.time ? max(tall, columns.profiles ? 300 : 0) : 300
    let canvas = Canvas(width: Self.width, height: head + body + Self.foot)

    var script = Script()
    script.add("set encoding utf8")
    script.add(
      "set terminal \(format.terminal(width: Int(canvas.width), height: Int(canvas.height)))")
    script.add("set multiplot")
    script.add(Palette.command)
    script.add("set border 3 lc rgb '\(Palette.axis)' lw 0.8; set tics nomirror out scale 0.4,0.25")
    script.add("set tics textcolor rgb '\(Palette.ink)'; set clip two; unset key")
    script.add("set samples 2; set style fill solid noborder")
    addHeader(to: &script, canvas)

    let divide = columns.profiles ? 602.0 : Self.width - Self.rightMargin
    var top = canvas.height - head
    for (i, panel) in panels.enumerated() {
      let frame = Frame(
        left: Self.leftMargin, right: divide, bottom: top - heights[i], top: top)
      begin(frame, canvas, &script)
      beginTime(isLast: i == panels.count - 1, frame, canvas, &script)
      add(panel, frame, canvas, to: &script)
      top = frame.bottom - Self.gap
    }
    if columns.profiles {
      let left = columns.time ? divide + 66 : Self.leftMargin
      let column = Frame(
        left: left, right: Self.width - Self.rightMargin, bottom: Self.foot,
        top: canvas.height - head)
      addProfiles(in: column, canvas, to: &script)
    }
    script.add("unset multiplot")
    return script.text
  }

  var hasSpace: Bool {
    clock != nil && (run.density != nil || !run.trajectories.isEmpty || hasClusters)
  }

  var hasClusters: Bool { run.clusters.contains { $0.contains(where: \.isFinite) } }

  private var timePanels: [TimePanel] {
    guard clock != nil else { return [] }
    var panels: [TimePanel] = hasSpace ? [.space] : []
    if run.energy.hasValues { panels.append(.energy) }
    if run.clusterCount.hasValues { panels.append(.clusterCount) }
    return panels + run.distances.map { .distance(name: $0.name, $0.distance) }
  }

  private func add(
    _ panel: TimePanel, _ frame: Frame, _ canvas: Canvas, to script: inout Script
  ) {
    switch panel {
    case .space:
      addSpace(in: frame, canvas, to: &script)
      addColourBox(frame, canvas, to: &script)
    case .energy: addEnergy(in: frame, canvas, to: &script)
    case .clusterCount: addClusterCount(in: frame, canvas, to: &script)
    case .distance(let name, let distance):
      addDistance(name, distance, in: frame, canvas, to: &script)
    }
  }
}

// MARK: - Frames and texts

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
  private func beginTime(
    isLast: Bool, _ frame: Frame, _ canvas: Canvas, _ script: inout Script
  ) {
    guard let clock else { return }
    let range = clock.range
    script.add(
      "set xrange [\(Script.number(range.lowerBound)):\(Script.number(range.upperBound))]")
    script.add(clock.tics(labelled: isLast))
    if isLast { footLabel("time {/:Italic t}", frame, canvas, &script) }
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

  private var header: (title: String, size: Double, height: Double) {
    let limit = 130
    let long = run.title.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let title = long.count > limit ? long.prefix(limit - 1) + "…" : long
    // About 0.6 of the size is the width of a letter.
    let size = min(15, 830 / (0.62 * Double(max(1, title.count))))
    let height = (title.isEmpty ? 0.0 : 32) + (run.parameters.isEmpty ? 0 : 20)
    return (title, size, height)
  }

  private func addHeader(to script: inout Script, _ canvas: Canvas) {
    var y = canvas.height - 22
    let (title, size, _) = header
    if !title.isEmpty {
      let bold = "{/:Bold \(Script.escaped(title))}"
      text(bold, Self.leftMargin, y, canvas, "font ',\(Script.number(size))'", script: &script)
      y -= 21
    }
    if !run.parameters.isEmpty {
      let line = run.parameters.joined(separator: "    ")
      text(line, Self.leftMargin, y, canvas, "noenhanced", Palette.axis, script: &script)
    }
    // Labels are drawn with a plot: an empty one that covers the canvas.
    script.add("set lmargin at screen 0; set rmargin at screen 1")
    script.add("set bmargin at screen 0; set tmargin at screen 1")
    script.add("unset border; unset tics; set xrange [0:1]; set yrange [0:1]; plot NaN notitle")
  }
}
