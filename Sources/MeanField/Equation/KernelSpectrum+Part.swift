extension KernelSpectrum {
  /// Which function's coefficients are meant.
  public enum Part: Sendable {
    /// Z̄.
    case partition
    /// Φ, whose gradient is X̄.
    case potential
  }

  /// ā_l, or ā_l/β.
  public func factors(_ part: Part) -> [Double] {
    switch part {
    case .partition: partition
    case .potential: potential
    }
  }

  /// b_l, or b_l/β.
  func weights(_ part: Part) -> [Double] {
    switch part {
    case .partition: weights
    case .potential: potentialWeights
    }
  }
}
