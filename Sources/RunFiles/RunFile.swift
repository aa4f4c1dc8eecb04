public import MeanField

/// A run file: everything a run needs, with every default filled in.
///
/// The types below are the schema of the YAML file; `init(decoding:)`
/// is the one place where defaults stand.
public struct RunFile: Sendable, Equatable {
  public var title: String
  public var equation: Equation
  public var initial: Initial
  public var density: Density
  public var particles: Particles?
  public var time: Time
  public var output: Output
  public var compare: Compare

  /// The initial law, and for tokens the file they were read from.
  public struct Initial: Sendable, Equatable {
    public var law: InitialLaw
    public var tokenFile: String?
  }

  public enum Density: Sendable, Equatable {
    case none
    case spectral(Spectral)
    case panels(Panels)
  }

  /// Resolutions are points on the circle, degrees on spheres.
  public struct Spectral: Sendable, Equatable {
    public var resolution: Int
    public var maximum: Int
    public var tolerance: Double
  }

  /// A law carried along its flow.
  public struct Panels: Sendable, Equatable {
    public var tolerance: Double
    /// k: the start is k-fold symmetric, and one k-th of the circle is solved; 1 elsewhere.
    public var symmetry: Int
  }

  public struct Particles: Sendable, Equatable {
    public var count: Int
    public var members: Int
    public var seed: UInt64
    public var scheme: TokenScheme
    /// Step of the stochastic scheme; nil lets the solver choose (and record) it.
    public var step: Double?
  }

  public struct Time: Sendable, Equatable {
    public var end: Double
    public var tolerance: Double
  }

  public struct Output: Sendable, Equatable {
    public var file: String
    public var schedule: Schedule
    /// Points of the grid on the circle, the degree on spheres.
    public var resolution: Int
    /// The highest moment written; the degree on spheres.
    public var modes: Int
    public var particles: WrittenParticles
  }

  /// When snapshots are taken, besides t = 0 and the end.
  public enum Schedule: Sendable, Equatable {
    case every(Double)
    case times([Double])
    case range(from: Double, to: Double, count: Int, spacing: Spacing)

    public enum Spacing: String, Sendable, CaseIterable {
      case linear, log
    }
  }

  public enum WrittenParticles: Sendable, Equatable {
    case all
    case none
    case first(Int)
  }

  public struct Compare: Sendable, Equatable {
    public var sigmas: Double
    /// N of every rung of the ladder; empty for none.
    public var counts: [Int]
  }
}
