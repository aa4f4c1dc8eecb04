import SnapshotIO

/// Writes what a spreadsheet asks for: one table a kind of thing, with a header line.
///
/// Columns are named like the variables of the file. What the file has nothing of has no table.
func exportTables(_ run: ExportedRun, to folder: ExportFolder) throws {
  if let keys = try run.sweptKeys() { return try exportSweep(run, by: keys, to: folder) }
  let root = run.root
  for keys in [["theta"], ["theta", "phi"]] {
    try Table(of: root, in: root, by: keys).write(to: folder, "grid.csv")
    try Table(of: root, in: root, by: ["time"] + keys).write(to: folder, "density.csv")
  }
  try exportSeries(of: root, in: root, by: ["time"], to: folder, "series.csv", prefix: "")
  if let nodes = try run.group("nodes") {
    try Table(of: nodes, in: root, by: ["time", "node"], skipsEmptyRows: true)
      .write(to: folder, "nodes.csv")
  }
  if let mergers = try run.group("mergers") {
    try Table(of: mergers, in: root, by: ["merger"]).write(to: folder, "mergers.csv")
  }
  if let particles = try run.group("particles") {
    let keys = ["time", "member"]
    try exportSeries(
      of: particles, in: root, by: keys, to: folder, "particle-series.csv", prefix: "particle-")
    try Table(of: particles, in: root, by: keys + ["particle"]).write(to: folder, "particles.csv")
  }
  if let comparison = try run.group("comparison") {
    try exportComparison(comparison, in: root, to: folder)
  }
}

/// What a density and members have in common: diagnostics, moments and clusters.
private func exportSeries(
  of group: NetCDFFile.Group, in root: NetCDFFile.Group, by keys: [String],
  to folder: ExportFolder, _ name: String, prefix: String
) throws {
  try Table(of: group, in: root, by: keys).write(to: folder, name)
  for indices in [["mode"], ["degree"], ["degree", "order"]] {
    try Table(of: group, in: root, by: keys + indices, skipsEmptyRows: true)
      .write(to: folder, "\(prefix)moments.csv")
  }
  try Table(of: group, in: root, by: keys + ["cluster"], skipsEmptyRows: true)
    .write(to: folder, "\(prefix)clusters.csv")
}

/// Members against the density, and the ladder.
private func exportComparison(
  _ group: NetCDFFile.Group, in root: NetCDFFile.Group, to folder: ExportFolder
) throws {
  let keys = ["time", "member"]
  try Table(of: group, in: root, by: keys).write(to: folder, "comparison.csv")
  try Table(of: group, in: root, by: keys + ["moment"]).write(to: folder, "comparison-moments.csv")
  try Table(
    of: group, in: root, by: keys + ["cluster"], repeating: ["time", "cluster"],
    skipsEmptyRows: true
  ).write(to: folder, "comparison-clusters.csv")
  try Table(of: group, in: root, by: ["time", "count", "member"]).write(to: folder, "ladder.csv")
  try Table(of: group, in: root, by: ["time"]).write(to: folder, "ladder-rates.csv")
  try Table(of: group, in: root, by: ["member"]).write(to: folder, "verdicts.csv")
}

/// The points of a sweep: what was looked at, what became of them, and what theory says.
private func exportSweep(
  _ run: ExportedRun, by keys: [String], to folder: ExportFolder
) throws {
  let root = run.root
  try Table(of: root, in: root, by: keys + ["time"], repeating: keys)
    .write(to: folder, "points.csv")
  if let theory = try run.group("theory") {
    try Table(of: theory, in: root, by: keys).write(to: folder, "theory.csv")
  }
}
