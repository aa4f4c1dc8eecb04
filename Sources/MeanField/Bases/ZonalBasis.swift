internal import Foundation
internal import Transforms

/// Laws of a polar angle on S^{d−1}: ∫ R_l dμ, l = 0…L, with the reference polynomials of
/// `ZonalGeometry`, which stay well conditioned in any dimension.
///
/// Attention goes by the Gegenbauer moments p_l = ∫ P_l dμ, exact sums over the grid's masses:
/// Φ(θ) = Σ_l (b_l/β) p_l P_l(cos θ).
public final class ZonalBasis: SpectralBasis {
  /// d.
  public let dimension: Int
  /// L.
  public let degree: Int
  private let transform: ZonalTransform
  private let kernelDegree: Int
  private let kernel: KernelSpectrum
  /// Masses, slopes and Z̄, one after the other.
  private let storage: UnsafeMutablePointer<Double>
  /// Work arrays of the length of the kernel's terms.
  private let moments: UnsafeMutablePointer<Double>
  private let terms: UnsafeMutablePointer<Double>

  /// - Parameters:
  ///   - dimension: d, 3…4096.
  ///   - degree: L ≥ 1.
  ///   - kernel: the kernel whose degrees must be carried.
  public init(dimension: Int, degree: Int, kernel: KernelSpectrum) {
    self.dimension = dimension
    self.degree = degree
    // Degrees beyond what the law has are those of rounding.
    kernelDegree = min(kernel.modes, 2 * degree)
    self.kernel = kernel
    transform = ZonalTransform(
      dimension: dimension, degree: degree,
      nodes: ZonalTransform.nodes(degree: degree, kernelDegree: kernelDegree),
      kernelDegree: kernelDegree)
    storage = .allocate(capacity: 3 * transform.nodes)
    storage.initialize(repeating: 0, count: 3 * transform.nodes)
    moments = .allocate(capacity: kernelDegree + 1)
    moments.initialize(repeating: 0, count: kernelDegree + 1)
    terms = .allocate(capacity: kernelDegree + 1)
    terms.initialize(repeating: 0, count: kernelDegree + 1)
  }

  deinit {
    storage.deallocate()
    moments.deallocate()
    terms.deallocate()
  }

  public var pointCount: Int { transform.nodes }
  /// Polar angles of the grid.
  var angles: [Double] { transform.angles }
  public var coefficientCount: Int { degree + 1 }
  public var resolution: Resolution { .degree(degree) }
  public var massUnit: Double { 1 }
  public var masses: UnsafeMutablePointer<Double> { storage }
  public var tangentCount: Int { 1 }
  public var partition: UnsafeMutablePointer<Double> { storage + 2 * pointCount }
  public var eigenvalues: [Double] {
    (0...degree).map { Double($0) * Double($0 + dimension - 2) }
  }

  public var laplacian: TriangularMap { laplacian(sector: 0) }

  /// That of measures sin^{−k}θ ν(θ) Y(ω), Y a harmonic of degree k of the direction about the pole, as it
  /// acts on ∫ R_l dν.
  ///
  /// With L the operator of polar angles in d + 2k dimensions Δ(sin^k θ g Y) = sin^k θ (Lg − k(k+d−2) g) Y.
  func laplacian(sector k: Int) -> TriangularMap {
    let geometry = ZonalGeometry(dimension: dimension + 2 * k)
    let decay = Double(k) * Double(k + dimension - 2)
    let eigenvalues = (0...degree).map { l in
      Double(l) * Double(l + geometry.dimension - 2) + decay
    }
    guard geometry.dimension > geometry.referenceDimension else {
      return TriangularMap(diagonal: eigenvalues.map { -$0 })
    }
    var unit = [Double](repeating: 0, count: degree + 1)
    return TriangularMap(count: degree + 1) { l in
      var column = [Double](repeating: 0, count: degree + 1)
      unit[l] = 1
      geometry.addLaplacianCoupling(of: unit, degree: degree, factor: 1, into: &column)
      unit[l] = 0
      column[l] = -eigenvalues[l]
      return column
    }
  }

  public func slope(_ component: Int) -> UnsafeMutablePointer<Double> { storage + pointCount }

  // MARK: Between state and grid

  public func loadMasses(_ state: UnsafePointer<Double>) {
    transform.masses(of: state, into: masses)
    transform.moments(of: masses, into: moments)
  }

