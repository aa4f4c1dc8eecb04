internal import Foundation

/// e^{τ D Δ} on the coefficients of a basis: diagonal, or a lower triangular matrix where the
/// basis is not quite that of Δ.
struct HeatSemigroup {
  private let eigenvalues: [Double]
  /// Δ row after row; empty where it is diagonal.
  private let laplacian: [Double]
  private var halfSpread = 0.0
  private var half: [Double] = []
  private var whole: [Double] = []
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
    } else {
      half = Self.exponential(laplacian.map { halfSpread * $0 }, count: eigenvalues.count)
      whole = Self.product(half, half, count: eigenvalues.count)
    }
  }

  mutating func applyHalf(to values: UnsafeMutablePointer<Double>) { apply(half, to: values) }

  mutating func apply(to values: UnsafeMutablePointer<Double>) { apply(whole, to: values) }

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

  /// The exponential of a lower triangular matrix, by its series for a 2^{−s}-th of it and squaring.
  private static func exponential(_ matrix: [Double], count: Int) -> [Double] {
    let size =
      (0..<count).map { l in
        (0...l).reduce(0) { $0 + abs(matrix[l * count + $1]) }
      }.max() ?? 0
    let squarings = max(0, Int(log2(max(size, 0x1p-4)).rounded(.up)) + 2)
    let scale = 1 / Double(sign: .plus, exponent: squarings, significand: 1)
    let scaled = matrix.map { $0 * scale }
    var identity = [Double](repeating: 0, count: count * count)
    for i in 0..<count { identity[i * count + i] = 1 }
    // Terms of a matrix of norm at most 1/4 fall below rounding before the twelfth.
    var result = identity
    for k in stride(from: 12, through: 1, by: -1) {
      result = product(scaled, result, count: count)
      for i in result.indices { result[i] = identity[i] + result[i] / Double(k) }
    }
    for _ in 0..<squarings { result = product(result, result, count: count) }
    return result
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
