import Foundation

extension RunFile {
  /// Reads a run file; messages name it as `path` does.
  ///
  /// - Parameter settings: `--set` values, `path.to.key=value`, applied in their order.
  public init(contentsOf path: String, settings: [String] = []) throws(RunFileError) {
    try self.init(RunFileSource(contentsOf: path, settings: settings))
  }

  /// Reads the text of a run file; messages and defaults use `name`, its path.
  public init(text: String, name: String, settings: [String]) throws(RunFileError) {
    try self.init(RunFileSource(text: text, name: name, settings: settings))
  }

  /// Decodes what was written.
  public init(_ source: RunFileSource) throws(RunFileError) {
    let root = source.root
    try self.init(decoding: Field(path: "", place: root.place, value: root), name: source.name)

    // The resolved run file has to be readable again, and can be almost four times as long:
    // `.1,` becomes `0.1, ` and `{mode: 1}` becomes `{mode: 1, cosine: 0, sine: 0}`.
    guard source.size > YAMLReading.largestSize / 4 else { return }
    let resolvedSize = yaml.utf8.count
    guard resolvedSize <= YAMLReading.largestSize else {
      throw .content(
        "\(source.name): found \(resolvedSize) bytes once every default is filled in, "
          + "allowed: at most \(YAMLReading.largestSize)")
    }
  }
}

/// A run file as it was written, with `--set` applied: of a single run or of a sweep.
public struct RunFileSource: Sendable {
  let root: YAMLValue
  let name: String
  /// Bytes of text.
  let size: Int

  /// Reads a file; messages name it as `path` does.
  ///
  /// - Parameter settings: `--set` values, `path.to.key=value`, applied in their order.
  public init(contentsOf path: String, settings: [String] = []) throws(RunFileError) {
    let bytes: [UInt8]
    do {
      bytes = try FileContents.bytes(of: path, limit: YAMLReading.largestSize)
    } catch {
      let message = "\(path): \(error.sentence)"
      throw error.exitCode == 65 ? .content(message) : .input(message)
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .content("\(path): found bytes that are not UTF-8, allowed: a text file")
    }
    try self.init(text: text, name: path, settings: settings)
  }

  /// Takes text that was read; messages and defaults use `name`, its path.
  public init(text: String, name: String, settings: [String] = []) throws(RunFileError) {
    guard var root = try YAMLReading.document(text, file: name), !root.isNothing else {
      throw .content("\(name): found an empty file, allowed: a run file")
    }
    for flag in settings { try Setting(flag).apply(to: &root) }
    self.root = root
    self.name = name
    size = settings.reduce(text.utf8.count) { $0 + $1.utf8.count }
  }

  /// The same file with other values in it.
  init(root: YAMLValue, name: String) {
    self.root = root
    self.name = name
    size = 0
  }

  /// Whether it is for `meanfield sweep`.
  public var hasSweep: Bool { root.entry("sweep") != nil }
}

extension YAMLValue {
  /// An entry of a mapping.
  func entry(_ key: String) -> Entry? {
    guard case .mapping(let entries) = content else { return nil }
    return entries.first { $0.key == key }
  }

  fileprivate var isNothing: Bool {
    if case .nothing = content { true } else { false }
  }
}
