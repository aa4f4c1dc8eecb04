internal import Foundation

/// The points that labels of the response on the circle have become: one each at first, in the end one for
/// every cluster.
///
/// Once a group of labels is narrow beside the kernel it moves as one. It then is a point at its centre of
/// mass, and what crossed a gap on either side of it stays behind as masses: H_pb, the mass that point p has
/// gained from a unit of mass added at label b. A law displaced by the response of b changes ∫ φ dμ by
/// Σ_p H_pb φ_p + Σ_p w_p Ξ_pb φ′_p, the flux past torn points aside (`TornPoints`).
struct ResponsePoints: Sendable, Equatable {
  /// The point that each label belongs to.
  private(set) var owners: [Int]
  /// w_p, summing to one.
  private(set) var masses: [Double]
  /// How far apart the neighbours of a label were at the start; infinite for what is several labels, which
  /// nothing tears.
  private(set) var gaps: [Double]
  /// How much of the circle the labels of a point took at the start.
  private(set) var extents: [Double]
  /// H_p, empty where it is zero.
  fileprivate(set) var transfers: [[Double]]
  /// The same at second order, in units of `SecondOrder.scale`.
  fileprivate(set) var secondTransfers: [SIMD16<Double>]
  /// Extra masses of the samples of second order at first order: those of a point's labels, and Σ_b H_pb x_b.
  fileprivate(set) var extras: [SIMD16<Double>]
  /// Massless points where the flow divides.
  private(set) var areSeparators: [Bool]
  /// What `TornPoints` calls s, k, r and c: the same for a whole step, so that rates are smooth.
  var stretches: [Double]
  var references: [Int?]
  var shares: [Double]
  var nextShares: [Double]
  /// Points in a void so deep that nothing crosses any more: what did has become masses.
  fileprivate(set) var areSettled: [Bool]
  /// How much a displacement counts in the unit of errors: that of a torn point times its density.
  var errorWeights: [Double]

  var count: Int { masses.count }

  /// Every label by itself.
  init(_ labels: ResponseLabels) {
    owners = Array(labels.masses.indices)
    masses = labels.masses
    gaps = labels.gaps
    extents = labels.gaps.map { 0.5 * $0 }
    transfers = labels.masses.map { _ in [] }
    secondTransfers = labels.masses.map { _ in .zero }
    extras = labels.extras
    areSeparators = labels.masses.map { _ in false }
    stretches = labels.masses.map { _ in 0 }
    references = labels.masses.map { _ in nil }
    shares = stretches
    nextShares = labels.masses.map { _ in 0.5 }
    areSettled = labels.masses.map { _ in false }
    errorWeights = labels.masses.map { _ in 1 }
  }

  /// Two neighbours become one.
  ///
  /// - Parameters:
  ///   - kept: the lower index, which stays.
  ///   - gone: the next one, or the last where the two are the last and the first.
  mutating func join(_ kept: Int, _ gone: Int) {
    masses[kept] += masses[gone]
    extents[kept] += extents[gone]
    gaps[kept] = .infinity
    transfers[kept] = Self.sum(transfers[kept], transfers[gone])
    secondTransfers[kept] += secondTransfers[gone]
    extras[kept] += extras[gone]
    areSettled[kept] = false
    areSeparators[kept] = areSeparators[kept] && areSeparators[gone]
    remove(gone)
    for b in owners.indices {
      if owners[b] == gone { owners[b] = kept } else if owners[b] > gone { owners[b] -= 1 }
    }
  }

  /// Takes a separator away.
  mutating func drop(_ p: Int) {
    remove(p)
    for b in owners.indices where owners[b] > p { owners[b] -= 1 }
  }

  private mutating func remove(_ p: Int) {
    masses.remove(at: p)
    extents.remove(at: p)
    gaps.remove(at: p)
    transfers.remove(at: p)
    secondTransfers.remove(at: p)
    extras.remove(at: p)
    areSeparators.remove(at: p)
    stretches.remove(at: p)
    references.remove(at: p)
    shares.remove(at: p)
    nextShares.remove(at: p)
    areSettled.remove(at: p)
    errorWeights.remove(at: p)
  }

