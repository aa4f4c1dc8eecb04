internal import Foundation
internal import Transforms

/// Z and its slope at many places at a time, of weighted tokens in R^d.
///
///     Z(x) = Σ_j w_j e^{β(⟨x,y_j⟩−1)},    M(x) = Σ_j w_j e^{β(⟨x,y_j⟩−1)} y_j
///
/// Sixteen places are summed together, so that the tokens are read once for all of them and sums stay
/// in registers.
struct CloudSums {
  let dimension: Int
  let beta: Double
  let count: Int
  /// N × d, padded with tokens without mass to a multiple of eight.
  let points: [Double]
  /// log₂ of the masses, so that they enter with the kernel.
  let logMasses: [Double]

  init(_ law: CloudLaw, beta: Double) {
    dimension = law.manifold.dimension
    self.beta = beta
    count = (law.masses.count + 7) / 8 * 8
    let padding = count - law.masses.count
    points = law.points + [Double](repeating: 0, count: padding * dimension)
    logMasses =
      law.masses.map { $0 > 0 ? log2($0) : -2000 } + [Double](repeating: -2000, count: padding)
  }

  /// Writes M (d values each, row after row) and Z at places on the sphere.
  func evaluate(_ places: [Double]) -> (slopes: [Double], values: [Double]) {
    let d = dimension
    let number = places.count / d
    var slopes = [Double](repeating: 0, count: places.count)
    var values = [Double](repeating: 0, count: number)
    var tile = [Vector](repeating: .zero, count: 2 * d)
    var sums = tile
    var kernels = [Vector](repeating: .zero, count: 2 * count)
    for start in stride(from: 0, to: number, by: 16) {
      let lanes = min(16, number - start)
      for lane in 0..<16 {
        // Empty lanes repeat the last place.
        let row = (start + min(lane, lanes - 1)) * d
        for k in 0..<d { tile[2 * k + lane / 8][lane % 8] = places[row + k] }
      }
      let total = writeKernels(tile, into: &kernels)
      addMoments(kernels, into: &sums)
      for lane in 0..<lanes {
        values[start + lane] = total[lane / 8][lane % 8]
        for k in 0..<d { slopes[(start + lane) * d + k] = sums[2 * k + lane / 8][lane % 8] }
      }
    }
    return (slopes, values)
  }

  /// Kernels of all tokens with sixteen places, times masses; returns their sums.
  private func writeKernels(_ tile: [Vector], into kernels: inout [Vector]) -> [Vector] {
    let d = dimension
    let scale = beta / log(2)
    var left = Vector.zero
    var right = Vector.zero
    tile.withUnsafeBufferPointer { tile in
      points.withUnsafeBufferPointer { points in
        logMasses.withUnsafeBufferPointer { logMasses in
          kernels.withUnsafeMutableBufferPointer { kernels in
            for j in stride(from: 0, to: count, by: 4) {
              var a0 = Vector.zero, a1 = Vector.zero, b0 = Vector.zero, b1 = Vector.zero
              var c0 = Vector.zero, c1 = Vector.zero, e0 = Vector.zero, e1 = Vector.zero
              let first = j * d
              for k in 0..<d {
                let (x0, x1) = (tile[2 * k], tile[2 * k + 1])
                let a = Vector(repeating: points[first + k])
                let b = Vector(repeating: points[first + d + k])
                let c = Vector(repeating: points[first + 2 * d + k])
                let e = Vector(repeating: points[first + 3 * d + k])
                a0 = a0.addingProduct(a, x0)
                a1 = a1.addingProduct(a, x1)
                b0 = b0.addingProduct(b, x0)
                b1 = b1.addingProduct(b, x1)
                c0 = c0.addingProduct(c, x0)
                c1 = c1.addingProduct(c, x1)
                e0 = e0.addingProduct(e, x0)
                e1 = e1.addingProduct(e, x1)
              }
              @inline(__always)
              func finish(_ product0: Vector, _ product1: Vector, _ i: Int) {
                let shift = Vector(repeating: logMasses[i])
                let one = Vector(repeating: 1)
                let k0 = exponential2(shift.addingProduct(product0 - one, Vector(repeating: scale)))
                let k1 = exponential2(shift.addingProduct(product1 - one, Vector(repeating: scale)))
                kernels[2 * i] = k0
                kernels[2 * i + 1] = k1
                left += k0
                right += k1
              }
              finish(a0, a1, j)
              finish(b0, b1, j + 1)
              finish(c0, c1, j + 2)
              finish(e0, e1, j + 3)
            }
          }
        }
      }
    }
    return [left, right]
  }

  /// Σ_j k_j y_j, four coordinates at a time.
  private func addMoments(_ kernels: [Vector], into sums: inout [Vector]) {
    let d = dimension
    kernels.withUnsafeBufferPointer { kernels in
      points.withUnsafeBufferPointer { points in
        sums.withUnsafeMutableBufferPointer { sums in
          var k = 0
          while k < d {
            let width = min(4, d - k)
            // Beyond the last coordinate the first is summed again and thrown away.
            let (s1, s2, s3) = (width > 1 ? 1 : 0, width > 2 ? 2 : 0, width > 3 ? 3 : 0)
            var a0 = Vector.zero, a1 = Vector.zero, b0 = Vector.zero, b1 = Vector.zero
            var c0 = Vector.zero, c1 = Vector.zero, e0 = Vector.zero, e1 = Vector.zero
            for j in 0..<count {
              let (x0, x1) = (kernels[2 * j], kernels[2 * j + 1])
              let place = j * d + k
              let a = Vector(repeating: points[place])
              let b = Vector(repeating: points[place + s1])
              let c = Vector(repeating: points[place + s2])
              let e = Vector(repeating: points[place + s3])
              a0 = a0.addingProduct(a, x0)
              a1 = a1.addingProduct(a, x1)
              b0 = b0.addingProduct(b, x0)
              b1 = b1.addingProduct(b, x1)
              c0 = c0.addingProduct(c, x0)
              c1 = c1.addingProduct(c, x1)
              e0 = e0.addingProduct(e, x0)
              e1 = e1.addingProduct(e, x1)
            }
            (sums[2 * k], sums[2 * k + 1]) = (a0, a1)
            if width > 1 { (sums[2 * k + 2], sums[2 * k + 3]) = (b0, b1) }
            if width > 2 { (sums[2 * k + 4], sums[2 * k + 5]) = (c0, c1) }
            if width > 3 { (sums[2 * k + 6], sums[2 * k + 7]) = (e0, e1) }
            k += width
          }
        }
      }
    }
  }
}
