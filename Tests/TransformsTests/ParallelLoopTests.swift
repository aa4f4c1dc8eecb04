import Synchronization
import Testing
import Transforms

/// Order and values do not depend on the number of threads.
struct ParallelLoopTests {
  static let threads = [1, 2, 5]
  static let counts = [0, 1, 2, 4, 7, 1000]

  @Test(arguments: threads, counts)
  func everyIterationRunsOnce(threads: Int, count: Int) {
    let visits = Mutex([Int](repeating: 0, count: count))
    parallelLoop(count: count, threads: threads) { i in
      visits.withLock { $0[i] += 1 }
    }
    #expect(visits.withLock { $0 } == [Int](repeating: 1, count: count))
  }

  @Test(arguments: threads, counts)
  func valuesStandInOrder(threads: Int, count: Int) {
    let squares = parallelMap(count: count, threads: threads) { $0 * $0 }
    #expect(squares == (0..<count).map { $0 * $0 })
    // Values that own memory, of different sizes.
    let words = parallelMap(count: count, threads: threads) {
      String(repeating: "θ", count: $0 % 40)
    }
    #expect(words == (0..<count).map { String(repeating: "θ", count: $0 % 40) })
  }

  /// Early iterations that take long do not push their values to the end.
  @Test(arguments: threads)
  func slowIterationsKeepTheirPlaces(threads: Int) {
    let sums = parallelMap(count: 20, threads: threads) { i -> Int in
      (0..<(20 - i) * 500).reduce(0) { ($0 + $1 * i) % 1_000_003 }
    }
    let alone = (0..<20).map { i in
      (0..<(20 - i) * 500).reduce(0) { ($0 + $1 * i) % 1_000_003 }
    }
    #expect(sums == alone)
  }

  @Test(arguments: [-1, 0])
  func fewerThanOneThreadIsOne(threads: Int) {
    #expect(parallelMap(count: 3, threads: threads) { $0 } == [0, 1, 2])
  }

  @Test(arguments: threads)
  func loopsNest(threads: Int) {
    let table = parallelMap(count: 6, threads: threads) { i in
      parallelMap(count: 6, threads: threads) { j in 10 * i + j }
    }
    #expect(table == (0..<6).map { i in (0..<6).map { 10 * i + $0 } })
  }
}
