/// Eight rows (x, y, z), north poles after the first few.
@inline(__always)
func withPaddedRows(
  _ rows: UnsafePointer<Double>, count: Int, body: (UnsafePointer<Double>) -> Void
) {
  withUnsafeTemporaryAllocation(of: Double.self, capacity: 24) { padded in
    for i in 0..<24 { padded[i] = i < 3 * count ? rows[i] : (i % 3 == 2 ? 1 : 0) }
    if let base = padded.baseAddress { body(base) }
  }
}

/// Eight rows (x, y, z) as three vectors.
@inline(__always)
func loadRows(_ rows: UnsafePointer<Double>) -> (x: Vector, y: Vector, z: Vector) {
  let source = UnsafeRawPointer(rows)
  let a = source.loadUnaligned(as: Vector.self)
  let b = source.loadUnaligned(fromByteOffset: 64, as: Vector.self)
  let c = source.loadUnaligned(fromByteOffset: 128, as: Vector.self)
  return (
    Vector(a[0], a[3], a[6], b[1], b[4], b[7], c[2], c[5]),
    Vector(a[1], a[4], a[7], b[2], b[5], c[0], c[3], c[6]),
    Vector(a[2], a[5], b[0], b[3], b[6], c[1], c[4], c[7])
  )
}

/// Writes three vectors as eight rows (x, y, z).
@inline(__always)
func storeRows(_ p: (x: Vector, y: Vector, z: Vector), to rows: UnsafeMutablePointer<Double>) {
  let (x, y, z) = p
  let target = UnsafeMutableRawPointer(rows)
  target.storeBytes(
    of: Vector(x[0], y[0], z[0], x[1], y[1], z[1], x[2], y[2]), as: Vector.self)
  target.storeBytes(
    of: Vector(z[2], x[3], y[3], z[3], x[4], y[4], z[4], x[5]), toByteOffset: 64, as: Vector.self)
  target.storeBytes(
    of: Vector(y[5], z[5], x[6], y[6], z[6], x[7], y[7], z[7]), toByteOffset: 128,
    as: Vector.self)
}

/// √(x² + y²), and whether the point counts as a pole, where its longitude is taken as 0.
///
/// Squares below 10⁻²⁸⁰ have lost digits; a place 10⁻¹⁴⁰ away is as good.
@inline(__always)
func distanceFromAxis(_ x: Vector, _ y: Vector) -> (Vector, SIMDMask<SIMD8<Int64>>) {
  let square = (x * x).addingProduct(y, y)
  return (squareRoots(square), square .< Vector(repeating: 1e-280))
}
