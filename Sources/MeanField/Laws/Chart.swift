/// The fixed coordinates in which laws on a manifold are written, whatever the solver's own.
public struct Chart: Sendable, Equatable {
  /// A coordinate of the grid.
  public struct Axis: Sendable, Equatable {
    public var name: String
    public var longName: String
    public var values: [Double]
  }

  /// An index of moments, such as a wave number.
  public struct Index: Sendable, Equatable {
    public var name: String
    public var longName: String
    public var values: [Int]
  }

  /// Moments of one kind, with a value for every combination of indices.
  public struct Table: Sendable, Equatable {
    public var name: String
    public var longName: String
    /// Names of its indices, the last one varying fastest.
    public var indices: [String]
  }

  /// A quantity with a name, and how many numbers it takes.
  public struct Quantity: Sendable, Equatable {
    public var name: String
    public var longName: String
    public var units: String
    /// Numbers in one value; 1 for a scalar.
    public var width: Int
  }

  /// Coordinates of the grid, the last one varying fastest; empty where no density is solved.
  public var axes: [Axis]
  /// Quadrature weights of σ on the grid, sum 1.
  public var weights: [Double]
  public var indices: [Index]
  public var tables: [Table]
  /// Components of ∫ x dμ, of a density and of tokens.
  public var meanWidth: Int
  public var tokenMeanWidth: Int
  public var clusterPosition: Quantity
  public var token: Quantity
  /// Distances between particles and a density.
  public var distances: [Quantity]
  /// The real moments that a comparison judges, in the order of `Law.moments(degrees:)`.
  public var judgedMoments: [String] = []

  /// Grid points.
  public var pointCount: Int { weights.count }

  /// Moments in one table.
  public func count(of table: Table) -> Int { lengths(of: table).reduce(1, *) }

  /// Lengths of a table's indices.
  public func lengths(of table: Table) -> [Int] {
    table.indices.map { name in indices.first { $0.name == name }?.values.count ?? 1 }
  }
}
