/// Largest magnitude; NaN if there is one.
func largestMagnitude(_ values: UnsafePointer<Double>, count: Int) -> Double {
  // Bits of magnitudes are in order as whole numbers, and those of NaN are above all others.
  let magnitude = Int64.max
  var best = SIMD8<Int64>.zero
  var i = 0
  while i + 8 <= count {
    let bits = UnsafeRawPointer(values + i).loadUnaligned(as: SIMD8<Int64>.self) & magnitude
    best = best.replacing(with: bits, where: bits .> best)
    i += 8
  }
  var result = best.max()
  while i < count {
    result = max(result, Int64(bitPattern: values[i].bitPattern) & magnitude)
    i += 1
  }
  return Double(bitPattern: UInt64(result))
}
