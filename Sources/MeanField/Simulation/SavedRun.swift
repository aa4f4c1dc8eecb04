/// A simulation between two steps, as plain data.
public struct SavedRun: Sendable, Equatable {
  public var nextSnapshot: Int
  public var mergerCount: Int
  public var density: SavedEvolution?
  /// The density at the last frame: the next search for mergers starts there.
  public var densityAtFrame: SavedEvolution?
  public var members: [SavedEvolution]
  public var ladder: [[SavedEvolution]]
  public var fluctuation: SavedEvolution?

  public init(
    nextSnapshot: Int, mergerCount: Int, density: SavedEvolution?,
    densityAtFrame: SavedEvolution?, members: [SavedEvolution],
    ladder: [[SavedEvolution]], fluctuation: SavedEvolution?
  ) {
    self.nextSnapshot = nextSnapshot
    self.mergerCount = mergerCount
    self.density = density
    self.densityAtFrame = densityAtFrame
    self.members = members
    self.ladder = ladder
    self.fluctuation = fluctuation
  }
}
