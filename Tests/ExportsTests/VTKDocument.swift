import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// A file of VTK's as its description has it: arrays of poly data by element and name, or the sets
/// of a collection.
final class VTKDocument: NSObject, XMLParserDelegate {
  var arrays: [String: [UInt64]] = [:]
  var components: [String: String] = [:]
  var piece: [String: String] = [:]
  var root: [String: String] = [:]
  var sets: [[String: String]] = []
  private var elements: [String] = []
  private var key = ""
  private var text = ""

  init(contentsOf path: String) throws {
    super.init()
    let parser = XMLParser(data: try Data(contentsOf: URL(fileURLWithPath: path)))
    parser.delegate = self
    try #require(parser.parse(), "\(path) is no XML")
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String] = [:]
  ) {
    switch name {
    case "VTKFile": root = attributes
    case "Piece": piece = attributes
    case "DataSet": sets.append(attributes)
    case "DataArray":
      key = "\(elements.last ?? "")/\(attributes["Name"] ?? "")"
      components[key] = attributes["NumberOfComponents"]
      text = ""
    default: break
    }
    elements.append(name)
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?,
    qualifiedName: String?
  ) {
    elements.removeLast()
    guard name == "DataArray" else { return }
    let bytes = [UInt8](Data(base64Encoded: text, options: .ignoreUnknownCharacters) ?? Data())
    let words = stride(from: 0, to: bytes.count, by: 8).map { first in
      bytes[first..<first + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    #expect(words.first == UInt64(bytes.count - 8), "the length of \(key)")
    arrays[key] = Array(words.dropFirst())
  }

  func doubles(_ key: String) throws -> [Double] {
    try #require(arrays[key]).map { Double(bitPattern: $0) }
  }

  func integers(_ key: String) throws -> [Int] { try #require(arrays[key]).map { Int($0) } }

  var points: [[Double]] {
    get throws {
      #expect(components["Points/Points"] == "3")
      let numbers = try doubles("Points/Points")
      #expect(piece["NumberOfPoints"] == "\(numbers.count / 3)")
      return stride(from: 0, to: numbers.count, by: 3).map { Array(numbers[$0..<$0 + 3]) }
    }
  }

  func cells(_ kind: String) throws -> [[Int]] {
    let corners = try integers("\(kind)/connectivity")
    let ends = try integers("\(kind)/offsets")
    #expect(piece["NumberOf\(kind)"] == "\(ends.count)")
    #expect(ends.last == corners.count)
    return zip([0] + ends, ends).map { Array(corners[$0..<$1]) }
  }
}
