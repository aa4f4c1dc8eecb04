internal import Foundation

/// Resolution: finer bases as far as `maximum`, and damping from there on.
extension SpectralFluctuationDynamics {
  private var canRefine: Bool { basis.finerCount <= maximum }

  mutating func use(_ basis: Basis) {
    if basis.pointCount != flow.pointCount {
      flow = GridFlow(pointCount: basis.pointCount, tangentCount: basis.tangentCount)
    }
    self.basis = basis
    mixture = [Double](repeating: 0, count: basis.coefficientCount)
    lackingSelf = selfAttention(basis)
    laplacian = equation.noise > 0 ? basis.laplacian : nil
    diffusions = []
    damping = []
    if !canRefine {
      let eigenvalues = basis.eigenvalues
      // Nothing below half of the degrees, all of the last one.
      let highest = eigenvalues.max() ?? 1
      damping = eigenvalues.map { exp(-36 * pow($0 / highest, 8)) }
    }
  }

  private func isResolved(_ state: [Double]) -> Bool {
    state.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { basis.tail(of: $0) <= Self.tailTolerance } ?? true
    }
  }

  public mutating func resolves(_ candidate: [Double]) -> Bool {
    !damping.isEmpty || isResolved(candidate)
  }

  public mutating func refine(
    _ state: inout [Double], lost candidate: [Double], time: Double
  ) throws(SimulationFailure) {
    refine(&state)
  }

  private mutating func refine(_ state: inout [Double]) {
    let coarser = basis
    let count = coarser.coefficientCount
    use(coarser.refined())
    state = stride(from: 0, to: state.count, by: count).flatMap { start in
      basis.adopt(Array(state[start..<(start + count)]), from: coarser)
    }
  }

  public mutating func finishStep(_ state: inout [Double]) {
    guard damping.isEmpty else {
      let count = basis.coefficientCount
      for start in stride(from: 0, to: state.count, by: count) {
        for i in 0..<count { state[start + i] *= damping[i] }
      }
      return
    }
    // The stochastic scheme takes what it gets; the adaptive one has asked before.
    if equation.noise > 0, !isResolved(state) { refine(&state) }
  }

  public var structure: [Double] { [] }

  public mutating func adopt(stateCount: Int, structure: [Double], from present: Int) -> Bool {
    while memberCount * basis.coefficientCount < stateCount && canRefine {
      use(basis.refined())
    }
    return memberCount * basis.coefficientCount == stateCount
  }
}
