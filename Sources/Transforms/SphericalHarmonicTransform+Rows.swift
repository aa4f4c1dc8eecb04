/// The step between sums over degrees, by order and latitude, and samples along rows.
///
/// A northern row N and the southern one S opposite go through one complex transform of N + i S. Where
/// c − is are the coefficients of a row, N_m and S_m, those of the pair are Z_m = N_m + i S_m and
/// Z_{−m} = conj N_m + i conj S_m. Latitudes stand in lanes of a field and in rows here: eight of them
/// and four orders at a time are transposed.
extension SphericalHarmonicTransform {
  /// Northern rows of a block of eight latitudes.
  private func northCount(_ block: Int) -> Int { min(8, (latitudes + 1) / 2 - 8 * block) }

  /// Southern rows of a block: the equator, where there is one, is northern.
  private func southCount(_ block: Int) -> Int { min(8, latitudes / 2 - 8 * block) }

  /// A field of (Z_m, Z_{−m}) to samples.
  func synthesizeRows(_ field: VectorBuffer, into samples: UnsafeMutablePointer<Double>) {
    for block in 0..<blocks {
      loadOrders(field.base + fieldStride * block, count: orders[block])
      let top = samples + 8 * block * longitudes
      let bottom = samples + (latitudes - 1 - 8 * block) * longitudes
      for r in 0..<northCount(block) {
        // A row at a time: it is still in the first cache when it is stored.
        rows.backward(r, to: 0)
        store(
          rows.output, north: top + r * longitudes,
          south: r < southCount(block) ? bottom - r * longitudes : nil)
      }
    }
  }

  /// Eight latitudes of a field, orders below `count`, to Z in eight rows.
  private func loadOrders(_ field: UnsafeMutablePointer<Vector>, count: Int) {
    let z = rows.input
    let step = 2 * rows.stride
    let end = (count + 3) / 4 * 4
    // Where negative orders taken four at a time begin: not over the positive ones.
    let whole = min((count + 2) / 4, (longitudes - end) / 4) * 4
    (field + 4 * count).update(repeating: .zero, count: 4 * (end + 1 - count))
    for m in stride(from: 0, to: end, by: 4) {
      let p = field + 4 * m
      write(transpose(p[0], p[1], p[4], p[5], p[8], p[9], p[12], p[13]), to: z + 2 * m, step)
    }
    for r in 0..<8 {
      (z + step * r + 2 * end).update(repeating: 0, count: 2 * max(0, longitudes - whole - end))
    }
    for m in stride(from: 0, to: whole, by: 4) {
      let p = field + 4 * m
      write(
        transpose(p[18], p[19], p[14], p[15], p[10], p[11], p[6], p[7]),
        to: z + 2 * (longitudes - 4 - m), step)
    }
    for m in stride(from: whole + 1, to: count, by: 1) {
      let (real, imaginary) = (field[4 * m + 2], field[4 * m + 3])
      for r in 0..<8 {
        z[step * r + 2 * (longitudes - m)] = real[r]
        z[step * r + 2 * (longitudes - m) + 1] = imaginary[r]
      }
    }
  }

  /// Vector r to row r.
  @inline(__always)
  private func write(_ rows: VectorRows, to target: UnsafeMutablePointer<Double>, _ step: Int) {
    let target = UnsafeMutableRawPointer(target)
    let step = 8 * step
    target.storeBytes(of: rows.0, as: Vector.self)
    target.storeBytes(of: rows.1, toByteOffset: step, as: Vector.self)
    target.storeBytes(of: rows.2, toByteOffset: 2 * step, as: Vector.self)
    target.storeBytes(of: rows.3, toByteOffset: 3 * step, as: Vector.self)
    target.storeBytes(of: rows.4, toByteOffset: 4 * step, as: Vector.self)
    target.storeBytes(of: rows.5, toByteOffset: 5 * step, as: Vector.self)
    target.storeBytes(of: rows.6, toByteOffset: 6 * step, as: Vector.self)
    target.storeBytes(of: rows.7, toByteOffset: 7 * step, as: Vector.self)
  }

