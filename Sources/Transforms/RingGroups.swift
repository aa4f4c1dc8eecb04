internal import Foundation

/// Weighted rings in groups of eight neighbours.
///
/// Crowds, cells of half a width h with βh ≤ 4 and more rings than that takes nodes, may be replaced
/// with equivalent masses (`EquivalentMasses`).
final class RingGroups {
  private(set) var count = 0
  /// Whether all angles were finite.
  private(set) var isFinite = true
  /// Rows of eight groups: sine and cosine of half the middle angle, sine of the middle angle, log₂ of
  /// the mass, βh log₂ e.
  let middles: VectorBuffer
  /// Five rows for each group: sin θ/2, cos θ/2, sin θ, cos θ, mass times `massScale`.
  let rings: VectorBuffer
  /// One ring of each group, and log₂ of a mass: with the kernel of this ring it is no more than Z̄.
  private(set) var anchors: [Anchor]

  struct Anchor {
    var lane: Int
    var logMass: Double
  }

  /// How many vectors hold the groups, eight in each.
  var blockCount: Int { (count + 7) / 8 }

  private let beta: Double
  private let steepness: Double
  private let cellCount: Int
  private let capacity: Int
  private var cellStarts: [Int]
  /// Angles, folded, and masses, as they come and cell after cell.
  private let angles: VectorBuffer
  private let masses: VectorBuffer
  private let sortedAngles: VectorBuffer
  private let sortedMasses: VectorBuffer
  private let equivalents: EquivalentMasses

  static let height = 5
  /// Lighter rings count for nothing.
  static let leastMass = 0x1p-1000
  /// Room for kernels that are far larger at a light ring than the partition.
  static let logMassScale: Int64 = 500
  private static let massScale = 0x1p500
  /// Neighbours share a group up to this βh; what is farther apart would be summed where it is zero.
  private static let reach = 40.0

  /// - Parameter capacity: how many rings there are at most.
  init(beta: Double, capacity: Int) {
    self.beta = beta
    // Below β = 20 the kernel's higher derivatives ask for narrower cells than its first.
    steepness = max(20, beta)
    cellCount = Int((.pi * steepness / (2 * EquivalentMasses.reach)).rounded(.up))
    self.capacity = capacity
    let most = max(1, capacity)
    rings = VectorBuffer(count: Self.height * most)
    middles = VectorBuffer(count: Self.height * ((most + 7) / 8))
    anchors = [Anchor](repeating: Anchor(lane: 0, logMass: 0), count: most)
    cellStarts = [Int](repeating: 0, count: cellCount + 1)
    angles = VectorBuffer(count: most / 8 + 1)
    masses = VectorBuffer(count: most / 8 + 1)
    sortedAngles = VectorBuffer(count: most / 8 + 1)
    sortedMasses = VectorBuffer(count: most / 8 + 1)
    equivalents = EquivalentMasses(capacity: most)
  }

  /// - Parameters:
  ///   - angles: θ, in any order.
  ///   - isCompressed: whether equivalent masses may be taken.
  func place(_ angles: UnsafeBufferPointer<Double>, masses: [Double]?, isCompressed: Bool) {
    precondition(angles.count <= capacity, "more rings than there is room for")
    precondition(masses == nil || masses?.count == angles.count, "one mass for every ring")
    count = 0
    isFinite = angles.allSatisfy { $0.isFinite }
    guard isFinite else { return }
    load(angles, masses)
    var pending = Pending()
    cellStarts.withUnsafeMutableBufferPointer { starts in
      sort(angles.count, starts)
      for cell in 0..<cellCount {
        let members = starts[cell]..<starts[cell + 1]
        if isCompressed && members.count > 8 && compress(members, after: &pending) { continue }
        for member in members {
          let angle = sortedAngles.numbers[member]
          if pending.count == 8 || beta * pending.width(with: angle) > 2 * Self.reach {
            flush(&pending)
          }
          pending.add(angle, sortedMasses.numbers[member])
        }
      }
    }
    flush(&pending)
    for i in count..<(8 * blockCount) {
      setMiddle(i, angle: 0, logMass: -1e300, reach: 0)
    }
  }

  private func load(_ angles: UnsafeBufferPointer<Double>, _ masses: [Double]?) {
    let even = 1 / Double(max(1, angles.count))
    for i in angles.indices { self.angles.numbers[i] = RingPoint.fold(angles[i]).angle }
    if let masses {
      for i in masses.indices { self.masses.numbers[i] = masses[i] }
    } else {
      for i in angles.indices { self.masses.numbers[i] = even }
    }
  }

