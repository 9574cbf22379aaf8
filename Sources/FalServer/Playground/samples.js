// Two pictures to begin with, drawn on the spot: a hill at dawn and at dusk.
import { el } from "./dom.js";

const views = [
  { name: "dawn.png", sky: ["#f6c9a2", "#7fa6c9"], sun: [0.28, 0.62, "#fff1d6"], hills: ["#8aa08b", "#4e6b5c", "#2c4238"] },
  { name: "dusk.png", sky: ["#e9825b", "#2b2f5b"], sun: [0.72, 0.66, "#ffd9a0"], hills: ["#6d5b73", "#43384f", "#221d2c"] },
];

/** The two pictures as files, in the shape `width`:`height`. */
export function samplePictures(width, height) {
  return Promise.all(views.map((view) => draw(view, width, height)));
}

async function draw({ name, sky, sun, hills }, width, height) {
  const canvas = el("canvas", { width, height });
  const pen = canvas.getContext("2d");
  const air = pen.createLinearGradient(0, height, 0, 0);
  air.addColorStop(0.2, sky[0]);
  air.addColorStop(1, sky[1]);
  pen.fillStyle = air;
  pen.fillRect(0, 0, width, height);
  pen.fillStyle = sun[2];
  pen.beginPath();
  pen.arc(width * sun[0], height * sun[1], Math.min(width, height) * 0.09, 0, 7);
  pen.fill();
  hills.forEach((colour, index) => {
    pen.fillStyle = colour;
    pen.beginPath();
    pen.moveTo(0, height);
    for (let step = 0; step <= 64; step++) {
      const x = step / 64;
      const wave = Math.sin(x * (4 + index) + index * 2) * 0.06 + Math.sin(x * 11 + index * 5) * 0.015;
      pen.lineTo(x * width, height * (0.66 + index * 0.1 - wave));
    }
    pen.lineTo(width, height);
    pen.fill();
  });
  const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  return new File([blob], name, { type: "image/png" });
}
