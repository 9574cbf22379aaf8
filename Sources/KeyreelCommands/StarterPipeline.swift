/// The commented pipeline that `keyreel new` writes.
enum StarterPipeline {
  /// The file's text; its stills are `stills/morning.jpg`, `stills/noon.jpg` and `stills/evening.jpg`.
  static let text = """
    # A film from three stills. Look at what it needs and costs, then make it:
    #   keyreel plan film.yaml
    #   keyreel run film.yaml
    keyreel: 1

    # Who makes the clips. `animatic` is free and needs nothing: a moving preview made on this machine.
    # `keyreel plan film.yaml --backend fal` says what the same film costs when a model makes it.
    backend: animatic

    # What every clip shows. A sequence, or the way from one keyframe to the next, may say otherwise.
    prompt: a calm lake between hills, the light changes slowly
    defaults:
      style: 35 mm film, soft light     # added to every prompt
      resolution: 480p
      aspect_ratio: "16:9"
      duration: 3s                      # from one keyframe to the next
      seed: 7                           # without one, seeds follow from the pictures

    sequences:
      - name: day
        keyframes:
          - stills/morning.jpg
          - image: stills/noon.jpg
            hold: 0.5s                  # stay on it a moment; repeats cost nothing
            next: clouds draw over the hills and the light turns warm
          - stills/evening.jpg

    film:
      fade_in: 12                       # frames; times have a unit: 0.5s
      fade_out: 1s

    """
}
