/// Arcs and largest masses of leaves, of eights of leaves, and so on up to one eight.
struct ArcBounds {
  /// Where each level begins, the leaves' first.
  private(set) var levels: [Int] = []
  /// Centres and half-lengths of arcs in units of cells, largest log masses; eight nodes a vector.
  private(set) var centers = VectorBuffer(count: 1)
  private(set) var radii = VectorBuffer(count: 1)
  private(set) var logMasses = VectorBuffer(count: 1)

  mutating func update(_ nodes: borrowing CircleNodes) {
    let leaves = nodes.leafCount
    var room = 0
    var nodesOfLevel = leaves
    levels.removeAll(keepingCapacity: true)
    repeat {
      levels.append(room)
      nodesOfLevel = (nodesOfLevel + 7) / 8
      room += nodesOfLevel
    } while nodesOfLevel > 1
    if centers.count < room {
      centers = VectorBuffer(count: room + room / 4)
      radii = VectorBuffer(count: centers.count)
      logMasses = VectorBuffer(count: centers.count)
    }
    for i in 0..<room {
      centers.base[i] = .zero
      radii.base[i] = .zero
      logMasses.base[i] = Vector(repeating: CircleNodes.nothing)
    }
    for leaf in 0..<leaves {
      let values = nodes.logMasses.base[leaf]
      var largest = values[0]
      for lane in 1..<8 { largest = max(largest, values[lane]) }
      set(leaf, low: nodes.lows[leaf], high: nodes.highs[leaf], logMass: largest)
    }
    for level in 1..<max(1, levels.count) {
      for i in levels[level - 1]..<levels[level] {
        let low = centers.base[i] - radii.base[i]
        let high = centers.base[i] + radii.base[i]
        let logMass = logMasses.base[i]
        var (start, end, largest) = (Double.infinity, -Double.infinity, CircleNodes.nothing)
        for lane in 0..<8 where logMass[lane] > CircleNodes.nothing {
          start = min(start, low[lane])
          end = max(end, high[lane])
          largest = max(largest, logMass[lane])
        }
        guard largest > CircleNodes.nothing else { continue }
        set(8 * levels[level] + i - levels[level - 1], low: start, high: end, logMass: largest)
      }
    }
  }

  private func set(_ node: Int, low: Double, high: Double, logMass: Double) {
    centers.numbers[node] = (low + high) / 2
    radii.numbers[node] = (high - low) / 2
    logMasses.numbers[node] = logMass
  }
}
