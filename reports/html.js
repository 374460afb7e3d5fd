// Search, sorting, filters and copying. The page says everything without this.
"use strict";
(() => {
  const list = document.getElementById("list");
  const tools = document.getElementById("tools");
  const search = document.getElementById("search");
  const sort = document.getElementById("sort");
  const shown = document.getElementById("shown");
  const boxes = [...tools.querySelectorAll("input[name=state]")];
  const items = [...list.children].map((el) => ({
    el, text: el.firstElementChild.textContent.toLowerCase(), state: el.dataset.state, name: el.dataset.n,
    s: +el.dataset.s, x: +el.dataset.x || Infinity, c: +el.dataset.c,
  }));
  const byName = (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  const orders = {
    s: (a, b) => a.s - b.s || byName(a, b),
    n: byName,
    x: (a, b) => (a.x === b.x ? byName(a, b) : a.x - b.x),
    c: (a, b) => b.c - a.c || byName(a, b),
  };
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const states = new Set(boxes.filter((b) => b.checked).map((b) => b.value));
    let n = 0;
    for (const i of items) {
      const on = states.has(i.state) && words.every((w) => i.text.includes(w));
      i.el.hidden = !on;
      n += on;
    }
    shown.textContent = shown.dataset.text.replace("%d", n);
  };
  let timer;
  search.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(filter, 120); });
  boxes.forEach((b) => b.addEventListener("change", filter));
  sort.addEventListener("change", () => {
    const page = document.createDocumentFragment();
    for (const i of items.slice().sort(orders[sort.value])) page.append(i.el);
    list.append(page);
  });
  tools.addEventListener("submit", (e) => e.preventDefault());
  const reveal = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let el = target; el; el = el.parentElement) if (el.tagName === "DETAILS") { el.open = true; el.hidden = false; }
    if (target) target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  for (const b of document.querySelectorAll("button.copy")) {
    b.hidden = false;
    b.addEventListener("click", async () => {
      const pre = b.nextElementSibling;
      try {
        await navigator.clipboard.writeText(pre.textContent);
        b.textContent = b.dataset.done;
      } catch {
        getSelection().selectAllChildren(pre);
      }
    });
  }
  tools.hidden = false;
  filter();
  reveal();
})();
