internal import Foundation
internal import SnapshotIO

/// What a run or a sweep asks of the machine, held against what there is.
struct Room {
  /// What asks, such as "the run".
  let subject: String

  /// Refuses more memory than the machine has.
  ///
  /// - Parameter advice: what would need less.
  func checkMemory(_ needed: Double, advice: String) throws(RunFileError) {
    let physical = Double(ProcessInfo.processInfo.physicalMemory)
    guard needed < physical else {
      throw .content(
        "\(subject) needs about \(RunCost.size(needed)) of memory and the machine has "
          + "\(RunCost.size(physical)): \(advice)")
    }
  }

  /// Refuses an output larger than the disk under it has room for.
  func checkDisk(_ needed: Double, output: String, advice: String) throws(RunFileError) {
    // What stands there is overwritten or continued: its place is free for the output.
    let standing = (try? FileManager.default.attributesOfItem(atPath: output)[.size]) as? Int ?? 0
    guard let free = DiskRoom.bytesAvailable(forFileAt: output) else { return }
    let room = Double(free) + Double(standing)
    guard needed <= room else {
      throw .content(
        "\(subject) would write about \(RunCost.size(needed)) and \(output) has room for "
          + "\(RunCost.size(room)): \(advice)")
    }
  }
}
