internal import Keyframes
internal import KeyreelCore
internal import Media
internal import Reporting
internal import Stitching
internal import Storage
internal import SystemPackage

/// Holds a film against its manifest, its clips in the store, and its own pictures; changes nothing.
struct FilmProver {
  /// How much is looked at.
  struct Options {
    var depth: FilmCheck.Depth
    var looksAtClips: Bool
    var failsVisibleJoins: Bool
  }

  let root: FilePath
  /// What of the store is on this machine; `nil` where there is none.
  let store: DirectoryStore?
  let options: Options

  /// What there is to say of the film at `path`.
  func prove(
    _ path: FilePath, called name: String, by found: FoundManifest
  ) async throws -> FilmProof {
    var proof = FilmProof(film: name)
    proof.manifest = found.place
    proof.encoder = found.manifest.encoder
    if let companion = found.companion {
      try look(at: companion, path, &proof)
      return proof
    }
    let isWhole = try checkBytes(path, found, &proof)
    let clips = options.looksAtClips ? try await clips(of: found.manifest, &proof) : nil
    let before = proof
    proof = try await OwnThread.run { token in
      var proof = before
      try look(at: path, found.manifest, isWhole: isWhole, clips, &proof, token)
      return proof
    }
    if found.length == nil { companions(of: found.manifest, &proof) }
    return proof
  }

  /// Whether every byte is as the manifest says.
  private func checkBytes(
    _ path: FilePath, _ found: FoundManifest, _ proof: inout FilmProof
  ) throws -> Bool {
    let digest =
      if let length = found.length {
        try FilmRecord.digest(of: length, in: path)
      } else {
        try FileBytes.digest(path, name: proof.film)
      }
    if digest == found.manifest.digest { return true }
    proof.findings.append(
      .init(
        "bytes", "\(proof.film) is not the film of its manifest: its bytes are others"))
    return false
  }

  // MARK: Pictures

  private func look(
    at path: FilePath, _ manifest: FilmManifest, isWhole: Bool, _ clips: [RecipeKey: FilePath]?,
    _ proof: inout FilmProof, _ token: CancellationToken
  ) throws {
    do {
      // Where bytes are others, every frame is looked at to tell which.
      let check = try FilmCheck(
        path, expecting: StitchedFilm(manifest), depth: isWhole ? options.depth : .everything,
        token: token)
      (proof.frames, proof.decoded) = (check.frames, check.decoded)
      try measureJoins(path, manifest, &proof, token)
    } catch let error as OperationError where error.code != .interrupted {
      proof.findings.append(.init("frames", error.message))
    }
    guard let clips else { return }
    do {
      try compare(path, manifest, clips, &proof, token)
    } catch let error as OperationError where error.code != .interrupted {
      proof.findings.append(.init("copy", error.message))
    }
  }

  private func measureJoins(
    _ path: FilePath, _ manifest: FilmManifest, _ proof: inout FilmProof,
    _ token: CancellationToken
  ) throws {
    let film = StitchedFilm(manifest)
    // Under words a join is not what it was measured to be before they were drawn.
    let bare = manifest.joins.filter { !film.isLettered(at: $0.place) }
    if bare.count < manifest.joins.count {
      proof.notes.append(
        "\(manifest.joins.count - bare.count) joins under words not measured again")
    }
    proof.joins = try FilmJoins(path, size: manifest.size).verdicts(again: bare, token)
    for (now, then) in zip(proof.joins, bare) where now.figures != then.figures {
      proof.findings.append(
        .init(
          "join",
          "\(proof.film): the join at frame \(now.place.frame), \(now.place.before) → "
            + "\(now.place.after), is not what it was measured to be",
          frame: now.place.frame, piece: now.place.after))
    }
    guard options.failsVisibleJoins else { return }
    for join in proof.joins where !join.isClean {
      let faults = join.faults.map(\.rawValue).joined(separator: ", ")
      proof.findings.append(
        .init(
          "visible-join", "\(proof.film): the join at frame \(join.place.frame) shows: \(faults)",
          frame: join.place.frame, piece: join.place.after))
    }
  }

