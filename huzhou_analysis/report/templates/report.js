// What a reader can do beyond reading: search, follow the contents, sort tables, take a chart along. All of it without a network.
(() => {
  const lang = document.documentElement.lang, $ = (q, from = document) => [...from.querySelectorAll(q)];
  // --- search
  const input = document.getElementById("search"), found = document.getElementById("found"), contents = document.getElementById("contents");
  const articles = $("article.exhibit").map(a => ({
    id: a.id, title: $("h3", a)[0].textContent, where: $("h2", a.closest("section"))[0].textContent,
    text: [...$("h3, .sub, .reading", a).map(e => e.textContent), a.dataset.words].join(" ").toLowerCase(),
  })).concat($("#main h2").filter(h => h.id).map(h => ({ id: h.id, title: h.textContent, where: "", text: h.textContent.toLowerCase() })));
  const search = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    found.hidden = !words.length; contents.hidden = words.length > 0;
    const hits = articles.filter(a => words.every(w => a.text.includes(w)));
    found.replaceChildren(...hits.slice(0, 40).map(a => {
      const li = document.createElement("li"), link = document.createElement("a"), where = document.createElement("span");
      link.href = "#" + a.id; link.textContent = a.title; where.className = "where"; where.textContent = a.where; li.append(link, where); return li;
    }));
    if (words.length && !hits.length) { const li = document.createElement("li"); li.textContent = input.dataset.none; found.append(li); }
  };
  input.addEventListener("input", search);
  found.addEventListener("click", () => { if (innerWidth <= 900) { input.value = ""; search(); } });
  addEventListener("keydown", e => { if (e.key === "/" && !/INPUT|TEXTAREA/.test(document.activeElement.tagName)) { e.preventDefault(); input.focus(); } });
  // --- contents follow the reading
  const links = new Map($("#contents nav a").map(a => [decodeURIComponent(a.hash.slice(1)), a]));
  const follow = id => {
    const link = links.get(id); if (!link) return;
    $("#contents [aria-current]").forEach(a => a.removeAttribute("aria-current")); $("#contents li.on").forEach(li => li.classList.remove("on"));
    link.setAttribute("aria-current", "true");
    for (let li = link.closest("li"); li; li = li.parentElement.closest("li")) li.classList.add("on");
    if (innerWidth > 900) { const s = document.querySelector(".side"), r = link.getBoundingClientRect(); if (r.top < 60 || r.bottom > innerHeight - 20) s.scrollTop += r.top - innerHeight / 3; }
  };
  const eye = new IntersectionObserver(seen => seen.filter(s => s.isIntersecting).forEach(s => follow(s.target.id)), { rootMargin: "-5% 0px -80% 0px" });
  [...$("article.exhibit"), ...$("#main h2[id]"), document.getElementById("summary")].forEach(e => eye.observe(e));
  const narrow = matchMedia("(max-width: 900px)"), fold = () => { contents.open = !narrow.matches; };
  fold(); narrow.addEventListener("change", fold);
  $("#contents nav a").forEach(a => a.addEventListener("click", () => { if (narrow.matches) contents.open = false; }));
  // --- a citation opens what it is folded in
  const open = () => {
    const there = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let e = there; e; e = e.parentElement) if (e.tagName === "DETAILS") e.open = true;
    if (there && there.tagName === "TR") there.scrollIntoView({ block: "center" });
  };
  addEventListener("hashchange", open); open();
  // --- tables can be sorted
  const number = t => { const m = t.replace(/[,\s]/g, "").replace(/−/g, "-").match(/-?\d+(?:\.\d+)?/); return m ? parseFloat(m[0]) : null; };
  $(".scroll table").forEach(table => {
    const body = table.tBodies[0]; if (!body || body.rows.length < 3) return;
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button"); button.type = "button"; button.className = "sort"; button.append(...head.childNodes); head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        [...table.tHead.rows[0].cells].forEach(o => o.removeAttribute("aria-sort")); head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const rows = [...body.rows].map((row, order) => { const text = row.cells[column].textContent.trim(); return { row, order, text: text === "—" ? "" : text, n: number(text) }; });
        const counted = rows.filter(r => r.text && r.n !== null).length * 2 > rows.filter(r => r.text).length;
        rows.sort((a, b) => (a.text ? 0 : 1) - (b.text ? 0 : 1) || (down ? -1 : 1) * (counted && a.n !== null && b.n !== null ? a.n - b.n : a.text.localeCompare(b.text, lang)) || a.order - b.order);
        body.append(...rows.map(r => r.row));
      });
    });
  });
  // --- a chart to take along: with its title, notes and source
  const wrap = (text, size, width) => {
    const pen = document.createElement("canvas").getContext("2d"); pen.font = `${size}px sans-serif`;
    const lines = []; let line = "";
    for (const piece of text.match(/[\w.,%()–’'-]+\s*|./gu) || []) { if (line && pen.measureText(line + piece).width > width) { lines.push(line); line = ""; } line += piece; }
    return line ? [...lines, line] : lines;
  };
  const whole = article => {
    const pic = article.querySelector("figure svg.page, figure img"), svg = pic.tagName === "svg", NS = "http://www.w3.org/2000/svg";
    const [w, h] = svg ? pic.getAttribute("viewBox").split(" ").slice(2).map(Number) : [720, 720 * pic.naturalHeight / pic.naturalWidth];
    const out = document.createElementNS(NS, "svg"); let y = 8;
    const write = (text, size, colour) => wrap(text, size, w - 40).forEach(line => {
      const t = document.createElementNS(NS, "text"); t.setAttribute("x", 20); t.setAttribute("y", y += size * 1.35); t.setAttribute("style", `font-size:${size}px;fill:${colour}`); t.textContent = line; out.append(t);
    });
    const ground = document.createElementNS(NS, "rect"); out.append(ground);
    write($("h3", article)[0].textContent, 15, "#1b1f24"); write($(".sub", article)[0].textContent, 10, "#5c6670");
    const inner = svg ? pic.cloneNode(true) : document.createElementNS(NS, "image");
    if (!svg) inner.setAttribute("href", pic.src);
    for (const [k, v] of Object.entries({ x: 0, y: y + 6, width: w, height: h })) inner.setAttribute(k, v);
    inner.removeAttribute("class"); out.append(inner); y += h + 8;
    $(".foot:not(.refs)", article).forEach(p => write(p.textContent, 7.5, "#5c6670")); y += 10;
    ground.setAttribute("width", w); ground.setAttribute("height", y); ground.setAttribute("fill", "#fff");
    out.setAttribute("viewBox", `0 0 ${w} ${y}`); out.setAttribute("width", w); out.setAttribute("height", y); out.setAttribute("xmlns", NS);
    out.setAttribute("font-family", "DejaVu Sans, Verdana, Microsoft YaHei, PingFang SC, Noto Sans CJK SC, sans-serif");
    return { text: new XMLSerializer().serializeToString(out), w, h: y };
  };
  const png = article => new Promise((done, fail) => {
    const { text, w, h } = whole(article), image = new Image();
    image.onload = () => { const c = document.createElement("canvas"); c.width = w * 3; c.height = h * 3; c.getContext("2d").drawImage(image, 0, 0, c.width, c.height); c.toBlob(b => b ? done(b) : fail(), "image/png"); };
    image.onerror = fail; image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(text);
  });
  const save = (blob, name) => { const a = document.createElement("a"); a.href = URL.createObjectURL(blob); a.download = name; a.click(); setTimeout(() => URL.revokeObjectURL(a.href), 1000); };
  const csv = article => "\ufeff" + $("table tr", article).map(row => [...row.cells].map(cell => {
    let t = cell.textContent.trim(); const plain = t.replace(/,/g, "").replace(/^−/, "-");
    if (/^-?\d+(\.\d+)?$/.test(plain)) t = plain; else if (/^[=+\-@\t]/.test(t)) t = "'" + t;
    return /[",\n]/.test(t) ? `"${t.replace(/"/g, '""')}"` : t;
  }).join(",")).join("\r\n") + "\r\n";
  document.addEventListener("click", async e => {
    const button = e.target.closest("button[data-do]"); if (!button) return;
    const article = button.closest("article"), name = `${article.id}.${lang.slice(0, 2)}`, what = button.dataset.do;
    if (what === "csv") save(new Blob([csv(article)], { type: "text/csv" }), name + ".csv");
    if (what === "svg") save(new Blob([whole(article).text], { type: "image/svg+xml" }), name + ".svg");
    if (what === "png") save(await png(article), name + ".png");
    if (what === "copy") {
      try { await navigator.clipboard.write([new ClipboardItem({ "image/png": png(article) })]); const t = button.textContent; button.textContent = "✓ " + t; setTimeout(() => { button.textContent = t; }, 1500); }
      catch { save(await png(article), name + ".png"); }
    }
  });
  // --- a printed page shows what is behind a click, but for the citations
  let opened = [];
  addEventListener("beforeprint", () => { opened = $("details:not(.citations):not(#contents):not([open])"); opened.forEach(one => { one.open = true; }); });
  addEventListener("afterprint", () => opened.forEach(one => { one.open = false; }));
})();
