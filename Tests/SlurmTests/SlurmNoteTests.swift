import KeyreelCore
import Testing

@testable import Slurm

@Suite("Jobs are known by their names and comments")
struct SlurmNoteTests {
  private let work = SlurmWork(
    plan: Digest.of("plan"), pipeline: "films/Über | 100%\n.yaml", root: "/lustre/film",
    store: "s3://clips/lake")

  @Test("What a job was given as its name and comment is read back, whatever the file is called")
  func roundTrip() {
    for role: SlurmNote.Role in [.film, .clips(parts: 1, from: 0), .clips(parts: 256, from: 255)] {
      let note = SlurmNote(role, of: work)
      #expect(SlurmNote(name: note.name, comment: note.comment) == note)
      #expect(
        note.comment.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "|") })
    }
  }

  @Test("Another plan, store or project has another name; a part of the same work has not")
  func names() {
    func other(
      plan: String = "plan", root: String = "/lustre/film", store: String = "s3://clips/lake"
    )
      -> SlurmWork
    {
      SlurmWork(plan: Digest.of(plan), pipeline: work.pipeline, root: root, store: store)
    }
    let names = [other(), other(plan: "b"), other(root: "/b"), other(store: "s3://b/c")].map(\.name)
    #expect(Set(names).count == 4)
    #expect(names[0] == work.name)
    #expect(other(plan: "b").isOfPipeline(work) && !other(root: "/b").isOfPipeline(work))
    #expect(work.isOf(pipeline: work.pipeline, root: "/lustre/film"))
  }

  @Test(
    "Jobs of others are nobody's business",
    arguments: [
      ("keyreel-0000-clips", "(null)"), ("train", "keyreel plan=1"), ("keyreel-x", "keyreel"),
      ("keyreel-x-film", "keyreel plan=zz place=a project=b makes=film pipeline=f"),
    ])
  func strangers(name: String, comment: String) {
    #expect(SlurmNote(name: name, comment: comment) == nil)
    #expect(SlurmJob(line: "1|1|N/A|RUNNING|None|n1|2026-01-01T00:00:00|\(name)|\(comment)") == nil)
  }

  @Test("A name that does not fit its comment is not believed")
  func forged() {
    let note = SlurmNote(.film, of: work)
    #expect(SlurmNote(name: "keyreel-0123456789abcdef-film", comment: note.comment) == nil)
    let clips = SlurmNote(.clips(parts: 4, from: 0), of: work)
    #expect(SlurmNote(name: clips.name, comment: note.comment) == nil)
    #expect(
      SlurmNote(
        name: clips.name, comment: clips.comment.replacing("parts=4 from=0", with: "parts=4 from=4")
      )
        == nil)
  }
}

@Suite("What squeue lists")
struct SlurmJobTests {
  private let note = SlurmNote(
    .clips(parts: 8, from: 3),
    of: SlurmWork(plan: Digest.of("p"), pipeline: "film.yaml", root: "/r", store: "shared:/s"))

  private func job(
    _ state: String, _ reason: String = "None", id: Int = 9, at time: String = "2026-11-23T03:00:17"
  ) throws -> SlurmJob {
    try #require(
      SlurmJob(line: "\(id)_2|\(id)|2|\(state)|\(reason)|n1|\(time)|\(note.name)|\(note.comment)"))
  }

  @Test("A task of a second array makes the part that follows those of the first")
  func parts() throws {
    let task = try job("RUNNING")
    #expect(task.part == 5 && task.id == "9_2" && task.job == 9 && task.nodes == "n1")
    #expect(task.logName == "clips-9_2.log")
  }

  @Test("What has ended, or was cancelled and is about to, works on nothing")
  func states() throws {
    for state in ["COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL", "COMPLETING"] {
      #expect(try !job(state).isActive)
    }
    for state in ["PENDING", "RUNNING", "SUSPENDED", "REQUEUED", "CONFIGURING"] {
      #expect(try job(state).isActive)
    }
  }

  @Test("Jobs wait to be let go after a submission that was cut short, and after a failed launch")
  func holds() throws {
    #expect(try job("PENDING", "JobHeldUser").isHeld)
    #expect(try job("PENDING", "launch failed requeued held").isHeld)
    #expect(try !job("PENDING", "Resources").isHeld)
    #expect(try !job("RUNNING", "None").isHeld)
    #expect(try !job("CANCELLED", "JobHeldUser").isHeld)
  }

  @Test("Which job came first is told by time: ids are handed out again after a controller's death")
  func order() throws {
    let (old, new) = (
      try job("PENDING", id: 12, at: "2026-11-23T03:00:17"),
      try job("PENDING", id: 5, at: "2026-11-23T03:01:00")
    )
    #expect(old.isOlder(than: new) && !new.isOlder(than: old))
    #expect(try job("PENDING", id: 5).isOlder(than: job("PENDING", id: 6)))
  }
}