  private func compare(
    _ path: FilePath, _ manifest: FilmManifest, _ clips: [RecipeKey: FilePath],
    _ proof: inout FilmProof, _ token: CancellationToken
  ) throws {
    let copies = CopyProof.copies(of: manifest)
    let copy = try CopyProof(path)
    for (index, piece) in manifest.pieces.enumerated() {
      let source: FilePath? =
        switch manifest.edit.pieces[index].source {
        case .clip(let key): clips[key]
        case .footage(let file, _, _, _, _): footage(file, proof)
        case .still: nil
        }
      guard let source else { continue }
      let packets = try copy.source(source)
      if case .clip = manifest.edit.pieces[index].source, packets.frames != piece.delivered {
        proof.findings.append(
          .init(
            "clip-frames",
            "the clip of \(piece.label) has \(packets.frames) frames, the film was made of one with "
              + "\(piece.delivered)", piece: piece.label))
      }
      for run in copies[index] ?? [] {
        let frame = try copy.firstDifference(
          in: run.range, from: packets, picture: run.picture, token)
        proof.compared += run.range.count
        guard let frame else { continue }
        proof.findings.append(
          .init(
            "copy",
            "\(proof.film): frame \(frame) (\(piece.label)) is not the clip's, bit for bit",
            frame: frame, piece: piece.label))
      }
    }
  }

  /// Footage is compared where it is what it was; what is wrong with it was told.
  private func footage(_ path: String, _ proof: FilmProof) -> FilePath? {
    proof.findings.contains { $0.code.hasPrefix("source") } ? nil : root.pushing(FilePath(path))
  }

  // MARK: What it is made of

  /// The film's clips that are in the store with every byte; `nil` when there is no store to look into.
  private func clips(
    of manifest: FilmManifest, _ proof: inout FilmProof
  ) async throws -> [RecipeKey: FilePath]? {
    guard let store else {
      proof.notes.append("there is no store of clips here, so the film was not compared with them")
      return nil
    }
    let library = KeyframeLibrary(
      root: root, factsFolder: store.factsFolder, sourcesFolder: store.sourcesFolder)
    let sources = ManifestSources(root: root, library: library, allowsOutside: false)
    for problem in await sources.problems(manifest, keyframes: false) {
      proof.findings.append(
        .init(problem.isGone ? "source-gone" : "source-changed", problem.message))
    }
    var found: [RecipeKey: FilePath] = [:]
    for clip in manifest.clips where found[clip.recipe] == nil {
      switch StoredClip(clip, in: store) {
      case .whole(let receipt):
        found[clip.recipe] = try CommandFailure.atStore { try store.clip(receipt) }
      case .gone(let message):
        proof.findings.append(.init("clip-gone", message, piece: clip.segment))
      case .other(let message):
        proof.findings.append(.init("clip-changed", message, piece: clip.segment))
      }
    }
    proof.clips = found.count
    return found
  }

  // MARK: What was made beside it

  private func companions(of manifest: FilmManifest, _ proof: inout FilmProof) {
    for companion in manifest.companions {
      let name = companion.output.path
      guard let place = ProjectPlace(name, in: root, keepingOutOf: store?.folder) else {
        proof.findings.append(
          .init("companion-changed", "\(name) of the manifest leads out of the project"))
        continue
      }
      let state = Self.state(of: companion, at: place.path)
      proof.companions.append((name, state))
      if state == .changed {
        proof.findings.append(
          .init("companion-changed", "\(name) is not what was made of the film"))
      }
      if state == .gone { proof.notes.append("\(name) is not there") }
    }
  }

  private func look(
    at companion: FilmManifest.Companion, _ path: FilePath, _ proof: inout FilmProof
  ) throws {
    let state = Self.state(of: companion, at: path)
    proof.companions.append((companion.output.path, state))
    switch state {
    case .same: return
    case .changed:
      proof.findings.append(
        .init("companion-changed", "\(proof.film) is not what was made of the film"))
    case .gone:
      throw OperationError(.notFound, "there is no \(proof.film)", remedy: "check the name")
    }
  }

  static func state(
    of companion: FilmManifest.Companion, at path: FilePath
  ) -> FilmProof.CompanionState {
    guard AuthoredFile.exists(path) else { return .gone }
    let digest =
      companion.output.form == .frames
      ? (try? DirectoryStore.identifyFolder(path))?.digest
      : try? FileBytes.digest(path, name: path.string)
    return digest == companion.digest ? .same : .changed
  }
}

extension StitchedFilm {
  /// What a film must be by its manifest.
  init(_ manifest: FilmManifest) {
    self.init(
      size: manifest.size, frameRate: manifest.frameRate, frames: manifest.frames,
      pieces: manifest.pieces.map { Mark(label: $0.label, frame: $0.frame) },
      encoded: manifest.encoded)
    lettered = manifest.lettered ?? []
  }
}
