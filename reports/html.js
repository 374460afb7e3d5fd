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
  // The other endpoints stand in the file in packed blocks, one for each script element,
  // and a line each in the index; elements are made of those in view.
  const step = 500, blocks = [...document.querySelectorAll("script.rows")];
  if (more) {
    JSON.parse(document.getElementById("index").textContent).forEach((e, n) => {
      items.push({ el: null, block: Math.floor(n / step), at: n % step, id: "e" + e[0], s: e[1], state: e[2], x: e[3] || Infinity, c: e[4],
        name: e[5], text: (e[5] + " " + e[6]).toLowerCase() });
    });
  }
  const unpack = async (text) => {
    const packed = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    return (await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"))).text()).split("<hr>");
  };
  const element = async (i) => {
    if (!i.el) {
      const b = blocks[i.block];
      const rows = await (b.rows ||= unpack(b.textContent));
      const part = document.createElement("template");
      part.innerHTML = rows[i.at];
      i.el ||= part.content.firstElementChild;
    }
    return i.el;
  };
  let limit = step, ordered = items, turn = 0;
  const byName = (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  const orders = {
    s: (a, b) => a.s - b.s || byName(a, b),
    n: byName,
    x: (a, b) => (a.x === b.x ? byName(a, b) : a.x - b.x),
    c: (a, b) => b.c - a.c || byName(a, b),
  };
  const filter = async () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const states = new Set(boxes.filter((b) => b.checked).map((b) => b.value));
    const matches = (i) => states.has(i.state) && words.every((w) => i.text.includes(w));
    let n = 0;
    if (more) {
      const found = ordered.filter(matches);
      n = found.length;
      const mine = ++turn, elements = await Promise.all(found.slice(0, limit).map(element));
      if (mine !== turn) return; // something else is asked for meanwhile
      list.replaceChildren(...elements);
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
  const reveal = async () => {
    const id = decodeURIComponent(location.hash.slice(1));
    if (more && id && !document.getElementById(id)) {
      const item = items.find((i) => i.id === id);
      if (item) list.prepend(await element(item));
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
  filter().then(reveal);
})();
