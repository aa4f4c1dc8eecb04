internal import Foundation
internal import Transforms

/// Sums over all tokens at one place, four tokens at a time.
extension CloudSums {
  /// ⟨x, y_j⟩ of all tokens, padding included.
  func products(with place: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: count)
    place.withUnsafeBufferPointer { place in
      points.withUnsafeBufferPointer { points in
        for j in stride(from: 0, to: count, by: 4) {
          let four = Self.products(place, points, from: j * dimension)
          for i in 0..<4 { result[j + i] = four[i] }
        }
      }
    }
    return result
  }

  /// w_j e^{β(p_j − 1)} in the place of p_j.
  func turnIntoKernels(_ products: inout [Double]) {
    let scale = Vector(repeating: beta / log(2))
    products.withUnsafeMutableBytes { products in
      logMasses.withUnsafeBytes { logMasses in
        for k in stride(from: 0, to: products.count, by: 64) {
          let product = products.loadUnaligned(fromByteOffset: k, as: Vector.self)
          let shift = logMasses.loadUnaligned(fromByteOffset: k, as: Vector.self)
          let kernel = exponential2(shift.addingProduct(product - 1, scale))
          products.storeBytes(of: kernel, toByteOffset: k, as: Vector.self)
        }
      }
    }
  }

  /// Σ_j k_j y_j, or Σ_j k_j ⟨u, y_j⟩ y_j, of four tokens if one kernel is above a bound.
  func moment(_ kernels: [Double], above bound: Double, times u: [Double]? = nil) -> [Double] {
    var result = [Double](repeating: 0, count: dimension)
    let u = u ?? []
    result.withUnsafeMutableBufferPointer { result in
      points.withUnsafeBufferPointer { points in
        u.withUnsafeBufferPointer { u in
          for j in stride(from: 0, to: count, by: 4) {
            var factors = SIMD4(kernels[j], kernels[j + 1], kernels[j + 2], kernels[j + 3])
            guard factors.max() > bound else { continue }
            if u.count > 0 { factors *= Self.products(u, points, from: j * dimension) }
            Self.add(factors, points, from: j * dimension, to: result)
          }
        }
      }
    }
    return result
  }

  /// Products of a vector with four rows.
  @inline(__always)
  private static func products(
    _ x: UnsafeBufferPointer<Double>, _ rows: UnsafeBufferPointer<Double>, from start: Int
  ) -> SIMD4<Double> {
    let d = x.count
    let whole = d / 8 * 8
    let y = rows.baseAddress.unsafelyUnwrapped + start
    var (a, b, c, e) = (Vector.zero, Vector.zero, Vector.zero, Vector.zero)
    for k in stride(from: 0, to: whole, by: 8) {
      let factor = load(x.baseAddress.unsafelyUnwrapped + k)
      a = a.addingProduct(factor, load(y + k))
      b = b.addingProduct(factor, load(y + d + k))
      c = c.addingProduct(factor, load(y + 2 * d + k))
      e = e.addingProduct(factor, load(y + 3 * d + k))
    }
    var sums = SIMD4(a.sum(), b.sum(), c.sum(), e.sum())
    for k in whole..<d { sums += x[k] * SIMD4(y[k], y[d + k], y[2 * d + k], y[3 * d + k]) }
    return sums
  }

  /// Adds four rows times factors.
  @inline(__always)
  private static func add(
    _ factors: SIMD4<Double>, _ rows: UnsafeBufferPointer<Double>, from start: Int,
    to sum: UnsafeMutableBufferPointer<Double>
  ) {
    let d = sum.count
    let whole = d / 8 * 8
    let y = rows.baseAddress.unsafelyUnwrapped + start
    let target = sum.baseAddress.unsafelyUnwrapped
    for k in stride(from: 0, to: whole, by: 8) {
      let first = load(target + k)
        .addingProduct(Vector(repeating: factors[0]), load(y + k))
        .addingProduct(Vector(repeating: factors[1]), load(y + d + k))
      let second = (Vector(repeating: factors[2]) * load(y + 2 * d + k))
        .addingProduct(Vector(repeating: factors[3]), load(y + 3 * d + k))
      UnsafeMutableRawPointer(target + k).storeBytes(of: first + second, as: Vector.self)
    }
    for k in whole..<d {
      sum[k] += (factors * SIMD4(y[k], y[d + k], y[2 * d + k], y[3 * d + k])).sum()
    }
  }

  @inline(__always)
  private static func load(_ place: UnsafePointer<Double>) -> Vector {
    UnsafeRawPointer(place).loadUnaligned(as: Vector.self)
  }
}
