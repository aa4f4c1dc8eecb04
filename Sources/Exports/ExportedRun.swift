import Foundation
import SnapshotIO

/// An output file of a run or a sweep, open for reading.
struct ExportedRun {
  /// Where tokens live, as far as their coordinates in space differ.
  enum Space {
    /// S¹, one angle.
    case circle
    /// S^{d−1}, unit vectors of R^d.
    case sphere
    /// Laws on S^{d−1} symmetric about the last axis, one polar angle.
    case zonal
  }

  let path: String
  let root: NetCDFFile.Group
  let times: [Double]
  /// The run file with a line that says where it comes from: what an export is made of.
  let recipe: String

  init(opening path: String) throws {
    self.path = path
    root = try NetCDFFile(opening: path).root
    guard let runFile = try root.attribute("run_file")?.text, try root.hasVariable("time"),
      try root.variable("time").dimensions == ["time"]
    else {
      throw ExportError(
        message: "\(path): it is not an output file of meanfield: it needs the attribute "
          + "'run_file' and the variable 'time'", exitCode: 65)
    }
    times = try root.doubles("time")
    let source = try root.attribute("source")?.text ?? "meanfield"
    let name = URL(fileURLWithPath: path).lastPathComponent
    let origin = "\(ExportFolder.recipeMark) \(name), written by \(source)"
      .components(separatedBy: .newlines).joined(separator: " ")
    recipe = "\(origin)\n\(runFile)\(runFile.hasSuffix("\n") ? "" : "\n")"
  }

  /// The group of this name, if the file has it.
  func group(_ name: String) throws -> NetCDFFile.Group? {
    try root.hasGroup(named: name) ? root.group(named: name) : nil
  }

  /// The swept keys, as dimensions, if this is the output of a sweep.
  func sweptKeys() throws -> [String]? {
    try root.hasVariable("failure") ? root.variable("failure").dimensions : nil
  }

  /// The space of the density's grid; nil without one.
  ///
  /// The angles of a circle go round it, polar angles end at π.
  func gridSpace() throws -> Space? {
    guard try root.hasVariable("theta") else { return nil }
    if try root.hasVariable("phi") { return .sphere }
    return try root.doubles("theta").contains { $0 > .pi } ? .circle : .zonal
  }
}
