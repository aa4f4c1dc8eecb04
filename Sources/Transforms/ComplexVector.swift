internal import CVector

/// Eight complex numbers, real and imaginary parts apart.
struct ComplexVector {
  var real: Vector
  var imaginary: Vector

  @inline(__always)
  init(_ real: Vector, _ imaginary: Vector) {
    self.real = real
    self.imaginary = imaginary
  }

  /// The eight that stand in two vectors, every real part before its imaginary part.
  @inline(__always)
  init(at place: UnsafePointer<Vector>) { (real, imaginary) = columns(place[0], place[1]) }

  /// The inverse of `init(at:)`.
  @inline(__always)
  func store(at place: UnsafeMutablePointer<Vector>) {
    (place[0], place[1]) = inTurn(real, imaginary)
  }

  @inline(__always)
  static func + (a: ComplexVector, b: ComplexVector) -> ComplexVector {
    ComplexVector(vector_sum(a.real, b.real), vector_sum(a.imaginary, b.imaginary))
  }

  @inline(__always)
  static func - (a: ComplexVector, b: ComplexVector) -> ComplexVector {
    ComplexVector(vector_difference(a.real, b.real), vector_difference(a.imaginary, b.imaginary))
  }

  /// The sums with i times others.
  @inline(__always)
  func adding(turned other: ComplexVector) -> ComplexVector {
    ComplexVector(vector_difference(real, other.imaginary), vector_sum(imaginary, other.real))
  }

  /// The differences from i times others.
  @inline(__always)
  func subtracting(turned other: ComplexVector) -> ComplexVector {
    ComplexVector(vector_sum(real, other.imaginary), vector_difference(imaginary, other.real))
  }

  /// The products with c + is.
  @inline(__always)
  func times(_ c: Double, _ s: Double) -> ComplexVector {
    let (c, s) = (Vector(repeating: c), Vector(repeating: s))
    return ComplexVector(
      vector_multiply_subtract(vector_product(real, c), imaginary, s),
      vector_multiply_add(vector_product(imaginary, c), real, s))
  }

  /// The products with c − is.
  @inline(__always)
  func times(conjugateOf c: Double, _ s: Double) -> ComplexVector {
    let (c, s) = (Vector(repeating: c), Vector(repeating: s))
    return ComplexVector(
      vector_multiply_add(vector_product(real, c), imaginary, s),
      vector_multiply_subtract(vector_product(imaginary, c), real, s))
  }
}
