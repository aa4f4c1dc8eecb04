internal import CFFTW
internal import Synchronization

/// Two FFTW plans, there and back, for arrays of one shape that begin where `fftw_malloc` would have them.
///
/// They are executed on whatever arrays are given; that needs no lock.
struct FourierPlans: @unchecked Sendable {
  let forward: fftw_plan
  let backward: fftw_plan
}

/// Makes FFTW plans, one at a time, and keeps them: planning takes longer than many a transform.
///
/// Plans are FFTW_ESTIMATE: a measured plan may differ tomorrow and move the last bit.
enum FourierPlanner {
  /// What plans are made for.
  struct Shape: Hashable {
    var count: Int
    var batch: Int
    var isReal: Bool
  }

  private static let known = Mutex<[Shape: FourierPlans]>([:])

  /// The plans of a shape.
  ///
  /// - Parameter make: plans of that shape, called the first time it is asked for.
  static func plans(
    _ shape: Shape, _ make: (_ flags: UInt32) -> (fftw_plan?, fftw_plan?)
  ) -> FourierPlans {
    known.withLock { known in
      if let plans = known[shape] { return plans }
      guard case (let forward?, let backward?) = make(UInt32(FFTW_ESTIMATE)) else {
        fatalError("FFTW has no plan for length \(shape.count)")
      }
      let plans = FourierPlans(forward: forward, backward: backward)
      known[shape] = plans
      return plans
    }
  }
}
