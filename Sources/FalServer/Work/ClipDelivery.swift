internal import FalProtocol
internal import FalQueue
internal import HTTPTypes
internal import KeyreelCore
internal import SystemPackage

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// From a job's input to its output: checked, its pictures fetched, its clip made, kept and billed.
struct ClipDelivery: Sendable {
  let queue: JobQueue
  let forms: [String: InputForm]
  let workshop: any Workshop
  let pictures: InputPictures

  /// Makes the clip of `taken`; throws a ``Refusal`` for what its sender did wrong.
  func deliver(_ taken: TakenJob, _ log: JobLog) async throws -> JobEnding {
    let begin = ContinuousClock.now
    guard let form = forms[taken.job.endpoint] else {
      throw Refusal(.notFound, "Application \"\(taken.job.endpoint)\" not found")
    }
    var input = try Self.input(taken, form)
    let seed = Self.settleSeed(&input, form, taken.job)
    log.say("Loading the pictures")
    let (first, last) = try await pictures.load(input, form, owner: taken.job.owner)
    defer { for file in [first, last] { pictures.release(file) } }
    let order = ClipOrder(
      label: taken.job.id, model: form.profile, request: input.request, first: first.path,
      last: last.path)
    log.say("Making the clip")
    let staged = queue.stagePath(ending: "mp4")
    defer { unlink(staged.string) }
    let inspection: ClipInspection
    do {
      inspection = try await workshop.make(order, into: staged) { log.tell($0) }
    } catch let failure as PictureFailure {
      throw Self.refusal(failure, form)
    }
    let file = try await queue.place(
      staged,
      as: FileLabel(
        name: "output.mp4", contentType: "video/mp4", owner: taken.job.owner,
        jobID: taken.job.id, life: taken.job.fileLife, access: taken.job.fileAccess))
    log.say("Made \(inspection.frames) frames of \(inspection.size)")
    return ending(
      file, seed: seed, bill: workshop.bill(order, frames: inspection.frames),
      time: begin.duration(to: .now))
  }

  private static func input(_ taken: TakenJob, _ form: InputForm) throws -> ValidatedInput {
    do {
      return try form.validate(body: taken.input.utf8)
    } catch {
      throw Refusal(.unprocessableContent, error.body)
    }
  }

  /// The seed of the input, or one that is the same at every attempt.
  private static func settleSeed(
    _ input: inout ValidatedInput, _ form: InputForm, _ job: Job
  ) -> Int? {
    guard form.profile.parameter("seed") != nil else { return nil }
    if case .integer(let seed)? = input.request["seed"] { return seed }
    let seed = Digest.of(Array(job.id.utf8)).bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    input.request["seed"] = .integer(seed)
    return seed
  }

  private static func refusal(_ failure: PictureFailure, _ form: InputForm) -> Refusal {
    let names = form.profile.pictures
    return InputPictures.refusal(
      failure.kind.wireName, "The picture cannot be read: \(failure.error.message)",
      field: failure.position == .first ? names.first : names.last,
      context: failure.kind.context)
  }

  private func ending(
    _ file: StoredFile, seed: Int?, bill: Bill?, time: Duration
  ) -> JobEnding {
    let output = ModelOutput(
      video: MediaFile(
        url: MediaAddress.stored(MediaPath.of(file)), contentType: file.contentType,
        fileName: file.name, fileSize: file.size),
      seed: seed)
    var ending = JobEnding(
      statusCode: 200, output: String(decoding: output.bytes, as: UTF8.self),
      billableUnits: bill?.units ?? .zero, cost: bill?.total ?? .zero, inferenceTime: time)
    ending.files = [file]
    return ending
  }
}

/// The paths of files on the media host.
enum MediaPath {
  /// The path of `file`, with its name for people at the end.
  static func of(_ file: StoredFile) -> String { of(id: file.id, name: file.name) }

  /// The path of the file `id`, whose harmless name is `name`.
  static func of(id: String, name: String) -> String { "/files/b/\(id)/\(name)" }

  /// The id of the file at `path`; `nil` for paths that lead to none.
  static func fileID(_ path: some StringProtocol) -> String? {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 5, parts[0].isEmpty, parts[1] == "files", parts[2] == "b",
      isID(parts[3])
    else { return nil }
    return String(parts[3])
  }

  /// Whether `text` has the form of a file's id.
  static func isID(_ text: some StringProtocol) -> Bool {
    text.utf8.count == 32 && text.utf8.allSatisfy { isHexDigit($0) }
  }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (97...102).contains(byte)
  }
}
