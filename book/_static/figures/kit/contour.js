// Draw a function of two variables as quiet bands with crisp level lines, pixel by pixel.

import { color } from "./theme.js";

const INKS = 32; // steps between the field and a line

/** What a painting depends on: where it stays the same, nothing needs painting again. */
export const paintKey = (frame, ...parts) =>
  [frame.width, frame.height, document.documentElement.dataset.theme, window.devicePixelRatio, ...parts].join(" ");

/**
 * Paint `level(f)` bands of a field into a panel's frame.
 *
 * @param panel   a panel; its canvas is resized to the device's pixels
 * @param frame   the frame in CSS pixels
 * @param domains [[x0, x1], [y0, y1]]
 * @param field   [x, y] -> height above the minimum
 * @param level   height -> a number whose integers are the level lines, 0 at the bottom
 * @param bands   number of bands over which the shade runs
 */
export function paintContours(panel, frame, [[x0, x1], [y0, y1]], field, level, bands) {
  const ratio = Math.min(2, window.devicePixelRatio || 1);
  const { canvas } = panel;
  const width = Math.max(2, Math.round((frame.right - frame.left) * ratio));
  const height = Math.max(2, Math.round((frame.bottom - frame.top) * ratio));
  canvas.width = width;
  canvas.height = height;
  canvas.style.left = `${frame.left}px`;
  canvas.style.top = `${frame.top}px`;
  canvas.style.width = `${width / ratio}px`;
  canvas.style.height = `${height / ratio}px`;

  const levels = new Float32Array(width * height);
  const [dx, dy] = [(x1 - x0) / width, (y1 - y0) / height];
  const point = [0, 0]; // one for all: a million small arrays would cost more than the field
  for (let row = 0, i = 0; row < height; row++) {
    point[1] = y1 - (row + 0.5) * dy;
    for (let column = 0; column < width; column++) {
      point[0] = x0 + (column + 0.5) * dx;
      levels[i++] = level(field(point));
    }
  }

  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  const [low, high, line] = ["--lf-field-low", "--lf-field-high", "--lf-field-line"].map((name) =>
    color(canvas, name),
  );
  // Every mixture of a band's shade with the line's ink, as one number: this loop runs for every
  // pixel of a drag.
  const palette = Uint32Array.from({ length: (bands + 1) * (INKS + 1) }, (_, entry) => {
    const shade = Math.floor(entry / (INKS + 1)) / bands;
    const ink = (entry % (INKS + 1)) / INKS;
    const [r, g, b] = low.map((from, c) => {
      const fill = from + (high[c] - from) * shade;
      return Math.round(fill + (line[c] - fill) * ink);
    });
    return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
  });
  const pixels = new Uint32Array(image.data.buffer);
  for (let row = 0, i = 0; row < height; row++) {
    const under = row + 1 < height ? width : -width;
    for (let column = 0; column < width; column++, i++) {
      const here = levels[i];
      const right = levels[column + 1 < width ? i + 1 : i - 1] - here;
      const below = levels[i + under] - here;
      // Lines lie 1 / slope pixels apart; dividing by it keeps their width the same everywhere.
      const slope = Math.sqrt(right * right + below * below) + 1e-6;
      const band = here < 0 ? 0 : here | 0;
      const part = here - band;
      const away = (part < 0.5 ? part : 1 - part) / slope;
      const thick = ratio * 0.75 - away;
      let ink = 0;
      if (thick > 0) {
        // Where lines crowd they fade, or the field turns solid.
        ink = (INKS * (thick < 1 ? thick : 1) * (slope > 0.25 ? 0.25 / slope : 1)) | 0;
      }
      pixels[i] = palette[(band < bands ? band : bands) * (INKS + 1) + ink];
    }
  }
  context.putImageData(image, 0, 0);
}
