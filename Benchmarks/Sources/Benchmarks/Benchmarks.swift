import Dispatch
import Transforms

/// Prints every speed as a ratio to a bound measured in the same run.
@main
enum Benchmarks {
  static func main() {
    pairSums()
    particles()
    fourier()
  }

  /// Least time of several repetitions, in seconds.
  static func seconds(repetitions: Int = 7, _ body: () -> Void) -> Double {
    body()
    var least = Double.infinity
    for _ in 0..<repetitions {
      let start = DispatchTime.now().uptimeNanoseconds
      body()
      least = min(least, Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9)
    }
    return least
  }

  static func pairSums() {
    let n = 4096
    let angles = (0..<n).map { Double(($0 * 7919) % n) * 0.0015 }
    var z = [Double](repeating: 0, count: n)
    var s = z
    let sums = CirclePairSums(count: n)
    let t = seconds {
      angles.withUnsafeBufferPointer { a in
        sums.evaluate(at: a, masses: nil, beta: 4, partition: &z, slope: &s)
      }
    }
    let source = (0..<2048).map { -Double($0) * 0.003 }
    var out = source
    let bare = seconds {
      for _ in 0..<(n * n / 2048) {
        source.withUnsafeBytes { a in
          out.withUnsafeMutableBytes { o in
            for i in stride(from: 0, to: 2048 * 8, by: 64) {
              o.storeBytes(
                of: exponential2(a.loadUnaligned(fromByteOffset: i, as: Vector.self)),
                toByteOffset: i, as: Vector.self)
            }
          }
        }
      }
    }
    print("pair sums", t * 1e9 / Double(n * n), "ns/pair; exps", bare * 1e9 / Double(n * n), "ratio", t / bare)
  }

  static func particles() {
    let n = 1_000_000
    let angles = (0..<n).map { Double(($0 &* 7919) % n) * 6.28e-6 }
    var v = [Double](repeating: 0, count: n)
    let points = PointTransform(modes: 77, fieldCount: 2)
    var m = [Double](repeating: 0, count: 156)
    let bare = seconds {
      angles.withUnsafeBufferPointer { a in
        v.withUnsafeMutableBufferPointer { v in for i in 0..<n { v[i] = 1.5 * a[i] } }
      }
    }
    let t1 = seconds { angles.withUnsafeBufferPointer { points.moments(of: $0, masses: nil, into: &m) } }
    points.prepare(field: 0, coefficients: m)
    let t2 = seconds { angles.withUnsafeBufferPointer { points.evaluate(field: 0, at: $0, into: &v) } }
    let t0 = seconds { points.prepare(field: 0, coefficients: m) }
    print("points: bare", bare * 1e3, "ms; moments", t1 * 1e3, "field", t2 * 1e3, "prepare", t0 * 1e3)
  }

  static func fourier() {
    for n in [256, 1024, 8192, 131072] {
      let f = RealFourierTransform(count: n)
      let t1 = seconds(repetitions: 20) { f.analyze() }
      let t2 = seconds(repetitions: 20) { f.clearCoefficients(); f.synthesize() }
      print("fft", n, t1 * 1e6, t2 * 1e6, "µs")
    }
    let a = [Double](repeating: 1, count: 256 * 256)
    var c = a
    let t = seconds { multiply(a, a, into: &c, size: 256) }
    print("matmul 256:", t * 1e3, "ms", 2 * 256 * 256 * 256 / t * 1e-9, "GF/s")
  }
}
