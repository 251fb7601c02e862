// Tables can be sorted by a click or a key on a column's heading; without scripts they stay as printed.
(() => {
  const number = text => {
    const found = text.replace(/[,\s]/g, "").replace(/−/g, "-").match(/-?\d+(?:\.\d+)?/);
    return found ? parseFloat(found[0]) : null;
  };
  const key = cell => {
    const text = cell.textContent.trim();
    return text === "—" || text === "" ? null : { text, number: number(text) };
  };
  document.querySelectorAll(".scroll table").forEach(table => {
    const body = table.tBodies[0];
    if (!body || body.rows.length < 3) return;
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        [...table.tHead.rows[0].cells].forEach(other => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const rows = [...body.rows].map((row, order) => ({ row, order, key: key(row.cells[column]) }));
        const counted = rows.filter(r => r.key && r.key.number !== null).length * 2 > rows.filter(r => r.key).length;
        rows.sort((a, b) => {
          if (!a.key || !b.key) return (a.key ? 0 : 1) - (b.key ? 0 : 1) || a.order - b.order; // blanks last
          const one = counted && a.key.number !== null && b.key.number !== null
            ? a.key.number - b.key.number
            : a.key.text.localeCompare(b.key.text, document.documentElement.lang);
          return (down ? -one : one) || a.order - b.order;
        });
        body.append(...rows.map(r => r.row));
      });
    });
  });
  // A printed page shows what is behind a click, but for the citations, which would be most of the paper.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not(.citations):not([open])")];
    opened.forEach(one => { one.open = true; });
  });
  addEventListener("afterprint", () => opened.forEach(one => { one.open = false; }));
})();
