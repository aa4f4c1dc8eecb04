/// The flux of second order: its mean over all columns, and that of one combination of them.
extension GridFlow {
  /// Keeps (δm − m δZ̄/Z̄) δX of the combination that has been loaded.
  func keepQuadratic(
    _ basis: some SpectralBasis, _ sectors: [ZonalSector], _ factors: [ArraySlice<Double>],
    divides: Bool
  ) {
    if divides { divide(basis) }
    quadratic.update(repeating: 0, count: tangentCount * pointCount)
    addQuadratic(of: basis, divides: divides, to: quadratic)
    for (sector, factors) in zip(sectors, factors) { sector.addScatter(factors, to: quadratic) }
  }

  /// δm ← δm − m δZ̄/Z̄ of the column that has been loaded, for softmax.
  func divide(_ basis: some SpectralBasis) {
    let masses = basis.masses
    let partition = basis.partition
    for j in 0..<pointCount { masses[j] -= response[j] * partition[j] }
  }

  /// Adds (δm − m δZ̄/Z̄) δX, of which the first factor stands in the masses, component after component.
  func addQuadratic(
    of basis: some SpectralBasis, divides: Bool, to flux: UnsafeMutablePointer<Double>
  ) {
    let masses = basis.masses
    let partition = basis.partition
    for component in 0..<tangentCount {
      let slope = basis.slope(component)
      let velocity = velocity + component * pointCount
      let flux = flux + component * pointCount
      for j in 0..<pointCount {
        let change = divides ? slope[j] - velocity[j] * partition[j] : slope[j]
        flux[j] += masses[j] * factor[j] * change
      }
    }
  }

  /// Completes the mean.
  func addMeans(of sectors: [ZonalSector]) {
    for sector in sectors { sector.addMean(to: mean) }
  }

  /// Adds the mean flux of second order to that in the slopes, or what a sample differs by.
  func addQuadratic(to basis: some SpectralBasis, isMean: Bool) {
    let scale = SecondOrder.scale
    for component in 0..<tangentCount {
      let slope = basis.slope(component)
      let quadratic = quadratic + component * pointCount
      let mean = mean + component * pointCount
      if isMean {
        for j in 0..<pointCount { slope[j] += scale * mean[j] }
      } else {
        for j in 0..<pointCount { slope[j] += scale * quadratic[j] }
      }
    }
  }
}
