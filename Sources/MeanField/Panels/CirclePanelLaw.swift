internal import Foundation
internal import Synchronization
internal import Transforms

/// A law on the circle as panels and atoms.
struct CirclePanelLaw: Law {
  /// One k-th of the law, as it is carried, and its line.
  private let part: PanelMesh
  private let partLine: CirclePanelLine
  /// All of it.
  private let mesh: PanelMesh
  private let line = CirclePanelLine(symmetry: 1)
  private let densities: PanelDensities
  /// At least as many as clusters are told by, and energies.
  let landscape: Moments

  private let lastGrid = LastGrid()
  private let equation: Equation
  private let atomWidth: Double

  /// As many as a file holds unless it is told otherwise: found once for both.
  private static let usualModes = 64

  /// - Parameter densities: of the k-th.
  init(
    _ part: PanelMesh, _ densities: PanelDensities, symmetry: Int, equation: Equation,
    atomWidth: Double
  ) {
    self.part = part
    self.densities = densities.repeated(symmetry)
    self.equation = equation
    self.atomWidth = atomWidth
    partLine = CirclePanelLine(symmetry: symmetry)
    mesh = part.repeated(symmetry, every: 2 * Double.pi / Double(symmetry))
    landscape = Self.moments(
      of: part, partLine, modes: max(Self.usualModes, equation.kernel.modes))
  }

  var mass: Double { mesh.mass }
  var mean: [Double] { [landscape.real(1), -landscape.imaginary(1)] }
  var points: [Double] { [] }
  var tokenCount: Int { 0 }
  var nodes: LawNodes? {
    var nodes = mesh.nodes(densities)
    nodes.angles = nodes.angles.map(wrappedAngle)
    nodes.labels = nodes.labels.map(wrappedAngle)
    return nodes
  }

  /// m_j, j = 0…modes; those of one k-th of the circle where k divides j, and zero elsewhere.
  static func moments(of mesh: PanelMesh, _ line: CirclePanelLine, modes: Int) -> Moments {
    let nodes = mesh.quadrature(line, waveNumber: Double(modes))
    var moments = InitialLaw.tokens(.init(points: nodes.positions, masses: nodes.masses))
      .circularMoments(modes: modes)
    for j in 0...modes where j % line.symmetry != 0 {
      moments.values[2 * j] = 0
      moments.values[2 * j + 1] = 0
    }
    return moments
  }

  // MARK: Clusters

  func clusters(_ attention: Attention) -> [Cluster] {
    let landscape = CircleLandscape(moments: landscape, attention: attention)
    let maxima = landscape.maxima()
    guard maxima.count > 1 else {
      return maxima.map { Cluster(position: [wrappedAngle($0)], mass: mass) }
    }
    let below = landscape.minima(between: maxima).map(massBelow)
    return Cluster.ranked(
      maxima.indices.map { i in
        let before = below[(i + maxima.count - 1) % maxima.count]
        let mass = below[i] - before
        return Cluster(
          position: [wrappedAngle(maxima[i])], mass: mass < 0 ? mass + self.mass : mass)
      })
  }

  /// Mass from the first piece on to an angle, going round at most once.
  private func massBelow(_ angle: Double) -> Double {
    guard let first = mesh.pieces.first?.ends.start else { return 0 }
    return mesh.mass(below: first + wrappedAngle(angle - first), line)
  }

  // MARK: On the grid of a file

  func logDensity(on chart: Chart) -> [Double]? {
    guard let first = mesh.pieces.first?.ends.start else { return nil }
    let grid = chart.axes[0].values
    if let known = lastGrid.values(on: grid) { return known }
    let angles = grid.map { first + wrappedAngle($0 - first) }
    var values = mesh.logDensities(at: angles, densities)
    addVoids(angles, &values)
    lastGrid.keep(values, on: grid)
    return values
  }

  /// log dμ/dσ in voids that are known by their watersheds; NaN where the way back does not end there.
  private func addVoids(_ angles: [Double], _ values: inout [Double]) {
    guard !mesh.voidLogDensities.isEmpty else { return }
    let flow = CircleFlow(equation, positions: mesh.positions, masses: mesh.masses)
    let ends = flow.nextPositions
    for (i, piece) in mesh.pieces.enumerated() {
      guard case .atom(let atom) = piece, let value = atom.voidLogDensity,
        let watershed = flow.watershed(between: atom.position, and: ends[i])
      else { continue }
      let inside = angles.indices.filter {
        angles[$0] > atom.position + atomWidth && angles[$0] < ends[i] - atomWidth
      }
      let rises = VoidTracing.rises(of: inside.map { angles[$0] }, in: flow, from: watershed)
      for (k, rise) in zip(inside, rises) { values[k] = value + rise }
    }
  }

  func density(on chart: Chart) -> [Double]? {
    logDensity(on: chart)?.map { $0.isNaN ? 0 : $0 < 709 ? exp($0) : .nan }
  }

  func moments(for chart: Chart) -> [[Double]] {
    let count = chart.count(of: chart.tables[0])
    let kept =
      count <= landscape.count
      ? landscape : Self.moments(of: part, partLine, modes: count - 1)
    return [(0..<count).map(kept.real), (0..<count).map(kept.imaginary)]
  }

  // MARK: Against other laws

  func moments(degrees: [Int]) -> [Double] {
    let moments = Self.moments(of: part, partLine, modes: degrees.max() ?? 0)
    return degrees.flatMap { [moments.real($0), moments.imaginary($0)] }
  }

  func distances(to tokens: [any Law], threads: Int) -> [[Double]] {
    let curve = MassCurve(
      vertices: mesh.vertices(line).map { (angle: $0.position, level: $0.level) })
    let others = tokens.compactMap { $0 as? CircleLaw }
    precondition(others.count == tokens.count, "laws on the circle are compared with such")
    return parallelMap(count: others.count, threads: threads) { m in
      CircularDistances(curve, MassCurve(others[m].cumulative)).values
    }
  }
}

/// The last values on a grid: a density and its logarithm are asked for one after the other, and voids take
/// time to trace.
private final class LastGrid: Sendable {
  private let last = Mutex<(grid: [Double], values: [Double])?>(nil)

  func values(on grid: [Double]) -> [Double]? {
    last.withLock { $0?.grid == grid ? $0?.values : nil }
  }

  func keep(_ values: [Double], on grid: [Double]) {
    last.withLock { $0 = (grid, values) }
  }
}
