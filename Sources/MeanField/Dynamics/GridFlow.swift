/// The flow of a law on the grid, kept while its columns use the basis.
final class GridFlow {
  let pointCount: Int
  let tangentCount: Int
  /// X, component after component.
  let velocity: UnsafeMutablePointer<Double>
  /// What multiplies ∇δΦ in the flux: clock · m, or m/Z̄.
  let response: UnsafeMutablePointer<Double>
  /// clock, or 1/Z̄.
  let factor: UnsafeMutablePointer<Double>
  /// A flux of second order, component after component.
  let quadratic: UnsafeMutablePointer<Double>
  /// The mean of it, of all columns and of what tokens do to themselves beyond what columns hold.
  let mean: UnsafeMutablePointer<Double>

  /// Where Z̄ is below this part of its maximum there is no mass that could be moved, and a
  /// spectrum cut off says nothing about it.
  private static let leastPartition = 1e-7

  init(pointCount: Int, tangentCount: Int) {
    self.pointCount = pointCount
    self.tangentCount = tangentCount
    let size = (3 * tangentCount + 2) * pointCount
    velocity = .allocate(capacity: size)
    velocity.initialize(repeating: 0, count: size)
    response = velocity + tangentCount * pointCount
    factor = response + pointCount
    quadratic = factor + pointCount
    mean = quadratic + tangentCount * pointCount
  }

  deinit { velocity.deallocate() }

  /// Keeps the flow of the law that has been loaded and puts its flux in the slopes.
  ///
  /// - Parameter clock: X/X̄ where that is a constant, nil under softmax.
  func take(_ basis: some SpectralBasis, clock: Double?, selfAttention: SelfAttention) {
    let masses = basis.masses
    if let clock {
      for j in 0..<pointCount {
        factor[j] = clock
        response[j] = clock * masses[j]
      }
    } else {
      let partition = basis.partition
      var most = 0.0
      for j in 0..<pointCount { most = max(most, partition[j]) }
      let least = Self.leastPartition * most
      for j in 0..<pointCount {
        partition[j] = 1 / max(partition[j], least)
        factor[j] = partition[j]
        response[j] = masses[j] * partition[j]
      }
    }
    for j in 0..<(tangentCount * pointCount) { mean[j] = 0 }
    for component in 0..<tangentCount {
      let slope = basis.slope(component)
      let velocity = velocity + component * pointCount
      if let clock {
        for j in 0..<pointCount { velocity[j] = clock * slope[j] }
      } else {
        let inverse = basis.partition
        for j in 0..<pointCount { velocity[j] = slope[j] * inverse[j] }
      }
      selfAttention.writeFlux(
        component, velocity: velocity, response: response, factor: factor, masses: masses,
        divides: clock == nil, into: mean + component * pointCount)
      for j in 0..<pointCount { slope[j] = masses[j] * velocity[j] }
    }
  }

  /// slope ← δm X + m δX of the column that has been loaded.
  ///
  /// - Parameter isCounted: whether it is one of those whose quadratic fluxes add up to the mean.
  func disturb(_ basis: some SpectralBasis, divides: Bool, isCounted: Bool = false) {
    if divides { divide(basis) }
    if isCounted { addQuadratic(of: basis, divides: divides, to: mean) }
    // m δX = response (∇δΦ − X δZ̄).
    let masses = basis.masses
    for component in 0..<tangentCount {
      let slope = basis.slope(component)
      let velocity = velocity + component * pointCount
      for j in 0..<pointCount {
        slope[j] = masses[j] * velocity[j] + response[j] * slope[j]
      }
    }
  }

  /// Writes the rates of a sector's columns.
  func move(
    _ sector: ZonalSector, _ columns: UnsafePointer<Double>, number: Int,
    rate: UnsafeMutablePointer<Double>, divides: Bool
  ) {
    sector.move(
      columns, number: number, rate: rate, velocity: velocity, response: response,
      factor: factor, divides: divides)
  }
}
