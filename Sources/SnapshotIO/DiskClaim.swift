internal import Foundation

/// Room on the disk that belongs to a file before anything is written there, so that what a library
/// keeps in memory still fits when another program has filled the disk in the meantime.
///
/// Where the system or the file system knows no such thing, nothing is claimed.
final class DiskClaim {
  private let path: String
  private let descriptor: Int32
  /// Where the claim ends in the file; 0 for none.
  private var end = 0
  /// Whether there may be something to give back: also of a claim that failed some may be there.
  private var isHeld = false

  /// - Parameter path: a file that is there.
  init(path: String) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CLOEXEC)
  }

  deinit {
    guard descriptor >= 0 else { return }
    release()
    Foundation.close(descriptor)
  }

  private var size: Int {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
  }

  /// Whether `bytes` beyond the file's present end are claimed already.
  func holds(_ bytes: Int) -> Bool { isHeld && size + bytes <= end }

  /// The least that is claimed beyond what is asked for, so that few snapshots need a claim of their own.
  private static let leastAhead = 1 << 20

  /// Claims `bytes` beyond the file's present end; false if the disk has no room for them.
  ///
  /// - Parameter ahead: bytes to claim beyond these where there is room, if that is more than a mebibyte.
  func take(_ bytes: Int, ahead: Int = 0) -> Bool {
    guard descriptor >= 0, let allocate = Self.allocate else { return true }
    if holds(bytes) { return true }
    let size = size
    // The system would claim beyond the limit on file sizes what can never be written.
    let most = DiskRoom.roomBelowLimit(path) ?? .max
    isHeld = true
    for length in [bytes + max(ahead, Self.leastAhead), bytes] where length <= most {
      // 1: the file's size stays as it is.
      if allocate(descriptor, 1, size, length) == 0 {
        end = size + length
        return true
      }
      guard errno == ENOSPC || errno == EDQUOT else { return true }
    }
    return false
  }

  /// Gives back what the file has not grown into.
  ///
  /// After every `sync`, because the library then sets the file's size, and with that the system
  /// may drop the claim.
  func release() {
    guard isHeld else { return }
    (isHeld, end) = (false, 0)
    // A claim that stays does no harm: it goes when the file is next written.
    _ = ftruncate(descriptor, size)
  }

  private typealias Allocate = @convention(c) (Int32, Int32, Int, Int) -> Int32

  /// The system call of Linux, which Swift's view of the C library leaves out.
  private static let allocate: Allocate? = {
    guard let symbol = dlopen(nil, RTLD_NOW).flatMap({ dlsym($0, "fallocate") }) else { return nil }
    return unsafeBitCast(symbol, to: Allocate.self)
  }()
}
