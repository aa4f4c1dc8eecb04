import Foundation
import SnapshotIO
import Synchronization

/// SIGINT and SIGTERM ask a run to save its state and stop.
enum Interrupts {
  private static let raised = Atomic<Bool>(false)

  static func watch() {
    for number in [SIGINT, SIGTERM] {
      signal(number) { _ in Interrupts.raised.store(true, ordering: .relaxed) }
    }
    // A file that grows beyond its limit is a failed write, not a dead process.
    DiskRoom.ignoreFileSizeSignal()
  }

  static var isRaised: Bool { raised.load(ordering: .relaxed) }
}
