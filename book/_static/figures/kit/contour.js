// Draw a function of two variables as quiet bands with crisp level lines, pixel by pixel.

import { color } from "./theme.js";

/**
 * Paint `level(f)` bands of a field into a panel's frame.
 *
 * @param panel   a panel; its canvas is resized to the device's pixels
 * @param frame   the frame in CSS pixels
 * @param domains [[x0, x1], [y0, y1]]
 * @param field   (x, y) -> height above the minimum
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
  for (let row = 0, i = 0; row < height; row++) {
    const y = y1 - (row + 0.5) * dy;
    for (let column = 0; column < width; column++) levels[i++] = level(field(x0 + (column + 0.5) * dx, y));
  }

  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  const [low, high, line] = ["--lf-field-low", "--lf-field-high", "--lf-field-line"].map((name) =>
    color(canvas, name),
  );
  for (let row = 0, i = 0; row < height; row++) {
    for (let column = 0; column < width; column++, i++) {
      const here = levels[i];
      const right = levels[column + 1 < width ? i + 1 : i - 1];
      const below = levels[row + 1 < height ? i + width : i - width];
      // How many pixels lie between neighboring lines here: the line keeps one width everywhere.
      const slope = Math.hypot(right - here, below - here) + 1e-6;
      const away = Math.abs(here - Math.round(here)) / slope;
      // Where lines crowd they fade, or the field turns solid.
      const ink = Math.max(0, Math.min(1, ratio * 0.75 - away)) * Math.min(1, 0.25 / slope);
      const shade = Math.min(1, Math.max(0, Math.floor(here) / bands));
      for (let c = 0; c < 3; c++) {
        const fill = low[c] + (high[c] - low[c]) * shade;
        image.data[4 * i + c] = fill + (line[c] - fill) * ink;
      }
      image.data[4 * i + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
}
