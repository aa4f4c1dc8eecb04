/// Four points of a sphere and their share in the curvature of the kernel.
struct CurvatureBlock {
  let panels: PairPanels
  /// The first of the four, a multiple of four.
  let point: Int
  let beta: Double

  /// Σ_ij w_i w_j e^{−βs} (β s (2 − s) − (d − 1) (1 − s)), s = |x_i − x_j|²/2, for the four points i and the
  /// eight j of a panel.
  @inline(__always)
  func sum(with panel: Int) -> Double {
    let x = panels.points.numbers + panels.place(point)
    let y = panels.points + panel * panels.height
    var squares = InlineArray<4, Vector>(repeating: .zero)
    for c in 0..<panels.dimension {
      for r in 0..<4 {
        let way = y[c] - Vector(repeating: x[8 * c + r])
        squares[r] = squares[r].addingProduct(way, way)
      }
    }
    let constant = Vector(repeating: -Double(panels.dimension - 1))
    let linear = Vector(repeating: 2 * beta) - constant
    var sum = Vector.zero
    for r in 0..<4 {
      let s = 0.5 * squares[r]
      let bend = constant.addingProduct(s, linear - beta * s)
      let weight = y[panels.dimension] * x[8 * panels.dimension + r]
      sum = sum.addingProduct(weight * exponential2(panels.rate * squares[r]), bend)
    }
    return sum.sum()
  }
}
