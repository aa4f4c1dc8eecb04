/// The angle of the point (x, y) in every lane, in [−π, π], to 4·10⁻¹⁶; 0 at the origin.
///
/// The smaller over the larger of |x|, |y| is t ∈ [0, 1]; beyond tan(π/8) the angle is taken from
/// the diagonal, (t − 1)/(t + 1), so one division and one polynomial serve. The degree-11
/// interpolant of arctan(r)/r in r² at Chebyshev nodes is within 3·10⁻¹⁸.
@inline(__always)
func arcTangent(_ y: Vector, _ x: Vector) -> Vector {
  let zero = Vector.zero
  let negativeX = x .< zero
  let negativeY = y .< zero
  let a = x.replacing(with: -x, where: negativeX)
  let b = y.replacing(with: -y, where: negativeY)
  let steep = b .> a
  let small = b.replacing(with: a, where: steep)
  // Not below 10⁻³⁰⁰, or the origin would give 0/0.
  let larger = a.replacing(with: b, where: steep)
  let tiny = Vector(repeating: 1e-300)
  let large = larger.replacing(with: tiny, where: larger .< tiny)
  let fromDiagonal = small .> large * Vector(repeating: 0.4142135623730951)
  let numerator = small.replacing(with: small - large, where: fromDiagonal)
  let denominator = large.replacing(with: small + large, where: fromDiagonal)
  let r = numerator / denominator
  let q = r * r
  let q2 = q * q
  // Two interleaved Horner chains halve the latency.
  var odd = Vector(repeating: -0.017803896394812564)
  var even = Vector(repeating: 0.03796390316111083)
  odd = Vector(repeating: -0.05035049795312439).addingProduct(odd, q2)
  even = Vector(repeating: 0.05846866752275139).addingProduct(even, q2)
  odd = Vector(repeating: -0.06662950246036792).addingProduct(odd, q2)
  even = Vector(repeating: 0.07692045194561481).addingProduct(even, q2)
  odd = Vector(repeating: -0.09090896801472813).addingProduct(odd, q2)
  even = Vector(repeating: 0.11111110744657099).addingProduct(even, q2)
  odd = Vector(repeating: -0.14285714279244968).addingProduct(odd, q2)
  even = Vector(repeating: 0.19999999999940837).addingProduct(even, q2)
  odd = Vector(repeating: -0.3333333333333312).addingProduct(odd, q2)
  even = Vector(repeating: 1).addingProduct(even, q2)
  var angle = r * even.addingProduct(odd, q)
  let quarter = Vector(repeating: Double.pi / 4)
  angle.replace(with: angle + quarter, where: fromDiagonal)
  angle.replace(with: Vector(repeating: Double.pi / 2) - angle, where: steep)
  angle.replace(with: Vector(repeating: Double.pi) - angle, where: negativeX)
  return angle.replacing(with: -angle, where: negativeY)
}

/// The square root in every lane.
@inline(__always)
func squareRoots(_ x: Vector) -> Vector {
  Vector(
    x[0].squareRoot(), x[1].squareRoot(), x[2].squareRoot(), x[3].squareRoot(),
    x[4].squareRoot(), x[5].squareRoot(), x[6].squareRoot(), x[7].squareRoot())
}
