import Foundation
import MeanField
import RunFiles
import TestSupport
import Testing

/// Run files on disk: what cannot be read is 74, what should not be is 65.
struct FileTests {
  private func expectRefusal(
    _ path: String, _ sentence: String, exitCode: Int32,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    do {
      _ = try RunFile(contentsOf: path)
      Issue.record("the run file was accepted", sourceLocation: sourceLocation)
    } catch {
      #expect(error.message == "\(path): \(sentence)", sourceLocation: sourceLocation)
      #expect(error.exitCode == exitCode, sourceLocation: sourceLocation)
    }
  }

  @Test func missing() throws {
    let folder = try TemporaryFolder()
    expectRefusal(folder.path + "/none.yaml", "not found", exitCode: 74)
  }

  @Test func folder() throws {
    let folder = try TemporaryFolder()
    expectRefusal(folder.path, "found a folder, allowed: a file", exitCode: 74)
  }

  @Test func aFileInPlaceOfAFolder() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("", to: "file")
    expectRefusal(file + "/run.yaml", "could not be read (Not a directory)", exitCode: 74)
  }

  @Test func empty() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("", to: "empty.yaml")
    expectRefusal(file, "found an empty file, allowed: a run file", exitCode: 65)
  }

  @Test func notUTF8() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write([0x74, 0x3A, 0x20, 0xFF, 0x0A], to: "latin.yaml")
    expectRefusal(file, "found bytes that are not UTF-8, allowed: a text file", exitCode: 65)
  }

  @Test func tooLarge() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write([UInt8](repeating: 0x20, count: 1_000_001), to: "large.yaml")
    expectRefusal(file, "found more than 1000000 bytes, allowed: at most 1000000", exitCode: 65)
  }

  @Test func aSparseHundredMegabytesAreNotRead() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("", to: "huge.yaml")
    #expect(truncate(file, 100_000_000) == 0)
    expectRefusal(file, "found more than 1000000 bytes, allowed: at most 1000000", exitCode: 65)
  }

  @Test func anEndlessDeviceIsNotReadToItsEnd() {
    expectRefusal(
      "/dev/zero", "found more than 1000000 bytes, allowed: at most 1000000", exitCode: 65)
  }

  @Test func messagesNameTheFileAsItWasGiven() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(Samples.least("noise: -1"), to: "run.yaml")
    do {
      _ = try RunFile(contentsOf: file)
      Issue.record("accepted")
    } catch {
      #expect(error.message == "\(file):5:8: noise: found -1, allowed: a number ≥ 0")
    }
  }

  @Test func defaultsUseTheLastPartOfThePath() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(Samples.least(), to: "two.bumps.yaml")
    let run = try RunFile(contentsOf: file, settings: ["noise=0.5"])
    #expect(run.title == "two.bumps.yaml")
    #expect(run.output.file == "output/two.bumps.nc")
    #expect(run.equation.noise == 0.5)
  }

  @Test(arguments: [
    ("run", "run", "output/run.nc"), ("a/b/.yaml", ".yaml", "output/.yaml.nc"),
    ("", "run", "output/run.nc"), ("a/li\nne.yaml", "line.yaml", "output/line.nc"),
    ("héllo wörld.yml", "héllo wörld.yml", "output/héllo wörld.nc"),
  ])
  func namesOfEveryShape(path: String, title: String, output: String) throws {
    let run = try RunFile(text: Samples.least(), name: path, settings: [])
    #expect(run.title == title)
    #expect(run.output.file == output)
  }
}
