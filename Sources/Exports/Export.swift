import Foundation
import SnapshotIO

/// What an output file can be exported to.
public enum ExportFormat: String, CaseIterable, Sendable {
  /// Tables of text, for spreadsheets and statistics.
  case csv
  /// One NumPy array a variable.
  case npy
  /// VTK XML files, for ParaView.
  case vtk
}

/// Exports an output file to a folder of other files, which appears complete or not at all.
///
/// - Parameters:
///   - outputFile: the NetCDF file of a run; it is read in pieces, never as a whole.
///   - folder: where the files go; its own folder has to be there.
///   - overwrite: whether an earlier export that is there already is replaced.
///   - isInterrupted: asked now and then; once true, the export is given up.
public func export(
  outputFile: String, format: ExportFormat, folder: String, overwrite: Bool = false,
  isInterrupted: @escaping () -> Bool = { false }
) throws(ExportError) {
  do {
    let run = try ExportedRun(opening: outputFile)
    guard try format != .vtk || run.sweptKeys() == nil else {
      throw ExportError(
        message: "\(outputFile): found the output of a sweep, which has no density and no "
          + "particles for vtk to show, allowed: csv, npy", exitCode: 65)
    }
    let target = try ExportFolder(folder, overwrite: overwrite, isInterrupted: isInterrupted)
    do {
      try target.write(run.recipe, to: ExportFolder.recipeName)
      switch format {
      case .csv: try exportTables(run, to: target)
      case .npy: try exportArrays(run.root, to: target)
      case .vtk: try exportShapes(run, to: target)
      }
      try target.putInPlace()
    } catch {
      target.discard()
      throw error
    }
  } catch let error as ExportError {
    throw error
  } catch let error as NetCDFError {
    throw ExportError(message: error.description, exitCode: error.exitCode)
  } catch {
    throw ExportError(
      message: "\(folder): cannot export: \(error.localizedDescription)", exitCode: 74)
  }
}
