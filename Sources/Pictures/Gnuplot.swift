import Foundation

/// The program that draws.
enum Gnuplot {
  /// Feeds a script to gnuplot and returns what it drew.
  static func run(_ script: String, _ format: PictureFormat) throws(PictureError) -> Data {
    guard let program = find() else {
      throw PictureError(
        message: "gnuplot, which draws the pictures, is not on the PATH; install it with "
          + "'apt install gnuplot-nox' (Debian, Ubuntu) or 'brew install gnuplot' (macOS)",
        exitCode: 74)
    }
    let files = FileManager.default
    let folder = files.temporaryDirectory.appendingPathComponent("meanfield-\(UUID().uuidString)")
    defer { try? files.removeItem(at: folder) }
    do {
      try files.createDirectory(at: folder, withIntermediateDirectories: true)
      let image = folder.appendingPathComponent("picture.\(format.rawValue)")
      let scriptFile = folder.appendingPathComponent("script.gp")
      let complaints = folder.appendingPathComponent("complaints.txt")
      let output = "set output \(Script.quoted(image.path))\n"
      try Data((output + script).utf8).write(to: scriptFile)
      try Data().write(to: complaints)

      // Files rather than pipes: a pipe that nobody empties stops both programs, and gnuplot reads
      // its standard input byte by byte.
      let process = Process()
      process.executableURL = URL(fileURLWithPath: program)
      process.arguments = ["--default-settings", scriptFile.path]
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = FileHandle.nullDevice
      process.standardError = try FileHandle(forWritingTo: complaints)
      try process.run()
      process.waitUntilExit()

      guard process.terminationStatus == 0, let data = try? Data(contentsOf: image), !data.isEmpty
      else {
        let text = String(decoding: try Data(contentsOf: complaints), as: UTF8.self)
        // The first complaint; the ones that follow are its consequences.
        let reason = text.split(whereSeparator: \.isNewline).prefix(8)
          .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
          .joined(separator: "\n")
        throw PictureError(
          message: "gnuplot could not draw the picture: "
            + (reason.isEmpty ? "it ended with status \(process.terminationStatus)" : reason),
          exitCode: 74)
      }
      return data
    } catch let error as PictureError {
      throw error
    } catch {
      throw PictureError(
        message: "cannot run \(program): \(error.localizedDescription)", exitCode: 74)
    }
  }

  private static func find() -> String? {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return path.split(separator: ":").map { "\($0)/gnuplot" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }
}
