/// The step between samples along rows and their transforms, latitudes in lanes: eight longitudes of
/// four northern rows and the southern ones opposite at a time are transposed.
extension SphericalHarmonicTransform {
  /// Northern rows of a block of eight latitudes.
  private func northCount(_ block: Int) -> Int { min(8, (latitudes + 1) / 2 - 8 * block) }

  /// Southern rows of a block: the equator, where there is one, is northern.
  private func southCount(_ block: Int) -> Int { min(8, latitudes / 2 - 8 * block) }

  /// A field of (Z_m, Z_{−m}) to samples.
  func synthesizeRows(_ field: VectorBuffer, into samples: UnsafeMutablePointer<Double>) {
    for block in 0..<blocks {
      foldOrders(field.base + fieldStride * block, count: orders[block])
      for s in 0..<grids {
        rows.backward(sources + s * gridStride, to: targets + s * gridStride)
      }
      let top = samples + 8 * block * longitudes
      let bottom = samples + (latitudes - 1 - 8 * block) * longitudes
      let whole = southCount(block) == 8 ? longitudes / 8 * 8 : 0
      for half in 0..<2 {
        let north = top + 4 * half * longitudes
        let south = bottom - 4 * half * longitudes
        for j in stride(from: 0, to: whole, by: 8) {
          let p = targets + half
          let t = transpose(
            p[place(j)], p[place(j + 1)], p[place(j + 2)], p[place(j + 3)],
            p[place(j + 4)], p[place(j + 5)], p[place(j + 6)], p[place(j + 7)])
          write(t.0, t.2, t.4, t.6, to: north + j, longitudes)
          write(t.1, t.3, t.5, t.7, to: south + j, -longitudes)
        }
      }
      for r in 0..<northCount(block) {
        for j in whole..<longitudes {
          let p = targets + place(j) + r / 4
          (top + r * longitudes)[j] = p[0][r % 4 * 2]
          if r < southCount(block) { (bottom - r * longitudes)[j] = p[0][r % 4 * 2 + 1] }
        }
      }
    }
  }

  /// Where longitude j stands in the images.
  @inline(__always)
  private func place(_ j: Int) -> Int {
    grids == 4 ? (j & 3) &* gridStride &+ (j >> 2) &* 2 : 2 &* j
  }

  @inline(__always)
  private func write(
    _ a: Vector, _ b: Vector, _ c: Vector, _ d: Vector, to target: UnsafeMutablePointer<Double>,
    _ step: Int
  ) {
    UnsafeMutableRawPointer(target).storeBytes(of: a, as: Vector.self)
    UnsafeMutableRawPointer(target + step).storeBytes(of: b, as: Vector.self)
    UnsafeMutableRawPointer(target + 2 * step).storeBytes(of: c, as: Vector.self)
    UnsafeMutableRawPointer(target + 3 * step).storeBytes(of: d, as: Vector.self)
  }

  /// Samples to a field of (even, odd) vectors: north plus south, and north minus south times cos θ.
  func analyzeRows(
    _ samples: UnsafePointer<Double>, factors: (north: VectorBuffer, south: VectorBuffer),
    into field: VectorBuffer
  ) {
    for block in 0..<blocks {
      let top = samples + 8 * block * longitudes
      let bottom = samples + (latitudes - 1 - 8 * block) * longitudes
      let whole = southCount(block) == 8 ? longitudes / 8 * 8 : 0
      for half in 0..<2 {
        let north = top + 4 * half * longitudes
        let south = bottom - 4 * half * longitudes
        for j in stride(from: 0, to: whole, by: 8) {
          let (n, s) = (north + j, south + j)
          let m = longitudes
          let t = transpose(
            load(n), load(s), load(n + m), load(s - m),
            load(n + 2 * m), load(s - 2 * m), load(n + 3 * m), load(s - 3 * m))
          let p = sources + half
          (p[place(j)], p[place(j + 1)], p[place(j + 2)], p[place(j + 3)]) = (t.0, t.1, t.2, t.3)
          (p[place(j + 4)], p[place(j + 5)], p[place(j + 6)], p[place(j + 7)]) = (
            t.4, t.5, t.6, t.7
          )
        }
      }
      for j in whole..<longitudes {
        let p = sources + place(j)
        p[0] = .zero
        p[1] = .zero
        for r in 0..<northCount(block) {
          p[r / 4][r % 4 * 2] = (top + r * longitudes)[j]
          if r < southCount(block) { p[r / 4][r % 4 * 2 + 1] = (bottom - r * longitudes)[j] }
        }
      }
      for s in 0..<grids {
        rows.forward(sources + s * gridStride, to: targets + s * gridStride)
      }
      unfoldOrders(
        into: field.base + fieldStride * block, count: orders[block], cosine: cosines.base[block],
        factors: (factors.north.base[block], factors.south.base[block]))
    }
  }

  @inline(__always)
  private func load(_ source: UnsafePointer<Double>) -> Vector {
    UnsafeRawPointer(source).loadUnaligned(as: Vector.self)
  }
}
