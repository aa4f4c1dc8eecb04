/// What the output of a sweep holds besides its numbers.
public struct SweepLayout: Sendable {
  /// A swept key.
  public struct Axis: Sendable {
    /// The name of its dimension.
    public var name: String
    /// The key in the run file.
    public var path: String
    public var labels: [String]
    /// The values where all are numbers.
    public var numbers: [Double]?

    public init(name: String, path: String, labels: [String], numbers: [Double]?) {
      self.name = name
      self.path = path
      self.labels = labels
      self.numbers = numbers
    }
  }

  /// An observable.
  public struct Variable: Sendable {
    public var name: String
    public var longName: String
    /// `probability`, `moment` or the name of a diagnostic.
    public var quantity: String
    /// Whether it is a mean over members, with an error.
    public var hasStandardError: Bool

    public init(name: String, longName: String, quantity: String, hasStandardError: Bool) {
      self.name = name
      self.longName = longName
      self.quantity = quantity
      self.hasStandardError = hasStandardError
    }
  }

  /// A number of theory for every point.
  public struct Table: Sendable {
    public var name: String
    public var longName: String
    public var values: [Double]

    public init(name: String, longName: String, values: [Double]) {
      self.name = name
      self.longName = longName
      self.values = values
    }
  }

  public var title: String
  /// The resolved run file with its sweep, runnable as it is.
  public var runFile: String
  /// The seed of all points, if it is one.
  public var seed: UInt64?
  public var axes: [Axis]
  public var times: [Double]
  public var variables: [Variable]
  public var theory: [Table]

  public init(
    title: String, runFile: String, seed: UInt64?, axes: [Axis], times: [Double],
    variables: [Variable], theory: [Table]
  ) {
    self.title = title
    self.runFile = runFile
    self.seed = seed
    self.axes = axes
    self.times = times
    self.variables = variables
    self.theory = theory
  }

  public var pointCount: Int { axes.reduce(1) { $0 * $1.labels.count } }

  /// Bytes of all numbers.
  var bytes: Int {
    let series = variables.reduce(0) { $0 + ($1.hasStandardError ? 2 : 1) }
    return 8 * pointCount * (times.count * series + theory.count + 5) + runFile.utf8.count
  }
}

/// What became of a point of a sweep.
public struct SweepPoint: Sendable, Equatable {
  /// For every observable its values at all times and their standard errors.
  public struct Series: Sendable, Equatable {
    public var values: [Double]
    public var standardErrors: [Double]?

    public init(values: [Double], standardErrors: [Double]?) {
      self.values = values
      self.standardErrors = standardErrors
    }
  }

  /// The series, or why there are none.
  public var outcome: Outcome
  /// Step of the stochastic scheme, where there is one.
  public var particleStep: Double?

  public enum Outcome: Sendable, Equatable {
    case done([Series])
    case failed(String)
  }

  public init(outcome: Outcome, particleStep: Double?) {
    self.outcome = outcome
    self.particleStep = particleStep
  }
}
