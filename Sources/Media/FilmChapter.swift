internal import CFFmpeg
public import KeyreelCore

/// A part of a film with a title.
public struct FilmChapter: Hashable, Sendable {
  /// The title.
  public var title: String
  /// 0-based first film frame.
  public var start: Int
  /// The film frame behind its last one.
  public var end: Int
  /// The film's frames per second.
  public var frameRate: FrameRate

  /// `title` from frame `start` up to, but without, `end`.
  public init(title: String, start: Int, end: Int, frameRate: FrameRate) {
    self.title = title
    self.start = start
    self.end = end
    self.frameRate = frameRate
  }
}

extension OutputFile {
  /// Writes `chapters` into the file's header; call it once, before the first packet.
  public func add(_ chapters: [FilmChapter]) throws {
    guard !chapters.isEmpty, context.pointee.nb_chapters == 0 else { return }
    let size = MemoryLayout<UnsafeMutablePointer<AVChapter>?>.stride
    guard let list = av_calloc(chapters.count, size) else { throw outOfMemory }
    context.pointee.chapters = list.assumingMemoryBound(to: UnsafeMutablePointer<AVChapter>?.self)
    for (index, chapter) in chapters.enumerated() {
      guard let memory = av_mallocz(MemoryLayout<AVChapter>.size) else { throw outOfMemory }
      let made = memory.assumingMemoryBound(to: AVChapter.self)
      let rate = chapter.frameRate
      made.pointee.id = Int64(index + 1)
      made.pointee.time_base = AVRational(num: 1, den: 1_000_000)
      made.pointee.start = Self.microseconds(chapter.start, rate)
      made.pointee.end = Self.microseconds(chapter.end, rate)
      av_dict_set(&made.pointee.metadata, "title", chapter.title, 0)
      context.pointee.chapters[index] = made
      context.pointee.nb_chapters = UInt32(index + 1)
    }
  }

  private var outOfMemory: OperationError {
    LibavError.error(avx_error_no_memory, "adding chapters", file: "memory")
  }

  private static func microseconds(_ frames: Int, _ rate: FrameRate) -> Int64 {
    let product = Int128(frames) * 1_000_000 * Int128(rate.denominator)
    return Int64(clamping: (2 * product + Int128(rate.numerator)) / (2 * Int128(rate.numerator)))
  }
}
