import Foundation
import SnapshotIO

/// Draws an output file: of a run the density in angle and time, its profiles, and what changes with
/// time; of a sweep maps and curves over its keys.
///
/// - Parameters:
///   - outputFile: the NetCDF file of a run or of a sweep.
///   - picture: where the picture goes; its extension says of which kind it is (png, svg or pdf).
///     A picture that is there already is replaced, once the new one is complete.
public func draw(outputFile: String, picture: String) throws(PictureError) {
  let format = try PictureFormat(path: picture)
  let found: String?
  do {
    let root = try NetCDFFile(opening: outputFile).root
    found =
      try DrawnSweep.isSweep(root)
      ? SweepFigure(DrawnSweep(reading: root)).script(format)
      : Figure(DrawnRun(reading: root)).script(format)
  } catch {
    throw PictureError(message: error.description, exitCode: error.exitCode)
  }
  guard let script = found else {
    throw PictureError(
      message: "\(outputFile): there is nothing in it that could be drawn", exitCode: 74)
  }
  let image = try Gnuplot.run(script, format)
  do {
    try image.write(to: URL(fileURLWithPath: picture), options: .atomic)
  } catch {
    throw PictureError(
      message: "\(picture): cannot write the picture: \(error.localizedDescription)", exitCode: 74)
  }
}

/// The kinds of pictures, by extension.
enum PictureFormat: String, CaseIterable {
  case png, svg, pdf

  init(path: String) throws(PictureError) {
    let found = URL(fileURLWithPath: path).pathExtension
    guard let format = Self(rawValue: found.lowercased()) else {
      let known = Self.allCases.map { ".\($0.rawValue)" }.joined(separator: ", ")
      let what = found.isEmpty ? "it has no extension" : "the extension .\(found) is not known"
      throw PictureError(message: "\(path): \(what); a picture is \(known)", exitCode: 64)
    }
    self = format
  }

  /// The gnuplot terminal for a canvas in points, the same to look at in all three.
  func terminal(width: Int, height: Int) -> String {
    let white = "background '#ffffff'"
    return switch self {
    case .png:
      // Two pixels a point, for fine screens.
      "pngcairo enhanced size \(2 * width),\(2 * height) font 'Sans,10' fontscale 1.5"
        + " linewidth 2 pointscale 2 \(white)"
    case .svg:
      "svg enhanced standalone size \(width),\(height) font 'sans-serif,10' \(white)"
    case .pdf:
      "pdfcairo enhanced size \(Double(width) / 72)in,\(Double(height) / 72)in font 'Sans,10'"
        + " fontscale 0.7 linewidth 2 \(white)"
    }
  }
}
