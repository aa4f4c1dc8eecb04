import TestSupport

extension References {
  /// `kernels.json`: coefficients of e^{β(⟨x,y⟩−1)} on S^{d−1} and growth rates, mpmath at 60 digits.
  struct Kernels: Decodable, Sendable {
    var cases: [Case]
    var growth: [Special.Growth]

    struct Case: Decodable, Sendable {
      var dimension: Int
      var beta: Digits
      /// The degree of the largest b_l.
      var peak: Int
      var modes: Int
      var entries: [Entry]
    }

    /// dim_l, log ā_l and b_l.
    struct Entry: Decodable, Sendable {
      var degree: Int
      var multiplicity: Digits
      var logPartition: Digits
      var weight: Digits
    }
  }

  static func kernels() throws -> Kernels {
    try load("kernels")
  }
}
