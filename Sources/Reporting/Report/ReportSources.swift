public import KeyreelCore

/// All that a report is made from; gathered by whoever knows the store and the pictures.
public struct ReportSources: Sendable {
  /// The program's version.
  public var tool: String
  /// The plan, and what a run would do now.
  public var forecast: Forecast
  /// The clips of the plan that are in the store.
  public var clips: [RecipeKey: ClipRecord]
  /// Keys of clips that are bought and only to be collected.
  public var bought: Set<RecipeKey>
  /// Keys of clips of which nobody knows whether they are bought.
  public var unknown: Set<RecipeKey>
  /// What is bought and not collected.
  public var reservedPrice: PriceRange
  /// What may have been billed without anybody knowing.
  public var unknownPrice: PriceRange
  /// The runs of this pipeline that are remembered, the latest first.
  public var runs: [RunRecord]
  /// Remarks of the loader and the planner.
  public var diagnostics: [Diagnostic]
  /// The films that are there, by their place in the plan.
  public var videos: [Int: ReportDocument.Video]
  /// What was measured in the films, by their place in the plan.
  public var manifests: [Int: FilmManifest]
  /// Files of takes that the films do not show.
  public var takeVideos: [RecipeKey: ReportDocument.Video]
  /// Which pictures there are.
  public var media: ReportMedia

  /// A plan of which nothing is made.
  public init(tool: String, forecast: Forecast, media: ReportMedia = ReportMedia()) {
    self.tool = tool
    self.forecast = forecast
    self.media = media
    clips = [:]
    bought = []
    unknown = []
    reservedPrice = .free
    unknownPrice = .free
    runs = []
    diagnostics = []
    videos = [:]
    manifests = [:]
    takeVideos = [:]
  }
}
