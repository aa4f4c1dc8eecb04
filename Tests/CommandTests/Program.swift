import Foundation
import TestSupport
import Testing

/// The built program, used as a user does: arguments in, exit status and two streams out.
struct Program {
  struct Outcome {
    /// The exit status; 128 + n where signal n ended the program, as shells say it.
    var status: Int32
    var output: String
    var error: String

    /// What the program said as JSON.
    func decoded<Value: Decodable>() throws -> Value {
      try JSONDecoder().decode(Value.self, from: Data(output.utf8))
    }
  }

  /// The folder in which it runs; relative paths begin there.
  let folder: TemporaryFolder

  /// Runs it to its end.
  ///
  /// - Parameters:
  ///   - wrapper: a program and its arguments that run `meanfield` with what follows.
  ///   - limit: seconds after which it is killed.
  @discardableResult
  func callAsFunction(
    _ arguments: String..., wrapper: [String] = [], limit: Double = 120
  ) throws -> Outcome {
    try start(arguments, wrapper: wrapper).outcome(limit: limit)
  }

  /// Runs it in a shell that first does `preparation`.
  func inShell(_ preparation: String, _ arguments: String...) throws -> Outcome {
    let wrapper = ["/bin/sh", "-c", "\(preparation); exec \"$0\" \"$@\""]
    return try start(arguments, wrapper: wrapper).outcome(limit: 120)
  }

  /// Starts it and does not wait.
  func start(_ arguments: [String], wrapper: [String] = []) throws -> Running {
    let words = try wrapper + [Self.executable()] + arguments
    return try Running(words, in: folder)
  }

  /// The product beside the test bundle.
  static func executable() throws -> String {
    #if os(macOS)
      let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL
    #else
      let bundle = Bundle.main.executableURL
    #endif
    let path = try #require(bundle).deletingLastPathComponent().appendingPathComponent("meanfield")
      .path
    try #require(FileManager.default.isExecutableFile(atPath: path), "\(path) is not built")
    return path
  }

  /// A program that has been started.
  final class Running {
    private let process = Process()
    private let streams: [String]

    fileprivate init(_ words: [String], in folder: TemporaryFolder) throws {
      // Files, because a pipe that nobody empties would stop the program.
      let name = UUID().uuidString
      let scratch = FileManager.default.temporaryDirectory
      streams = ["out", "err"].map {
        scratch.appendingPathComponent("meanfield-\(name).\($0)").path
      }
      let files = try streams.map { stream in
        try #require(FileManager.default.createFile(atPath: stream, contents: nil))
        return try #require(FileHandle(forWritingAtPath: stream))
      }
      process.executableURL = URL(fileURLWithPath: words[0])
      process.arguments = Array(words.dropFirst())
      process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = files[0]
      process.standardError = files[1]
      try Self.unblockingSignals { try process.run() }
    }

    /// Threads of a pool block signals, and a program inherits that from the thread that starts it.
    private static func unblockingSignals(_ body: () throws -> Void) rethrows {
      var signals = sigset_t()
      var before = sigset_t()
      sigemptyset(&signals)
      sigaddset(&signals, SIGINT)
      sigaddset(&signals, SIGTERM)
      pthread_sigmask(SIG_UNBLOCK, &signals, &before)
      defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
      try body()
    }

    deinit {
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
      for stream in streams { try? FileManager.default.removeItem(atPath: stream) }
    }

    var isRunning: Bool { process.isRunning }

    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Waits until a condition holds or the program has ended.
    func wait(until condition: () throws -> Bool) throws {
      while process.isRunning, try !condition() { usleep(5000) }
    }

    func outcome(limit: Double = 120) throws -> Outcome {
      let deadline = Date().addingTimeInterval(limit)
      while process.isRunning, Date() < deadline { usleep(5000) }
      if process.isRunning {
        kill(process.processIdentifier, SIGKILL)
        Issue.record("killed after \(limit) s")
      }
      process.waitUntilExit()
      let texts = try streams.map { stream in
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: stream)), as: UTF8.self)
      }
      let isSignal = process.terminationReason == .uncaughtSignal
      return Outcome(
        status: (isSignal ? 128 : 0) + process.terminationStatus, output: texts[0],
        error: texts[1])
    }
  }
}
