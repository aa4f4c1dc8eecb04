internal import Dispatch
internal import Synchronization

/// Runs `body(0)`, …, `body(count − 1)` on at most `threads` threads and returns when all are done.
///
/// The iterations must not depend on one another; which thread runs which is left open, so results
/// are the same on any number of threads exactly when every iteration writes its own place.
public func parallelLoop(count: Int, threads: Int, body: @Sendable (Int) -> Void) {
  let workers = min(count, max(1, threads))
  if workers <= 1 {
    for i in 0..<count { body(i) }
    return
  }
  let next = Atomic<Int>(0)
  DispatchQueue.concurrentPerform(iterations: workers) { _ in
    while true {
      let i = next.wrappingAdd(1, ordering: .relaxed).oldValue
      if i >= count { return }
      body(i)
    }
  }
}

/// The values of `body(0)`, …, `body(count − 1)`, in order, computed on at most `threads` threads.
public func parallelMap<Value: Sendable>(
  count: Int, threads: Int, body: @Sendable (Int) -> Value
) -> [Value] {
  [Value](unsafeUninitializedCapacity: count) { storage, initialized in
    // Every iteration initializes its own slot, once.
    nonisolated(unsafe) let slots = storage
    parallelLoop(count: count, threads: threads) { i in
      slots.initializeElement(at: i, to: body(i))
    }
    initialized = count
  }
}
