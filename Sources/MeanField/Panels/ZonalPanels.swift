internal import Foundation
internal import Transforms

/// Polar angles of S^{d−1}, from pole to pole.
struct ZonalPanelLine: PanelLine {
  /// d.
  let dimension: Int
  private let geometry: ZonalGeometry

  init(dimension: Int) {
    self.dimension = dimension
    geometry = ZonalGeometry(dimension: dimension)
  }

  var range: ClosedRange<Double> { 0...Double.pi }
  var isClosed: Bool { false }

  func anchor(of position: Double) -> Double { position > Double.pi / 2 ? Double.pi : 0 }

  func logUniform(at angle: Double) -> Double {
    let angle = abs(angle)
    // ν₂ is even in θ, ν₃ in cos θ.
    let reference = geometry.referenceDimension == 2 ? 1 / Double.pi : sin(angle) / 2
    return geometry.logUniform(at: angle) + log(reference)
  }

  /// What is left of a cap is at the pole, by symmetry.
  func place(ofMean mean: Double, between start: Double, and end: Double) -> Double {
    let isCap = (north: start < 0.01 * (end - start), south: Double.pi - end < 0.01 * (end - start))
    return isCap.north || start <= 0 ? 0 : isCap.south || end >= Double.pi ? Double.pi : mean
  }

  func logDensity(of law: InitialLaw) -> (Double) -> Double {
    law.zonalLogDensity(dimension: dimension)
  }

  func field(_ equation: Equation) -> any PanelField { ZonalPanelField(equation) }

  func law(
    _ mesh: PanelMesh, _ densities: PanelDensities, _ equation: Equation, limits: PanelLimits
  ) -> ZonalPanelLaw {
    ZonalPanelLaw(
      mesh, densities, line: self, kernel: equation.kernel)
  }

  func energies(
    _ law: ZonalPanelLaw, _ equation: Equation
  ) -> (normalized: Double, aboveUniform: Double) {
    let kernel = equation.kernel
    let moments = law.zonalMoments(degree: kernel.modes)
    func sum(_ part: KernelSpectrum.Part) -> Double {
      zip(kernel.weights(part), moments).reduce(0) { $0 + $1.0 * $1.1 * $1.1 }
    }
    // A constant has no potential: what is left is the energy above the uniform law.
    return (sum(.partition), 0.5 * sum(.potential))
  }
}

/// X at weighted polar angles: every one is a ring.
final class ZonalPanelField: PanelField {
  private let kernel: KernelSpectrum
  private let rings: RingKernel
  private let divides: Bool
  private let clock: Double
  private var field: RingField?
  private var capacity = 0
  private var logPartition: [Double] = []
  private var places: [Double] = []

  init(_ equation: Equation) {
    kernel = equation.kernel
    rings = RingKernel(beta: equation.attention.beta, dimension: equation.manifold.dimension)
    divides = equation.attention.normalization == .softmax
    clock = equation.attention.clock
  }

  func writeVelocities(
    of positions: UnsafeBufferPointer<Double>, masses: [Double]?,
    into velocities: UnsafeMutablePointer<Double>
  ) -> Double {
    let count = positions.count
    // Few rings take another road than many.
    if field == nil || capacity < count || capacity > 4 * count {
      capacity = count
      field = RingField(
        kernel: rings, weights: kernel.weights, potentialWeights: kernel.potentialWeights,
        count: count, road: kernel.beta == 0 ? .moments : nil,
        // Panels see any roughness of the field as structure.
        tolerance: 1e-12)
      logPartition = [Double](repeating: 0, count: count)
      places = logPartition
    }
    for i in 0..<count { places[i] = min(max(positions[i], 0), Double.pi) }
    places.withUnsafeBufferPointer { places in
      logPartition.withUnsafeMutableBufferPointer { logPartition in
        guard let base = logPartition.baseAddress else { return }
        field?.evaluate(
          at: UnsafeBufferPointer(rebasing: places[0..<count]), masses: masses,
          logPartition: base, velocity: velocities)
      }
    }
    var budget = 0.0
    for i in 0..<count {
      let slope = velocities[i] * exp(logPartition[i])
      if !divides { velocities[i] = clock * slope }
      budget += (masses?[i] ?? 1 / Double(count)) * velocities[i] * slope
    }
    return budget
  }
}
