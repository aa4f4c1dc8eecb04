import CNetCDF

extension NetCDFFile {
  /// What the values of a variable are.
  public enum ValueType: Sendable, Equatable, CaseIterable {
    case double, int64, int32, uint64, string

    var code: nc_type {
      switch self {
      case .double: NC_DOUBLE
      case .int64: NC_INT64
      case .int32: NC_INT
      case .uint64: NC_UINT64
      case .string: NC_STRING
      }
    }
  }

  /// What a variable is: its type and shape, not its values.
  public struct Variable: Sendable, Equatable {
    public var name: String
    /// Nil for a type that this program never writes.
    public var type: ValueType?
    public var dimensions: [String]
    /// The present lengths of the dimensions.
    public var lengths: [Int]
  }
}

// MARK: - Questions

extension NetCDFFile.Group {
  /// The names of the variables of this group, in the order of their definition.
  public var variableNames: [String] {
    get throws(NetCDFError) {
      let variables = try list("list the variables") { nc_inq_varids(id, $0, $1) }
      var names: [String] = []
      for variable in variables {
        names.append(try name(of: "a variable") { nc_inq_varname(id, variable, $0) })
      }
      return names
    }
  }

  /// Whether this group itself has a variable of this name.
  public func hasVariable(_ name: String) throws(NetCDFError) -> Bool {
    var isThere = false
    try file.call("find variable '\(name)'") {
      var variable: Int32 = 0
      let status = nc_inq_varid(id, name, &variable)
      isThere = status == NC_NOERR
      return status == NC_ENOTVAR ? NC_NOERR : status
    }
    return isThere
  }

  /// The type and shape of a variable.
  public func variable(_ name: String) throws(NetCDFError) -> NetCDFFile.Variable {
    let variable = try variableID(name)
    var type: nc_type = 0
    var dimensions: [Int32] = []
    try file.call("read the shape of variable '\(name)'") {
      var count: Int32 = 0
      let status = nc_inq_var(id, variable, nil, &type, &count, nil, nil)
      guard status == NC_NOERR else { return status }
      dimensions = Array(repeating: 0, count: Int(count))
      return nc_inq_vardimid(id, variable, &dimensions)
    }
    var names: [String] = []
    var lengths: [Int] = []
    for dimension in dimensions {
      names.append(try self.name(of: "a dimension") { nc_inq_dimname(id, dimension, $0) })
      var length = 0
      try file.call("read the shape of variable '\(name)'") {
        nc_inq_dimlen(id, dimension, &length)
      }
      lengths.append(length)
    }
    return NetCDFFile.Variable(
      name: name, type: NetCDFFile.ValueType.allCases.first { $0.code == type },
      dimensions: names, lengths: lengths)
  }

  func variableID(_ name: String) throws(NetCDFError) -> Int32 {
    var variable: Int32 = 0
    try file.call("find variable '\(name)'") { nc_inq_varid(id, name, &variable) }
    return variable
  }
}

// MARK: - Values

extension NetCDFFile.Group {
  /// Writes values, the last dimension fastest, into the block of a variable given by the first
  /// index and the count along each dimension; without them the whole variable.
  public func put(
    _ values: [Double], into name: String, start: [Int]? = nil, count: [Int]? = nil
  ) throws(NetCDFError) {
    try write(name, values.count, start, count) { nc_put_vara_double(id, $0, $1, $2, values) }
  }

  /// Writes integers; see the function for doubles.
  public func put(
    _ values: [Int], into name: String, start: [Int]? = nil, count: [Int]? = nil
  ) throws(NetCDFError) {
    let words = values.map(Int64.init)
    try write(name, values.count, start, count) { nc_put_vara_longlong(id, $0, $1, $2, words) }
  }

  /// Writes unsigned integers; see the function for doubles.
  public func put(
    _ values: [UInt64], into name: String, start: [Int]? = nil, count: [Int]? = nil
  ) throws(NetCDFError) {
    try write(name, values.count, start, count) { nc_put_vara_ulonglong(id, $0, $1, $2, values) }
  }

  /// Writes texts; see the function for doubles.
  public func put(
    _ values: [String], into name: String, start: [Int]? = nil, count: [Int]? = nil
  ) throws(NetCDFError) {
    try write(name, values.count, start, count) { variable, start, count in
      let texts = values.map { ContiguousArray($0.utf8CString) }
      // One buffer for all texts, so that pointers into it stay valid during the call.
      let bytes = texts.flatMap { $0 }
      return bytes.withUnsafeBufferPointer { buffer in
        var pointers: [UnsafePointer<CChar>?] = []
        var offset = 0
        for text in texts {
          pointers.append(buffer.baseAddress?.advanced(by: offset))
          offset += text.count
        }
        return nc_put_vara_string(id, variable, start, count, &pointers)
      }
    }
  }

