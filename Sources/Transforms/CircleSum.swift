internal import Foundation

/// log Z̄ and X̄/Z̄ at one place by their definition, every term relative to the largest; O(N).
///
/// - Parameters:
///   - angles: the points summed over, any real numbers below 10⁵.
///   - masses: one for each, zero or at least 10⁻³⁰⁰.
func circleSum(
  at place: Double, of angles: UnsafeBufferPointer<Double>,
  masses: UnsafeBufferPointer<Double>, beta: Double
) -> (logPartition: Double, quotient: Double) {
  let log2e = Vector(repeating: 1.4426950408889634)
  let nothing = Vector(repeating: CircleNodes.nothing)
  // Every lane has a reference of its own, the largest exponent so far.
  var reference = nothing
  var partition = Vector.zero
  var slope = Vector.zero
  for i in stride(from: 0, to: angles.count, by: 8) {
    let (s, c) = sineCosine(0.5 * (place - eight(angles, from: i, else: place)))
    let mass = eight(masses, from: i, else: 0)
    let depth = 2 * beta * (s * s)
    let exponent = (logarithm(mass) - depth).replacing(with: nothing, where: mass .<= Vector.zero)
    let next = reference.replacing(with: exponent, where: exponent .> reference)
    let earlier = exponential2(log2e * (reference - next))
    let kernel = exponential2(log2e * (exponent - next))
    partition = earlier * partition + kernel
    slope = earlier * slope + kernel * (s * c)
    reference = next
  }
  let largest = reference.max()
  var sum = 0.0
  var product = 0.0
  for lane in 0..<8 where reference[lane] > CircleNodes.nothing {
    let factor = exp(reference[lane] - largest)
    sum += factor * partition[lane]
    product += factor * slope[lane]
  }
  return (largest + log(sum), max(-1, min(1, -2 * product / sum)))
}
