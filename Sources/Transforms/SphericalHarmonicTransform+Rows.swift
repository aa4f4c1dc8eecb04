internal import CVector

/// The step between samples along rows and their transforms, eight northern latitudes and the southern
/// ones opposite in lanes: north and south in turn.
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
      let m = longitudes
      for half in 0..<2 {
        let north = top + 4 * half * m
        let south = bottom - 4 * half * m
        var image = (targets + half).numbers
        for j in stride(from: 0, to: whole, by: 8) {
          let (n, s) = (north + j, south + j)
          write(image, north: n, south: s)
          write(image + 2, north: n + m, south: s - m)
          write(image + 4, north: n + 2 * m, south: s - 2 * m)
          write(image + 6, north: n + 3 * m, south: s - 3 * m)
          image += 16 * fourStride
        }
      }
      for r in 0..<northCount(block) {
        for j in whole..<longitudes {
          let image = targets[place(j) + r / 4]
          (top + r * m)[j] = image[r % 4 * 2]
          if r < southCount(block) { (bottom - r * m)[j] = image[r % 4 * 2 + 1] }
        }
      }
    }
  }

  /// Samples to a field of (even, odd) vectors: north plus south, and north minus south times cos θ.
  func analyzeRows(
    _ samples: UnsafePointer<Double>, factors: (north: VectorBuffer, south: VectorBuffer),
    into field: VectorBuffer
  ) {
    for block in 0..<blocks {
      let top = samples + 8 * block * longitudes
      let bottom = samples + (latitudes - 1 - 8 * block) * longitudes
      let whole = southCount(block) == 8 ? longitudes / 4 * 4 : 0
      let m = longitudes
      for half in 0..<2 {
        let north = top + 4 * half * m
        let south = bottom - 4 * half * m
        var image = sources + half
        for j in stride(from: 0, to: whole, by: 4) {
          read(north + j, south + j, into: image, image + neighborStride)
          image += 2 * neighborStride
          read(north + j + 2, south + j + 2, into: image, image + neighborStride)
          image += fourStride - 2 * neighborStride
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

  /// Where longitude j stands on the grids.
  private func place(_ j: Int) -> Int { j % 4 * neighborStride + j / 4 * fourStride }

  /// Eight longitudes of a northern row and of the southern one opposite to where they belong.
  @inline(__always)
  private func write(
    _ image: UnsafePointer<Double>, north: UnsafeMutablePointer<Double>,
    south: UnsafeMutablePointer<Double>
  ) {
    let (step, beyond) = (8 &* neighborStride, image + 8 &* fourStride)
    let even = four_pairs(image, image + 2 &* step, beyond, beyond + 2 &* step)
    let odd = four_pairs(image + step, image + 3 &* step, beyond + step, beyond + 3 &* step)
    UnsafeMutableRawPointer(north).storeBytes(of: interleave_even(even, odd), as: Vector.self)
    UnsafeMutableRawPointer(south).storeBytes(of: interleave_odd(even, odd), as: Vector.self)
  }

  /// Two longitudes of four northern rows and of the southern ones opposite.
  @inline(__always)
  private func read(
    _ north: UnsafePointer<Double>, _ south: UnsafePointer<Double>,
    into image: UnsafeMutablePointer<Vector>, _ next: UnsafeMutablePointer<Vector>
  ) {
    let m = longitudes
    let northern = four_pairs(north, north + m, north + 2 &* m, north + 3 &* m)
    let southern = four_pairs(south, south - m, south - 2 &* m, south - 3 &* m)
    image.pointee = interleave_even(northern, southern)
    next.pointee = interleave_odd(northern, southern)
  }
}
