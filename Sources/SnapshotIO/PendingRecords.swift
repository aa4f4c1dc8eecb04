/// Records of variables that grow with time, until several of each are written at once.
///
/// A call of the library takes as long as writing a thousand numbers, and there are some thirty variables: a
/// run of many small snapshots would spend its time there. Nothing is lost by waiting, since what the
/// library has been given outlives the process only from the next `sync` on. Large records do not wait.
struct PendingRecords {
  /// One record; shorter ones than others are filled up, doubles with NaN.
  enum Values {
    case doubles([Double])
    case integers([Int], fill: Int)

    var count: Int {
      switch self {
      case .doubles(let values): values.count
      case .integers(let values, _): values.count
      }
    }
  }

  private struct Key: Hashable {
    var group: Int32
    var name: String
  }

  /// Records of one variable, one after another.
  private struct Run {
    let group: NetCDFFile.Group
    let name: String
    /// Index of the first.
    let first: Int
    /// Of every record; without the last length where that varies.
    let shape: [Int]
    /// The fewest and the most blocks that a record of varying length takes.
    var blocks: ClosedRange<Int>?
    var records: [Values]

    /// Takes a further record, unless it belongs elsewhere.
    mutating func take(
      _ values: Values, at index: Int, _ fixed: [Int], _ block: Int?, _ chunkRecords: Int?
    ) -> Bool {
      guard first + records.count == index, shape == fixed else { return false }
      if let block, let chunkRecords, let known = blocks {
        guard known == block...block || first / chunkRecords == index / chunkRecords else {
          return false
        }
        blocks = min(known.lowerBound, block)...max(known.upperBound, block)
      }
      records.append(values)
      return true
    }
  }

  private var runs: [Run] = []
  private var places: [Key: Int] = [:]
  private(set) var bytes = 0

  /// Takes a record of a variable.
  ///
  /// - Parameters:
  ///   - index: its place along time.
  ///   - shape: lengths of the other dimensions; of the last one it may be less than that of other records.
  ///   - chunk: how many records, and how many of the last dimension, are stored together where that
  ///     varies: filling up the shorter ones takes no more of them.
  mutating func add(
    _ values: Values, to name: String, of group: NetCDFFile.Group, at index: Int, shape: [Int],
    chunk: (records: Int, values: Int)? = nil
  ) throws(NetCDFError) {
    guard values.count > 0 else { return }
    let key = Key(group: group.id, name: name)
    let fixed = chunk == nil ? shape : Array(shape.dropLast())
    let block = chunk.map { (values.count - 1) / $0.values }
    let new = Run(
      group: group, name: name, first: index, shape: fixed, blocks: block.map { $0...$0 },
      records: [values])
    // Waiting would gain nothing, and its memory is for the next.
    if chunk == nil, values.count > Self.largeRecord { return try Self.write(new) }
    bytes += 8 * values.count
    guard let place = places[key] else {
      places[key] = runs.count
      return runs.append(new)
    }
    // In place: a copy of the run would have all of its records copied.
    guard !runs[place].take(values, at: index, fixed, block, chunk?.records) else { return }
    try Self.write(runs[place])
    runs[place] = new
  }

  /// Writes everything, variables in the order in which they first came.
  mutating func write() throws(NetCDFError) {
    for run in runs { try Self.write(run) }
    self = PendingRecords()
  }

  /// Numbers of a record beyond which its call of the library costs less than to copy it.
  private static let largeRecord = 8192

  private static func write(_ run: Run) throws(NetCDFError) {
    let last = run.blocks == nil ? [] : [run.records.reduce(0) { max($0, $1.count) }]
    let shape = run.shape + last
    let size = shape.reduce(1, *)
    let start = [run.first] + shape.map { _ in 0 }
    let count = [run.records.count] + shape
    switch run.records[0] {
    case .doubles(let values) where run.records.count == 1:
      try run.group.put(values, into: run.name, start: start, count: count)
    case .doubles:
      var all: [Double] = []
      all.reserveCapacity(size * run.records.count)
      for case .doubles(let values) in run.records {
        all += values
        all += repeatElement(.nan, count: size - values.count)
      }
      try run.group.put(all, into: run.name, start: start, count: count)
    case .integers(_, let fill):
      var all: [Int] = []
      for case .integers(let values, _) in run.records {
        all += values
        all += repeatElement(fill, count: size - values.count)
      }
      try run.group.put(all, into: run.name, start: start, count: count)
    }
  }
}
