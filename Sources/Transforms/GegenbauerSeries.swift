internal import Foundation

/// A series Σ_l t_l P_l(cos θ) in the Gegenbauer polynomials of S^{d−1}, at any angle.
///
/// d = 2 is the cosine series, d = 3 the Legendre series: with d = e and t_l = q_l c_l it is the
/// density of `ZonalGeometry`. The k-th derivative with respect to x = cos θ is
/// Σ_l t_l κ_{l,k} P_{l−k}^{(d+2k)} with κ_{l,k} = Π_{j<k} (l−j)(l+d−2+j)/(d−1+2j); four recurrences,
/// d, d + 2, d + 4, d + 6, run side by side. No digits cancel between them, also for large d.
public struct GegenbauerSeries: Sendable {
  /// A value and its derivatives with respect to θ.
  public struct Jet: Sendable {
    public var value: Double
    public var first: Double
    public var second: Double
    public var third: Double
  }

  /// d ≥ 2.
  public let dimension: Int
  /// Lane k: t_{l+k} κ_{l+k,k}.
  private let terms: [SIMD4<Double>]
  /// Lane k: a_l and b_l of dimension d + 2k.
  private let inertia: [SIMD4<Double>]
  private let pull: [SIMD4<Double>]

  /// - Parameters:
  ///   - dimension: d ≥ 2.
  ///   - coefficients: t_0…t_L.
  public init(dimension: Int, coefficients: [Double]) {
    self.dimension = dimension
    let count = coefficients.count
    var terms = [SIMD4<Double>](repeating: .zero, count: count)
    var inertia = terms
    var pull = terms
    for k in 0..<4 {
      let recurrence = GegenbauerRecurrence(dimension: dimension + 2 * k, degree: max(0, count - 1))
      for l in 0..<count {
        inertia[l][k] = recurrence.inertia[l]
        pull[l][k] = recurrence.pull[l]
      }
      for l in k..<max(k, count) {
        terms[l - k][k] = (0..<k).reduce(coefficients[l]) { term, j in
          term * GegenbauerRecurrence.slope(degree: l - j, dimension: dimension + 2 * j)
        }
      }
    }
    self.terms = terms
    self.inertia = inertia
    self.pull = pull
  }

  /// The series and its derivatives with respect to θ; O(L).
  ///
  /// - Parameter angle: θ in 0…π.
  public func callAsFunction(at angle: Double) -> Jet {
    let mirrored = angle > Double.pi / 2
    let half = sin((mirrored ? Double.pi - angle : angle) / 2)
    let y = SIMD4<Double>(repeating: -2 * half * half)
    var value = SIMD4<Double>(repeating: 1)
    var difference = SIMD4<Double>.zero
    var even = SIMD4<Double>.zero
    var odd = SIMD4<Double>.zero
    for l in terms.indices {
      if l & 1 == 0 {
        even = even.addingProduct(terms[l], value)
      } else {
        odd = odd.addingProduct(terms[l], value)
      }
      difference = (difference * inertia[l]).addingProduct(y * pull[l], value)
      value += difference
      if l & 63 == 63 && value.isNegligible && difference.isNegligible { break }
    }
    let byCosine = mirrored ? even - odd : even + odd
    let s = sin(angle)
    let x = cos(angle)
    return Jet(
      value: byCosine[0],
      first: -s * byCosine[1],
      second: s * s * byCosine[2] - x * byCosine[1],
      third: -s * s * s * byCosine[3] + 3 * s * x * byCosine[2] + s * byCosine[1])
  }
}
