import SnapshotIO

/// Everything in an output file that has to be the same after an interruption: dimensions,
/// variables with their values to the bit, attributes except those that tell the time of day.
struct Contents: Equatable {
  /// Values by group and variable; two NaN are equal.
  var values: [String: [UInt64]] = [:]
  var texts: [String: [String]] = [:]
  var shapes: [String: [String]] = [:]
  var attributes: [String: NetCDFFile.Attribute] = [:]

  init(of path: String) throws {
    let file = try NetCDFFile(opening: path)
    try read(file.root, "")
    try file.close()
  }

  private mutating func read(_ group: NetCDFFile.Group, _ place: String) throws {
    for name in try group.dimensionNames {
      shapes[place + name + "()"] = ["\(try group.dimensionLength(name))"]
    }
    for name in try group.variableNames {
      let variable = try group.variable(name)
      shapes[place + name] = zip(variable.dimensions, variable.lengths).map { "\($0)=\($1)" }
      switch variable.type {
      case .string:
        texts[place + name] = try group.strings(name)
      case .double:
        values[place + name] = try group.doubles(name)
          .map { $0.isNaN ? Double.nan.bitPattern : $0.bitPattern }
      default:
        values[place + name] = try group.integers(name).map { UInt64(bitPattern: Int64($0)) }
      }
    }
    for name in ["title", "run_file", "seed", "verdict", "sigmas", "degrees_of_freedom"]
      + ["fluctuations_of_order_one_at", "stochastic_step"]
    {
      attributes[place + name] = try group.attribute(name)
    }
    for name in try group.groupNames { try read(group.group(named: name), place + name + "/") }
  }

  /// What differs, for a message.
  func differences(from other: Contents) -> [String] {
    func keys<Value: Equatable>(_ a: [String: Value], _ b: [String: Value]) -> [String] {
      Set(a.keys).union(b.keys).filter { a[$0] != b[$0] }.sorted()
    }
    return keys(values, other.values) + keys(texts, other.texts) + keys(shapes, other.shapes)
      + keys(attributes, other.attributes)
  }

  /// Without what is in one group.
  func without(_ group: String) -> Contents {
    func rest<Value>(_ all: [String: Value]) -> [String: Value] {
      all.filter { !$0.key.hasPrefix(group + "/") }
    }
    var result = self
    result.values = rest(values)
    result.texts = rest(texts)
    result.shapes = rest(shapes)
    result.attributes = rest(attributes)
    return result
  }
}

extension [Double] {
  /// Whether every value was written, and is a number.
  var allFinite: Bool { allSatisfy(\.isFinite) }
}