  public func loadSlopes(_ state: UnsafePointer<Double>, _ kernel: KernelSpectrum) {
    for l in 0...kernelDegree { terms[l] = kernel.potentialWeights[l] * moments[l] }
    transform.slopes(of: terms, into: slope(0))
  }

  public func loadPartition(_ state: UnsafePointer<Double>, _ kernel: KernelSpectrum) {
    for l in 0...kernelDegree { terms[l] = kernel.weights[l] * moments[l] }
    transform.values(of: terms, into: partition)
  }

  private lazy var rings = RingSums(
    kernel: RingKernel(beta: kernel.beta, dimension: dimension), count: pointCount)
  private lazy var positiveMasses = [Double](repeating: 0, count: pointCount)

  /// Of the law only what is positive: in a void the rest is rounding.
  public func fillVoids(_ kernel: KernelSpectrum, tolerance: Double) {
    let z = partition
    let (lowest, highest) = extremes(z, count: pointCount)
    let floor = Self.voidShare * highest
    guard kernel.beta > 0, highest > 0, lowest < floor else { return }
    for i in 0..<pointCount { positiveMasses[i] = max(0, masses[i]) }
    transform.angles.withUnsafeBufferPointer { angles in
      rings.place(angles, masses: positiveMasses, isCompressed: true)
      for i in angles.indices where z[i] < floor {
        let found = rings(at: angles[i])
        // Where it underflows only the quotient matters.
        z[i] = max(exp(found.logPartition), 1e-290)
        slope(0)[i] = found.velocity * z[i]
      }
    }
  }

  public func writeDivergence(into rate: UnsafeMutablePointer<Double>) {
    transform.divergence(of: slope(0), into: rate)
  }

  /// Masses at the points of any measure of the polar angle.
  func writeMasses(
    of state: UnsafePointer<Double>, into masses: UnsafeMutablePointer<Double>
  ) {
    transform.masses(of: state, into: masses)
  }

  func writeDivergence(of flux: [Double], into rate: UnsafeMutablePointer<Double>) {
    transform.divergence(of: flux, into: rate)
  }

  func writeCoefficients(of masses: UnsafePointer<Double>, into state: inout [Double]) {
    transform.coefficients(of: masses, into: &state)
  }

  // MARK: Sums over the spectrum

  /// Of the state whose masses were loaded last.
  public func kernelSum(
    _ state: UnsafePointer<Double>, _ kernel: KernelSpectrum, _ part: KernelSpectrum.Part,
    weight: (Int) -> Double
  ) -> Double {
    let weights = kernel.weights(part)
    var sum = 0.0
    for l in 0...kernelDegree { sum += weight(l) * weights[l] * moments[l] * moments[l] }
    return sum
  }

  public func tail(of state: UnsafePointer<Double>) -> Double {
    var best = 0.0
    for l in (degree - degree / 4)...degree where !(abs(state[l]) <= best) { best = abs(state[l]) }
    return best
  }

  // MARK: Refinement and starts

  public var finerCount: Int { 2 * degree + 1 }

  public func refined() -> ZonalBasis {
    ZonalBasis(dimension: dimension, degree: finerCount, kernel: kernel)
  }

  public func adopt(_ state: [Double], from coarser: ZonalBasis) -> [Double] {
    state + [Double](repeating: 0, count: coefficientCount - state.count)
  }

  public func coefficients(of law: InitialLaw) -> (state: [Double], tail: Double) {
    let state = law.referenceCoefficients(dimension: dimension, degree: 2 * degree + 1)
    var tail = 0.0
    for l in (degree - degree / 4)..<state.count { tail = max(tail, abs(state[l])) }
    return (Array(state[...degree]), tail)
  }

  // MARK: What observers see

  public func law(of state: [Double]) -> any Law {
    ZonalLaw(
      coefficients: state, dimension: dimension, kernel: kernel,
      floor: state.withUnsafeBufferPointer { $0.baseAddress.map { tail(of: $0) } ?? 0 })
  }

  public func entropyAndMinimum() -> (entropy: Double, minimum: Double) {
    var entropy = 0.0
    var minimum = Double.infinity
    for i in 0..<pointCount where masses[i] > 0 {
      // log dμ/dσ = log h − log h_u; below rounding of h nothing is known of it.
      let reference = masses[i] / transform.weights[i]
      let logarithm = log(reference) - transform.geometry.logUniform(at: transform.angles[i])
      entropy -= masses[i] * logarithm
      if reference > 1e-12 { minimum = min(minimum, logarithm) }
    }
    return (entropy, exp(minimum))
  }
}
