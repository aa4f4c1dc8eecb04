internal import CVector

/// Rows of cells, the coefficients of polynomials, at points.
extension PointTransform {
  /// A field at the places of four points, whose cells are given by the offsets of their rows.
  @inline(__always)
  static func value(
    _ table: UnsafeRawPointer, _ offsets: UnsafePointer<UInt32>, _ places: UnsafePointer<Double>
  ) -> Four {
    let s = UnsafeRawPointer(places).loadUnaligned(as: Four.self)
    let square = four_product(s, s)
    let fourth = four_product(square, square)
    @inline(__always) func row(_ i: Int) -> Four {
      let row = (table + Int(offsets[i])).assumingMemoryBound(to: Four.self)
      return four_multiply_add(row[0], row[1], Four(repeating: fourth[i]))
    }
    let (one, first, second, third) = transpose(row(0), row(1), row(2), row(3))
    let even = four_multiply_add(one, second, square)
    let odd = four_multiply_add(first, third, square)
    return four_multiply_add(even, odd, s)
  }

  /// Both fields, from rows that join them.
  @inline(__always)
  static func values(
    _ table: UnsafeRawPointer, _ offsets: UnsafePointer<UInt32>, _ places: UnsafePointer<Double>
  ) -> (slope: Four, partition: Four) {
    let s = UnsafeRawPointer(places).loadUnaligned(as: Four.self)
    let square = four_product(s, s)
    @inline(__always) func row(_ i: Int) -> Four {
      let row = (table + Int(offsets[i])).assumingMemoryBound(to: Four.self)
      let square = Four(repeating: square[i])
      let high = four_multiply_add(row[2], row[3], square)
      return four_multiply_add(row[0], four_multiply_add(row[1], high, square), square)
    }
    let (even0, odd0, even1, odd1) = transpose(row(0), row(1), row(2), row(3))
    return (four_multiply_add(even0, odd0, s), four_multiply_add(even1, odd1, s))
  }

  /// Σ_j c_j s^j of eight coefficients, which stand in pairs.
  ///
  /// - Parameter spacing: of the pairs, in numbers.
  @inline(__always)
  static func polynomial(
    _ row: UnsafePointer<Double>, spacing: Int, _ s: Vector
  ) -> Vector {
    let square = s * s
    @inline(__always) func number(_ pair: Int, _ i: Int) -> Vector {
      Vector(repeating: row[pair &* spacing &+ i])
    }
    var even = vector_multiply_add(number(2, 0), number(3, 0), square)
    var odd = vector_multiply_add(number(2, 1), number(3, 1), square)
    even = vector_multiply_add(number(1, 0), even, square)
    odd = vector_multiply_add(number(1, 1), odd, square)
    even = vector_multiply_add(number(0, 0), even, square)
    odd = vector_multiply_add(number(0, 1), odd, square)
    return vector_multiply_add(even, odd, s)
  }
}
