import CNetCDF

extension NetCDFFile {
  /// A group of a file: names of its own for dimensions, variables, attributes and further groups.
  ///
  /// Dimensions of the groups around it are seen from within.
  public struct Group: Sendable {
    let file: NetCDFFile
    let id: Int32

    /// The group of this name inside this one, created if it is not there.
    public func group(named name: String) throws(NetCDFError) -> Group {
      if let found = try find(name) { return found }
      var child: Int32 = 0
      try file.call("create group '\(name)'") { nc_def_grp(id, name, &child) }
      return Group(file: file, id: child)
    }

    /// Whether there is a group of this name inside this one.
    public func hasGroup(named name: String) throws(NetCDFError) -> Bool {
      try find(name) != nil
    }

    /// The names of the groups inside this one, in the order of their creation.
    public var groupNames: [String] {
      get throws(NetCDFError) {
        let identifiers = try list("list the groups") { nc_inq_grps(id, $0, $1) }
        var names: [String] = []
        for child in identifiers {
          names.append(try name(of: "a group") { nc_inq_grpname(child, $0) })
        }
        return names
      }
    }

    private func find(_ name: String) throws(NetCDFError) -> Group? {
      var child: Int32 = 0
      var isThere = false
      try file.call("find group '\(name)'") {
        let status = nc_inq_grp_ncid(id, name, &child)
        isThere = status == NC_NOERR
        return status == NC_ENOGRP ? NC_NOERR : status
      }
      return isThere ? Group(file: file, id: child) : nil
    }
  }
}

// MARK: - Dimensions

extension NetCDFFile.Group {
  /// Defines a dimension; without a length it grows with what is written.
  public func defineDimension(_ name: String, length: Int?) throws(NetCDFError) {
    precondition(length.map { $0 > 0 } ?? true, "a dimension has a positive length or none")
    var dimension: Int32 = 0
    try file.call("define dimension '\(name)'") {
      nc_def_dim(id, name, length ?? NC_UNLIMITED, &dimension)
    }
  }

  /// The present length of a dimension of this group or of one around it.
  public func dimensionLength(_ name: String) throws(NetCDFError) -> Int {
    let dimension = try dimensionID(name)
    var length = 0
    try file.call("read the length of dimension '\(name)'") {
      nc_inq_dimlen(id, dimension, &length)
    }
    return length
  }

  /// The names of the dimensions defined in this group itself.
  public var dimensionNames: [String] {
    get throws(NetCDFError) {
      let dimensions = try list("list the dimensions") { nc_inq_dimids(id, $0, $1, 0) }
      var names: [String] = []
      for dimension in dimensions {
        names.append(try name(of: "a dimension") { nc_inq_dimname(id, dimension, $0) })
      }
      return names
    }
  }

  func dimensionID(_ name: String) throws(NetCDFError) -> Int32 {
    var dimension: Int32 = 0
    try file.call("find dimension '\(name)'") { nc_inq_dimid(id, name, &dimension) }
    return dimension
  }
}

// MARK: - Lists of the library

extension NetCDFFile.Group {
  /// Calls a library function that gives a count where no array is given, and then the array.
  func list(
    _ operation: String,
    _ inquire: (UnsafeMutablePointer<Int32>?, UnsafeMutablePointer<Int32>?) -> Int32
  ) throws(NetCDFError) -> [Int32] {
    var identifiers: [Int32] = []
    try file.call(operation) {
      var count: Int32 = 0
      let status = inquire(&count, nil)
      guard status == NC_NOERR, count > 0 else { return status }
      identifiers = Array(repeating: 0, count: Int(count))
      return identifiers.withUnsafeMutableBufferPointer { inquire(&count, $0.baseAddress) }
    }
    return identifiers
  }

  /// Calls a library function that writes a name.
  func name(
    of thing: String, _ inquire: (UnsafeMutablePointer<CChar>?) -> Int32
  ) throws(NetCDFError) -> String {
    var bytes = [CChar](repeating: 0, count: Int(NC_MAX_NAME) + 1)
    try file.call("read the name of \(thing)") {
      bytes.withUnsafeMutableBufferPointer { inquire($0.baseAddress) }
    }
    let text = bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return String(decoding: text, as: UTF8.self)
  }
}
