public import MeanField

extension Snapshot {
  /// The law of a run on the circle.
  public var circle: CircleLaw {
    guard let law = law as? CircleLaw else { preconditionFailure("a law on the circle") }
    return law
  }
}

extension Cluster {
  /// The position of a cluster that has one angle.
  public var angle: Double { position[0] }
}

extension Merger {
  /// The position of a merger that has one angle.
  public var angle: Double { position[0] }
}
