/// Functions on a grid of the doubled sphere, spread to it from points and gathered at points.
///
/// Row r of column c stands for θ = 2π(r − 6)/G and φ = 2π(c − 6)/G: six more cells at every end
/// than the sphere has, so that all 13 × 13 neighbours of a point are there. Columns are
/// outermost; the components of a field stand together, four numbers to a grid point.
final class InterpolationGrid {
  /// What stands in the lanes of a field; the last lane is zero.
  enum Component: Int {
    case alongColatitude, alongLongitude, scalar
  }

  private let cells: Int
  private let columns: Int
  /// Grid points from one column to the next, of fields and of masses.
  private let fieldHeight: Int
  private let massHeight: Int
  private let fields: VectorBuffer
  private let masses: VectorBuffer
  private let kernel = SpreadingKernel()
  /// Weights of eight points at a time.
  private let weights = VectorBuffer(count: weightCount)
  /// One or four numbers for every sorted point.
  private var sorted = VectorBuffer(count: 1)

  private static let width = SpreadingKernel.width
  /// Of one point: weights of columns and, from here on, of rows.
  private static let rowOffset = 16
  private static let weightCount = 40

  init(cells: Int, rows: Int) {
    self.cells = cells
    columns = cells + Self.width
    fieldHeight = Self.height(atLeast: rows)
    // Sixteen rows from any multiple of four where a point may begin.
    massHeight = 4 * Self.height(atLeast: (rows + 6) / 4)
    fields = VectorBuffer(count: (4 * fieldHeight * columns + 7) / 8)
    masses = VectorBuffer(count: (massHeight * columns + 7) / 8)
  }

  /// Groups of four numbers from one column to the next: not nearly a multiple of 4096 bytes, or
  /// the neighbours of a point would fall on one another in cache.
  private static func height(atLeast least: Int) -> Int {
    let beyond = least % 128
    return beyond < 16 ? least - beyond + 16 : beyond > 112 ? least - beyond + 144 : least
  }

  // MARK: Between grid and samples

  /// Takes some rows of one component from samples at G longitudes from φ = 0.
  ///
  /// - Parameters:
  ///   - samples: row `rows.lowerBound + i` of longitude j stands at j · stride + i.
  func fill(
    _ component: Component, rows: Range<Int>, from samples: UnsafePointer<Double>, stride: Int
  ) {
    for column in 0..<columns {
      let source = samples + (column - SpreadingKernel.reach + cells) % cells * stride
      let target =
        fields.numbers + 4 * (column * fieldHeight + rows.lowerBound) + component.rawValue
      for i in 0..<rows.count { target[4 * i] = source[i] }
    }
  }

  /// Σ_i w_i ψ ψ at every grid point.
  ///
  /// - Parameter weights: w, or nil for ones.
  func spread(_ points: PlacedSpherePoints, masses weights: [Double]?) {
    masses.base.update(repeating: .zero, count: masses.count)
    if let weights {
      reserve(points.count)
      for i in 0..<points.count { sorted.numbers[Int(points.ranks[i])] = weights[i] }
      spread(points, sorted.numbers)
    } else {
      spread(points, nil)
    }
  }

  /// Some rows of what was spread, columns beyond a turn added where they belong.
  ///
  /// - Parameters:
  ///   - samples: laid out as for `fill`; overwritten.
  func fold(rows: Range<Int>, into samples: UnsafeMutablePointer<Double>, stride: Int) {
    samples.update(repeating: 0, count: cells * stride)
    for column in 0..<columns {
      let target = samples + (column - SpreadingKernel.reach + cells) % cells * stride
      let source = masses.numbers + column * massHeight + rows.lowerBound
      for i in 0..<rows.count { target[i] += source[i] }
    }
  }