  /// Puts a separator before point p.
  mutating func insertSeparator(before p: Int) {
    masses.insert(0, at: p)
    extents.insert(0, at: p)
    gaps.insert(0, at: p)
    transfers.insert([], at: p)
    secondTransfers.insert(.zero, at: p)
    extras.insert(.zero, at: p)
    areSeparators.insert(true, at: p)
    stretches.insert(0, at: p)
    references.insert(nil, at: p)
    shares.insert(0, at: p)
    nextShares.insert(0.5, at: p)
    areSettled.insert(false, at: p)
    errorWeights.insert(1, at: p)
    for b in owners.indices where owners[b] >= p { owners[b] += 1 }
  }

  /// Mass that has come from elsewhere for good.
  ///
  /// - Parameters:
  ///   - row: by every label.
  ///   - second: at second order.
  ///   - extra: of the samples of second order.
  mutating func add(
    _ row: [Double], second: SIMD16<Double>, extra: SIMD16<Double>, to p: Int
  ) {
    transfers[p] = Self.sum(transfers[p], row)
    secondTransfers[p] += second
    extras[p] += extra
  }

  mutating func settle(_ i: Int) { areSettled[i] = true }

  private static func sum(_ a: [Double], _ b: [Double]) -> [Double] {
    a.isEmpty ? b : b.isEmpty ? a : zip(a, b).map { $0 + $1 }
  }
}

/// What labels of the response are at the start.
struct ResponseLabels: Sendable {
  var masses: [Double]
  var gaps: [Double]
  /// x_b, extra masses of the samples of second order.
  var extras: [SIMD16<Double>]
}

extension ResponsePoints {
  /// As numbers, for `SavedEvolution`; empty while every label is by itself and none is torn.
  func encoded(_ labels: ResponseLabels) -> [Double] {
    guard self != ResponsePoints(labels) else { return [] }
    var numbers = [Double(count)] + owners.map(Double.init)
    for p in 0..<count {
      numbers += [
        masses[p], extents[p], gaps[p], stretches[p], shares[p], nextShares[p], errorWeights[p],
        references[p].map(Double.init) ?? -1, areSeparators[p] ? 1 : 0, areSettled[p] ? 1 : 0,
        transfers[p].isEmpty ? 0 : 1,
      ]
      numbers += (0..<16).map { secondTransfers[p][$0] }
      numbers += (0..<16).map { extras[p][$0] }
      numbers += transfers[p]
    }
    return numbers
  }

  /// nil where the numbers are none of `encoded`.
  init?(decoding numbers: [Double], _ labels: ResponseLabels) {
    self.init(labels)
    if numbers.isEmpty { return }
    var rest = numbers[...]
    func take(_ count: Int) -> [Double]? {
      guard rest.count >= count else { return nil }
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }
    guard let count = take(1).flatMap({ Int(exactly: $0[0]) }), count > 0,
      let places = take(owners.count)
    else { return nil }
    let found = places.compactMap { Int(exactly: $0) }
    guard found.count == places.count, found.allSatisfy({ 0 <= $0 && $0 < count }) else {
      return nil
    }
    for p in 0..<count {
      guard let head = take(11), let second = take(16), let extra = take(16),
        let reference = Int(exactly: head[7]), reference < count,
        let row = take(head[10] == 1 ? owners.count : 0)
      else { return nil }
      if p == masses.count { insertSeparator(before: p) }
      (masses[p], extents[p], gaps[p]) = (head[0], head[1], head[2])
      (stretches[p], shares[p], nextShares[p]) = (head[3], head[4], head[5])
      errorWeights[p] = head[6]
      references[p] = reference < 0 ? nil : reference
      (areSeparators[p], areSettled[p]) = (head[8] == 1, head[9] == 1)
      transfers[p] = row
      (secondTransfers[p], extras[p]) = (SIMD16(second), SIMD16(extra))
    }
    while self.count > count { remove(count) }
    guard rest.isEmpty else { return nil }
    // Last: points that came and went above had no labels.
    owners = found
  }
}
