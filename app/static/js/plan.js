// A plan's stops are dragged to another place of a tour, to another tour, or among those that are left out. What the hand did
// becomes the same choices that stand beside the stops without a script; nothing is sent before "Solve again".
(() => {
  "use strict";
  const form = document.getElementById("plan-again");
  const said = form?.querySelector(".plan-again [role=status]");
  if (!form || !said) return;
  const places = [...form.querySelectorAll("[data-tour] tbody, [data-left-out] tbody")];
  const tourOf = (body) => body.closest("[data-tour]")?.dataset.tour ?? null;
  const labelOf = (body) => body.closest("[data-tour]").dataset.label;
  const rows = (body) => [...body.querySelectorAll("tr[data-task]")];
  const wish = (row) => row.querySelector("select[name^=wish_]");
  const tell = (words, of) => { said.textContent = words.replace(/\{(\w+)\}/g, (_all, key) => of[key]); };
  const origin = new Map(); // row → where it stood when the page came, and behind which row
  for (const body of places) for (const row of rows(body)) origin.set(row, body);

  // What a choice needs that its select doesn't offer: it is added once, in the words of the page.
  const choose = (select, value, words) => {
    if (![...select.options].some((option) => option.value === value)) select.add(new Option(words, value));
    select.value = value;
  };

  const may = (row, body) => {
    const tour = tourOf(body);
    return origin.get(row) === body || tour === null || [...wish(row).options].some((option) => option.value === `move:${tour}`);
  };

  // The order of a tour's stops as they stand here, in its own select; a tour of one stop has none.
  const keepOrder = (body) => {
    const tour = tourOf(body);
    if (tour === null) return;
    let select = form.querySelector(`[name="order_${tour}"]`);
    if (!select) {
      select = Object.assign(document.createElement("select"), { name: `order_${tour}`, hidden: true });
      body.closest("[data-tour]").append(select);
    }
    choose(select, rows(body).map((row) => row.dataset.task).join(","), form.dataset.here);
  };

  const settle = (row, from, body) => {
    const tour = tourOf(body);
    const select = wish(row);
    row.classList.add("moved");
    row.classList.toggle("elsewhere", origin.get(row) !== body);
    if (tour === null) select.value = origin.get(row) === body ? "" : "out";
    else if (origin.get(row) === body) select.value = [...select.options].some((option) => option.value === "keep") ? "keep" : "";
    else select.value = `move:${tour}`;
    if (from !== body) keepOrder(from);
    keepOrder(body);
    const name = row.dataset.name;
    if (tour === null) tell(form.dataset.out, { name });
    else tell(form.dataset.moved, { name, n: rows(body).indexOf(row) + 1, tour: labelOf(body) });
    form.querySelector(".plan-undo").hidden = false;
    form.querySelector("[name=again]").classList.replace("btn-secondary", "btn-primary");
  };

  // Above or below the row under the pointer, by its middle; at the end where the pointer is below them all.
  const placeAt = (x, y, row) => {
    const under = document.elementFromPoint(x, y);
    const body = places.find((each) => each.closest("[data-tour], [data-left-out]").contains(under));
    if (!body) return;
    const after = rows(body).find((each) => {
      const box = each.getBoundingClientRect();
      return each !== row && y < box.top + box.height / 2;
    });
    if (after ? row.nextElementSibling !== after || row.parentNode !== body : body.lastElementChild !== row) body.insertBefore(row, after ?? null);
  };

  const drag = (grip, row, down) => {
    const from = row.parentNode;
    const next = row.nextElementSibling;
    let at = [down.clientX, down.clientY];
    let frame = 0;
    // Near an edge of the window the page goes on by itself, since the finger holds the stop.
    const follow = () => {
      const edge = 60;
      if (at[1] < edge) scrollBy(0, -12);
      else if (at[1] > innerHeight - edge) scrollBy(0, 12);
      placeAt(...at, row);
      frame = requestAnimationFrame(follow);
    };
    const move = (event) => { if (event.pointerId === down.pointerId) at = [event.clientX, event.clientY]; };
    const end = (keep) => {
      cancelAnimationFrame(frame);
      for (const [kind, heard] of kinds) removeEventListener(kind, heard);
      document.body.classList.remove("dragging");
      row.classList.remove("held");
      if (keep) placeAt(...at, row);
      const body = row.parentNode;
      if (keep && !may(row, body)) tell(form.dataset.cannot, { name: row.dataset.name });
      if (!keep || !may(row, body)) from.insertBefore(row, next);
      else if (body !== from || row.nextElementSibling !== next) settle(row, from, body);
      grip.focus({ preventScroll: true });
    };
    const kinds = [
      ["pointermove", move],
      ["pointerup", (event) => { if (event.pointerId === down.pointerId) { move(event); end(true); } }],
      ["pointercancel", (event) => { if (event.pointerId === down.pointerId) end(false); }],
      ["keydown", (event) => { if (event.key === "Escape") end(false); }],
    ];
    for (const [kind, heard] of kinds) addEventListener(kind, heard);
    document.body.classList.add("dragging");
    row.classList.add("held");
    follow();
  };

  for (const grip of form.querySelectorAll(".plan-grip")) {
    const row = grip.closest("tr");
    grip.hidden = false;
    grip.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || document.body.classList.contains("dragging")) return;
      event.preventDefault();
      drag(grip, row, event);
    });
    grip.addEventListener("keydown", (event) => {
      const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      const body = row.parentNode;
      if (!by || tourOf(body) === null) return;
      event.preventDefault();
      const beside = by < 0 ? row.previousElementSibling : row.nextElementSibling;
      if (!beside) return;
      if (by < 0) body.insertBefore(row, beside); else body.insertBefore(beside, row);
      settle(row, body, body);
      grip.focus({ preventScroll: true });
    });
  }
})();
