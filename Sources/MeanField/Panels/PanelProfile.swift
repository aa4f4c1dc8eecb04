/// What is asked of a panel by both its neighbours, found once.
struct PanelProfile {
  let panel: Panel
  let ends: (start: Double, end: Double)
  private var known: Density?

  /// A panel's density now, along its labels.
  struct Density {
    /// Φ′ at the nodes.
    let slopes: PanelRule.Row
    /// log dμ/dσ at the nodes.
    let logs: PanelRule.Row
    /// Its Legendre coefficients of low degree.
    fileprivate let size: Double
    /// Those in the middle, as far as they are the density's own.
    fileprivate let bend: Double
  }

  init(_ panel: Panel) {
    self.panel = panel
    ends = panel.ends
  }

  mutating func density(_ line: some PanelLine) -> Density {
    if let known { return known }
    let rule = PanelRule.standard
    let slopes = panel.slopes
    let logs = panel.currentLogDensities(line, slopes: slopes)
    let (first, low, middle) = rule.bends(logs)
    let flow = rule.bends(panel.positions)
    // A logarithm that is straight in Φ bends as Φ does along its labels.
    let bend = middle - 2 * first / flow.first * flow.middle
    let found = Density(slopes: slopes, logs: logs, size: low, bend: max(0, bend))
    known = found
    return found
  }

  /// Quick: whether it is worth a try to make one of this panel and the next.
  ///
  /// Coefficients A r^l become A (2r)^l on twice the width; where that of degree 15 would be 30 times too large,
  /// there is none. Those of degree 7 and 8 tell, as the last ones are what earlier joints have left; where
  /// they come from how the flow bends along the labels, only a try does.
  mutating func mayJoin(
    _ next: inout PanelProfile, _ line: some PanelLine, within error: Double
  ) -> Bool {
    let (left, right) = (density(line), next.density(line))
    return 0x1p15 * left.bend * right.bend < 30 * error * (left.size + right.size)
  }
}
