import Foundation
import SnapshotIO

/// What kind of space the tokens live on, as far as pictures differ.
enum Space: Equatable {
  /// S¹; a law is drawn along the angle.
  case circle
  /// S²; a law is drawn on maps.
  case sphere
  /// Laws on S^{d−1} symmetric about the last axis, drawn along the polar angle.
  case zonal(dimension: Int)
  /// S^{d−1} with d ≥ 4 and tokens only, drawn along the inner products of pairs.
  case manyDimensions(Int)

  /// A name for the caption; the circle goes without.
  var name: String? {
    switch self {
    case .circle: nil
    case .sphere: "S²"
    case .zonal(let dimension): "S\(Self.superscript(dimension - 1)) zonal"
    case .manyDimensions(let dimension): "S\(Self.superscript(dimension - 1))"
    }
  }

  private static func superscript(_ number: Int) -> String {
    let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
    return String(String(number).compactMap { $0.wholeNumberValue.map { digits[$0] } })
  }
}

// MARK: - Reading

extension Space {
  /// The space that the run file names, or if it names none, the one that the variables tell.
  init(reading root: NetCDFFile.Group, runFile: String) throws(NetCDFError) {
    self =
      if let manifold = RunFileScan.manifold(runFile) {
        Space(manifold.kind, manifold.dimension)
      } else {
        try Self.told(by: root)
      }
  }

  private init(_ kind: String, _ dimension: Int?) {
    self =
      switch kind {
      case "zonal": .zonal(dimension: dimension ?? 3)
      case "sphere": dimension.map { $0 > 3 ? .manyDimensions($0) : .sphere } ?? .sphere
      default: .circle
      }
  }

  private static func told(by root: NetCDFFile.Group) throws(NetCDFError) -> Space {
    if try root.hasVariable("phi") { return .sphere }
    if try root.hasVariable("theta") {
      let angles = try root.doubles("theta")
      if angles.max() ?? 7 > 1.01 * .pi { return .circle }
      guard try root.hasVariable("weight") else { return .zonal(dimension: 3) }
      // The mean square of one coordinate under σ is 1/d.
      let weights = try root.doubles("weight")
      let square = zip(angles, weights).reduce(0) { $0 + $1.1 * cos($1.0) * cos($1.0) }
      return .zonal(dimension: max(3, Int((1 / max(square, 1e-6)).rounded())))
    }
    guard try root.hasGroup(named: "particles") else { return .circle }
    let particles = try root.group(named: "particles")
    guard try particles.hasVariable("position") else { return .circle }
    return Space("sphere", try particles.variable("position").lengths.last)
  }
}
