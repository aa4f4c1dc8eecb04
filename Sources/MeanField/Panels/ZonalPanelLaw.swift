internal import Foundation
internal import Transforms

/// A law on S^{d−1}, symmetric about the last axis, as panels and atoms of the polar angle.
struct ZonalPanelLaw: Law {
  private let mesh: PanelMesh
  private let line: ZonalPanelLine
  private let kernel: KernelSpectrum
  private let densities: PanelDensities

  init(_ mesh: PanelMesh, _ densities: PanelDensities, line: ZonalPanelLine, kernel: KernelSpectrum)
  {
    self.mesh = mesh
    self.line = line
    self.kernel = kernel
    self.densities = densities
  }

  var mass: Double { mesh.mass }
  var mean: [Double] {
    [zip(mesh.positions, mesh.masses).reduce(0) { $0 + $1.1 * cos($1.0) }]
  }
  var points: [Double] { [] }
  var tokenCount: Int { 0 }
  var nodes: LawNodes? { mesh.nodes(densities) }

  /// ∫ P_l(cos θ) dμ, l = 0…degree.
  func zonalMoments(degree: Int) -> [Double] {
    let nodes = mesh.quadrature(line, waveNumber: Double(degree))
    let angles = nodes.positions.map { min(max($0, 0), Double.pi) }
    var result = [Double](repeating: 0, count: degree + 1)
    angles.withUnsafeBufferPointer { angles in
      gegenbauerMoments(
        of: angles, masses: nodes.masses, dimension: line.dimension, degree: degree,
        into: &result)
    }
    return result
  }

  func clusters(_ attention: Attention) -> [Cluster] {
    let part: KernelSpectrum.Part = attention.beta > 0 ? .partition : .potential
    let weights = kernel.weights(part)
    let landscape = ZonalLandscape(
      dimension: line.dimension,
      terms: zip(weights, zonalMoments(degree: kernel.modes)).map { $0 * $1 },
      // Moments are sums of masses: wrong by some units of rounding.
      errors: weights.map { 1e-14 * $0 }, attention: attention)
    return Cluster.ranked(
      landscape.basins().map { basin in
        // The poles belong to the first and the last basin.
        let below = basin.start <= 0 ? 0 : mesh.mass(below: basin.start, line)
        let upTo = basin.end >= Double.pi ? mass : mesh.mass(below: basin.end, line)
        return Cluster(position: [basin.top], mass: upTo - below)
      })
  }

  // MARK: On the grid of a file

  func logDensity(on chart: Chart) -> [Double]? {
    mesh.logDensities(at: chart.axes[0].values, densities)
  }

  func density(on chart: Chart) -> [Double]? {
    logDensity(on: chart)?.map { $0.isNaN ? 0 : $0 < 709 ? exp($0) : .nan }
  }

  func moments(for chart: Chart) -> [[Double]] {
    chart.tables.map { zonalMoments(degree: chart.count(of: $0) - 1) }
  }

  // MARK: Against other laws

  func moments(degrees: [Int]) -> [Double] {
    let moments = zonalMoments(degree: degrees.max() ?? 0)
    return degrees.map { moments[$0] }
  }

  func distances(to tokens: [any Law], threads: Int) -> [[Double]] {
    let vertices = mesh.vertices(line)
    let total = mass
    let curve = LineCurve(
      positions: [0] + vertices.map(\.position) + [Double.pi],
      levels: [0] + vertices.map { min($0.level / total, 1) } + [1])
    let clouds = tokens.compactMap { $0 as? CloudLaw }
    precondition(clouds.count == tokens.count, "tokens of zonal laws are clouds")
    return parallelMap(count: clouds.count, threads: threads) { m in
      ZonalLaw.values(
        LineDistances(curve, LineCurve(atoms: clouds[m].polarAngles, masses: clouds[m].masses)))
    }
  }
}
