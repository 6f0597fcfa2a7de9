// The page's colors, for canvases: what is SVG or HTML takes them from the style sheet itself.

/** Resolve a custom property of the figure style sheet to red, green, blue (0 to 255). */
export function color(element, name) {
  const value = getComputedStyle(element).getPropertyValue(name).trim();
  return [1, 3, 5].map((i) => parseInt(value.slice(i, i + 2), 16));
}

/** Call back whenever the page changes between light and dark. */
export function onTheme(callback) {
  new MutationObserver(callback).observe(document.documentElement, { attributeFilter: ["data-theme"] });
}

export const prefersStillness = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
