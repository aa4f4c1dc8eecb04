import Yams

/// What is the same in the resolved run files of all points, and what was written where they differ.
struct ResolvedBase {
  private let written: YAMLValue
  private var shared: Node

  init(written: YAMLValue, _ first: Node) {
    self.written = written
    shared = first
  }

  /// Drops what another point has otherwise.
  mutating func keepShared(_ node: Node) {
    shared = Self.shared(shared, node, written) ?? shared
  }

  /// A default that depends on a swept key belongs to the points: it is left to be filled in again.
  private static func shared(_ first: Node, _ second: Node, _ written: YAMLValue?) -> Node? {
    if first == second { return first }
    guard case .mapping(let a) = first, case .mapping(let b) = second else { return written?.node }
    var pairs: [(Node, Node)] = []
    for (key, value) in a {
      let entry = key.string.flatMap { written?.entry($0) }?.value
      if let other = b[key], let kept = shared(value, other, entry) {
        pairs.append((key, kept))
      } else if b[key] == nil, let entry {
        pairs.append((key, entry.node))
      }
    }
    return pairs.isEmpty ? written?.node : .mapping(Node.Mapping(pairs, a.tag, a.style))
  }

  /// The whole file, with the block of the sweep.
  func yaml(sweep: YAMLValue) -> String {
    var root = shared
    root.mapping?[Node("sweep", .implicit, .plain)] = sweep.withSpacing.blockNode
    do {
      return try serialize(node: root, width: -1, allowUnicode: true)
    } catch {
      preconditionFailure("plain nodes can always be serialized: \(error)")
    }
  }
}

extension YAMLValue {
  /// The value on one line.
  var oneLine: String {
    switch content {
    case .nothing: "null"
    case .plain(let text), .text(let text): text
    case .list(let elements): "[\(elements.map(\.oneLine).joined(separator: ", "))]"
    case .mapping(let entries):
      "{\(entries.map { "\($0.key): \($0.value.oneLine)" }.joined(separator: ", "))}"
    }
  }

  /// The value as it was written, on one line where it is a mapping or a list.
  fileprivate var node: Node {
    switch content {
    case .nothing: Node("null", .implicit, .plain)
    case .plain(let text): Node(text, .implicit, .plain)
    case .text(let text): Node(text, .implicit, .doubleQuoted)
    case .list(let elements):
      .sequence(Node.Sequence(elements.map(\.node), .implicit, .flow))
    case .mapping(let entries):
      .mapping(Node.Mapping(entries.map { ($0.keyNode, $0.value.node) }, .implicit, .flow))
    }
  }

  /// Mappings of lists, every element on a line of its own.
  fileprivate var blockNode: Node {
    switch content {
    case .list(let elements):
      .sequence(Node.Sequence(elements.map(\.node), .implicit, .block))
    case .mapping(let entries):
      .mapping(Node.Mapping(entries.map { ($0.keyNode, $0.value.blockNode) }, .implicit, .block))
    default: node
    }
  }

  /// A sweep's block with the one default there is.
  fileprivate var withSpacing: YAMLValue {
    var result = self
    guard case .mapping(var parts) = content,
      let place = parts.firstIndex(where: { $0.key == "keys" }),
      case .list(let keys) = parts[place].value.content
    else { return self }
    parts[place].value.content = .list(
      keys.map { key in
        guard case .mapping(let entries) = key.content, key.entry("from") != nil,
          key.entry("spacing") == nil
        else { return key }
        let value = YAMLValue(content: .plain("linear"), place: key.place)
        var filled = key
        filled.content = .mapping(
          entries + [Entry(key: "spacing", place: key.place, value: value)])
        return filled
      })
    result.content = .mapping(parts)
    return result
  }
}

extension YAMLValue.Entry {
  fileprivate var keyNode: Node { Node(key, .implicit, .plain) }
}
