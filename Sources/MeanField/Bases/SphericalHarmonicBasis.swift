internal import Foundation
internal import Transforms

/// Spherical harmonics on S²: ∫ Y_lm dμ, l ≤ L, in the order of `HarmonicLayout`.
///
/// The grid has enough Gauss–Legendre latitudes and longitudes that products of density and velocity
/// are free of aliasing where the velocity is band-limited. Masses on it carry its weights.
public final class SphericalHarmonicBasis: SpectralBasis {
  /// L.
  public let degree: Int
  private let transform: SphericalHarmonicTransform
  /// Masses, two slopes and Z̄, one after the other.
  private let storage: UnsafeMutablePointer<Double>

  /// - Parameter degree: L ≥ 1.
  public init(degree: Int) {
    self.degree = degree
    transform = SphericalHarmonicTransform(
      degree: degree, latitudes: (3 * degree + 2 + 1) / 2,
      longitudes: Self.smoothCount(atLeast: 3 * degree + 1))
    let count = transform.latitudes * transform.longitudes
    storage = .allocate(capacity: 4 * count)
    storage.initialize(repeating: 0, count: 4 * count)
  }

  deinit { storage.deallocate() }

  /// The least even count with a fast Fourier transform.
  ///
  /// It is a product of 2, 3 and 5, and from 128 to 767 of 2 and at most two 5 alone: FFTW's estimated
  /// plans take about twice as long with other factors there, which costs more than the longitudes
  /// (384, 400 and 512 of them at degree 127: transforms in times like 1.3, 1 and 1.1).
  static func smoothCount(atLeast least: Int) -> Int {
    var count = max(4, least + least % 2)
    while !isSmooth(count) { count += 2 }
    return count
  }

  private static func isSmooth(_ count: Int) -> Bool {
    var odd = count >> count.trailingZeroBitCount
    if (128..<768).contains(count) { return [1, 5, 25].contains(odd) }
    for prime in [3, 5] {
      while odd % prime == 0 { odd /= prime }
    }
    return odd == 1
  }

  public var pointCount: Int { transform.latitudes * transform.longitudes }
  public var coefficientCount: Int { transform.layout.count }
  public var resolution: Resolution { .degree(degree) }
  public var massUnit: Double { 1 }
  public var masses: UnsafeMutablePointer<Double> { storage }
  public var tangentCount: Int { 2 }
  public var partition: UnsafeMutablePointer<Double> { storage + 3 * pointCount }

  public var eigenvalues: [Double] {
    degreeOfEntry.map { Double($0) * Double($0 + 1) }
  }

  /// The degree l of every entry of a state.
  private var degreeOfEntry: [Int] {
    (0...degree).flatMap { m in (m...degree).flatMap { [$0, $0] } }
  }

  /// Towards the south, then towards the east.
  public func slope(_ component: Int) -> UnsafeMutablePointer<Double> {
    storage + (1 + component) * pointCount
  }

  // MARK: Between state and grid

  public func loadMasses(_ state: UnsafePointer<Double>) {
    transform.synthesize(state, rowFactors: transform.weights, into: masses)
  }

  public func loadSlopes(_ state: UnsafePointer<Double>, _ kernel: KernelSpectrum) {
    kernel.potential.withUnsafeBufferPointer { factors in
      transform.synthesizeGradient(
        state, degree: min(degree, kernel.modes), degreeFactors: factors.baseAddress,
        theta: slope(0), phi: slope(1))
    }
  }

  public func loadPartition(_ state: UnsafePointer<Double>, _ kernel: KernelSpectrum) {
    kernel.partition.withUnsafeBufferPointer { factors in
      transform.synthesize(
        state, degree: min(degree, kernel.modes), degreeFactors: factors.baseAddress,
        into: partition)
    }
  }

  /// Z̄ ← max(Z̄, |X̄|, least): as a mean of tangents no longer than one |X| ≤ 1, and it fades where Z̄ is less than
  /// is known of it.
  ///
  /// What X is in a void moves next to no mass, for any law μ has
  ///
  ///     ∫ dμ/Z̄ ≤ C,    C = 2β + ¼ + O(1/β),
  ///
  /// ¼ more than the uniform law. Proof: g(x, y) = κ e^{κ⟨x,y⟩}/sinh κ has mean one, and at κ = 2β
  /// g ∗ g = (κ/sinh κ)² sinh(κ|x+y|)/(κ|x+y|) ≤ C e^{β(⟨x,y⟩−1)}. So C Z̄ ≥ g ∗ g ∗ μ, by Jensen's inequality
  /// 1/Z̄ ≤ C g ∗ (1/(g ∗ μ)), and the mean of that under μ is C ∫ (g ∗ μ)/(g ∗ μ) dσ = C.
  ///
  /// Where X̄ and Z̄ err by ε, the quotient errs by (2ε + least)/Z̄ at most, and d/dt ∫ e dμ by
  /// (2ε + least) C max |∇e|: rounding, and a tenth of the tolerance. Without `least` velocities in voids
  /// would be noise of size one, and what is left of the density there would be folded into ever
  /// higher degrees.
  public func fillVoids(_ kernel: KernelSpectrum, tolerance: Double) {
    let (x, y, z) = (slope(0), slope(1), partition)
    let (lowest, highest) = extremes(z, count: pointCount)
    guard lowest < max(Self.voidShare, tolerance) * highest else { return }
    // ε is 10⁻¹⁶ of the largest value.
    let least = highest * max(1e-14, 0.1 * tolerance / (2 * kernel.beta + 1))
    // No speed is above 1, not even by rounding.
    let margin = 1 + 4e-15
    func fill(_ j: Int) {
      z[j] = max(z[j], least)
      let square = margin * (x[j] * x[j] + y[j] * y[j])
      if square > z[j] * z[j] { z[j] = square.squareRoot() }
    }
    let limit = Vector(repeating: least)
    var j = 0
    while j + 8 <= pointCount {
      let (x, y) = (loadVector(x + j), loadVector(y + j))
      let here = loadVector(z + j)
      let filled = here.replacing(with: limit, where: here .< limit)
      if any(margin * (x * x + y * y) .> filled * filled) {
        for i in j..<(j + 8) { fill(i) }
      } else if any(here .< limit) {
        storeVector(filled, z + j)
      }
      j += 8
    }
    while j < pointCount {
      fill(j)
      j += 1
    }
  }

