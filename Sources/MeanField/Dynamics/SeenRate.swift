internal import Foundation

/// The state of the last snapshot and its rate, with which the next step begins.
struct SeenRate {
  private var state: [Double] = []
  private var rate: [Double] = []

  init() {}

  init(of state: [Double], _ rate: [Double]) {
    self.state = state
    self.rate = rate
  }

  /// Writes the rate and forgets it, if it is that of this state to the bit.
  mutating func take(
    of state: UnsafePointer<Double>, into rate: UnsafeMutablePointer<Double>
  ) -> Bool {
    guard !self.state.isEmpty, memcmp(self.state, state, 8 * self.state.count) == 0 else {
      return false
    }
    rate.update(from: self.rate, count: self.rate.count)
    self = SeenRate()
    return true
  }
}
