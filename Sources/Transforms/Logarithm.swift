/// The natural logarithm of every lane, to 1 ulp of it or of 1; positive normal numbers only.
///
/// x = 2^k (1 + f) with 1 + f ∈ [√½, √2); log(1 + f) = 2 artanh s, s = f/(2 + f), whose degree-14
/// minimax polynomial in s is that of Sun's fdlibm (`e_log.c`).
@inline(__always)
public func logarithm(_ x: Vector) -> Vector {
  let bits = unsafeBitCast(x, to: SIMD8<Int64>.self)
  // The difference from √½ has the exponent k in its high bits.
  let exponent = (bits &- 0x3FE6_A09E_667F_3BCD) &>> 52
  let mantissa = unsafeBitCast(bits &- (exponent &<< 52), to: Vector.self)
  // k beside the bits of 1.5·2⁵² is the number 1.5·2⁵² + k.
  let magic = Vector(repeating: 6_755_399_441_055_744)
  let shifted = exponent &+ unsafeBitCast(magic, to: SIMD8<Int64>.self)
  let k = unsafeBitCast(shifted, to: Vector.self) - magic
  let f = mantissa - 1
  let s = f / (f + 2)
  let z = s * s
  let w = z * z
  var even = Vector(repeating: 1.531383769920937332e-01)
  var odd = Vector(repeating: 1.479819860511658591e-01)
  even = Vector(repeating: 2.222219843214978396e-01).addingProduct(even, w)
  odd = Vector(repeating: 1.818357216161805012e-01).addingProduct(odd, w)
  even = Vector(repeating: 3.999999999940941908e-01).addingProduct(even, w)
  odd = Vector(repeating: 2.857142874366239149e-01).addingProduct(odd, w)
  odd = Vector(repeating: 6.666666666666735130e-01).addingProduct(odd, w)
  let series = (even * w).addingProduct(odd, z)
  let half = 0.5 * (f * f)
  let fraction = f - (half - s * (half + series))
  return fraction.addingProduct(k, Vector(repeating: 0.6931471805599453))
}
