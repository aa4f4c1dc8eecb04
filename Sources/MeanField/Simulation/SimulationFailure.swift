/// Why the numbers gave out.
///
/// The output up to then is closed and readable (exit code 1).
public enum SimulationFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// The spectrum's tail is above the tolerance on the finest basis allowed.
  case resolutionLost(time: Double, tail: Double, tolerance: Double, resolution: Resolution)
  /// The error estimate asks for steps below a part of 10¹⁵ of the time, or of a unit of it.
  case stepTooSmall(time: Double, step: Double)
  /// Not a number, or infinite.
  case stateNotFinite(time: Double)

  public var description: String {
    switch self {
    case .resolutionLost(let time, let tail, let tolerance, let resolution):
      """
      t = \(time): the density has become too sharp: the tail of its spectrum is \(tail), the \
      tolerance \(tolerance), on \(resolution), the most allowed; end the run earlier, raise \
      \(resolution.limitKey) or density.spectral.tolerance, or add noise
      """
    case .stepTooSmall(let time, let step):
      """
      t = \(time): the time step has shrunk to \(step); the state changes faster than time can \
      be told apart; end the run earlier or raise time.tolerance
      """
    case .stateNotFinite(let time):
      "t = \(time): the state is no longer finite; end the run earlier or lower attention.beta"
    }
  }
}