  private func spread(_ points: PlacedSpherePoints, _ masses: UnsafePointer<Double>?) {
    let grid = UnsafeMutableRawPointer(self.masses.numbers).assumingMemoryBound(
      to: SIMD4<Double>.self)
    let height = massHeight / 4
    for first in stride(from: 0, to: points.count, by: 8) {
      let count = min(8, points.count - first)
      let corners = weigh(points, first: first, count: count, alignment: 4)
      for i in 0..<count {
        let columnWeights = weights.numbers + i * Self.weightCount
        let rowWeights = UnsafeRawPointer(columnWeights + Self.rowOffset)
          .assumingMemoryBound(to: SIMD4<Double>.self)
        let mass = masses?[first + i] ?? 1
        let w0 = mass * rowWeights[0]
        let w1 = mass * rowWeights[1]
        let w2 = mass * rowWeights[2]
        let w3 = mass * rowWeights[3]
        var target = grid + (corners[i].column * height + corners[i].row / 4)
        for column in 0..<Self.width {
          let weight = SIMD4(repeating: columnWeights[column])
          target[0].addProduct(w0, weight)
          target[1].addProduct(w1, weight)
          target[2].addProduct(w2, weight)
          target[3].addProduct(w3, weight)
          target += height
        }
      }
    }
  }

  // MARK: At points

  /// The scalar at the points.
  func evaluateScalar(_ points: PlacedSpherePoints, into values: UnsafeMutablePointer<Double>) {
    gather(points)
    for i in 0..<points.count {
      values[i] = sorted.numbers[4 * Int(points.ranks[i]) + Component.scalar.rawValue]
    }
  }

  /// Velocities at the points; see `SpherePointTransform.evaluateFlow`.
  func evaluateFlow(
    _ points: PlacedSpherePoints, _ rows: UnsafePointer<Double>, factor: Double, divides: Bool,
    into velocities: UnsafeMutablePointer<Double>, scalars: UnsafeMutablePointer<Double>?
  ) -> Double {
    gather(points)
    var products = Vector.zero
    let whole = points.count & ~7
    for first in stride(from: 0, to: whole, by: 8) {
      let lanes = components(points.ranks + first, count: 8)
      let velocity = Self.velocity(
        at: loadRows(rows + 3 * first), lanes, factor, divides, &products)
      storeRows(velocity, to: velocities + 3 * first)
      guard let scalars else { continue }
      UnsafeMutableRawPointer(scalars + first).storeBytes(of: lanes.scalar, as: Vector.self)
    }
    let rest = points.count - whole
    if rest > 0 {
      let lanes = components(points.ranks + whole, count: rest)
      withPaddedRows(rows + 3 * whole, count: rest) {
        let (x, y, z) = Self.velocity(at: loadRows($0), lanes, factor, divides, &products)
        for i in 0..<rest {
          velocities[3 * (whole + i)] = x[i]
          velocities[3 * (whole + i) + 1] = y[i]
          velocities[3 * (whole + i) + 2] = z[i]
          scalars?[whole + i] = lanes.scalar[i]
        }
      }
    }
    return products.sum()
  }

  private typealias Components = (alongColatitude: Vector, alongLongitude: Vector, scalar: Vector)

  /// Components at the first few of eight points; elsewhere no gradient and scalar 1.
  @inline(__always)
  private func components(_ ranks: UnsafePointer<Int32>, count: Int) -> Components {
    let source = UnsafeRawPointer(sorted.numbers).assumingMemoryBound(to: SIMD4<Double>.self)
    let values = InlineArray<8, Vector> { i in
      Vector(
        lowHalf: i < count ? source[Int(ranks[i])] : [0, 0, 1, 0], highHalf: SIMD4(repeating: 0))
    }
    let lanes = transpose(
      values[0], values[1], values[2], values[3], values[4], values[5], values[6], values[7])
    return (lanes.0, lanes.1, lanes.2)
  }

