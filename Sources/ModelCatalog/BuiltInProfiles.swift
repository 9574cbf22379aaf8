/// The profiles of `schemas/models`, word for word; a test holds them equal and re-records them.
enum BuiltInProfiles {
  static let all: [(name: String, text: String)] = [
    (
      name: "fal-ai--framepack--flf2v.json",
      text: #"""
      {
        "id": "fal-ai/framepack/flf2v",
        "title": "FramePack, first and last frame to video: up to a minute at 30 frames per second",
        "source": "https://fal.ai/models/fal-ai/framepack/flf2v/api; frames, canvas and grid from the published FramePack code, the provider does not document them",
        "pictures": { "first": "image_url", "last": "end_image_url" },
        "parameters": [
          {
            "name": "prompt",
            "type": "string",
            "required": true,
            "max_length": 500,
            "help": "What happens between the two pictures."
          },
          {
            "name": "negative_prompt",
            "type": "string",
            "default": "",
            "help": "What to keep out of the video."
          },
          {
            "name": "seed",
            "type": "integer",
            "help": "The start of the noise; the same seed gives the same video."
          },
          {
            "name": "aspect_ratio",
            "type": "string",
            "default": "16:9",
            "options": ["16:9", "9:16"],
            "help": "The shape of the video."
          },
          {
            "name": "resolution",
            "type": "string",
            "default": "480p",
            "options": ["480p", "720p"],
            "help": "The size of the video; 720p costs 1.5 times as much."
          },
          {
            "name": "cfg_scale",
            "type": "number",
            "default": 1,
            "minimum": 0,
            "maximum": 7,
            "help": "Classifier-free guidance."
          },
          {
            "name": "guidance_scale",
            "type": "number",
            "default": 10,
            "minimum": 0,
            "maximum": 32,
            "help": "How closely the video follows the prompt."
          },
          {
            "name": "num_frames",
            "type": "integer",
            "default": 240,
            "minimum": 30,
            "maximum": 1800,
            "help": "Frames of the video, both keyframes counted."
          },
          {
            "name": "enable_safety_checker",
            "type": "boolean",
            "default": false,
            "help": "Whether the provider checks the result."
          },
          {
            "name": "strength",
            "type": "number",
            "default": 0.8,
            "minimum": 0,
            "maximum": 1,
            "help": "How strongly the last picture pulls."
          }
        ],
        "length": {
          "parameter": "num_frames",
          "frame_rate": "30",
          "grid": { "step": 36, "offset": 1, "section": 33 }
        },
        "canvases": [
          { "when": { "resolution": "480p", "aspect_ratio": "16:9" }, "width": 832, "height": 480 },
          { "when": { "resolution": "480p", "aspect_ratio": "9:16" }, "width": 480, "height": 832 },
          { "when": { "resolution": "720p", "aspect_ratio": "16:9" }, "width": 1280, "height": 720 },
          { "when": { "resolution": "720p", "aspect_ratio": "9:16" }, "width": 720, "height": 1280 }
        ],
        "price": {
          "amount": "0.0333",
          "unit": "second",
          "currency": "USD",
          "multipliers": [{ "when": { "resolution": "720p" }, "factor": "1.5" }],
          "as_of": "2026-11-22",
          "source": "https://fal.ai/models/fal-ai/framepack/flf2v"
        },
        "retention_days": 30
      }

      """#
    ),
    (
      name: "fal-ai--wan-flf2v.json",
      text: #"""
      {
        "id": "fal-ai/wan-flf2v",
        "title": "Wan 2.1, first and last frame to video: short clips, priced by the clip",
        "source": "https://fal.ai/models/fal-ai/wan-flf2v/api; pixel sizes are those of the published Wan 2.1 code, the provider does not document them",
        "pictures": { "first": "start_image_url", "last": "end_image_url" },
        "parameters": [
          {
            "name": "prompt",
            "type": "string",
            "required": true,
            "help": "What happens between the two pictures."
          },
          {
            "name": "negative_prompt",
            "type": "string",
            "help": "What to keep out of the video; the provider has a long default of its own."
          },
          {
            "name": "num_frames",
            "type": "integer",
            "default": 81,
            "minimum": 81,
            "maximum": 100,
            "help": "Frames of the video, both keyframes counted; more than 81 cost 1.25 times as much."
          },
          {
            "name": "frames_per_second",
            "type": "integer",
            "default": 16,
            "minimum": 5,
            "maximum": 24,
            "help": "Frames per second of the video."
          },
          {
            "name": "seed",
            "type": "integer",
            "help": "The start of the noise; the same seed gives the same video."
          },
          {
            "name": "resolution",
            "type": "string",
            "default": "720p",
            "options": ["480p", "720p"],
            "help": "The size of the video; 480p costs half."
          },
          {
            "name": "num_inference_steps",
            "type": "integer",
            "minimum": 1,
            "help": "Steps of the sampler; left to the provider when not set."
          },
          {
            "name": "guide_scale",
            "type": "number",
            "minimum": 0,
            "help": "How closely the video follows the prompt; left to the provider when not set."
          },
          {
            "name": "shift",
            "type": "number",
            "minimum": 0,
            "help": "Shift of the sampler's schedule; left to the provider when not set."
          },
          {
            "name": "aspect_ratio",
            "type": "string",
            "default": "16:9",
            "options": ["16:9", "9:16"],
            "help": "The shape of the video; `auto` and `1:1` are left out, because their pixel sizes are not known."
          },
          {
            "name": "enable_safety_checker",
            "type": "boolean",
            "help": "Whether the provider checks the result; left to the provider when not set."
          }
        ],
        "length": { "parameter": "num_frames", "frame_rate_parameter": "frames_per_second" },
        "canvases": [
          { "when": { "resolution": "480p", "aspect_ratio": "16:9" }, "width": 832, "height": 480 },
          { "when": { "resolution": "480p", "aspect_ratio": "9:16" }, "width": 480, "height": 832 },
          { "when": { "resolution": "720p", "aspect_ratio": "16:9" }, "width": 1280, "height": 720 },
          { "when": { "resolution": "720p", "aspect_ratio": "9:16" }, "width": 720, "height": 1280 }
        ],
        "price": {
          "amount": "0.40",
          "unit": "clip",
          "currency": "USD",
          "multipliers": [
            { "when": { "resolution": "480p" }, "factor": "0.5" },
            { "when": {}, "above_frames": 81, "factor": "1.25" }
          ],
          "as_of": "2026-11-22",
          "source": "https://fal.ai/models/fal-ai/wan-flf2v"
        },
        "retention_days": 30
      }

      """#
    ),
  ]
}
