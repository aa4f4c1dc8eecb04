/// Least value of a convex function on an interval, by Brent's method (Algorithms for
/// Minimization without Derivatives, 1973, chapter 5).
func minimum(of function: (Double) -> Double, _ low: Double, _ high: Double) -> Double {
  let golden = 0.3819660112501051
  var a = low
  var b = high
  var x = a + golden * (b - a)
  var w = x
  var v = x
  var fx = function(x)
  var fw = fx
  var fv = fx
  var d = 0.0
  var e = 0.0
  // The value is flat to second order: √ulp in the argument is all there is to gain.
  let tolerance = 1e-8 * max(abs(low), abs(high), 1e-3)
  for _ in 0..<80 {
    let middle = 0.5 * (a + b)
    if abs(x - middle) + 0.5 * (b - a) <= 2 * tolerance { break }
    var usesGolden = true
    if abs(e) > tolerance {
      let r = (x - w) * (fx - fv)
      var q = (x - v) * (fx - fw)
      var p = (x - v) * q - (x - w) * r
      q = 2 * (q - r)
      if q > 0 { p = -p }
      q = abs(q)
      let last = e
      e = d
      if abs(p) < abs(0.5 * q * last) && p > q * (a - x) && p < q * (b - x) {
        d = p / q
        let u = x + d
        if u - a < 2 * tolerance || b - u < 2 * tolerance {
          d = x < middle ? tolerance : -tolerance
        }
        usesGolden = false
      }
    }
    if usesGolden {
      e = x < middle ? b - x : a - x
      d = golden * e
    }
    let u = abs(d) >= tolerance ? x + d : x + (d > 0 ? tolerance : -tolerance)
    let fu = function(u)
    if fu <= fx {
      if u < x { b = x } else { a = x }
      (v, fv, w, fw, x, fx) = (w, fw, x, fx, u, fu)
    } else {
      if u < x { a = u } else { b = u }
      if fu <= fw || w == x {
        (v, fv, w, fw) = (w, fw, u, fu)
      } else if fu <= fv || v == x || v == w {
        (v, fv) = (u, fu)
      }
    }
  }
  return min(fx, function(low), function(high))
}
