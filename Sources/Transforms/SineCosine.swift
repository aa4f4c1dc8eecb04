/// Sine and cosine of every lane, to 1 ulp of 1, for |x| < 10⁵.
///
/// x = kπ/2 + r with |r| ≤ π/4, π/2 in two parts; the polynomials of r are those of Sun's
/// fdlibm (`k_sin.c`, `k_cos.c`).
@inline(__always)
func sineCosine(_ x: Vector) -> (sine: Vector, cosine: Vector) {
  let magic = Vector(repeating: 6_755_399_441_055_744)
  let shifted = magic.addingProduct(x, Vector(repeating: 0.6366197723675814))
  let k = shifted - magic
  var r = x.addingProduct(k, Vector(repeating: -1.5707963267948966))
  r = r.addingProduct(k, Vector(repeating: -6.123233995736766e-17))
  let z = r * r
  var s = Vector(repeating: 1.58969099521155010221e-10)
  var c = Vector(repeating: -1.13596475577881948265e-11)
  s = Vector(repeating: -2.50507602534068634195e-08).addingProduct(s, z)
  c = Vector(repeating: 2.08757232129817482790e-09).addingProduct(c, z)
  s = Vector(repeating: 2.75573137070700676789e-06).addingProduct(s, z)
  c = Vector(repeating: -2.75573143513906633035e-07).addingProduct(c, z)
  s = Vector(repeating: -1.98412698298579493134e-04).addingProduct(s, z)
  c = Vector(repeating: 2.48015872894767294178e-05).addingProduct(c, z)
  s = Vector(repeating: 8.33333333332248946124e-03).addingProduct(s, z)
  c = Vector(repeating: -1.38888888888741095749e-03).addingProduct(c, z)
  s = Vector(repeating: -1.66666666666666324348e-01).addingProduct(s, z)
  c = Vector(repeating: 4.16666666666666019037e-02).addingProduct(c, z)
  let sine = r.addingProduct(r * z, s)
  let cosine = Vector(repeating: 1).addingProduct(z, Vector(repeating: -0.5).addingProduct(c, z))
  // Whole lanes of bits instead of comparisons: masks of Swift's are taken apart lane by lane.
  let quadrant = unsafeBitCast(shifted, to: SIMD8<Int64>.self)
  let sineBits = unsafeBitCast(sine, to: SIMD8<Int64>.self)
  let cosineBits = unsafeBitCast(cosine, to: SIMD8<Int64>.self)
  let swapped = (sineBits ^ cosineBits) & (0 &- (quadrant & 1))
  return (
    unsafeBitCast(sineBits ^ swapped ^ ((quadrant & 2) &<< 62), to: Vector.self),
    unsafeBitCast(cosineBits ^ swapped ^ (((quadrant &+ 1) & 2) &<< 62), to: Vector.self)
  )
}
