import CNetCDF

extension NetCDFFile.Group {
  /// Defines a variable on dimensions of this group or of groups around it.
  ///
  /// Doubles that are never written read as NaN, their fill value; only a coordinate (a variable
  /// named like its one dimension) has none, because CF allows it no missing values.
  ///
  /// - Parameters:
  ///   - integerFill: the fill value of a variable of integers; nil for none.
  ///   - chunks: the shape of the blocks in which values are stored, one number a dimension; nil
  ///     takes as many small records of a growing dimension together as make a large write, and leaves
  ///     all else to the library.
  public func defineVariable(
    _ name: String, _ type: NetCDFFile.ValueType, dimensions: [String], integerFill: Int? = nil,
    chunks: [Int]? = nil,
    attributes: KeyValuePairs<String, NetCDFFile.Attribute> = [:]
  ) throws(NetCDFError) {
    precondition(chunks.map { $0.count == dimensions.count } ?? true, "one chunk size a dimension")
    var identifiers: [Int32] = []
    for dimension in dimensions { identifiers.append(try dimensionID(dimension)) }
    var chunks = chunks
    if chunks == nil { chunks = try recordChunks(identifiers) }
    var variable: Int32 = 0
    // All at once: values that another thread writes in between would end the definition.
    var operation = "define"
    try file.call("\(operation) variable '\(name)'") {
      var status = nc_def_var(
        id, name, type.code, Int32(identifiers.count), identifiers, &variable)
      if status == NC_NOERR, let chunks, !chunks.isEmpty {
        operation = "choose the chunks of"
        status = nc_def_var_chunking(id, variable, NC_CHUNKED, chunks)
      }
      guard status == NC_NOERR else { return status }
      operation = "choose the cache of"
      status = bypassCache(variable, dimensionCount: identifiers.count)
      guard status == NC_NOERR else { return status }
      operation = "choose the fill value of"
      return switch (type, integerFill) {
      case (.double, _):
        dimensions == [name]
          ? NC_NOERR : withUnsafeBytes(of: Double.nan) { fill(variable, $0) }
      case (.int64, .some(let value)):
        withUnsafeBytes(of: Int64(value)) { fill(variable, $0) }
      case (.int32, .some(let value)):
        withUnsafeBytes(of: Int32(value)) { fill(variable, $0) }
      case (.uint64, .some(let value)):
        withUnsafeBytes(of: UInt64(value)) { fill(variable, $0) }
      case (_, .none), (.string, _):
        NC_NOERR
      }
    }
    for (key, value) in attributes { try setAttribute(key, to: value, of: name) }
  }

  /// Chunks of several records, where the first dimension alone grows and a record is small.
  ///
  /// By itself the library gives every record a chunk, and a place in a search tree.
  private func recordChunks(_ dimensions: [Int32]) throws(NetCDFError) -> [Int]? {
    guard let first = dimensions.first, dimensions.count > 1 else { return nil }
    var lengths: [Int] = []
    var isGrowing = false
    try file.call("read the lengths of dimensions") {
      // Those of this group, then those of the groups around it.
      var growing: [Int32] = []
      var group = id
      repeat {
        var found = [Int32](repeating: 0, count: Int(NC_MAX_VAR_DIMS))
        var count: Int32 = 0
        let status = nc_inq_unlimdims(group, &count, &found)
        guard status == NC_NOERR else { return status }
        growing += found.prefix(Int(count))
      } while nc_inq_grp_parent(group, &group) == NC_NOERR
      isGrowing =
        growing.contains(first) && !dimensions.dropFirst().contains(where: growing.contains)
      for dimension in dimensions.dropFirst() where isGrowing {
        var length = 0
        let status = nc_inq_dimlen(id, dimension, &length)
        guard status == NC_NOERR else { return status }
        lengths.append(length)
      }
      return NC_NOERR
    }
    let records = Self.recordsTogether(lengths)
    return isGrowing && records > 1 ? [records] + lengths : nil
  }

  /// Bytes that records of a growing dimension are stored in together.
  static let bytesTogether = 1 << 15

  /// How many records of numbers of a shape are stored together.
  static func recordsTogether(_ shape: [Int]) -> Int {
    max(1, min(64, bytesTogether / (8 * shape.reduce(1, *))))
  }

  /// Has blocks of large records written as they come: the library would keep them until the file is closed,
  /// each in fresh memory.
  private func bypassCache(_ variable: Int32, dimensionCount: Int) -> Int32 {
    var storage: Int32 = 0
    var lengths = [Int](repeating: 1, count: max(1, dimensionCount))
    let status = nc_inq_var_chunking(id, variable, &storage, &lengths)
    guard status == NC_NOERR, storage == NC_CHUNKED,
      8 * lengths.reduce(1, *) > Self.bytesTogether
    else { return status }
    // Less than a block has no place there; none at all would mean the usual cache.
    return nc_set_var_chunk_cache(id, variable, 1024, 1, 0.5)
  }

  private func fill(_ variable: Int32, _ bytes: UnsafeRawBufferPointer) -> Int32 {
    nc_def_var_fill(id, variable, NC_FILL, bytes.baseAddress)
  }
}
