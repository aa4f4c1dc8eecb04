/// The space tokens live on, as plain data: S^{d−1} ⊂ R^d, or laws on it with a symmetry.
public enum Manifold: Sendable, Equatable {
  /// S¹; a point is an angle.
  case circle
  /// S^{d−1}, d ≥ 3, in ambient coordinates; d = 3 is S².
  case sphere(dimension: Int)
  /// Laws on S^{d−1}, d ≥ 3, symmetric about the last axis: densities in the polar angle, while
  /// particles still live in R^d.
  case zonal(dimension: Int)

  /// d, the dimension of the ambient space.
  public var dimension: Int {
    switch self {
    case .circle: 2
    case .sphere(let dimension), .zonal(let dimension): dimension
    }
  }

  /// S².
  public static let sphere = Manifold.sphere(dimension: 3)

  /// The largest d there is.
  public static let largestDimension = 4096

  /// How many numbers a token is: an angle on the circle, d ambient coordinates elsewhere.
  public var pointWidth: Int { self == .circle ? 1 : dimension }

  /// Whether laws depend on one angle alone, so that panels can carry them along their flow.
  public var hasPanels: Bool {
    switch self {
    case .circle, .zonal: true
    case .sphere: false
    }
  }

  /// Whether densities are solved: everywhere but on S^{d−1} with d ≥ 4, which has particles alone.
  public var hasDensities: Bool {
    if case .sphere(let dimension) = self { return dimension == 3 }
    return true
  }
}
