import Foundation

/// A folder of exported files: a draft beside its place until it is complete.
final class ExportFolder {
  /// The file with which every export begins: the run file of what was exported.
  static let recipeName = "run.yaml"
  /// How that file begins; a folder without it is never replaced.
  static let recipeMark = "# meanfield export of"

  let path: String
  let isInterrupted: () -> Bool
  private let draft: String
  private let overwrite: Bool

  init(_ path: String, overwrite: Bool, isInterrupted: @escaping () -> Bool) throws {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    self.path = path
    self.overwrite = overwrite
    self.isInterrupted = isInterrupted
    draft = "\(path).\(UUID().uuidString)"
    try requireFreePlace()
    guard mkdir(draft, 0o777) == 0 else { throw Self.failure(path, "create the folder", errno) }
  }

  // MARK: Files

  /// A new file in the folder; folders in its name are created.
  func create(_ name: String) throws -> FileWriter {
    let parts = name.split(separator: "/").dropLast()
    for end in parts.indices {
      let folder = parts[...end].joined(separator: "/")
      guard mkdir("\(draft)/\(folder)", 0o777) == 0 || errno == EEXIST else {
        throw Self.failure("\(path)/\(folder)", "create the folder", errno)
      }
    }
    return try FileWriter(
      creating: "\(draft)/\(name)", shownAs: "\(path)/\(name)", isInterrupted: isInterrupted)
  }

  /// A new file with one text.
  func write(_ text: String, to name: String) throws {
    let file = try create(name)
    file.write(text)
    try file.close()
  }

  // MARK: The place

  /// Puts the complete folder where it belongs.
  func putInPlace() throws {
    try requireFreePlace()
    let old = "\(draft).old"
    let isReplacing = rename(path, old) == 0
    guard isReplacing || errno == ENOENT else {
      throw Self.failure(path, "replace the folder", errno)
    }
    guard rename(draft, path) == 0 else {
      let reason = errno
      if isReplacing { rename(old, path) }
      throw Self.failure(path, "put the folder in place", reason)
    }
    if isReplacing { try FileManager.default.removeItem(atPath: old) }
  }

  /// Leaves nothing behind, when a failure is already on its way to the user.
  func discard() {
    do { try FileManager.default.removeItem(atPath: draft) } catch { return }
  }

  /// Nothing may be lost: only a folder that holds an export and nothing else is replaced.
  private func requireFreePlace() throws {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      if errno == ENOENT { return }
      throw Self.failure(path, "create the folder", errno)
    }
    guard overwrite else {
      throw ExportError(
        message: "\(path): it is there already; --overwrite replaces it", exitCode: 74)
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw ExportError(message: "\(path): it is not a folder, and stays", exitCode: 74)
    }
    if let stranger = stranger() {
      throw ExportError(
        message: "\(path): it is not replaced, because \(stranger)", exitCode: 74)
    }
  }

  /// Why a folder that is there is not an export alone; nil if it is, or is empty.
  private func stranger() -> String? {
    guard let names = FileManager.default.enumerator(atPath: path) else {
      return "it cannot be read"
    }
    let known = Set(ExportFormat.allCases.map(\.rawValue) + ["vtp", "pvd"])
    var isEmpty = true
    while let name = names.nextObject() as? String {
      isEmpty = false
      let kind = names.fileAttributes?[.type] as? FileAttributeType
      let isExported = name == Self.recipeName || known.contains((name as NSString).pathExtension)
      guard kind == .typeDirectory || kind == .typeRegular && isExported else {
        return "\(name) in it is not exported"
      }
    }
    guard !isEmpty else { return nil }
    let recipe = FileManager.default.contents(atPath: "\(path)/\(Self.recipeName)") ?? Data()
    return recipe.starts(with: Self.recipeMark.utf8)
      ? nil : "no export has written it: \(Self.recipeName) does not say so"
  }

  static func failure(_ path: String, _ operation: String, _ code: Int32) -> ExportError {
    ExportError(
      message: "\(path): cannot \(operation): \(String(cString: strerror(code)))", exitCode: 74)
  }
}
