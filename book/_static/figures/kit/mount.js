// Bring the page's figures to life as the reader comes near, and wire the "try this" links.

const mounted = new Map();

/** Load a figure's module and data, once, and swap it in for the static picture. */
function mountOnce(figure) {
  const name = figure.querySelector("[data-figure]").dataset.figure;
  if (!mounted.has(name)) mounted.set(name, mountNow(figure, name));
  return mounted.get(name);
}

async function mountNow(figure, name) {
  const address = (file) => new URL(`../${file}`, import.meta.url);
  const [module, data] = await Promise.all([
    import(address(`${name}.js`)),
    fetch(address(`${name}.json`)).then((response) => response.json()),
  ]);
  const stage = figure.querySelector("[data-figure]");
  figure.classList.add("lf-live");
  const live = module.mount(stage, data);
  live.draw();
  whenVisible(stage, () => live.greet?.(), { threshold: 0.6 });
  return live;
}

function whenVisible(element, act, options) {
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    act();
  }, options);
  observer.observe(element);
}

for (const figure of document.querySelectorAll(".live-figure")) {
  whenVisible(figure, () => mountOnce(figure), { rootMargin: "400px" });
}

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-try]");
  if (!link) return;
  event.preventDefault();
  const figure = document.querySelector(link.hash);
  figure.scrollIntoView({ block: "nearest", behavior: "instant" });
  (await mountOnce(figure)).apply(link.dataset.try);
});
