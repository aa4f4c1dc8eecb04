internal import Foundation

/// Counter-based random numbers: a draw depends on its place alone, never on what was drawn before.
///
/// Philox4x32-10 (Salmon, Moraes, Dror, Shaw, SC 2011) with the seed as key and
/// (index, draw, member, purpose) as counter, so member m of seed s is the same whatever else
/// runs, in any order, on any number of threads.
public struct RandomStream: Sendable {
  /// What the numbers are for; different purposes never share a number.
  public enum Purpose: UInt32, Sendable {
    case initialDraw = 1
    case noise = 2
    case perturbation = 3
    case fluctuation = 4
    case fluctuationNoise = 5
  }

  private let key: SIMD2<UInt32>
  private let tag: UInt32

  /// - Parameters:
  ///   - seed: the key; any number.
  ///   - member: 0…2²⁴−1.
  ///   - purpose: what the numbers are for.
  public init(seed: UInt64, member: Int, purpose: Purpose) {
    precondition(member >= 0 && member < 1 << 24, "a member number has 24 bits")
    key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    tag = purpose.rawValue << 24 | UInt32(member)
  }

  /// A uniform number in (0, 1) with 53 random bits.
  public func uniform(index: Int, draw: Int) -> Double {
    let block = block(index: index, draw: draw)
    return Self.unit(block[0], block[1])
  }

  /// Two independent uniform numbers in (0, 1); the first is `uniform` of the same place.
  public func uniforms(index: Int, draw: Int) -> (Double, Double) {
    let block = block(index: index, draw: draw)
    return (Self.unit(block[0], block[1]), Self.unit(block[2], block[3]))
  }

  /// Two independent standard normal numbers (Box–Muller).
  public func normals(index: Int, draw: Int) -> (Double, Double) {
    let block = block(index: index, draw: draw)
    let radius = (-2 * log(Self.unit(block[0], block[1]))).squareRoot()
    let angle = 2 * Double.pi * Self.unit(block[2], block[3])
    return (radius * cos(angle), radius * sin(angle))
  }

  private func block(index: Int, draw: Int) -> SIMD4<UInt32> {
    // 32 bits of index, 16 more of index and 48 of draw.
    let counter = SIMD4(
      UInt32(truncatingIfNeeded: index),
      UInt32(truncatingIfNeeded: draw),
      UInt32(truncatingIfNeeded: index >> 32) << 16
        | UInt32(truncatingIfNeeded: draw >> 32) & 0xFFFF,
      tag)
    return Self.philox(counter: counter, key: key)
  }

  /// The Philox4x32-10 block function.
  static func philox(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var c = counter
    var k = key
    for _ in 0..<10 {
      let p0 = UInt64(0xD251_1F53) * UInt64(c[0])
      let p1 = UInt64(0xCD9E_8D57) * UInt64(c[2])
      c = SIMD4(
        UInt32(truncatingIfNeeded: p1 >> 32) ^ c[1] ^ k[0],
        UInt32(truncatingIfNeeded: p1),
        UInt32(truncatingIfNeeded: p0 >> 32) ^ c[3] ^ k[1],
        UInt32(truncatingIfNeeded: p0))
      k = k &+ SIMD2(0x9E37_79B9, 0xBB67_AE85)
    }
    return c
  }

  private static func unit(_ low: UInt32, _ high: UInt32) -> Double {
    let bits = (UInt64(high) << 32 | UInt64(low)) >> 11
    return (Double(bits) + 0.5) * 0x1p-53
  }
}
