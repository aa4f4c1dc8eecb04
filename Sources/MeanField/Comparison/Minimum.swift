/// Least value of a convex function on an interval, to a part of 10¹² or what 10⁻¹⁶ of the argument changes.
///
/// Newton's method, exact where the function is a parabola. Where a step does not halve the slope, as at corners,
/// the next one leads to where the tangents at the ends of the bracket meet. They meet below all values in
/// between (Kelley, J. SIAM 8, 1960): that bound says when to stop. Close to the end a step of Newton's is
/// doubled, so that the bracket closes from both sides.
///
/// - Parameters:
///   - function: value, slope and second derivative; at corners any slope between those on both sides.
///   - start: where the least value may be.
func minimum(
  of function: (Double) -> (value: Double, slope: Double, bend: Double), _ low: Double,
  _ high: Double, near start: Double
) -> Double {
  typealias Tangent = (place: Double, value: Double, slope: Double)
  let tolerance = 1e-12
  var (left, right): (Tangent?, Tangent?) = (nil, nil)
  var x = min(max(start, low), high)
  var least = Double.infinity
  var lastSlope = Double.infinity
  // A bracket of 10⁻¹⁶ is within rounding.
  for _ in 0..<200 {
    let (value, slope, bend) = function(x)
    least = min(least, value)
    if slope == 0 { break }
    if slope < 0 { left = (x, value, slope) } else { right = (x, value, slope) }
    let (a, b) = (left?.place ?? low, right?.place ?? high)
    guard b - a > 1e-16 else { break }
    // Where nothing is known of one side, its end says the most.
    var next = left == nil ? low : right == nil ? high : 0.5 * (a + b)
    if let left, let right {
      // From the left end, so that nearby places do not cancel.
      let rise = right.value - left.value - right.slope * (b - a)
      let step = rise / (left.slope - right.slope)
      if least - (left.value + left.slope * step) <= tolerance * least { break }
      if a + step > a && a + step < b { next = a + step }
    }
    let newton = -slope / bend
    let isClose = -0.5 * slope * newton < 0.25 * tolerance * least
    let place = x + (isClose ? 2 : 1) * newton
    if abs(slope) < 0.5 * lastSlope, place > a, place < b {
      next = place
      lastSlope = abs(slope)
    } else {
      // Newton's method may try again from there.
      lastSlope = .infinity
    }
    x = next
  }
  return least
}
