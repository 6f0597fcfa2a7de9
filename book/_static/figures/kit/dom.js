// Make elements in one line each, so that figures read as what they draw.

const SVG = "http://www.w3.org/2000/svg";

export function setAttributes(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) node.removeAttribute(name);
    else if (name === "text") node.textContent = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  return node;
}

export function html(tag, attributes = {}, parent = null) {
  const node = setAttributes(document.createElement(tag), attributes);
  parent?.append(node);
  return node;
}

export function svg(tag, attributes = {}, parent = null) {
  const node = setAttributes(document.createElementNS(SVG, tag), attributes);
  parent?.append(node);
  return node;
}

/** The `d` of a polyline through points; what is not finite ends it. */
export function pathOf(points) {
  let d = "";
  for (const [x, y] of points) {
    if (!Number.isFinite(x) || !Number.isFinite(y)) break;
    d += `${d ? "L" : "M"}${x.toFixed(2)} ${y.toFixed(2)}`;
  }
  return d;
}

/** Drop points that would cover the one kept before them. */
export function spaced(points, gap) {
  let last = null;
  return points.filter((point) => {
    if (last && Math.hypot(point[0] - last[0], point[1] - last[1]) < gap) return false;
    last = point;
    return true;
  });
}
