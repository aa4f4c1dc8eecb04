import Foundation

/// The picture of a sweep: maps over two keys or over time and a key, curves over one, histograms of
/// counts; theory on top of them where there is one.
struct SweepFigure: Drawing {
  let sweep: DrawnSweep

  init(_ sweep: DrawnSweep) {
    self.sweep = sweep
  }

  /// A panel of the picture.
  enum Panel {
    /// Over the last two numeric keys at the last time, or over time and one key.
    case map(SweepGrid, [Int: Int], range: ClosedRange<Double>)
    /// Over one key at the last time, or over time; one curve for each combination.
    case curves(SweepGrid)
    /// Of counts over samples at the last time.
    case histogram(SweepGrid, [Int: Int])
  }

  private static let width = 900.0
  private static let margin = (left: 70.0, right: 20.0)
  private static let gap = (x: 66.0, y: 76.0)
  private static let panelLimit = 8

  /// The script that draws the picture; nil if there is nothing to draw.
  func script(_ format: PictureFormat) -> String? {
    let blocks = sweep.observables.map { ($0, panels($0)) }.filter { !$0.1.isEmpty }
    guard !blocks.isEmpty else { return nil }
    let header = Header(title: sweep.title, parameters: sweep.parameters)
    let blockRows = blocks.map { Self.rows($0.1) }
    let heights = blockRows.joined().map { $0.count == 1 ? 300.0 : 250.0 }
    let height = header.height + heights.reduce(0) { $0 + $1 + Self.gap.y } + 4
    let canvas = Canvas(width: Self.width, height: height)
    var script = Script()
    beginCanvas(canvas, format, &script)
    add(header, left: Self.margin.left, canvas, to: &script)
    var top = height - header.height - 34
    for ((observable, _), rows) in zip(blocks, blockRows) {
      for row in rows {
        let height = row.count == 1 ? 300.0 : 250.0
        let whole = Self.width - Self.margin.left - Self.margin.right
        let width = row.count == 1 ? whole : 0.5 * (whole - Self.gap.x)
        for (column, panel) in row.enumerated() {
          let left = Self.margin.left + Double(column) * (width + Self.gap.x)
          let frame = Frame(left: left, right: left + width, bottom: top - height, top: top)
          begin(frame, canvas, &script)
          add(panel, observable, frame, canvas, to: &script)
        }
        top -= height + Self.gap.y
      }
    }
    script.add("unset multiplot")
    return script.text
  }

  /// Two panels in a row; one that is alone has the whole width.
  private static func rows(_ panels: [Panel]) -> [[Panel]] {
    stride(from: 0, to: panels.count, by: 2).map { Array(panels[$0..<min($0 + 2, panels.count)]) }
  }

  private func panels(_ observable: DrawnSweep.Observable) -> [Panel] {
    guard observable.values.contains(where: \.isFinite) else { return [] }
    let grid = SweepGrid(sweep, observable)
    let line = SweepGrid(sweep, observable, mostDrawn: 0)
    if grid.hasSamples, observable.quantity == "cluster_count",
      line.combinations(limit: .max).count <= Self.panelLimit
    {
      return line.combinations(limit: .max).map { .histogram(line, $0) }
    }
    let finite = observable.values.filter(\.isFinite)
    var (low, high) = (finite.min() ?? 0, finite.max() ?? 1)
    if observable.quantity == "probability" { (low, high) = (0, 1) }
    if low == high { (low, high) = (low - 0.5, high + 0.5) }
    let combinations = grid.combinations(limit: Self.panelLimit)
    let isMap = grid.drawn.count == 2 || grid.drawn.count == 1 && sweep.times.count > 2
    let maps = isMap ? combinations.map { Panel.map(grid, $0, range: low...high) } : []
    return grid.drawn.count == 2 ? maps : maps + [.curves(grid)]
  }

  private func add(
    _ panel: Panel, _ observable: DrawnSweep.Observable, _ frame: Frame, _ canvas: Canvas,
    to script: inout Script
  ) {
    switch panel {
    case .map(let grid, let combination, let range):
      addMap(grid, combination, range, observable, frame, canvas, to: &script)
    case .curves(let grid):
      addCurves(grid, observable, frame, canvas, to: &script)
    case .histogram(let grid, let combination):
      addHistogram(grid, combination, observable, frame, canvas, to: &script)
    }
  }

  static let timeLabel = "time {/:Italic t}"
}
