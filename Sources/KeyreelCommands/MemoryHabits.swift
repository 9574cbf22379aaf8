#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// How this process keeps memory that it does not use at the moment.
enum MemoryHabits {
  /// Has glibc share four heaps among all threads, and keep some memory between two clips.
  ///
  /// Of itself it gives every thread a heap of its own, up to eight for each core, each with what its
  /// busiest moment left behind; and it gives a decoder's memory back after every clip, only to take
  /// it anew and zeroed for the next. Other C libraries have no such habits and are left alone.
  static func set() {
    #if canImport(Glibc)
      // Swift's view of glibc lacks <malloc.h>. The numbers are M_ARENA_MAX, M_TRIM_THRESHOLD and
      // M_MMAP_THRESHOLD; setting one of the latter two keeps both from wandering.
      typealias Mallopt = @convention(c) (Int32, Int32) -> Int32
      guard let address = dlsym(nil, "mallopt") else { return }
      let mallopt = unsafeBitCast(address, to: Mallopt.self)
      _ = mallopt(-8, 4)
      _ = mallopt(-1, 4 << 20)
      _ = mallopt(-3, 1 << 20)
    #endif
  }
}
