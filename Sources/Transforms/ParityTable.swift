/// A dense matrix whose row l is a function of θ that is even or odd under θ → π − θ, as l is.
///
/// Only the half θ ≤ π/2 is stored, so a product costs half the multiplications: even and odd rows
/// are summed apart, f(θ) = E + O and f(π − θ) = E − O.
///
/// Eight rows stand together: entry (l, i) at ((l / 8 · vectors + i / 8) · 8 + l mod 8) · 8 + i mod 8.
/// Both products then read the table once from front to back. Padding is zero.
final class ParityTable {
  /// Number of rows.
  let rows: Int
  /// ⌈columns/8⌉.
  let vectors: Int
  private let storage: AlignedBuffer

  init(rows: Int, columns: Int) {
    self.rows = rows
    vectors = (columns + 7) / 8
    storage = AlignedBuffer(count: (rows + 7) / 8 * vectors * 64)
  }

  /// The entries of row l at columns 8 j, …, 8 j + 7.
  subscript(l: Int, j: Int) -> Vector {
    get { place(l, j).loadUnaligned(as: Vector.self) }
    set { place(l, j).storeBytes(of: newValue, as: Vector.self) }
  }

  private func place(_ l: Int, _ j: Int) -> UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(storage.base + (((l >> 3) * vectors + j) * 8 + (l & 7)) * 8)
  }

  /// E_i = Σ_{l even} t_l A_li and O_i = Σ_{l odd} t_l A_li.
  ///
  /// - Parameters:
  ///   - coefficients: t_l, zero from `count` to the next multiple of eight.
  ///   - count: how many rows are summed.
  ///   - even: `vectors` vectors, overwritten; so is `odd`.
  func synthesize(
    _ coefficients: UnsafePointer<Double>, count: Int,
    even: UnsafeMutablePointer<Vector>, odd: UnsafeMutablePointer<Vector>
  ) {
    even.update(repeating: .zero, count: vectors)
    odd.update(repeating: .zero, count: vectors)
    var rows = UnsafeRawPointer(storage.base).assumingMemoryBound(to: Vector.self)
    for l in stride(from: 0, to: count, by: 8) {
      let evenFactors = InlineArray<4, Vector> { Vector(repeating: coefficients[l + 2 * $0]) }
      let oddFactors = InlineArray<4, Vector> { Vector(repeating: coefficients[l + 2 * $0 + 1]) }
      for j in 0..<vectors {
        var e = even[j]
        var o = odd[j]
        for r in 0..<4 {
          e = e.addingProduct(evenFactors[r], rows[2 * r])
          o = o.addingProduct(oddFactors[r], rows[2 * r + 1])
        }
        even[j] = e
        odd[j] = o
        rows += 8
      }
    }
  }

  /// r_l = Σ_i A_li f_i, f = even in even rows and odd in odd ones.
  ///
  /// - Parameters:
  ///   - count: how many rows are wanted.
  ///   - result: `count` values rounded up to a multiple of eight, overwritten.
  func adjoint(
    even: UnsafePointer<Vector>, odd: UnsafePointer<Vector>, count: Int,
    into result: UnsafeMutablePointer<Double>
  ) {
    var rows = UnsafeRawPointer(storage.base).assumingMemoryBound(to: Vector.self)
    for l in stride(from: 0, to: count, by: 8) {
      var evenSums = InlineArray<4, Vector>(repeating: .zero)
      var oddSums = InlineArray<4, Vector>(repeating: .zero)
      for j in 0..<vectors {
        let e = even[j]
        let o = odd[j]
        for r in 0..<4 {
          evenSums[r] = evenSums[r].addingProduct(e, rows[2 * r])
          oddSums[r] = oddSums[r].addingProduct(o, rows[2 * r + 1])
        }
        rows += 8
      }
      let lanes = transpose(
        evenSums[0], oddSums[0], evenSums[1], oddSums[1],
        evenSums[2], oddSums[2], evenSums[3], oddSums[3])
      let sums =
        ((lanes.0 + lanes.4) + (lanes.1 + lanes.5)) + ((lanes.2 + lanes.6) + (lanes.3 + lanes.7))
      UnsafeMutableRawPointer(result + l).storeBytes(of: sums, as: Vector.self)
    }
  }
}
