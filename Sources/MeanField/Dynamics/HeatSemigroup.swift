internal import Foundation

/// e^{τ D Δ} on the coefficients of a basis: diagonal, or a lower triangular matrix where the
/// basis is not quite that of Δ.
///
/// White noise that comes in over the whole of τ and is smoothed from then on has the covariance of
/// noise that comes in at once and is seen through ((1/τ) ∫₀^τ e^{2sDΔ} ds)^{1/2}, where its
/// covariance commutes with Δ, as that of the uniform law does.
struct HeatSemigroup {
  private let eigenvalues: [Double]
  /// Δ row after row; empty where it is diagonal.
  private let laplacian: [Double]
  private var halfSpread = 0.0
  private var half: [Double] = []
  private var whole: [Double] = []
  private var gain: [Double] = []
  private var scratch: [Double]

  init(_ basis: some SpectralBasis) {
    eigenvalues = basis.eigenvalues
    let count = eigenvalues.count
    scratch = [Double](repeating: 0, count: count)
    func coupling(_ state: [Double]) -> [Double] {
      var result = [Double](repeating: 0, count: count)
      basis.addDiffusion(state, 1, to: &result)
      return result
    }
    guard coupling([Double](repeating: 1, count: count)).contains(where: { $0 != 0 }) else {
      laplacian = []
      return
    }
    var matrix = [Double](repeating: 0, count: count * count)
    for i in 0..<count {
      var unit = [Double](repeating: 0, count: count)
      unit[i] = 1
      for (l, value) in coupling(unit).enumerated() { matrix[l * count + i] = value }
      matrix[i * count + i] -= eigenvalues[i]
    }
    laplacian = matrix
  }

  /// Prepares for motions of twice this τ D.
  mutating func prepare(halfSpread: Double) {
    // Steps to appointed times differ by rounding.
    if abs(halfSpread - self.halfSpread) <= 1e-9 * halfSpread { return }
    self.halfSpread = halfSpread
    if laplacian.isEmpty {
      half = eigenvalues.map { exp(-halfSpread * $0) }
      whole = half.map { $0 * $0 }
      gain = eigenvalues.map { eigenvalue in
        let twice = 4 * eigenvalue * halfSpread
        return twice > 1e-8 ? (-expm1(-twice) / twice).squareRoot() : 1
      }
    } else {
      let count = eigenvalues.count
      half = Self.exponential(laplacian.map { halfSpread * $0 }, count: count).end
      whole = Self.product(half, half, count: count)
      let mean = Self.exponential(laplacian.map { 4 * halfSpread * $0 }, count: count).mean
      gain = Self.squareRoot(mean, count: count)
    }
  }

  mutating func applyHalf(to values: UnsafeMutablePointer<Double>) { apply(half, to: values) }

  mutating func apply(to values: UnsafeMutablePointer<Double>) { apply(whole, to: values) }

  mutating func applyGain(to values: UnsafeMutablePointer<Double>) { apply(gain, to: values) }

  private mutating func apply(_ table: [Double], to values: UnsafeMutablePointer<Double>) {
    let count = eigenvalues.count
    if laplacian.isEmpty {
      for i in 0..<count { values[i] *= table[i] }
      return
    }
    for l in 0..<count {
      var sum = 0.0
      for i in 0...l { sum += table[l * count + i] * values[i] }
      scratch[l] = sum
    }
    values.update(from: scratch, count: count)
  }

  /// e^A of a lower triangular matrix, and its mean ∫₀¹ e^{sA} ds, by the series for a 2^{−n}-th of it
  /// and doubling.
  private static func exponential(
    _ matrix: [Double], count: Int
  ) -> (end: [Double], mean: [Double]) {
    let size =
      (0..<count).map { l in
        (0...l).reduce(0) { $0 + abs(matrix[l * count + $1]) }
      }.max() ?? 0
    let doublings = max(0, Int(log2(max(size, 0x1p-4)).rounded(.up)) + 2)
    let scale = 1 / Double(sign: .plus, exponent: doublings, significand: 1)
    let scaled = matrix.map { $0 * scale }
    var identity = [Double](repeating: 0, count: count * count)
    for i in 0..<count { identity[i * count + i] = 1 }
    // Terms of a matrix of norm at most 1/4 fall below rounding before the twelfth.
    var mean = identity
    for k in stride(from: 12, through: 2, by: -1) {
      mean = product(scaled, mean, count: count)
      for i in mean.indices { mean[i] = identity[i] + mean[i] / Double(k) }
    }
    var end = product(scaled, mean, count: count)
    for i in end.indices { end[i] += identity[i] }
    for _ in 0..<doublings {
      let later = product(end, mean, count: count)
      for i in mean.indices { mean[i] = 0.5 * (mean[i] + later[i]) }
      end = product(end, end, count: count)
    }
    return (end, mean)
  }

  /// The square root of a lower triangular matrix, diagonal after diagonal (Björck & Hammarling 1983).
  private static func squareRoot(_ matrix: [Double], count: Int) -> [Double] {
    var root = [Double](repeating: 0, count: count * count)
    for i in 0..<count { root[i * count + i] = matrix[i * count + i].squareRoot() }
    for distance in stride(from: 1, to: count, by: 1) {
      for i in distance..<count {
        let j = i - distance
        var rest = matrix[i * count + j]
        for k in stride(from: j + 1, to: i, by: 1) {
          rest -= root[i * count + k] * root[k * count + j]
        }
        root[i * count + j] = rest / (root[i * count + i] + root[j * count + j])
      }
    }
    return root
  }

  private static func product(_ a: [Double], _ b: [Double], count: Int) -> [Double] {
    var result = [Double](repeating: 0, count: count * count)
    result.withUnsafeMutableBufferPointer { result in
      b.withUnsafeBufferPointer { b in
        for l in 0..<count {
          for k in 0...l {
            let factor = a[l * count + k]
            for i in 0...k { result[l * count + i] += factor * b[k * count + i] }
          }
        }
      }
    }
    return result
  }
}
