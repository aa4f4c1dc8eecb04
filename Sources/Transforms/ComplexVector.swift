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
    ComplexVector(a.real + b.real, a.imaginary + b.imaginary)
  }

  @inline(__always)
  static func - (a: ComplexVector, b: ComplexVector) -> ComplexVector {
    ComplexVector(a.real - b.real, a.imaginary - b.imaginary)
  }

  /// i times the numbers.
  @inline(__always)
  var turned: ComplexVector { ComplexVector(0 - imaginary, real) }

  /// The products with c + is.
  @inline(__always)
  func times(_ c: Double, _ s: Double) -> ComplexVector {
    let (c, s) = (Vector(repeating: c), Vector(repeating: s))
    return ComplexVector(
      vector_multiply_add(real * c, 0 - imaginary, s),
      vector_multiply_add(imaginary * c, real, s))
  }
}
