internal import AnimaticBackend
internal import ArgumentParser
internal import FalServer
internal import SystemPackage

/// Who makes the clips, as `--backend` names it.
enum WorkshopChoice: String, ExpressibleByArgument, CaseIterable {
  /// Free previews.
  case animatic
  /// Free previews with the quirks of generated clips.
  case quirky = "animatic+quirks"
  /// Grey clips at once, for load tests.
  case instant

  /// The maker itself; `folder` is for what it keeps.
  func workshop(folder: FilePath) -> any Workshop {
    switch self {
    case .animatic: BackendWorkshop(AnimaticBackend())
    case .quirky: BackendWorkshop(AnimaticBackend(.quirky))
    case .instant: InstantWorkshop(folder: folder)
    }
  }
}
