public import MeanField

/// A number read off a snapshot, with what a reader of the file wants to know.
public struct Diagnostic: Sendable {
  public var name: String
  public var longName: String
  public var value: @Sendable (Snapshot) -> Double

  /// Of a density.
  ///
  /// - Parameter hasNodes: the density is carried along its flow, not a sum of harmonics.
  public static func ofDensity(hasNodes: Bool) -> [Diagnostic] {
    ofTokens + [
      Diagnostic(
        name: "entropy", longName: "entropy: -integral of log(dmu/dsigma) dmu",
        value: { $0.entropy }),
      Diagnostic(
        name: "minimum_density",
        longName: "smallest density on the solver's \(hasNodes ? "nodes" : "grid")",
        value: { $0.minimumDensity }),
      Diagnostic(
        name: "free_energy", longName: "free energy: D * integral of log(dmu/dsigma) dmu - E",
        value: { $0.freeEnergy }),
      Diagnostic(
        name: "resolution",
        longName: hasNodes
          ? "largest error of a moment that the polynomial of a panel may cause"
          : "largest |m_k| of the last quarter of the solver's modes",
        value: { $0.resolution ?? .nan }),
    ]
  }

  /// Of tokens.
  public static let ofTokens = [
    Diagnostic(name: "mass", longName: "mass: integral of dmu", value: { $0.mass }),
    Diagnostic(
      name: "energy",
      longName: "energy: double integral of the kernel / (2 beta); at beta = 0 |mean|^2 / 2",
      value: { $0.energy }),
    Diagnostic(
      name: "normalized_energy",
      longName: "double integral of exp(beta (<x,y> - 1)) dmu dmu", value: { $0.normalizedEnergy }),
    Diagnostic(
      name: "dissipation",
      longName: "dE/dt: integral of |X|^2 dmu, weighted by Z for softmax, + D/beta of Laplacian Z",
      value: { $0.dissipation }),
    Diagnostic(
      name: "dissipation_defect",
      longName: "(time integral of the dissipation - change of energy) / change of energy",
      value: { $0.dissipationDefect }),
    Diagnostic(
      name: "step_size", longName: "length of the last time step", value: { $0.stepSize }),
  ]
}
