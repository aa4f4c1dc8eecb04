internal import CVector

/// The step between orders and samples in longitude, eight latitudes in lanes.
///
/// A northern row N and the southern one S opposite go through one complex transform of N + i S. Where
/// c − is are the coefficients of a row, N_m and S_m, those of the pair are Z_m = N_m + i S_m and
/// Z_{−m} = conj N_m + i conj S_m.
///
/// M = 4n' longitudes are four grids of n' each, grid s turned by s of M. On it order k + tn' is
/// e^{2πis(k + tn')/M} times what order k is on the first, so that four orders are added for each of
/// the n' (`fold`) and found again from the four grids (`unfold`). FFTW's estimated plans are at their
/// best in lanes where the length is short.
extension SphericalHarmonicTransform {
  /// (Z_m, Z_{−m}) of a block, orders below `count`, to the spectra of its grids.
  func foldOrders(_ field: UnsafePointer<Vector>, count: Int) {
    @inline(__always)
    func z(_ m: Int, mirrored: Bool = false) -> ComplexVector {
      let place = m < count ? field + 4 * m : UnsafePointer(zeros.base)
      return mirrored ? ComplexVector(place[2], place[3]) : ComplexVector(place[0], place[1])
    }
    guard grids == 4 else {
      for k in 0..<longitudes {
        let order = 2 * k < longitudes ? z(k) : z(longitudes - k, mirrored: true)
        order.store(at: sources + 2 * k)
      }
      return
    }
    let n = rows.count
    for k in 0..<n {
      let even = (z(k), z(2 * n - k, mirrored: true))
      let odd = (z(n + k), z(n - k, mirrored: true))
      let (sum, difference) = (even.0 + even.1, even.0 - even.1)
      let (oddSum, oddDifference) = (odd.0 + odd.1, odd.0 - odd.1)
      let turn = turns.numbers + 8 * k
      let place = sources + 2 * k
      (sum + oddSum).store(at: place)
      difference.adding(turned: oddDifference).times(turn[0], turn[1])
        .store(at: place + gridStride)
      (sum - oddSum).times(turn[2], turn[3]).store(at: place + 2 * gridStride)
      difference.subtracting(turned: oddDifference).times(turn[4], turn[5])
        .store(at: place + 3 * gridStride)
    }
  }

  /// Spectra of the grids of a block to (even, odd) vectors of orders below `count`.
  func unfoldOrders(
    into field: UnsafeMutablePointer<Vector>, count: Int, cosine: Vector,
    factors: (north: Vector, south: Vector)
  ) {
    let (north, south) = factors
    let (oddNorth, oddSouth) = (vector_product(north, cosine), vector_product(south, cosine))
    @inline(__always)
    func put(_ m: Int, _ z: ComplexVector, mirrored: ComplexVector) {
      guard m < count else { return }
      let northCosine = vector_sum(z.real, mirrored.real)
      let northSine = vector_difference(mirrored.imaginary, z.imaginary)
      let southCosine = vector_sum(z.imaginary, mirrored.imaginary)
      let southSine = vector_difference(z.real, mirrored.real)
      let place = field + 4 * m
      place[0] = vector_multiply_add(vector_product(northCosine, north), southCosine, south)
      place[1] = vector_multiply_add(vector_product(northSine, north), southSine, south)
      place[2] = vector_multiply_subtract(
        vector_product(northCosine, oddNorth), southCosine, oddSouth)
      place[3] = vector_multiply_subtract(vector_product(northSine, oddNorth), southSine, oddSouth)
    }
    @inline(__always)
    func putFirst(_ z: ComplexVector) {
      // Z_0 has no mirror image, and no sine.
      put(0, z, mirrored: ComplexVector(.zero, .zero))
      field[1] = .zero
      field[3] = .zero
    }
    guard grids == 4 else {
      putFirst(ComplexVector(at: targets))
      for m in 1..<max(1, count) {
        put(
          m, ComplexVector(at: targets + 2 * m),
          mirrored: ComplexVector(at: targets + 2 * (longitudes - m)))
      }
      return
    }
    let n = rows.count
    let first = unfold(0)
    putFirst(first.0)
    put(n, first.1, mirrored: first.3)
    for k in 1..<(n / 2 + 1) {
      let z = unfold(k)
      let mirror = unfold(n - k)
      put(k, z.0, mirrored: mirror.3)
      put(n + k, z.1, mirrored: mirror.2)
      put(n - k, mirror.0, mirrored: z.3)
      put(2 * n - k, mirror.1, mirrored: z.2)
    }
  }

  /// Orders k, n' + k, 2n' + k and 3n' + k of M.
  @inline(__always)
  private func unfold(
    _ k: Int
  ) -> (ComplexVector, ComplexVector, ComplexVector, ComplexVector) {
    let turn = turns.numbers + 8 * k
    let place = targets + 2 * k
    let x0 = ComplexVector(at: place)
    let x1 = ComplexVector(at: place + gridStride).times(conjugateOf: turn[0], turn[1])
    let x2 = ComplexVector(at: place + 2 * gridStride).times(conjugateOf: turn[2], turn[3])
    let x3 = ComplexVector(at: place + 3 * gridStride).times(conjugateOf: turn[4], turn[5])
    let (sum, difference) = (x0 + x2, x0 - x2)
    let (oddSum, oddDifference) = (x1 + x3, x1 - x3)
    return (
      sum + oddSum, difference.subtracting(turned: oddDifference), sum - oddSum,
      difference.adding(turned: oddDifference)
    )
  }
}
