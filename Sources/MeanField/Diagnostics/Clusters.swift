internal import Transforms

/// A mode of the law smoothed by the attention kernel itself.
public struct Cluster: Sendable, Equatable {
  /// Angle in [0, 2π) of the local maximum of Z, at β = 0 of ⟨x, ∫ y dμ⟩.
  public var position: Double
  /// Mass of its basin under the flow of ∇Z: between the minima of Z on either side.
  public var mass: Double
}

extension Snapshot {
  /// Modes with less mass than this are not counted.
  public static let smallestClusterMass = 1e-3

  /// Clusters by descending mass, then position; none where Z is constant to 10⁻¹² of itself.
  public func clusters() -> [Cluster] {
    let kernel = KernelSpectrum(beta: equation.attention.beta)
    let factors = kernel.landscape
    let modes = min(factors.count, moments.count) - 1
    var count = 256
    while count < 16 * modes { count *= 2 }
    let grid = RealFourierTransform(count: count)
    grid.clearCoefficients()
    for k in 0...modes {
      grid.coefficients[2 * k] = factors[k] * moments.real(k)
      grid.coefficients[2 * k + 1] = factors[k] * moments.imaginary(k)
    }
    grid.synthesize()
    let values = (0..<count).map { grid.samples[$0] }
    let highest = values.max() ?? 0
    let lowest = values.min() ?? 0
    let unit = equation.attention.beta > 0 ? highest : 1
    guard highest - lowest > 1e-12 * unit else { return [] }

    let spacing = 2 * Double.pi / Double(count)
    let peaks = values.indices.filter {
      values[$0] > values[($0 + count - 1) % count] && values[$0] >= values[($0 + 1) % count]
    }
    guard peaks.count > 1 else {
      let position = extremum(near: spacing * Double(peaks.first ?? 0), spacing, factors)
      return [Cluster(position: position, mass: moments.real(0))]
    }
    // valleys[i] is the lowest place between peaks i and i + 1.
    let valleys = peaks.indices.map { i in
      var end = peaks[(i + 1) % peaks.count]
      if end <= peaks[i] { end += count }
      let place = (peaks[i]..<end).min { values[$0 % count] < values[$1 % count] } ?? peaks[i]
      return spacing * Double(place % count)
    }
    var clusters: [Cluster] = []
    for i in peaks.indices {
      let before = valleys[(i + peaks.count - 1) % peaks.count]
      let after = valleys[i]
      // Maxima of rounding in a void hold no mass: only what may count is worth refining.
      guard cumulative.mass(from: before, to: after) > 0.5 * Self.smallestClusterMass else {
        continue
      }
      let mass = cumulative.mass(
        from: extremum(near: before, spacing, factors),
        to: extremum(near: after, spacing, factors))
      guard mass >= Self.smallestClusterMass else { continue }
      let position = extremum(near: spacing * Double(peaks[i]), spacing, factors)
      clusters.append(Cluster(position: position, mass: mass))
    }
    return clusters.sorted { ($1.mass, $0.position) < ($0.mass, $1.position) }
  }

  /// The zero of Z′ within one grid cell of a guess, by Newton's method; the guess if there is none.
  private func extremum(near guess: Double, _ spacing: Double, _ factors: [Double]) -> Double {
    var angle = guess
    for _ in 0..<20 {
      let slope = moments.series(factors, at: angle, order: 1)
      let curvature = moments.series(factors, at: angle, order: 2)
      let change = slope / curvature
      guard change.isFinite, abs(angle - change - guess) <= spacing else { return guess }
      angle -= change
      if abs(change) < 1e-14 { break }
    }
    return wrappedAngle(angle)
  }
}
