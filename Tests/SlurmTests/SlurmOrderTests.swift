import KeyreelCore
import KeyreelTesting
import SystemPackage
import Testing

@testable import Slurm

@Suite("What sbatch is told")
struct SlurmOrderTests {
  private let work = SlurmWork(
    plan: Digest.of("p"), pipeline: "film.yaml", root: "/r", store: "shared:/s")

  @Test("Numbers of tasks are listed as Slurm lists them")
  func lists() {
    #expect(SlurmOrder.list([3]) == "3")
    #expect(SlurmOrder.list([5, 1, 2, 3, 9, 8]) == "1-3,5,8-9")
    #expect(SlurmOrder.list([2, 4, 6]) == "2,4,6")
  }

  @Test("The script gives the part, the ceiling and every word through a real shell as they are")
  func script() throws {
    var setting = SlurmSetting(
      workingFolder: "/r", folder: "/r/.keyreel/slurm/x",
      command: ["printf", "<%s>", "it's", "$HOME", "a b", "*", ""])
    setting.clipWords = ["--concurrency", "2"]
    setting.ceilings = [4: "0.10", 6: "1.25"]
    func said(_ task: Int) throws -> String {
      try ChildProcess(
        ["sh", "-c", setting.script(of: .clips(parts: 8, from: 3))],
        environment: ["SLURM_ARRAY_TASK_ID": "\(task)"]
      ).wait().output
    }
    let words = "<it's><$HOME><a b><*><>"
    #expect(try said(1) == words + "<--shard><4/8><--concurrency><2><--max-cost><0.10>")
    #expect(try said(3) == words + "<--shard><6/8><--concurrency><2><--max-cost><1.25>")
    // A part that was to cost nothing spends nothing.
    #expect(try said(2) == words + "<--shard><5/8><--concurrency><2><--max-cost><0>")
    let film = try ChildProcess(["sh", "-c", setting.script(of: .film)]).wait().output
    #expect(film == words + "<--stitch-only>")
  }

  @Test(
    "The site's flags stand behind ours; those of the joining job are its own where there are two")
  func flags() throws {
    let site = try SiteFlags(["-p", "gpu", "--gpus=1", "--", "-p", "cpu"])
    #expect(site.clips == ["-p", "gpu", "--gpus=1"] && site.film == ["-p", "cpu"])
    #expect(try SiteFlags(["-p", "gpu"]).film == ["-p", "gpu"])
    #expect(try SiteFlags(["--gpus=1", "--"]).film.isEmpty)
    var setting = SlurmSetting(workingFolder: "/r", folder: "/r/100%", command: ["keyreel"])
    setting.clipFlags = site.clips
    setting.exported = ["FAL_KEY", "PATH"]
    let order = SlurmOrder(
      note: SlurmNote(.clips(parts: 8, from: 0), of: work), tasks: [1, 2], atOnce: 3, after: [],
      setting: setting)
    #expect(order.arguments.contains("--array=1-2%3"))
    #expect(order.arguments.contains("--export=FAL_KEY,PATH"))
    #expect(order.arguments.contains("--output=/r/100%%/clips-%A_%a.log"))
    #expect(order.arguments.suffix(4).prefix(3) == ["-p", "gpu", "--gpus=1"])
    let film = SlurmOrder(
      note: SlurmNote(.film, of: work), tasks: [], atOnce: 3, after: [7, 9], setting: setting)
    #expect(film.arguments.contains("--dependency=afterany:7:9"))
    #expect(!film.arguments.contains { $0.hasPrefix("--array") })
  }

  @Test(
    "Flags by which jobs would not be found again are refused",
    arguments: [
      "--job-name=x", "-Jx", "-J", "--comment=x", "--comm=x", "--array=1-3", "-a1",
      "--dependency=x",
      "-d", "--hold", "-H", "--wait", "-W", "--wrap=x", "--output=x", "-M", "--clusters=a",
    ])
  func reserved(flag: String) {
    #expect(throws: OperationError.self) { try SiteFlags([flag, "x"]) }
    #expect(throws: OperationError.self) { try SiteFlags(["--", flag]) }
  }

  @Test(
    "What sites need passes",
    arguments: [
      "--partition=gpu", "-pgpu", "--gpus=1", "--gres=gpu:a100:1", "-A", "--account=lab", "-t10",
      "--time=1:00:00", "--mem=16G", "-c8", "--constraint=a100", "--exclusive", "-x", "--qos=low",
      "--mail-type=END", "--container=x", "--nice", "--signal=B:TERM@60",
    ])
  func allowed(flag: String) throws {
    #expect(try SiteFlags([flag]).clips == [flag])
  }
}
