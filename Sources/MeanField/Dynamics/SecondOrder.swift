internal import Foundation
internal import Transforms

/// What independent draws do to a law beyond the linear order.
///
/// With G the Gaussian limit the law differs from μ by N^{−1/2} v + N^{−1} w + …, v the derivative of the
/// flow in the direction G, w half its second derivative. The mean of w shifts what is expected of N tokens,
/// its scatter blurs what is linear; it is sampled with v = Σ_b g_b (source b), g Gaussian.
enum SecondOrder {
  static let samples = 16
  /// The mean of w, and samples of what it differs by.
  static let members = 1 + samples
  /// w is kept in these units, so that its size does not loosen the error control of what is linear.
  static let scale = 1.0 / 64

  /// g_b, one row for every sample.
  static func factors(_ count: Int) -> [[Double]] {
    (0..<samples).map { r in
      let stream = RandomStream(seed: 2, member: r, purpose: .fluctuation)
      return (0..<count).map { stream.normals(index: $0, draw: 1).0 }
    }
  }

  /// √w_b s_b less its share of their sum, for random signs s: what every source does to itself is then the
  /// same in all samples, and their mean is good although they are few.
  static func extraMasses(_ masses: [Double]) -> [SIMD16<Double>] {
    var result = [SIMD16<Double>](repeating: .zero, count: masses.count)
    let stream = RandomStream(seed: 2, member: 0, purpose: .fluctuation)
    for r in 0..<samples {
      var signs = masses
      signs.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        stream.writeSigns(index: r, draw: 2, into: base, count: masses.count)
      }
      let values = zip(signs, masses).map { $0 * $1.squareRoot() }
      let sum = values.reduce(0, +)
      for b in masses.indices { result[b][r] = values[b] - masses[b] * sum }
    }
    return result
  }

  /// The mean, and samples of the same less their own mean, over √(samples − 1): sums of products over them
  /// estimate a covariance.
  static func parts(_ row: [Double]) -> (shift: Double, scatter: [Double]) {
    guard row.count == members else { return (0, [Double](repeating: 0, count: samples)) }
    let found = row.dropFirst()
    let mean = found.reduce(0, +) / Double(samples)
    let unit = 1 / Double(samples - 1).squareRoot()
    return (row[0], found.map { ($0 - mean) * unit })
  }
}

/// What smooth sources lack of the white noise of tokens: their attention to themselves, and under softmax
/// the scatter of what they pay to others.
///
/// A token at x adds k(x, x)/N to Z̄ and nothing to the slope, and kernels k(x, y) of others y have the
/// variance ∫ k² dμ/N.
struct SelfAttention {
  /// k(x, x) at the points of the grid, and its gradient there, less what the sources hold of them.
  var partition: [Double] = []
  /// One row for every tangent component.
  var slopes: [[Double]] = []
  /// k² between all points, and half the gradient over β, less what the sources hold; row after row.
  var squares: [Double] = []
  var squareSlopes: [Double] = []
  /// What breaks the symmetry of the law.
  var sectors: [ZonalSector] = []

  /// Their part of the flux of second order: δm δX of the token itself, and −m δX δZ̄/Z̄.
  func writeFlux(
    _ component: Int, velocity: UnsafePointer<Double>, response: UnsafePointer<Double>,
    factor: UnsafePointer<Double>, masses: UnsafePointer<Double>, divides: Bool,
    into flux: UnsafeMutablePointer<Double>
  ) {
    guard component < slopes.count else { return }
    let count = slopes[component].count
    for j in 0..<count {
      var change = slopes[component][j] - (divides ? velocity[j] * partition[j] : 0)
      if divides, !squares.isEmpty {
        var square = 0.0
        var slope = 0.0
        for i in 0..<count {
          square += masses[i] * squares[j * count + i]
          slope += masses[i] * squareSlopes[j * count + i]
        }
        change -= factor[j] * (slope - velocity[j] * square)
      }
      flux[j] = response[j] * change
    }
  }

  /// On S²: the degrees of k(x, x) = 1 above those of the sources.
  static func sphere(
    _ basis: SphericalHarmonicBasis, _ kernel: KernelSpectrum, degree: Int
  ) -> SelfAttention {
    let lacking = kernel.weights.dropFirst(degree + 1).reduce(0, +)
    let zero = [Double](repeating: 0, count: basis.pointCount)
    return SelfAttention(
      partition: zero.map { _ in lacking },
      slopes: [[Double]](repeating: zero, count: basis.tangentCount))
  }

  /// Of a polar angle: k and k² less what their mean over rotations about the pole, Σ_l b_l P_l P_l, and the
  /// sectors hold of them.
  static func zonal(_ basis: ZonalBasis, _ kernel: KernelSpectrum) -> SelfAttention {
    let count = basis.pointCount
    let mean = ZonalKernelTable(basis, kernel)
    let square = ZonalKernelTable(
      basis, KernelSpectrum(beta: 2 * kernel.beta, dimension: basis.dimension))
    var result = SelfAttention(
      partition: (0..<count).map { 1 - mean.values[$0 * count + $0] },
      slopes: [(0..<count).map { -mean.slopes[$0 * count + $0] }])
    if kernel.beta > 0 {
      result.squares = zip(square.values, mean.values).map { $0 - $1 * $1 }
      result.squareSlopes = square.slopes.indices.map {
        square.slopes[$0] - mean.values[$0] * mean.slopes[$0]
      }
    }
    result.sectors = (1...ZonalSector.degrees).map { ZonalSector(basis, kernel, degree: $0) }
    for sector in result.sectors {
      let share = sector.multiplicity
      for j in 0..<count {
        let own = sector.kernel(j, j)
        result.slopes[0][j] -= share * own.slope
        // Z̄ = 1 at β = 0, whatever the law.
        guard kernel.beta > 0 else { continue }
        result.partition[j] -= share * own.value
        for i in 0..<count {
          let (value, slope) = sector.kernel(i, j)
          result.squares[j * count + i] -= share * value * value
          result.squareSlopes[j * count + i] -= share * value * slope
        }
      }
    }
    return result
  }
}

/// The mean of a kernel over rotations about the pole, between all points of a grid of polar angles.
private struct ZonalKernelTable {
  /// Σ_l b_l P_l(cos θ_j) P_l(cos θ_i) at j · count + i.
  var values: [Double]
  /// The derivative with respect to θ_j, over β.
  var slopes: [Double]

  init(_ basis: ZonalBasis, _ kernel: KernelSpectrum) {
    let count = basis.pointCount
    let degree = kernel.modes
    var polynomials: [[Double]] = []
    for angle in basis.angles {
      var values = [Double](repeating: 0, count: degree + 1)
      withUnsafePointer(to: angle) {
        gegenbauerMoments(
          of: UnsafeBufferPointer(start: $0, count: 1), masses: [1], dimension: basis.dimension,
          degree: degree, into: &values)
      }
      polynomials.append(values)
    }
    values = []
    slopes = [Double](repeating: 0, count: count * count)
    values.reserveCapacity(count * count)
    for j in 0..<count {
      let row = zip(kernel.weights, polynomials[j]).map { $0 * $1 }
      for i in 0..<count {
        var sum = 0.0
        for l in 0...degree { sum += row[l] * polynomials[i][l] }
        values.append(sum)
      }
    }
    for i in 0..<count {
      let series = GegenbauerSeries(
        dimension: basis.dimension,
        coefficients: zip(kernel.potentialWeights, polynomials[i]).map { $0 * $1 })
      for j in 0..<count { slopes[j * count + i] = series(at: basis.angles[j]).first }
    }
  }
}
