internal import Foundation
internal import Synchronization

/// Harmonic coefficients of the attention kernel on S^{d−1}, scaled by its peak.
///
///     e^{β(⟨x,y⟩−1)} = Σ_l b_l P_l(⟨x,y⟩),    b_l = dim_l ā_l,
///     ā_l = e^{−β} a_l(β) = e^{−β} Γ(d/2) (2/β)^{d/2−1} I_{l+d/2−1}(β)
///
/// P_l is the Gegenbauer polynomial of S^{d−1} with P_l(1) = 1 (circle: cos lt, S²: Legendre). By
/// Funk and Hecke every velocity is built from Z̄ = Σ_l ā_l proj_l μ and X̄ = ∇Φ,
/// Φ = Σ_l (ā_l/β) proj_l μ: peak X̄, unnormalized e^β X̄, softmax X̄ / Z̄; at β = 0 by its limit
/// X̄ = ∇⟨x, ∫ y dμ⟩ (arXiv 2312.10794, sections 3 and 7).
///
/// The b_l are positive and sum to one: they say which degrees matter. In high dimension those are
/// degrees of enormous multiplicity, and ā_l leaves the range of Double where b_l is at its largest
/// (d = 4096, β = 10⁴: ā₀ ≈ e^{−4085}). Both are products of the same ratios, so that neither
/// is found from the other; a member that underflows is zero, and `logPartition0` and
/// `relativePotential` remain.
public struct KernelSpectrum: Sendable {
  public let beta: Double
  /// d: the sphere is S^{d−1} ⊂ R^d, the circle d = 2.
  public let dimension: Int
  /// ā_l for l = 0…K, falling; at β = 0 only ā₀ = 1.
  public let partition: [Double]
  /// ā_l / β for l = 0…K, except that a constant has no gradient: 0 at l = 0.
  ///
  /// At β = 0 the limit, 1/d at l = 1. On the circle the velocity of mode k is i k times it.
  public let potential: [Double]
  /// b_l = dim_l ā_l for l = 0…K; beyond K they are below 10⁻¹⁶ min(1, β) of the largest one,
  /// since potentials divide by β.
  public let weights: [Double]
  /// b_l / β for l = 0…K, with 0 at l = 0; at β = 0 the limit, 1 at l = 1.
  public let potentialWeights: [Double]
  /// a_l / (β a₀) for l = 0…K, with 0 at l = 0: the potential under softmax of the uniform law.
  public let relativePotential: [Double]
  /// log ā₀(β) = log ∫ e^{β(⟨x,y⟩−1)} dσ(y), where ā₀ itself may underflow.
  ///
  /// e^{κ(⟨x,m⟩−1)} / ā₀(κ) is the von Mises–Fisher density with respect to σ.
  public let logPartition0: Double
  /// a₀(β) = e^β ā₀; infinite where e^β is.
  public let unscaledPartition0: Double

  /// K(β), the highest degree kept, at least 1.
  public var modes: Int { partition.count - 1 }

  /// - Parameters:
  ///   - beta: β from 0 to 10⁶.
  ///   - dimension: d from 2 to 4096.
  public init(beta: Double, dimension: Int) {
    precondition(beta >= 0 && beta.isFinite, "β is a number ≥ 0")
    precondition(dimension >= 2, "the smallest sphere is the circle, d = 2")
    self.beta = beta
    self.dimension = dimension
    let quotients = Self.besselQuotients(beta: beta, dimension: dimension)

    // b_l / b₀ and their sum 1/b₀: all terms are positive, so nothing cancels.
    var multiples = [WideNumber(1)]
    var tail = WideNumber(0)
    for (l, quotient) in quotients.enumerated() {
      let growth = Self.multiplicityGrowth(l, dimension: dimension)
      multiples.append(multiples[l] * (beta * (quotient * growth)))
      tail += multiples[l + 1]
    }
    let one = WideNumber(1)
    var total = one
    total += tail
    let all = multiples.map { $0 / total }
    let threshold = 1e-16 * min(1, beta) * (all.max() ?? 1)
    let last = max(1, all.lastIndex { $0 > threshold } ?? 1)

    var partition = [one / total]
    var potential = [0.0]
    var relativePotential = [0.0]
    var potentialWeights = [0.0]
    var falling = one
    for l in 0..<last {
      let growth = Self.multiplicityGrowth(l, dimension: dimension)
      let reduced = falling * quotients[l]
      falling = falling * (beta * quotients[l])
      partition.append(falling / total)
      potential.append(reduced / total)
      relativePotential.append(reduced / one)
      potentialWeights.append(multiples[l] * (quotients[l] * growth) / total)
    }
    weights = Array(all[0...last])
    self.partition = partition
    self.potential = potential
    self.relativePotential = relativePotential
    self.potentialWeights = potentialWeights
    // Through the tail, so that log ā₀ = −β + … keeps its digits at small β.
    logPartition0 = tail.exponent < 0 ? -log1p(tail / one) : -total.logarithm
    unscaledPartition0 = WideNumber(exp(beta)) / total
  }

