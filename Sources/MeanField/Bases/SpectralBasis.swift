internal import Transforms

/// The harmonics of a manifold up to some degree, and a grid: all that a density needs to move.
///
/// A state holds ∫ e dμ for every basis function e, in an order of the basis' own. On the grid the
/// law is weighted points: masses m_j, in units of `massUnit`, stand at points x_j. Velocities multiply
/// them, and what comes back is the adjoint of the gradient, so mass is conserved by structure:
///
///     d/dt ∫ e dμ = Σ_j m_j X(x_j)·∇e(x_j) + D ∫ Δe dμ
public protocol SpectralBasis {
  /// Points of the grid.
  var pointCount: Int { get }
  /// Reals in a state.
  var coefficientCount: Int { get }
  /// How fine the basis is: points on the circle, the degree on spheres.
  var resolution: Resolution { get }
  /// What one mass on the grid is worth: masses · massUnit sum to one.
  var massUnit: Double { get }

  /// m_j, after `loadMasses`.
  var masses: UnsafeMutablePointer<Double> { get }
  /// Tangent components of a vector at a grid point.
  var tangentCount: Int { get }
  /// A tangent component of X̄ = ∇Φ, after `loadSlopes`; fluxes take its place.
  func slope(_ component: Int) -> UnsafeMutablePointer<Double>
  /// Z̄, after `loadPartition`.
  var partition: UnsafeMutablePointer<Double> { get }

  /// Puts the law on the grid.
  func loadMasses(_ state: UnsafePointer<Double>)
  /// Puts X̄ on the grid, Φ = Σ_l (ā_l/β) proj_l μ.
  func loadSlopes(_ state: UnsafePointer<Double>, _ kernel: KernelSpectrum)
  /// Puts Z̄ on the grid, Z̄ = Σ_l ā_l proj_l μ.
  func loadPartition(_ state: UnsafePointer<Double>, _ kernel: KernelSpectrum)
  /// Makes X̄/Z̄ right where Z̄ is too small for a sum of harmonics, or harmless: to a tenth of a tolerance, or to
  /// 10⁻¹⁴ (2β + 1), in what the flux makes of functions of slope one. After both are on the grid.
  func fillVoids(_ kernel: KernelSpectrum, tolerance: Double)
  /// Writes massUnit · Σ_j flux_j·∇e(x_j) for every basis function, from the fluxes in `slope`.
  func writeDivergence(into rate: UnsafeMutablePointer<Double>)

  /// Eigenvalue l(l+d−2) of −Δ for every entry of a state.
  var eigenvalues: [Double] { get }
  /// Δ as it acts on states.
  var laplacian: TriangularMap { get }

  /// Σ_l weight(l) b_l ∫∫ P_l(⟨x,y⟩) dμ dμ with the b_l of Z̄, or b_l/β for those of Φ.
  func kernelSum(
    _ state: UnsafePointer<Double>, _ kernel: KernelSpectrum, _ part: KernelSpectrum.Part,
    weight: (Int) -> Double
  ) -> Double

  /// Largest entry of the last quarter of a state's degrees: what the basis is about to lose.
  func tail(of state: UnsafePointer<Double>) -> Double

  /// The count of the resolution twice as fine.
  var finerCount: Int { get }
  /// The basis twice as fine.
  func refined() -> Self
  /// A state of a coarser basis, written in this one.
  func adopt(_ state: [Double], from coarser: Self) -> [Double]

  /// ∫ e dμ of an initial law, and the largest of those in the last quarter of the basis or beyond
  /// it; infinite where the basis is too coarse to say.
  func coefficients(of law: InitialLaw) -> (state: [Double], tail: Double)

  /// What observers see of a state that is on the grid.
  func law(of state: [Double]) -> any Law
  /// −∫ log(dμ/dσ) dμ and the smallest dμ/dσ, from the masses on the grid.
  func entropyAndMinimum() -> (entropy: Double, minimum: Double)
}

extension SpectralBasis {
  /// Below 10⁻⁶ of its largest value Z̄ has lost half of its digits, and X̄ with it.
  static var voidShare: Double { 1e-6 }

  public var laplacian: TriangularMap { TriangularMap(diagonal: eigenvalues.map { -$0 }) }
}

/// The smallest and the largest value, eight at a time: most right-hand sides have no void to fill.
func extremes(
  _ values: UnsafePointer<Double>, count: Int
) -> (lowest: Double, highest: Double) {
  var low = Vector(repeating: .infinity)
  var high = Vector(repeating: -.infinity)
  var j = 0
  while j + 8 <= count {
    let value = loadVector(values + j)
    low = low.replacing(with: value, where: value .< low)
    high = high.replacing(with: value, where: value .> high)
    j += 8
  }
  var (lowest, highest) = (low.min(), high.max())
  while j < count {
    lowest = min(lowest, values[j])
    highest = max(highest, values[j])
    j += 1
  }
  return (lowest, highest)
}

@inline(__always)
func loadVector(_ pointer: UnsafePointer<Double>) -> Vector {
  UnsafeRawPointer(pointer).loadUnaligned(as: Vector.self)
}

@inline(__always)
func storeVector(_ value: Vector, _ pointer: UnsafeMutablePointer<Double>) {
  UnsafeMutableRawPointer(pointer).storeBytes(of: value, as: Vector.self)
}

/// How fine a density's representation is, with the words that say so.
public enum Resolution: Sendable, Equatable, CustomStringConvertible {
  case points(Int)
  case degree(Int)

  public var count: Int {
    switch self {
    case .points(let count), .degree(let count): count
    }
  }

  public var description: String {
    switch self {
    case .points(let count): "\(count) points"
    case .degree(let degree): "degree \(degree)"
    }
  }

  /// The key of the run file that limits it.
  var limitKey: String {
    switch self {
    case .points: "density.spectral.maximumPoints"
    case .degree: "density.spectral.maximumDegree"
    }
  }
}
