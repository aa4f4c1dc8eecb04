import Foundation
import SnapshotIO

/// Reads tokens of the members, or a few of them, in the coordinates that pictures need.
struct TokenReader {
  let memberCount: Int
  let tokenCount: Int
  /// Numbers of one token: its angle, its polar angle, or its components.
  let width: Int
  private let group: NetCDFFile.Group
  private let variable: String
  /// The one component read of many; the pole of zonal laws is the last.
  private let pole: Int?

  /// Nil if there are no tokens.
  init?(_ root: NetCDFFile.Group, _ space: Space) throws(NetCDFError) {
    guard try root.hasGroup(named: "particles") else { return nil }
    group = try root.group(named: "particles")
    variable = space == .circle ? "angle" : "position"
    guard try group.hasVariable(variable) else { return nil }
    let lengths = try group.variable(variable).lengths
    guard lengths.count == (space == .circle ? 3 : 4) else { return nil }
    (memberCount, tokenCount) = (lengths[1], lengths[2])
    if case .zonal = space { pole = lengths[3] - 1 } else { pole = nil }
    width = lengths.count == 3 || pole != nil ? 1 : lengths[3]
  }

  /// The first tokens of the first members or of one, token after token; not all may be finite.
  func tokens(
    at snapshot: Int, member: Int = 0, members: Int = 1, count: Int
  ) throws(NetCDFError) -> [Double] {
    var start = [snapshot, member, 0]
    var size = [1, members, min(count, tokenCount)]
    if let pole {
      start.append(pole)
      size.append(1)
    } else if variable == "position" {
      start.append(0)
      size.append(width)
    }
    let values = try group.doubles(variable, start: start, count: size)
    guard pole != nil else { return values }
    return values.map { $0.isFinite ? acos(min(max($0, -1), 1)) : .nan }
  }

  /// At most so many tokens of a member, the same ones at every snapshot.
  ///
  /// They are picked from all of them, unless reading all of them takes long.
  func few(_ limit: Int, of member: Int, at snapshot: Int) throws(NetCDFError) -> [Double] {
    let readCount = tokenCount * width <= 100_000 ? tokenCount : min(limit, tokenCount)
    let all = try tokens(at: snapshot, member: member, count: readCount)
    return DrawnRun.spread(readCount, atMost: limit).flatMap {
      all[$0 * width..<($0 + 1) * width]
    }
  }
}