  /// N + i S to a row of samples on either side, or one.
  private func store(
    _ row: UnsafePointer<Double>, north: UnsafeMutablePointer<Double>,
    south: UnsafeMutablePointer<Double>?
  ) {
    let whole = longitudes / 8 * 8
    for j in stride(from: 0, to: whole, by: 8) {
      let source = UnsafeRawPointer(row + 2 * j)
      let (here, opposite) = columns(
        source.load(as: Vector.self), source.load(fromByteOffset: 64, as: Vector.self))
      UnsafeMutableRawPointer(north + j).storeBytes(of: here, as: Vector.self)
      if let south { UnsafeMutableRawPointer(south + j).storeBytes(of: opposite, as: Vector.self) }
    }
    for j in whole..<longitudes {
      north[j] = row[2 * j]
      south?[j] = row[2 * j + 1]
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
      for r in 0..<northCount(block) {
        load(
          north: top + r * longitudes, south: r < southCount(block) ? bottom - r * longitudes : nil,
          into: rows.input)
        rows.forward(0, to: r)
      }
      for r in northCount(block)..<8 {
        (rows.output + 2 * rows.stride * r).update(repeating: 0, count: 2 * longitudes)
      }
      storeOrders(
        into: field.base + fieldStride * block, count: orders[block], cosine: cosines.base[block],
        factors: (factors.north.base[block], factors.south.base[block]))
    }
  }

  /// Z in eight rows to eight latitudes of a field, orders below `count`.
  private func storeOrders(
    into field: UnsafeMutablePointer<Vector>, count: Int, cosine: Vector,
    factors: (north: Vector, south: Vector)
  ) {
    let z = rows.output
    let step = 2 * rows.stride
    for m in stride(from: 0, to: count, by: 4) {
      let above = read(z + 2 * m, step)
      let below = read(z + 2 * (longitudes - 3 - m), step)
      let p = field + 4 * m
      @inline(__always)
      func put(
        _ q: UnsafeMutablePointer<Vector>, _ real: Vector, _ imaginary: Vector,
        _ belowReal: Vector, _ belowImaginary: Vector
      ) {
        let northCosine = (real + belowReal) * factors.north
        let northSine = (belowImaginary - imaginary) * factors.north
        let southCosine = (imaginary + belowImaginary) * factors.south
        let southSine = (real - belowReal) * factors.south
        q[0] = northCosine + southCosine
        q[1] = northSine + southSine
        q[2] = (northCosine - southCosine) * cosine
        q[3] = (northSine - southSine) * cosine
      }
      if m == 0 {
        // Z_0 has no mirror image, and no sine.
        put(p, above.0, above.1, .zero, .zero)
        p[1] = .zero
        p[3] = .zero
      } else {
        put(p, above.0, above.1, below.6, below.7)
      }
      put(p + 4, above.2, above.3, below.4, below.5)
      put(p + 8, above.4, above.5, below.2, below.3)
      put(p + 12, above.6, above.7, below.0, below.1)
    }
  }

  /// Four complex numbers of every row: real and imaginary parts in turn, rows in lanes.
  @inline(__always)
  private func read(_ source: UnsafePointer<Double>, _ step: Int) -> VectorRows {
    let source = UnsafeRawPointer(source)
    let step = 8 * step
    return transpose(
      source.loadUnaligned(as: Vector.self),
      source.loadUnaligned(fromByteOffset: step, as: Vector.self),
      source.loadUnaligned(fromByteOffset: 2 * step, as: Vector.self),
      source.loadUnaligned(fromByteOffset: 3 * step, as: Vector.self),
      source.loadUnaligned(fromByteOffset: 4 * step, as: Vector.self),
      source.loadUnaligned(fromByteOffset: 5 * step, as: Vector.self),
      source.loadUnaligned(fromByteOffset: 6 * step, as: Vector.self),
      source.loadUnaligned(fromByteOffset: 7 * step, as: Vector.self))
  }

  /// A row of samples from either side to N + i S; the equator has none opposite.
  private func load(
    north: UnsafePointer<Double>, south: UnsafePointer<Double>?,
    into row: UnsafeMutablePointer<Double>
  ) {
    guard let south else {
      for j in 0..<longitudes { (row[2 * j], row[2 * j + 1]) = (north[j], 0) }
      return
    }
    let whole = longitudes / 8 * 8
    for j in stride(from: 0, to: whole, by: 8) {
      let (first, second) = inTurn(
        UnsafeRawPointer(north + j).loadUnaligned(as: Vector.self),
        UnsafeRawPointer(south + j).loadUnaligned(as: Vector.self))
      let target = UnsafeMutableRawPointer(row + 2 * j)
      target.storeBytes(of: first, as: Vector.self)
      target.storeBytes(of: second, toByteOffset: 64, as: Vector.self)
    }
    for j in whole..<longitudes {
      row[2 * j] = north[j]
      row[2 * j + 1] = south[j]
    }
  }
}
