/// A pipeline that uses every key that is built.
let fullPipeline = """
  keyreel: 1
  name: lake-day
  backend: rehearsal
  budget:
    run: 5.00 USD
    month: 80 USD
  vars:
    look: "35 mm film, soft light"
    pace: 6
  defaults:
    model: fal-ai/framepack/flf2v
    prompt: a lake between hills
    style: $(look)
    negative_prompt: "blurry, distorted"
    resolution: 480p
    aspect_ratio: 16:9
    duration: 8s
    seed: 7
    fit: cover
    focus: [0.5, 0.3]
    cfg_scale: 1.5
    enable_safety_checker: true
  keyframes:
    dawn: stills/dawn.jpg
    noon:
      image: stills/noon.jpg
      fit: contain
    plate:
      video: footage/plate.mp4
      at: 12.5s
    logo:
      url: https://example.org/logo.png
      sha256: 9f2c0000000000000000000000000000000000000000000000000000000000aa
      focus: [0, 1]
  sequences:
    - name: valley
      keyframes:
        - dawn
        - keyframe: noon
          hold: 1s
          next:
            prompt: mist burns off
            duration: $(pace)s
            seed: 11
            takes: 3
            pick: 2
            id: burn
        - image: ../stills/dusk.jpg
          next: a storm rolls in
          caption: {text: "A storm,\\nat last", at: 6, duration: 1.5s}
        - keyframe: plate
          at: 20s
          focus: [0.25, 0.75]
        - url: https://example.org/end.png
          sha256: 9F2C0000000000000000000000000000000000000000000000000000000000AA
        - logo
      loop: false
      chain: rendered
      num_frames: 120
      style: ""
      caption: The valley
      title: {text: VALLEY, size: 12%, fade_in: 6, fade_out: 0.5s}
    - name: city
      clip: footage/intro.mp4
      in: 0.5s
      out: 6s
      fit: blur
      own_sound: keep
      caption: {text: The city}
      title: CITY
      sound:
        file: footage/city.wav
        start: 1s
        gain: -3dB
        loop: true
        fade_in: 12
        fade_out: 1s
      join:
        crossfade: 12
        handles: freeze
  film:
    size: 832x480
    rate: 24000/1001
    conform: accept
    fade_in: 12
    fade_out: 1s
    audio:
      file: music/theme.wav
      start: 2s
      gain: -1.5 dB
      fade_in: 250ms
      fade_out: 2s
      loop: true
      loudness: -16.5 LUFS
      own_sound: drop
    metadata: full
    captions:
      - language: en
        cues:
          - {text: Later, at: 30s, duration: 45}
        as: [track, sidecar]
        font: [DejaVu Sans, fonts/own.ttf]
        size: 6.5%
        position: bottom
        look: box
      - file: captions/de.srt
        language: deu
        as: burnt
    titles:
      - text: 2026
        at: 1s
        duration: 2s
        position: top
        look: outline
        font: fonts/own.ttf
    outputs:
      - file: films/lake-day.mp4
        codec: h264
        crf: 16
        captions: [burnt, track]
        language: de
      - file: films/lake-day.webm
        codec: av1
        crf: 40
      - file: films/frames
        kind: frames
      - file: films/lake-day.gif
        width: 320
      - file: films/lake-day.jpg
        kind: poster
        at: 2s
      - file: films/sheet.png
        kind: sheet
        captions: none
      - file: films/lake-day.vtt
        kind: captions
        language: en
  backends:
    rehearsal:
      kind: fal
      origin: https://127.0.0.1:9442
    drill:
      kind: animatic
      quirks: true
  variants:
    vars:
      look: ["35 mm film", watercolour]
    settings:
      seed: [1, 2]

  """