  /// Reads numbers as doubles, the last dimension fastest: a block given by the first index and
  /// the count along each dimension, or the whole variable.
  public func doubles(
    _ name: String, start: [Int]? = nil, count: [Int]? = nil
  ) throws(NetCDFError) -> [Double] {
    try read(name, 0, start, count) { nc_get_vara_double(id, $0, $1, $2, $3) }
  }

  /// Snapshots of an output that are whole: their time is written last.
  ///
  /// The dimension may be longer where a write failed; what is read as time there is the library's own fill
  /// value, 9.97 · 10³⁶.
  public var snapshotCount: Int {
    get throws(NetCDFError) { try doubles("time").prefix { $0 < 9e36 }.count }
  }

  /// Reads integers; see the function for doubles.
  public func integers(
    _ name: String, start: [Int]? = nil, count: [Int]? = nil
  ) throws(NetCDFError) -> [Int] {
    let words = try read(name, Int64(0), start, count) {
      nc_get_vara_longlong(id, $0, $1, $2, $3)
    }
    return words.map { Int($0) }
  }

  /// Reads unsigned integers; see the function for doubles.
  public func unsignedIntegers(
    _ name: String, start: [Int]? = nil, count: [Int]? = nil
  ) throws(NetCDFError) -> [UInt64] {
    try read(name, UInt64(0), start, count) { nc_get_vara_ulonglong(id, $0, $1, $2, $3) }
  }

  /// Reads texts; see the function for doubles.
  public func strings(
    _ name: String, start: [Int]? = nil, count: [Int]? = nil
  ) throws(NetCDFError) -> [String] {
    var pointers = try read(name, UnsafeMutablePointer<CChar>?.none, start, count) {
      nc_get_vara_string(id, $0, $1, $2, $3)
    }
    let texts = pointers.map { $0.map { String(cString: $0) } ?? "" }
    if !pointers.isEmpty {
      try file.call("read variable '\(name)'") { nc_free_string(pointers.count, &pointers) }
    }
    return texts
  }

  private func write(
    _ name: String, _ valueCount: Int, _ start: [Int]?, _ count: [Int]?,
    _ body: (_ variable: Int32, _ start: [Int], _ count: [Int]) -> Int32
  ) throws(NetCDFError) {
    let variable = try variableID(name)
    let (start, count) = try block(name, variable, start, count)
    let product = count.reduce(1, *)
    precondition(
      product == valueCount, "\(valueCount) values for \(product) places of variable '\(name)'")
    guard product > 0 else { return }
    try file.call("write variable '\(name)'") { body(variable, start, count) }
  }

  private func read<Value>(
    _ name: String, _ zero: Value, _ start: [Int]?, _ count: [Int]?,
    _ body: (Int32, _ start: [Int], _ count: [Int], UnsafeMutablePointer<Value>?) -> Int32
  ) throws(NetCDFError) -> [Value] {
    let variable = try variableID(name)
    let (start, count) = try block(name, variable, start, count)
    var values = Array(repeating: zero, count: count.reduce(1, *))
    guard !values.isEmpty else { return [] }
    try file.call("read variable '\(name)'") {
      values.withUnsafeMutableBufferPointer { body(variable, start, count, $0.baseAddress) }
    }
    return values
  }

  /// The block asked for: from `start` (the first element) as far as `count` (the end) says.
  private func block(
    _ name: String, _ variable: Int32, _ start: [Int]?, _ count: [Int]?
  ) throws(NetCDFError) -> (start: [Int], count: [Int]) {
    var dimensionCount: Int32 = 0
    try file.call("read the shape of variable '\(name)'") {
      nc_inq_varndims(id, variable, &dimensionCount)
    }
    // For the length of a dimension that grows the library asks every variable on it.
    let lengths = count == nil ? try self.variable(name).lengths : []
    let start = start ?? [Int](repeating: 0, count: Int(dimensionCount))
    let count = count ?? zip(lengths, start).map { max(0, $0 - $1) }
    precondition(
      start.count == dimensionCount && count.count == dimensionCount,
      "variable '\(name)' has \(dimensionCount) dimensions")
    precondition(
      start.allSatisfy { $0 >= 0 } && count.allSatisfy { $0 >= 0 },
      "a block of variable '\(name)' begins and counts from 0")
    return (start, count)
  }
}
