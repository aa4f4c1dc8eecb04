internal import Foundation

/// Weighted rings in groups of neighbours, eight rings to a vector.
///
/// A group spans half a width h with βh ≤ 4. Where it has more rings than that takes nodes, they
/// may be replaced with equivalent masses (`EquivalentMasses`).
final class RingGroups {
  /// How many vectors of eight groups there are.
  private(set) var vectorCount = 0
  /// Rows of eight groups: sine and cosine of half the middle angle, sine of the middle angle, log₂ of
  /// the mass, βh log₂ e.
  let middles: VectorBuffer
  /// Rows of eight rings: sin θ/2, cos θ/2, sin θ, cos θ, mass.
  let rings: VectorBuffer
  /// The first vector of rings of each group, and the end of the last one.
  private(set) var starts: [Int]

  private let beta: Double
  /// Below β = 20 the kernel's higher derivatives ask for narrower groups than its first.
  private var steepness: Double { max(20, beta) }
  private let cellCount: Int
  private var cellStarts: [Int32]
  private var order: [Int]
  private let equivalents = EquivalentMasses()
  private var count = 0
  private var used = 0

  static let height = 5
  /// Lighter rings count for nothing: kernels are carried up to 2¹⁰⁰⁰ times the partition.
  static let leastMass = 0x1p-1000

  /// - Parameter capacity: how many rings there are at most.
  init(beta: Double, capacity: Int) {
    self.beta = beta
    let width = 2 * EquivalentMasses.reach / max(20, beta)
    cellCount = Int((.pi / width).rounded(.up))
    rings = VectorBuffer(count: Self.height * max(1, capacity))
    middles = VectorBuffer(count: Self.height * (max(1, capacity) + 7) / 8 + Self.height)
    starts = [Int](repeating: 0, count: capacity + 9)
    cellStarts = [Int32](repeating: 0, count: cellCount + 1)
    order = [Int](repeating: 0, count: capacity)
  }

  /// - Parameters:
  ///   - angles: θ in 0…π, in any order.
  ///   - isCompressed: whether equivalent masses may be taken.
  func place(_ angles: UnsafeBufferPointer<Double>, masses: [Double]?, isCompressed: Bool) {
    precondition(angles.count <= order.count, "more rings than there is room for")
    precondition(masses == nil || masses?.count == angles.count, "one mass for every ring")
    let even = 1 / Double(max(1, angles.count))
    sort(angles, masses, even)
    count = 0
    used = 0
    for cell in 0..<cellCount {
      let members = Int(cellStarts[cell])..<Int(cellStarts[cell + 1])
      if !members.isEmpty { add(members, angles, masses, even, isCompressed) }
    }
    starts[count] = used
    vectorCount = (count + 7) / 8
    for i in count..<(8 * vectorCount) { setGroup(i, middle: 0, logMass: -1e300, reach: 0) }
  }

  /// Counts into cells of equal width: `order` lists the rings of cell after cell.
  private func sort(
    _ angles: UnsafeBufferPointer<Double>, _ masses: [Double]?, _ even: Double
  ) {
    let scale = Double(cellCount) / .pi
    func cell(_ angle: Double) -> Int { min(cellCount - 1, max(0, Int(angle * scale))) }
    for c in cellStarts.indices { cellStarts[c] = 0 }
    for i in angles.indices where masses?[i] ?? even >= Self.leastMass {
      cellStarts[cell(angles[i])] += 1
    }
    var end: Int32 = 0
    for c in cellStarts.indices {
      end += cellStarts[c]
      cellStarts[c] = end
    }
    for i in angles.indices.reversed() where masses?[i] ?? even >= Self.leastMass {
      let c = cell(angles[i])
      cellStarts[c] -= 1
      order[Int(cellStarts[c])] = i
    }
  }

  private func add(
    _ members: Range<Int>, _ angles: UnsafeBufferPointer<Double>, _ masses: [Double]?,
    _ even: Double, _ isCompressed: Bool
  ) {
    var low = Double.pi
    var high = 0.0
    var total = 0.0
    for i in members {
      low = min(low, angles[order[i]])
      high = max(high, angles[order[i]])
      total += masses?[order[i]] ?? even
    }
    let halfWidth = 0.5 * (high - low)
    let middle = low + halfWidth
    starts[count] = used
    setGroup(
      count, middle: middle, logMass: log2(total), reach: beta * halfWidth * RingKernel.log2e)
    count += 1
    let nodeCount = EquivalentMasses.nodeCount(reach: steepness * halfWidth)
    if isCompressed && members.count > nodeCount {
      let scale = halfWidth > 0 ? 1 / halfWidth : 0
      equivalents.begin(nodeCount)
      for i in members {
        let mass = masses?[order[i]] ?? even
        equivalents.add(mass, at: scale * (angles[order[i]] - middle))
      }
      equivalents.finish()
      for i in 0..<nodeCount {
        let node = equivalents.node(i)
        setRing(i, angle: middle + halfWidth * node.place, mass: node.mass)
      }
      used += nodeCount / 8
    } else {
      for (i, member) in members.enumerated() {
        setRing(i, angle: angles[order[member]], mass: masses?[order[member]] ?? even)
      }
      let padded = (members.count + 7) / 8 * 8
      for i in members.count..<padded { setRing(i, angle: 0, mass: 0) }
      used += padded / 8
    }
  }

  private func setGroup(_ i: Int, middle: Double, logMass: Double, reach: Double) {
    let point = RingPoint(angle: middle)
    let row = middles.numbers + 8 * Self.height * (i >> 3) + (i & 7)
    row[0] = point.halfSine
    row[8] = point.halfCosine
    row[16] = point.sine
    row[24] = logMass
    row[32] = reach
  }

  private func setRing(_ i: Int, angle: Double, mass: Double) {
    let point = RingPoint(angle: angle)
    let row = rings.numbers + 8 * Self.height * (used + i >> 3) + (i & 7)
    row[0] = point.halfSine
    row[8] = point.halfCosine
    row[16] = point.sine
    row[24] = point.cosine
    row[32] = mass
  }
}

/// A polar angle's functions, right to their last digits at both poles; θ and π − θ mirror exactly.
struct RingPoint {
  let halfSine: Double
  let halfCosine: Double

  var sine: Double { 2 * halfSine * halfCosine }
  var cosine: Double { (halfCosine - halfSine) * (halfCosine + halfSine) }

  init(angle: Double) {
    halfSine = sin(0.5 * angle)
    halfCosine = sin(0.5 * (Double.pi - angle))
  }
}