  public func writeDivergence(into rate: UnsafeMutablePointer<Double>) {
    transform.adjointGradient(theta: slope(0), phi: slope(1), into: rate)
    // d/dt of the mass is zero by structure; say so without rounding.
    rate[0] = 0
  }

  // MARK: Sums over the spectrum

  public func kernelSum(
    _ state: UnsafePointer<Double>, _ kernel: KernelSpectrum, _ part: KernelSpectrum.Part,
    weight: (Int) -> Double
  ) -> Double {
    harmonicKernelSum(
      state, layout: transform.layout, kernel.factors(part), degree: min(degree, kernel.modes),
      weight: weight)
  }

  public func tail(of state: UnsafePointer<Double>) -> Double {
    var best = 0.0
    let first = degree - degree / 4
    for m in 0...degree {
      for l in max(m, first)...degree {
        let place = 2 * transform.layout.place(l, m)
        for value in [state[place], state[place + 1]] where !(abs(value) <= best) {
          best = abs(value)
        }
      }
    }
    return best
  }

  // MARK: Refinement and starts

  public var finerCount: Int { 2 * degree + 1 }

  public func refined() -> SphericalHarmonicBasis {
    SphericalHarmonicBasis(degree: finerCount)
  }

  public func adopt(_ state: [Double], from coarser: SphericalHarmonicBasis) -> [Double] {
    transform.layout.resized(state, from: coarser.transform.layout)
  }

  public func coefficients(of law: InitialLaw) -> (state: [Double], tail: Double) {
    let whole = HarmonicLayout(degree: max(2 * degree + 1, law.sphericalDegree ?? 0))
    let values = law.sphericalMoments(degree: whole.degree)
    var tail = 0.0
    for m in 0...whole.degree {
      for l in max(m, degree - degree / 4)...whole.degree {
        let place = 2 * whole.place(l, m)
        tail = max(tail, abs(values[place]), abs(values[place + 1]))
      }
    }
    return (transform.layout.resized(values, from: whole), tail)
  }

  // MARK: What observers see

  public func law(of state: [Double]) -> any Law {
    SphereLaw(
      degree: degree, harmonics: state, cloud: nil,
      floor: state.withUnsafeBufferPointer { $0.baseAddress.map { tail(of: $0) } ?? 0 })
  }

  public func entropyAndMinimum() -> (entropy: Double, minimum: Double) {
    var entropy = 0.0
    var minimum = Double.infinity
    for j in 0..<pointCount {
      let density = masses[j] / transform.weights[j / transform.longitudes]
      minimum = min(minimum, density)
      if density > 0 { entropy -= masses[j] * log(density) }
    }
    return (entropy, minimum)
  }
}

extension HarmonicLayout {
  /// Coefficients of another degree in this layout, cut off or padded with zeros.
  func resized(_ values: [Double], from other: HarmonicLayout) -> [Double] {
    var result = [Double](repeating: 0, count: count)
    for m in 0...min(degree, other.degree) {
      for l in m...min(degree, other.degree) {
        let target = 2 * place(l, m)
        let source = 2 * other.place(l, m)
        result[target] = values[source]
        result[target + 1] = values[source + 1]
      }
    }
    return result
  }
}

/// Σ_l weight(l) q_l Σ_m h_lm² of moments h in the order of a layout.
func harmonicKernelSum(
  _ values: UnsafePointer<Double>, layout: HarmonicLayout, _ factors: [Double], degree: Int,
  weight: (Int) -> Double
) -> Double {
  var sum = 0.0
  factors.withUnsafeBufferPointer { factors in
    for m in 0...degree {
      for l in m...degree {
        let place = 2 * layout.place(l, m)
        let square = values[place] * values[place] + values[place + 1] * values[place + 1]
        sum += weight(l) * factors[l] * square
      }
    }
  }
  return sum
}
