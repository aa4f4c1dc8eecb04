internal import Transforms

extension CircleField {
  /// The field of an equation's attention.
  convenience init(
    _ equation: Equation, symmetry: Int = 1, road: Road? = nil, voidShare: Double
  ) {
    let kernel = equation.kernel
    self.init(
      beta: kernel.beta, partition: kernel.partition, potential: kernel.potential,
      divides: equation.attention.normalization == .softmax, clock: equation.attention.clock,
      symmetry: symmetry, road: road, voidShare: voidShare)
  }
}