  /// Counts into cells of equal width, whose beginnings go to `starts`; light rings are left out.
  private func sort(_ ringCount: Int, _ starts: UnsafeMutableBufferPointer<Int>) {
    let scale = Double(cellCount) / .pi
    let (angles, masses) = (angles.numbers, masses.numbers)
    func cell(_ angle: Double) -> Int { min(cellCount - 1, Int(angle * scale)) }
    starts.update(repeating: 0)
    for i in 0..<ringCount where masses[i] >= Self.leastMass { starts[cell(angles[i])] += 1 }
    var end = 0
    for c in starts.indices {
      end += starts[c]
      starts[c] = end
    }
    for i in (0..<ringCount).reversed() where masses[i] >= Self.leastMass {
      let c = cell(angles[i])
      starts[c] -= 1
      sortedAngles.numbers[starts[c]] = angles[i]
      sortedMasses.numbers[starts[c]] = masses[i]
    }
  }

  /// Whether the cell is crowded and was replaced.
  private func compress(_ members: Range<Int>, after pending: inout Pending) -> Bool {
    let angles = UnsafeBufferPointer(
      start: sortedAngles.numbers + members.lowerBound, count: members.count)
    let masses = UnsafeBufferPointer(
      start: sortedMasses.numbers + members.lowerBound, count: members.count)
    var low = Double.pi
    var high = 0.0
    var total = 0.0
    for i in angles.indices {
      low = min(low, angles[i])
      high = max(high, angles[i])
      total += masses[i]
    }
    let halfWidth = 0.5 * (high - low)
    let middle = low + halfWidth
    let nodeCount = EquivalentMasses.nodeCount(reach: steepness * halfWidth)
    guard members.count > nodeCount else { return false }
    flush(&pending)
    equivalents.replace(
      angles, masses, middle: middle, halfWidth: halfWidth, nodeCount: nodeCount)
    let reach = beta * halfWidth * RingKernel.log2e
    for first in stride(from: 0, to: nodeCount, by: 8) {
      var size = 0.0
      for lane in 0..<8 {
        let node = equivalents.node(first + lane)
        size += abs(node.mass)
        setRing(lane, angle: middle + halfWidth * node.place, mass: node.mass)
      }
      setMiddle(count, angle: middle, logMass: log2(size), reach: reach)
      anchors[count] = Anchor(lane: 0, logMass: log2(total) - 2 * reach)
      count += 1
    }
    return true
  }

  /// Makes the pending rings a group.
  private func flush(_ pending: inout Pending) {
    if pending.count == 0 { return }
    var total = 0.0
    var heaviest = 0
    for lane in 0..<8 {
      // Empty places have no mass and lie where the others do.
      let isRing = lane < pending.count
      let mass = isRing ? pending.masses[lane] : 0
      total += mass
      if isRing && mass > pending.masses[heaviest] { heaviest = lane }
      setRing(lane, angle: isRing ? pending.angles[lane] : pending.low, mass: mass)
    }
    let halfWidth = 0.5 * (pending.high - pending.low)
    setMiddle(
      count, angle: pending.low + halfWidth, logMass: log2(total),
      reach: beta * halfWidth * RingKernel.log2e)
    anchors[count] = Anchor(lane: heaviest, logMass: log2(pending.masses[heaviest]))
    count += 1
    pending = Pending()
  }

  private func setMiddle(_ i: Int, angle: Double, logMass: Double, reach: Double) {
    let point = RingPoint(angle: angle)
    let row = middles.numbers + 8 * Self.height * (i >> 3) + (i & 7)
    row[0] = point.halfSine
    row[8] = point.halfCosine
    row[16] = point.sine
    row[24] = logMass
    row[32] = reach
  }

  private func setRing(_ lane: Int, angle: Double, mass: Double) {
    let point = RingPoint(angle: angle)
    let row = rings.numbers + 8 * Self.height * count + lane
    row[0] = point.halfSine
    row[8] = point.halfCosine
    row[16] = point.sine
    row[24] = point.cosine
    row[32] = mass * Self.massScale
  }

  /// Rings that wait for a group to be full.
  private struct Pending {
    var count = 0
    var low = Double.infinity
    var high = -Double.infinity
    var angles = Vector.zero
    var masses = Vector.zero

    func width(with angle: Double) -> Double { max(high, angle) - min(low, angle) }

    mutating func add(_ angle: Double, _ mass: Double) {
      low = min(low, angle)
      high = max(high, angle)
      angles[count] = angle
      masses[count] = mass
      count += 1
    }
  }
}
