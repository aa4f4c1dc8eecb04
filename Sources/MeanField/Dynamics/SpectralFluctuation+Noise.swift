/// Noise: the diffusion of the law and its columns, and what every column meets.
extension SpectralFluctuationDynamics {
  public mutating func diffuse(
    _ state: inout [Double], spread: Double, stream: RandomStream, draw: Int
  ) {
    prepareDiffusions(of: spread)
    guard let diffusion = diffusions.first else { return }
    let count = basis.coefficientCount
    let points = basis.pointCount
    let components = basis.tangentCount
    var sizes = [Double](repeating: 0, count: points)
    var noise = [Double](repeating: 0, count: count)
    // Columns carry R^{−1/2}.
    let scale = 2 * spread / (basis.massUnit * Double(columnCount))
    state.withUnsafeMutableBufferPointer { buffer in
      guard let state = buffer.baseAddress else { return }
      diffusion.half.apply(to: state)
      basis.loadMasses(state)
      for j in 0..<points { sizes[j] = (scale * max(0, basis.masses[j])).squareRoot() }
      diffusion.half.apply(to: state)
      for r in 0..<columnCount {
        let column = state + (r + 1) * count
        diffusion.whole.apply(to: column)
        for component in 0..<components {
          let slope = basis.slope(component)
          stream.writeSigns(
            index: r * components + component, draw: draw, into: slope, count: points)
          for j in 0..<points { slope[j] *= sizes[j] }
        }
        basis.writeDivergence(into: &noise)
        diffusion.gain.apply(to: &noise)
        for i in 0..<count { column[i] += noise[i] }
      }
      for r in 0..<SecondOrder.members {
        diffusion.whole.apply(to: state + (1 + columnCount + r) * count)
      }
      var place = firstSector
      for (s, sector) in lackingSelf.sectors.enumerated() {
        let ratio = (Double(columnCount) / Double(sectorColumns[s])).squareRoot()
        let sizes = sizes.map { ratio * $0 }
        for _ in 0..<sectorColumns[s] {
          // Two components each, after those of the law's own columns.
          sector.diffuse(
            state + place * count, diffusions[s + 1], sizes: sizes, stream, index: place, draw: draw
          )
          place += 1
        }
      }
    }
  }

  /// The diffusion of a spread's first 44 bits, whatever came before.
  private mutating func prepareDiffusions(of spread: Double) {
    let spread = TriangularMap.duration(spread)
    guard let laplacian, diffusions.first?.spread != spread else { return }
    diffusions = ([laplacian] + lackingSelf.sectors.map(\.laplacian)).map {
      Diffusion($0, spread: spread)
    }
  }
}

/// e^{τDΔ} and its parts, τD the spread.
///
/// White noise that comes in over the whole of τ and is smoothed from then on has the covariance of
/// noise that comes in at once and is seen through ((1/τ) ∫₀^τ e^{2sDΔ} ds)^{1/2}, where its
/// covariance commutes with Δ, as that of the uniform law does.
struct Diffusion {
  let spread: Double
  let half: TriangularMap
  let whole: TriangularMap
  let gain: TriangularMap

  init(_ laplacian: TriangularMap, spread: Double) {
    self.spread = spread
    let flows = laplacian.flows([0.5 * spread, spread])
    half = flows[0]
    whole = flows[1]
    gain = laplacian.rootMeanSquareFlow(over: spread)
  }
}
