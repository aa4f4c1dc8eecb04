internal import CFFTW
internal import Foundation

/// Makes and destroys FFTW plans, one at a time: the planner is global, and executing needs no lock.
///
/// Plans are FFTW_ESTIMATE: a measured plan may differ tomorrow and move the last bit.
enum FourierPlanner {
  private static let lock = NSLock()

  /// Two plans of transforms of a length.
  static func plans(
    count: Int, _ make: (_ flags: UInt32) -> (fftw_plan?, fftw_plan?)
  ) -> (fftw_plan, fftw_plan) {
    let plans = lock.withLock { make(UInt32(FFTW_ESTIMATE)) }
    guard let first = plans.0, let second = plans.1 else {
      fatalError("FFTW has no plan for length \(count)")
    }
    return (first, second)
  }

  static func destroy(_ plans: fftw_plan...) {
    lock.withLock { plans.forEach { fftw_destroy_plan($0) } }
  }
}
