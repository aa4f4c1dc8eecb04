internal import Foundation
internal import Transforms

/// Z̄ and X̄ of weighted tokens on S^{d−1} at the tokens themselves.
///
/// The O(N²) sum is the definition, and in d ≥ 4 the road for any N. On S² many tokens go by harmonics
/// of degree ≤ K(β): points → moments → kernel → field at the points, O(N).
final class SphereTokenField {
  enum Road: Sendable { case direct, harmonics }

  let road: Road
  private let kernel: KernelSpectrum
  private let masses: [Double]?
  private let pairs: SpherePairSums?
  private let transform: SpherePointTransform?
  private var moments: [Double] = []
  private var terms: [Double] = []

  /// - Parameters:
  ///   - masses: nil for 1/N each.
  ///   - road: nil takes the faster one; harmonics are for d = 3.
  init(kernel: KernelSpectrum, count: Int, masses: [Double]?, road: Road? = nil) {
    self.kernel = kernel
    self.masses = masses
    // Moments know Z̄ to 10⁻¹⁴ of its largest value: too little for a token lighter than that.
    let isLight = (masses?.min() ?? 1) < 1e-9
    let faster = Self.fasterRoad(dimension: kernel.dimension, count: count, modes: kernel.modes)
    let chosen = road ?? (isLight ? .direct : faster)
    precondition(chosen == .direct || kernel.dimension == 3, "harmonics are those of S²")
    self.road = chosen
    pairs =
      chosen == .direct ? SpherePairSums(count: count, dimension: kernel.dimension) : nil
    transform = chosen == .harmonics ? SpherePointTransform(degree: kernel.modes) : nil
    if let transform {
      moments = [Double](repeating: 0, count: transform.layout.count)
      terms = moments
    }
  }

  /// Nanoseconds of both roads: a pair takes 0.6, a token on the grid 105, and the grid's transforms
  /// grow with the square of the degree and then with its cube.
  private static func fasterRoad(dimension: Int, count: Int, modes: Int) -> Road {
    guard dimension == 3 else { return .direct }
    let tokens = Double(count)
    return 0.6 * tokens * tokens < gridCost(modes) + 105 * tokens ? .direct : .harmonics
  }

  private static func gridCost(_ modes: Int) -> Double {
    let degree = Double(modes)
    return 400 * (degree + 10) * (degree + 10) + 1.2 * degree * degree * degree
  }

  /// Numbers of N tokens, and operations of a right-hand side.
  static func load(dimension: Int, count: Int, modes: Int) -> Load {
    let numbers = Double(count) * Double(dimension)
    let isDirect = fasterRoad(dimension: dimension, count: count, modes: modes) == .direct
    return Load(
      numbers: numbers,
      operations: isDirect
        ? 4 * numbers * Double(count) : 400 * Double(count) + 4 * gridCost(modes))
  }

  /// Writes Z̄ and the tangent vector X̄ at every token.
  ///
  /// - Parameter points: unit vectors, row after row.
  func evaluate(at points: [Double], partition: inout [Double], slope: inout [Double]) {
    guard let transform else {
      pairs?.evaluate(
        points: points, masses: masses, beta: kernel.beta, partition: &partition, slope: &slope)
      return
    }
    transform.place(points, count: points.count / 3)
    transform.moments(masses: masses, into: &moments)
    load(kernel.partition, transform.layout)
    transform.prepareScalar(terms)
    load(kernel.potential, transform.layout)
    transform.prepareGradient(terms)
    _ = transform.evaluateFlow(
      factor: 1, divides: false, at: points, into: &slope, scalars: &partition)
  }

  /// terms_lm = factors_l h_lm.
  private func load(_ factors: [Double], _ layout: HarmonicLayout) {
    for m in 0...layout.degree {
      for l in m...layout.degree {
        let place = 2 * layout.place(l, m)
        terms[place] = factors[l] * moments[place]
        terms[place + 1] = factors[l] * moments[place + 1]
      }
    }
  }

  /// Σ_j w_j k_ij u and Σ_j w_j k_ij u², u = ⟨x_i, x_j⟩, k = e^{β(u − 1)}, by plain sums: what a snapshot
  /// with noise and the papers' scheme need besides the field.
  func innerProductSums(at points: [Double]) -> (first: [Double], second: [Double]) {
    let dimension = kernel.dimension
    let count = points.count / dimension
    var first = [Double](repeating: 0, count: count)
    var second = first
    points.withUnsafeBufferPointer { points in
      for i in 0..<count {
        for j in 0..<count {
          var square = 0.0
          for k in 0..<dimension {
            let difference = points[i * dimension + k] - points[j * dimension + k]
            square += difference * difference
          }
          let u = 1 - 0.5 * square
          let weight = (masses?[j] ?? 1 / Double(count)) * exp(-0.5 * kernel.beta * square)
          first[i] += weight * u
          second[i] += weight * u * u
        }
      }
    }
    return (first, second)
  }
}
