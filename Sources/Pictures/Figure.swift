import Foundation

/// The picture of a run: maps of the law on top or profiles of it on the right, where the space has
/// them, and panels over time.
///
/// A panel without data is left out, and the others take its room. Lengths are points.
struct Figure: Drawing {
  let run: DrawnRun
  /// Nil for a single snapshot, which has no panels over time.
  let clock: TimeAxis?

  init(_ run: DrawnRun) {
    var run = run
    clock = TimeAxis(run.times, isLawFollowed: run.hasNodes)
    // A law that is long a few points has no profile to show.
    if run.hasNodes, clock?.isLogarithmic == true { run.line?.profiles = [] }
    self.run = run
  }

  struct Frame {
    var left, right, bottom, top: Double
  }

  struct Canvas {
    var width, height: Double
  }

  /// A panel over time.
  enum TimePanel {
    case space(LineLaw)
    /// Taller where it is a staircase under the tree of trajectories.
    case energy(isStaircase: Bool)
    case clusterCount
    case distance(name: String, DrawnRun.Distance)

    var height: Double {
      switch self {
      case .space: 300
      case .clusterCount: 66
      case .energy(let isStaircase): isStaircase ? 150 : 92
      case .distance: 92
      }
    }
  }

  private static let width = 900.0
  private static let gap = 14.0
  private static let foot = 46.0
  private static let caption = 26.0
  private static let leftMargin = 76.0
  private static let rightMargin = 18.0

  /// The script that draws the picture; nil if there is nothing to draw.
  func script(_ format: PictureFormat) -> String? {
    let panels = timePanels
    let profiles = run.line.flatMap { $0.profiles.isEmpty ? nil : $0 }
    guard !panels.isEmpty || profiles != nil || run.maps != nil else { return nil }
    let header = Header(title: run.title, parameters: run.parameters + verdict)
    let head = header.height + (hasSpace || run.maps != nil ? 30 : 12)
    let isTallEnough = hasSpace || profiles != nil || run.maps != nil
    let heights = panels.map { $0.height * (isTallEnough ? 1 : 2) }
    let width = Self.width - Self.leftMargin - Self.rightMargin
    let maps = run.maps.map { Self.mapsHeight($0.maps.count, width: width) } ?? 0
    let tall = heights.reduce(0) { $0 + $1 + Self.gap } - (panels.isEmpty ? 0 : Self.gap)
    let body = max(tall, profiles == nil ? 0 : 300)
    let foot = body > 0 ? Self.foot : Self.gap
    let page = run.comparison.flatMap { $0.isEmpty ? nil : $0 }
    // Under everything over time, a comparison at one time with its caption and axis.
    let base = page == nil ? 0 : Self.comparisonHeight
    let canvas = Canvas(width: Self.width, height: head + maps + body + foot + base)

    var script = Script()
    beginCanvas(canvas, format, &script)
    add(header, left: Self.leftMargin, canvas, to: &script)

    let right = Self.width - Self.rightMargin
    var top = canvas.height - head
    if let laws = run.maps {
      let block = Frame(left: Self.leftMargin, right: right, bottom: top - maps, top: top)
      addMaps(laws, in: block, canvas, to: &script)
      top = block.bottom
    }
    let bodyTop = top
    let divide = profiles == nil ? right : 602
    for (i, panel) in panels.enumerated() {
      let frame = Frame(
        left: Self.leftMargin, right: divide, bottom: top - heights[i], top: top)
      begin(frame, canvas, &script)
      beginTime(isLast: i == panels.count - 1, frame, canvas, &script)
      if i == 0, let laws = run.maps { markTimes(laws.maps.map(\.time), &script) }
      add(panel, frame, canvas, to: &script)
      top = frame.bottom - Self.gap
    }
    if let profiles {
      let left = panels.isEmpty ? Self.leftMargin : divide + 66
      let column = Frame(left: left, right: right, bottom: foot + base, top: bodyTop)
      addProfiles(profiles, in: column, canvas, to: &script)
    }
    if let page {
      let block = Frame(
        left: Self.leftMargin, right: right, bottom: Self.foot, top: base - Self.caption)
      addComparison(page, in: block, canvas, to: &script)
    }
    script.add("unset multiplot")
    return script.text
  }

  private var verdict: [String] {
    run.comparison?.verdict.map { ["verdict: \($0)"] } ?? []
  }

  private var hasSpace: Bool { clock != nil && run.line?.hasSpace == true }

  private var timePanels: [TimePanel] {
    guard clock != nil else { return [] }
    var panels: [TimePanel] = []
    if let law = run.line, law.hasSpace { panels.append(.space(law)) }
    // The tree itself tells how many clusters there are.
    let isTree = run.hasNodes && run.line?.hasClusters == true && run.clusterCount.members.isEmpty
    if run.energy.hasValues { panels.append(.energy(isStaircase: isTree)) }
    if run.clusterCount.hasValues, !isTree { panels.append(.clusterCount) }
    return panels + run.distances.map { .distance(name: $0.name, $0.distance) }
  }

  private func add(
    _ panel: TimePanel, _ frame: Frame, _ canvas: Canvas, to script: inout Script
  ) {
    switch panel {
    case .space(let law):
      addSpace(law, in: frame, canvas, to: &script)
      if let density = law.density {
        addColourBox(
          ColourScale(density), law.coordinate.densityLabel, frame, canvas, to: &script)
      }
    case .energy: addEnergy(in: frame, canvas, to: &script)
    case .clusterCount: addClusterCount(in: frame, canvas, to: &script)
    case .distance(let name, let distance):
      addDistance(name, distance, in: frame, canvas, to: &script)
    }
  }
}
