// Search, sorting, filters and copying. The page says everything without this.
"use strict";
(() => {
  const list = document.getElementById("list");
  const tools = document.getElementById("tools");
  const search = document.getElementById("search");
  const sort = document.getElementById("sort");
  const shown = document.getElementById("shown");
  const boxes = [...tools.querySelectorAll("input[name=state]")];
  const more = document.getElementById("more"); // there only if not all endpoints are elements yet
  const items = [...list.children].map((el) => ({
    el, id: el.querySelector(".body").id, text: el.firstElementChild.textContent.toLowerCase(), state: el.dataset.state, name: el.dataset.n,
    s: +el.dataset.s, x: +el.dataset.x || Infinity, c: +el.dataset.c,
  }));
  // The other endpoints stand in the file as text, a block of them for each script
  // element, and a line each in the index; elements are made of those in view.
  const blocks = [...document.querySelectorAll("script.rows")];
  if (more) {
    for (const e of JSON.parse(document.getElementById("index").textContent)) {
      items.push({ el: null, block: e[0], at: e[1], id: "e" + e[2], s: e[3], state: e[4], x: e[5] || Infinity, c: e[6], name: e[7],
        text: e[8].toLowerCase() });
    }
  }
  const element = (i) => {
    if (!i.el) {
      const b = blocks[i.block];
      b.rows ||= b.textContent.split("<hr>");
      const part = document.createElement("template");
      part.innerHTML = b.rows[i.at];
      i.el = part.content.firstElementChild;
    }
    return i.el;
  };
  let step = 500, limit = step, ordered = items;
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
    const matches = (i) => states.has(i.state) && words.every((w) => i.text.includes(w));
    let n = 0;
    if (more) {
      const found = ordered.filter(matches);
      n = found.length;
      list.replaceChildren(...found.slice(0, limit).map(element));
      more.hidden = n <= limit;
    } else {
      for (const i of items) {
        const on = matches(i);
        i.el.hidden = !on;
        n += on;
      }
    }
    shown.textContent = shown.dataset.text.replace("%d", n);
  };
  const anew = () => { limit = step; filter(); };
  let timer;
  search.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(anew, 120); });
  boxes.forEach((b) => b.addEventListener("change", anew));
  more?.addEventListener("click", () => { limit += step; filter(); });
  sort.addEventListener("change", () => {
    if (more) {
      ordered = items.slice().sort(orders[sort.value]);
      anew();
      return;
    }
    const page = document.createDocumentFragment();
    for (const i of items.slice().sort(orders[sort.value])) page.append(i.el);
    list.append(page);
  });
  tools.addEventListener("submit", (e) => e.preventDefault());
  const reveal = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    if (more && id && !document.getElementById(id)) {
      const item = items.find((i) => i.id === id);
      if (item) list.prepend(element(item));
    }
    const target = id && document.getElementById(id);
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
