/// Least value of a convex function on an interval, by the zero of its slope.
///
/// The secant of the slope at the last two points, exact where the function is a parabola; halves where
/// it leaves the bracket or does not halve it in three steps, as at corners.
///
/// - Parameter start: where the least value may be.
func minimum(
  of function: (Double) -> (value: Double, slope: Double), _ low: Double, _ high: Double,
  near start: Double
) -> Double {
  // The value is flat to second order: √ulp in the argument is all there is to gain. At a corner the
  // bracket shrinks to that.
  let tolerance = 1e-8 * max(abs(low), max(abs(high), 1e-3))
  var (a, b) = (low, high)
  var x = min(max(start, a), b)
  var least = Double.infinity
  var last: (place: Double, slope: Double)?
  var widths = [b - a, b - a, b - a]
  for _ in 0..<200 {
    let (value, slope) = function(x)
    least = min(least, value)
    if slope == 0 { break }
    if slope < 0 { a = x } else { b = x }
    guard b - a > tolerance else { break }
    var next = 0.5 * (a + b)
    if let last, b - a <= 0.5 * widths[0] || widths[0] == high - low {
      let secant = x - slope * (x - last.place) / (slope - last.slope)
      if abs(secant - x) <= 0.1 * tolerance { break }
      if secant > a && secant < b { next = secant }
    } else if last == nil {
      // A first step short enough for the slope to be nearly straight.
      let step = 0.05 * (high - low)
      let guess = slope < 0 ? x + step : x - step
      if guess > a && guess < b { next = guess }
    }
    last = (x, slope)
    widths = [widths[1], widths[2], b - a]
    x = next
  }
  if a == low { least = min(least, function(low).value) }
  if b == high { least = min(least, function(high).value) }
  return least
}
