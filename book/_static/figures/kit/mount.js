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

const figures = [...document.querySelectorAll(".live-figure")];
const isNear = (figure) => figure.getBoundingClientRect().top < innerHeight + 400;
const first = figures.filter(isNear).map(mountOnce);
for (const figure of figures) whenVisible(figure, () => mountOnce(figure), { rootMargin: "400px" });

// A chapter's formulas are set in one go, which takes seconds on a phone. The figure that opens the
// chapter comes before them.
if (window.MathJax) {
  const pause = new Promise((resolve) => setTimeout(resolve, 2000));
  window.MathJax.startup = {
    ...window.MathJax.startup,
    pageReady: async () => {
      await Promise.race([Promise.allSettled(first), pause]);
      return window.MathJax.startup.defaultPageReady();
    },
  };
}

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-try]");
  if (!link) return;
  event.preventDefault();
  const figure = document.querySelector(link.hash);
  figure.scrollIntoView({ block: "nearest", behavior: "instant" });
  (await mountOnce(figure)).apply(link.dataset.try);
});
