import Foundation
import Synchronization

/// One line on the terminal with the part done and the time left; nothing on a pipe.
final class ProgressLine: Sendable {
  private struct State {
    var lastShown = Date.distantPast
    var isShown = false
  }

  private let end: Double
  private let isVisible: Bool
  private let began = Date()
  private let state = Mutex(State())

  init(end: Double, quiet: Bool) {
    self.end = end
    isVisible = !quiet && isatty(STDERR_FILENO) == 1
  }

  func show(_ time: Double) { show(part: time / end, String(format: "t = %.4g", time)) }

  /// - Parameters:
  ///   - part: how much is done, from 0 to 1.
  ///   - words: where that is.
  func show(part: Double, _ words: @autoclosure () -> String) {
    guard isVisible else { return }
    state.withLock { state in
      let now = Date()
      guard now.timeIntervalSince(state.lastShown) > 0.2 else { return }
      state.lastShown = now
      state.isShown = true
      let done = min(1, part)
      let spent = now.timeIntervalSince(began)
      let left = done > 0.01 ? Self.duration(spent * (1 - done) / done) + " left" : ""
      let filled = Int(30 * done)
      let bar =
        String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
      let number = String(format: "%5.1f %%  ", 100 * done) + words()
      write("\r\u{1B}[2K\(bar) \(number)  \(left)")
    }
  }

  /// Takes the line away.
  func clear() {
    state.withLock { if $0.isShown { write("\r\u{1B}[2K") } }
  }

  private func write(_ text: String) {
    FileHandle.standardError.write(Data(text.utf8))
  }

  static func duration(_ seconds: Double) -> String {
    if seconds < 90 { return String(format: "%.0f s", seconds) }
    if seconds < 5400 { return String(format: "%.0f min", seconds / 60) }
    return String(format: "%.1f h", seconds / 3600)
  }
}
