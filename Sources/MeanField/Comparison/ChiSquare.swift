internal import Foundation

/// Probability that χ² with `degrees` degrees of freedom exceeds `value`: Q(degrees/2, value/2).
///
/// Series below the mean, Lentz's continued fraction above it (Abramowitz & Stegun 6.5.29, 6.5.31).
public func chiSquareTail(_ value: Double, degrees: Int) -> Double {
  precondition(degrees > 0, "χ² has at least one degree of freedom")
  let a = Double(degrees) / 2
  let x = value / 2
  guard x > 0 else { return x.isNaN ? .nan : 1 }
  guard x < .infinity else { return 0 }
  let front = exp(a * log(x) - x - lgamma(a))
  if x < a + 1 {
    var term = 1 / a
    var sum = term
    var n = a
    while term > sum * 1e-17 {
      n += 1
      term *= x / n
      sum += term
    }
    return max(0, 1 - front * sum)
  }
  let tiny = 1e-300
  var b = x + 1 - a
  var c = 1 / tiny
  var d = 1 / b
  var h = d
  for i in 1..<10_000 {
    let an = -Double(i) * (Double(i) - a)
    b += 2
    d = an * d + b
    if abs(d) < tiny { d = tiny }
    c = b + an / c
    if abs(c) < tiny { c = tiny }
    d = 1 / d
    let change = d * c
    h *= change
    if abs(change - 1) < 1e-16 { break }
  }
  return front * h
}

/// Two-sided level of a normal variable beyond ±sigmas: erfc(σ/√2).
public func twoSidedLevel(sigmas: Double) -> Double { erfc(sigmas / 2.0.squareRoot()) }
