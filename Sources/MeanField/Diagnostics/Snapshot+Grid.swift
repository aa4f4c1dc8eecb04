internal import Foundation
internal import Transforms

extension Snapshot {
  /// dμ/dσ at θ_j = 2πj/points, exactly, whatever the solver's own grid; nil for tokens.
  public func density(points: Int) -> [Double]? {
    guard densities != nil else { return nil }
    // Modes that agree on the grid are added up: e^{ikθ} = e^{i(k mod points)θ} at its points.
    let grid = RealFourierTransform(count: points)
    grid.clearCoefficients()
    let coefficients = grid.coefficients
    func add(_ k: Int, _ real: Double, _ imaginary: Double) {
      let place = ((k % points) + points) % points
      guard 2 * place <= points else { return }
      coefficients[2 * place] += real
      coefficients[2 * place + 1] += imaginary
    }
    add(0, moments.real(0), 0)
    for k in 1..<max(1, moments.count) {
      add(k, moments.real(k), moments.imaginary(k))
      add(-k, moments.real(k), -moments.imaginary(k))
    }
    grid.synthesize()
    return (0..<points).map { grid.samples[$0] }
  }

  /// log dμ/dσ on the same grid; NaN where the density is below what the solver can see.
  public func logDensity(points: Int) -> [Double]? {
    let floor = max(0, resolution ?? 0)
    return density(points: points)?.map { $0 > floor ? log($0) : .nan }
  }
}