  /// The last one that was asked for: snapshots of a run ask for the same one again and again.
  private static let last = Mutex<KernelSpectrum?>(nil)

  /// The spectrum, found anew only where it is not that of the last call.
  static func known(beta: Double, dimension: Int) -> KernelSpectrum {
    let known = last.withLock { $0 }
    if let known, known.beta == beta, known.dimension == dimension { return known }
    let spectrum = KernelSpectrum(beta: beta, dimension: dimension)
    last.withLock { $0 = spectrum }
    return spectrum
  }

  /// Coefficients of the function whose maxima are the clusters: Z̄, at β = 0 of ⟨x, ∫ y dμ⟩.
  public var landscape: [Double] { beta > 0 ? partition : potential }

  /// dim_l, how many orthonormal harmonics of degree l there are on S^{d−1}.
  ///
  /// C(l+d−2, d−2) + C(l+d−3, d−2): circle 1, 2, 2, …, S² 2l + 1; exact up to 2⁵⁰, infinite where
  /// it exceeds Double (d = 4096: from l = 170 on).
  public func multiplicity(_ degree: Int) -> Double {
    precondition(degree >= 0, "degrees are not negative")
    if degree == 0 { return 1 }
    return Self.binomial(degree + dimension - 2, dimension - 2)
      + Self.binomial(degree + dimension - 3, dimension - 2)
  }

  /// C(n, k), 0 ≤ k ≤ n.
  private static func binomial(_ n: Int, _ k: Int) -> Double {
    var result = 1.0
    for i in 0..<min(k, n - k) {
      let (up, down) = (Double(n - i), Double(i + 1))
      // Both are C(n, i + 1); the second does not overflow before its result does.
      let next = result < 1e300 ? result * up / down : result * (up / down)
      result = next < 0x1p50 ? next.rounded() : next
    }
    return result
  }

  /// dim_{l+1} / dim_l, without either.
  private static func multiplicityGrowth(_ l: Int, dimension d: Int) -> Double {
    if l == 0 { return Double(d) }
    return Double((2 * l + d) * (l + d - 2)) / Double((2 * l + d - 2) * (l + 1))
  }

  /// ρ_l = I_{n+1}(β) / (β I_n(β)) with n = l + d/2 − 1, from l = 0 to far beyond K(β).
  ///
  /// By the continued fraction ρ_l = 1/(2(n+1) + β² ρ_{l+1}), downward, where its errors die out
  /// (Abramowitz & Stegun 9.6.26); at β = 0 it is ρ_0 = 1/d.
  private static func besselQuotients(beta: Double, dimension d: Int) -> [Double] {
    // I_{n+1}/I_n < β / (n + ½ + √((n + ½)² + β²)) (Amos, Math. Comp. 28, 1974).
    func upperBound(_ l: Int) -> Double {
      let middle = Double(l) + 0.5 * Double(d - 1)
      return beta / (middle + (middle * middle + beta * beta).squareRoot())
    }
    // Ten digits beyond K: an error at the top reaches degree K multiplied by (a_top/a_K)² < 10⁻²⁰.
    let floor = 1e-26 * min(1, beta)
    // At least b_l over the largest b so far.
    var weight = 1.0
    var count = 0
    while weight > floor {
      weight = min(1, weight * upperBound(count) * multiplicityGrowth(count, dimension: d))
      count += 1
    }
    var quotients = [Double](repeating: 0, count: count)
    var ratio = upperBound(count)
    for l in stride(from: count - 1, through: 0, by: -1) {
      quotients[l] = 1 / (Double(d + 2 * l) + beta * ratio)
      ratio = beta * quotients[l]
    }
    return quotients
  }
}

/// significand · 2^exponent ≥ 0: a product that may leave the range of Double and come back.
private struct WideNumber {
  /// In 1 ..< 2, or 0.
  let significand: Double
  let exponent: Int

  init(_ value: Double) {
    self.init(value, shiftedBy: 0)
  }

  private init(_ value: Double, shiftedBy shift: Int) {
    significand = value > 0 ? value.significand : 0
    exponent = value > 0 ? value.exponent + shift : 0
  }

  static func * (product: WideNumber, factor: Double) -> WideNumber {
    WideNumber(product.significand * factor, shiftedBy: product.exponent)
  }

  static func += (sum: inout WideNumber, term: WideNumber) {
    let (small, large) = sum.exponent < term.exponent ? (sum, term) : (term, sum)
    let shifted = Double(
      sign: .plus, exponent: small.exponent - large.exponent, significand: small.significand)
    sum = WideNumber(large.significand + shifted, shiftedBy: large.exponent)
  }

  static func / (numerator: WideNumber, denominator: WideNumber) -> Double {
    Double(
      sign: .plus, exponent: numerator.exponent - denominator.exponent,
      significand: numerator.significand / denominator.significand)
  }

  var logarithm: Double { log(significand) + Double(exponent) * log(2) }
}
