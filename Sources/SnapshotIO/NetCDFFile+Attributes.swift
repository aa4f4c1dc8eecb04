import CNetCDF

extension NetCDFFile {
  /// The value of an attribute.
  public enum Attribute: Sendable, Equatable {
    case text(String)
    case doubles([Double])
    case integers([Int])
    case unsignedIntegers([UInt64])

    /// The text; nil for numbers.
    public var text: String? {
      if case .text(let value) = self { value } else { nil }
    }

    /// The numbers, whatever their type; nil for text.
    public var doubles: [Double]? {
      switch self {
      case .text: nil
      case .doubles(let values): values
      // Not Double.init, which for UInt64 may mean the bit pattern.
      case .integers(let values): values.map { Double($0) }
      case .unsignedIntegers(let values): values.map { Double($0) }
      }
    }

    /// The integers; nil for anything else.
    public var integers: [Int]? {
      if case .integers(let values) = self { values } else { nil }
    }

    /// The unsigned integers; nil for anything else.
    public var unsignedIntegers: [UInt64]? {
      if case .unsignedIntegers(let values) = self { values } else { nil }
    }
  }
}

extension NetCDFFile.Attribute: ExpressibleByStringInterpolation, ExpressibleByFloatLiteral,
  ExpressibleByIntegerLiteral
{
  public init(stringLiteral value: String) { self = .text(value) }
  public init(floatLiteral value: Double) { self = .doubles([value]) }
  public init(integerLiteral value: Int) { self = .integers([value]) }
}

extension NetCDFFile.Group {
  /// Writes an attribute of a variable, or of the group itself; an old value is replaced.
  public func setAttribute(
    _ name: String, to value: NetCDFFile.Attribute, of variable: String? = nil
  ) throws(NetCDFError) {
    let owner = try attributeOwner(variable)
    try file.call("write attribute '\(name)'\(Self.possessive(variable))") {
      switch value {
      case .text(let text):
        Array(text.utf8).withUnsafeBytes {
          nc_put_att_text(id, owner, name, $0.count, $0.bindMemory(to: CChar.self).baseAddress)
        }
      case .doubles(let values):
        nc_put_att_double(id, owner, name, NC_DOUBLE, values.count, values)
      case .integers(let values):
        nc_put_att_longlong(id, owner, name, NC_INT64, values.count, values.map(Int64.init))
      case .unsignedIntegers(let values):
        nc_put_att_ulonglong(id, owner, name, NC_UINT64, values.count, values)
      }
    }
  }

  /// The attribute of a variable, or of the group itself; nil if there is none of this name.
  public func attribute(
    _ name: String, of variable: String? = nil
  ) throws(NetCDFError) -> NetCDFFile.Attribute? {
    let owner = try attributeOwner(variable)
    var value: NetCDFFile.Attribute?
    try file.call("read attribute '\(name)'\(Self.possessive(variable))") {
      var type: nc_type = 0
      var count = 0
      let status = nc_inq_att(id, owner, name, &type, &count)
      guard status == NC_NOERR else { return status == NC_ENOTATT ? NC_NOERR : status }
      switch type {
      case NC_CHAR:
        var bytes = [UInt8](repeating: 0, count: count)
        let status = bytes.withUnsafeMutableBytes {
          nc_get_att_text(id, owner, name, $0.bindMemory(to: CChar.self).baseAddress)
        }
        value = .text(String(decoding: bytes, as: UTF8.self))
        return status
      case NC_STRING:
        var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
        let status = nc_get_att_string(id, owner, name, &pointers)
        value = .text(pointers.map { $0.map { String(cString: $0) } ?? "" }.joined(separator: "\n"))
        nc_free_string(count, &pointers)
        return status
      case NC_FLOAT, NC_DOUBLE:
        var values = [Double](repeating: 0, count: count)
        let status = nc_get_att_double(id, owner, name, &values)
        value = .doubles(values)
        return status
      case NC_UINT64:
        var values = [UInt64](repeating: 0, count: count)
        let status = nc_get_att_ulonglong(id, owner, name, &values)
        value = .unsignedIntegers(values)
        return status
      default:
        var values = [Int64](repeating: 0, count: count)
        let status = nc_get_att_longlong(id, owner, name, &values)
        value = .integers(values.map { Int($0) })
        return status
      }
    }
    return value
  }

  private func attributeOwner(_ variable: String?) throws(NetCDFError) -> Int32 {
    guard let variable else { return NC_GLOBAL }
    return try variableID(variable)
  }

  private static func possessive(_ variable: String?) -> String {
    variable.map { " of variable '\($0)'" } ?? ""
  }
}
