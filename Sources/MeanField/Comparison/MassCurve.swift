/// A law on the circle as a curve (angle, mass below it): vertices of a nondecreasing polygon.
///
/// Vertical pieces are atoms, horizontal ones voids. The curve goes on with period (2π, 1).
public struct MassCurve: Sendable {
  /// Ascending, in [0, 2π).
  public let angles: [Double]
  /// Mass in [0, angle), nondecreasing, spanning at most one.
  public let levels: [Double]
  /// F by angles, and F⁻¹ by levels.
  let distribution: PeriodicPieces
  let quantiles: PeriodicPieces

  init(angles: [Double], levels: [Double]) {
    self.angles = angles
    self.levels = levels
    distribution = .levels(angles, levels)
    quantiles = .angles(angles, levels)
  }

  /// Whether there are vertices, and all are numbers.
  var isFinite: Bool {
    !angles.isEmpty && angles.allSatisfy { $0.isFinite } && levels.allSatisfy { $0.isFinite }
  }

  /// Vertices at any real angles, their levels counted along the real line.
  init(vertices: [(angle: Double, level: Double)]) {
    let turn = 2 * Double.pi
    let wrapped = vertices.map { vertex in
      let turns = ((vertex.angle - wrappedAngle(vertex.angle)) / turn).rounded()
      return (angle: wrappedAngle(vertex.angle), level: vertex.level - turns)
    }.sorted { ($0.angle, $0.level) < ($1.angle, $1.level) }
    self.init(angles: wrapped.map(\.angle), levels: wrapped.map(\.level))
  }

  public init(_ law: CumulativeLaw) {
    if law.isAtomic {
      var angles: [Double] = []
      var levels: [Double] = []
      angles.reserveCapacity(2 * law.angles.count)
      levels.reserveCapacity(2 * law.angles.count)
      for i in law.angles.indices {
        angles.append(law.angles[i])
        angles.append(law.angles[i])
        levels.append(i == 0 ? 0 : law.levels[i - 1])
        levels.append(law.levels[i])
      }
      self.init(angles: angles, levels: levels)
    } else {
      let (angles, levels) = Self.vertices(of: law)
      let kept = Self.essentialVertices(angles, levels, tolerance: 1e-10)
      self.init(angles: kept.map { angles[$0] }, levels: kept.map { levels[$0] })
    }
  }

  /// The grid points of F, and three more in every cell where its cubic leaves the chord by 10⁻⁶.
  private static func vertices(of law: CumulativeLaw) -> (angles: [Double], levels: [Double]) {
    let count = law.angles.count
    let spacing = 2 * Double.pi / Double(count)
    var angles: [Double] = []
    var levels: [Double] = []
    angles.reserveCapacity(count)
    levels.reserveCapacity(count)
    for i in 0..<count {
      angles.append(law.angles[i])
      levels.append(law.levels[i])
      let bend = law.slopes[(i + 1) % count] - law.slopes[i]
      guard abs(bend) * spacing > 8e-6 else { continue }
      for quarter in 1...3 {
        let angle = law.angles[i] + spacing * Double(quarter) / 4
        angles.append(angle)
        levels.append(law.level(at: angle))
      }
    }
    return (angles, levels)
  }

  /// Vertices such that the polygon through them passes within `tolerance` of all others: sharp
  /// clusters need a fine grid, the voids between them none.
  private static func essentialVertices(
    _ angles: [Double], _ levels: [Double], tolerance: Double
  ) -> [Int] {
    var kept = [0]
    var anchor = 0
    // Slopes from the anchor that pass every vertex since within the tolerance.
    var least = -Double.infinity
    var most = Double.infinity
    for i in angles.indices.dropFirst() {
      let width = angles[i] - angles[anchor]
      let slope = (levels[i] - levels[anchor]) / width
      if slope < least || slope > most {
        anchor = i - 1
        kept.append(anchor)
        least = -Double.infinity
        most = Double.infinity
      }
      let reach = angles[i] - angles[anchor]
      least = max(least, (levels[i] - tolerance - levels[anchor]) / reach)
      most = min(most, (levels[i] + tolerance - levels[anchor]) / reach)
    }
    if anchor != angles.count - 1 { kept.append(angles.count - 1) }
    return kept
  }

  /// Equal or unequal masses spread evenly between the middles of neighbouring points.
  ///
  /// - Parameters:
  ///   - points: any real angles.
  ///   - masses: sum one; a negative one makes the curve go back.
  public static func through(_ points: [Double], masses: [Double]) -> MassCurve {
    let wrapped = points.map(wrappedAngle)
    let order = wrapped.indices.sorted { wrapped[$0] < wrapped[$1] }
    var level = 0.0
    var levels: [Double] = []
    for i in order {
      levels.append(level + masses[i] / 2)
      level += masses[i]
    }
    return MassCurve(angles: order.map { wrapped[$0] }, levels: levels)
  }
}
