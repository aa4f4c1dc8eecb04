/// Eight doubles: one AVX-512 register, two AVX2 registers, four NEON registers.
public typealias Vector = SIMD8<Double>

/// 2^x for x ≤ 1023 in every lane, to 1 ulp; below −1021 it stays at 2^−1021 ≈ 4·10⁻³⁰⁸.
///
/// x = n + r with |r| ≤ 1/2; the degree-11 interpolant of 2^r at Chebyshev nodes is within
/// 2·10⁻¹⁷; 2ⁿ goes into the exponent bits.
@inline(__always)
public func exponential2(_ argument: Vector) -> Vector {
  exponential2(argument, loweredBy: 0)
}

/// 2^{x−n} for x ≤ 1023 + n in every lane, to 1 ulp; x below n − 1021 counts as n − 1021.
///
/// x − n would round: for large n its last digits are worth more than those of x.
@inline(__always)
func exponential2(_ argument: Vector, loweredBy n: Int64) -> Vector {
  let floor = Vector(repeating: -1021 + Double(n))
  let x = argument.replacing(with: floor, where: argument .< floor)
  // Adding 1.5·2⁵² rounds to an integer and leaves it in the low bits.
  let magic = Vector(repeating: 6_755_399_441_055_744)
  let shifted = x + magic
  let r = x - (shifted - magic)
  let r2 = r * r
  // Two interleaved Horner chains halve the latency.
  var even = Vector(repeating: 7.074194297288521e-09)
  var odd = Vector(repeating: 4.4558179083360645e-10)
  even = Vector(repeating: 1.3215432535912375e-06).addingProduct(even, r2)
  odd = Vector(repeating: 1.0178057087733941e-07).addingProduct(odd, r2)
  even = Vector(repeating: 0.00015403530463724353).addingProduct(even, r2)
  odd = Vector(repeating: 1.5252733841556773e-05).addingProduct(odd, r2)
  even = Vector(repeating: 0.009618129107587256).addingProduct(even, r2)
  odd = Vector(repeating: 0.001333355814640647).addingProduct(odd, r2)
  even = Vector(repeating: 0.24022650695910158).addingProduct(even, r2)
  odd = Vector(repeating: 0.055504108664821625).addingProduct(odd, r2)
  even = Vector(repeating: 1.0).addingProduct(even, r2)
  odd = Vector(repeating: 0.6931471805599453).addingProduct(odd, r2)
  let power = even.addingProduct(odd, r)
  let bits = unsafeBitCast(shifted, to: SIMD8<Int64>.self)
  let scale = unsafeBitCast((bits &+ (1023 &- n)) &<< 52, to: Vector.self)
  return power * scale
}

/// Replaces every x by 2^x; the count is a multiple of eight.
public func exponentials2(_ values: inout [Double]) {
  precondition(values.count % 8 == 0, "eight numbers are taken at a time")
  values.withUnsafeMutableBytes { bytes in
    for offset in stride(from: 0, to: bytes.count, by: 64) {
      let x = bytes.loadUnaligned(fromByteOffset: offset, as: Vector.self)
      bytes.storeBytes(of: exponential2(x), toByteOffset: offset, as: Vector.self)
    }
  }
}