  /// factor · ∇Φ, divided by the scalar if asked; adds ⟨v, ∇Φ⟩ to `products`.
  @inline(__always)
  private static func velocity(
    at p: (x: Vector, y: Vector, z: Vector), _ components: Components, _ factor: Double,
    _ divides: Bool, _ products: inout Vector
  ) -> (x: Vector, y: Vector, z: Vector) {
    var scale = Vector(repeating: factor)
    if divides { scale /= components.scalar }
    let u = scale * components.alongColatitude
    let v = scale * components.alongLongitude
    products.addProduct(u, components.alongColatitude)
    products.addProduct(v, components.alongLongitude)
    // e_θ = (cos θ cos φ, cos θ sin φ, −sin θ), e_φ = (−sin φ, cos φ, 0).
    let (sine, isPole) = distanceFromAxis(p.x, p.y)
    let cosφ = (p.x / sine).replacing(with: 1, where: isPole)
    let sinφ = (p.y / sine).replacing(with: 0, where: isPole)
    let horizontal = p.z * u
    return (
      (horizontal * cosφ).addingProduct(-sinφ, v), (horizontal * sinφ).addingProduct(cosφ, v),
      -sine * u
    )
  }

  private func reserve(_ count: Int) {
    if sorted.count < (count + 1) / 2 { sorted = VectorBuffer(count: (count + 1) / 2) }
  }

  /// All components at the points, in their sorted order.
  private func gather(_ points: PlacedSpherePoints) {
    reserve(points.count)
    let target = UnsafeMutableRawPointer(sorted.numbers).assumingMemoryBound(to: SIMD4<Double>.self)
    let grid = UnsafeRawPointer(fields.numbers).assumingMemoryBound(to: SIMD4<Double>.self)
    let height = fieldHeight
    for first in stride(from: 0, to: points.count, by: 8) {
      let count = min(8, points.count - first)
      let corners = weigh(points, first: first, count: count, alignment: 1)
      for i in 0..<count {
        let columnWeights = weights.numbers + i * Self.weightCount
        let rowWeights = columnWeights + Self.rowOffset
        let w = InlineArray<13, SIMD4<Double>> { SIMD4(repeating: rowWeights[$0]) }
        var source = grid + (corners[i].column * height + corners[i].row)
        var result = SIMD4<Double>.zero
        for column in 0..<Self.width {
          var even = source[0] * w[0]
          var odd = source[1] * w[1]
          for row in 1..<6 {
            even.addProduct(source[2 * row], w[2 * row])
            odd.addProduct(source[2 * row + 1], w[2 * row + 1])
          }
          even.addProduct(source[12], w[12])
          result.addProduct(even + odd, SIMD4(repeating: columnWeights[column]))
          source += height
        }
        target[first + i] = result
      }
    }
  }

  /// Writes the weights of up to eight points and returns the first neighbour of each.
  ///
  /// - Parameter alignment: rows begin at a multiple of it, at weights of zero if need be.
  @inline(__always)
  private func weigh(
    _ points: PlacedSpherePoints, first: Int, count: Int, alignment: Int
  ) -> InlineArray<8, (column: Int, row: Int)> {
    var corners = InlineArray<8, (column: Int, row: Int)>(repeating: (0, 0))
    for i in 0..<count {
      let columnWeights = weights.numbers + i * Self.weightCount
      // The grid begins six cells before 0: six before cell c stands number c.
      let φ = points.longitudes.base[first + i]
      let column = (φ + 0.5).rounded(.down)
      kernel.write(at: 2 * (φ - column), to: columnWeights)
      let θ = points.colatitudes.base[first + i]
      let row = (θ + 0.5).rounded(.down)
      let shift = Int(row) & (alignment - 1)
      let rowWeights = columnWeights + Self.rowOffset
      for j in 0..<(alignment - 1) { rowWeights[j] = 0 }
      kernel.write(at: 2 * (θ - row), to: rowWeights + shift)
      for j in 0..<(alignment - 1) { rowWeights[shift + Self.width + j] = 0 }
      corners[i] = (Int(column), Int(row) - shift)
    }
    return corners
  }
}
