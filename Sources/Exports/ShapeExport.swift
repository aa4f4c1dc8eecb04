import SnapshotIO

/// Writes what ParaView shows: the density as a curve or a surface, particles as points.
///
/// Each has a collection (.pvd) of all snapshots with their times, and a file a snapshot.
func exportShapes(_ run: ExportedRun, to folder: ExportFolder) throws {
  let (density, tokens) = (try DensityShape(run), try TokenShape(run))
  guard density != nil || tokens != nil else {
    throw ExportError(
      message: "\(run.path): it has neither a density nor positions of particles; csv and npy "
        + "take the rest", exitCode: 65)
  }
  if let density {
    try exportCollection("density", run, to: folder) { try density.write($0, to: $1) }
  }
  if let tokens {
    try exportCollection("particles", run, to: folder) { try tokens.write($0, to: $1) }
  }
}

private func exportCollection(
  _ name: String, _ run: ExportedRun, to folder: ExportFolder,
  _ write: (_ snapshot: Int, FileWriter) throws -> Void
) throws {
  let list = try folder.create("\(name).pvd")
  list.write(
    """
    <?xml version="1.0"?>
    <VTKFile type="Collection" version="1.0" byte_order="LittleEndian" header_type="UInt64">
    <Collection>

    """)
  // Names of one length, which sort like the snapshots.
  let digits = max(4, "\(run.times.count)".count)
  for (snapshot, time) in run.times.enumerated() {
    let number = "\(snapshot)"
    let padded = String(repeating: "0", count: digits - number.count) + number
    let path = "\(name)/\(padded).vtp"
    let file = try folder.create(path)
    try write(snapshot, file)
    try file.close()
    list.write("<DataSet timestep=\"\(time)\" group=\"\" part=\"0\" file=\"\(path)\"/>\n")
    try list.flushIfLarge()
  }
  list.write("</Collection>\n</VTKFile>\n")
  try list.close()
}
