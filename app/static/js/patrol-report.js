// A patrol report on a phone whose line drops: what is written stays on the phone until the house has said that it has it.
// Each block is sent whole, so sending it twice changes nothing; what was refused stays with the sentence that says why.
(() => {
  "use strict";
  const blocks = document.querySelector("[data-report]");
  const where = document.getElementById("where-saved");
  if (!blocks || !where) return;
  const store = `vigil.report.${blocks.dataset.report}`;
  const forms = new Map([...blocks.querySelectorAll("form[data-block]")].map((form) => [form.dataset.block, form]));
  const house = new Set([...forms].filter(([, form]) => form.elements.base.value).map(([code]) => code));
  const NOT_KEPT = new Set(["csrf_token", "base", "device_id"]);

  const read = () => { try { return JSON.parse(localStorage.getItem(store)) || {}; } catch { return {}; } };
  const write = (drafts) => {
    try {
      if (Object.keys(drafts).length) {
        localStorage.setItem(store, JSON.stringify(drafts));
        localStorage.setItem("vigil.report.leave", where.dataset.leave);
      } else localStorage.removeItem(store);
      return true;
    } catch { return false; /* a private window: the form posts as it does without scripts */ }
  };
  const typed = (form) => [...new FormData(form)].filter(([name]) => !NOT_KEPT.has(name));

  const tell = () => {
    const drafts = read();
    const waiting = Object.values(drafts).filter((draft) => draft.done).length;
    const parts = [where.dataset.house.replace("{n}", String(house.size)).replace("{all}", String(forms.size))];
    if (waiting) parts.unshift(where.dataset.phone.replace("{n}", String(waiting)));
    where.textContent = parts.join(" · ");
    where.classList.toggle("waits", waiting > 0);
    for (const mark of blocks.querySelectorAll("[data-state]")) {
      const draft = drafts[mark.dataset.state];
      mark.textContent = draft ? (draft.done ? where.dataset.waits : where.dataset.typing)
        : house.has(mark.dataset.state) ? where.dataset.kept : where.dataset.typing;
    }
  };

  // Another row of a group, as the house would have drawn it: its fields are named and labelled by their number.
  const another = (form) => {
    const last = [...form.querySelectorAll("[data-row]")].at(-1);
    const n = form.querySelectorAll("[data-row]").length;
    const row = last.cloneNode(true);
    for (const field of row.querySelectorAll("[name]")) {
      field.name = field.name.replace(/\.\d+\./, `.${n}.`);
      field.id = field.id.replace(/-\d+-/, `-${n}-`);
      if (field.type === "radio") field.checked = field.defaultChecked; else if (field.tagName === "SELECT") field.selectedIndex = Math.max(0, [...field.options].findIndex((option) => option.defaultSelected)); else field.value = "";
    }
    for (const label of row.querySelectorAll("label")) label.htmlFor = label.htmlFor.replace(/-\d+-/, `-${n}-`);
    const legend = row.querySelector("legend");
    legend.textContent = legend.textContent.replace(/\d+\s*$/, String(n + 1));
    last.after(row);
    return row;
  };

  const fill = (form, pairs) => {
    for (const [name, value] of pairs) {
      while (!form.elements[name] && /\.\d+\./.test(name) && form.querySelectorAll("[data-row]").length < 20) another(form);
      const field = form.elements[name];
      if (field instanceof RadioNodeList || (field && field.type !== "submit")) field.value = value;
    }
  };

  const refused = (form, sentence) => {
    const box = form.closest(".block").querySelector("[data-refused]");
    box.textContent = sentence;
    box.hidden = !sentence;
  };

  let sending = false;
  const send = async () => {
    if (sending) return;
    sending = true;
    for (const [code, draft] of Object.entries(read())) {
      const form = forms.get(code);
      if (!draft.done || draft.wrong || !form) continue;
      const body = new URLSearchParams([...new FormData(form)].filter(([name]) => NOT_KEPT.has(name)).concat(draft.said));
      let answer;
      try {
        answer = await fetch(form.action.split("#")[0], { method: "POST", body, headers: { Accept: "application/json" }, redirect: "error", signal: AbortSignal.timeout(20000) });
      } catch { break; /* no line: tried again below */ }
      if (answer.status === 401 || answer.status === 400) { where.textContent = where.dataset.lost; sending = false; return; }
      const drafts = read();
      if (answer.ok) {
        const said = await answer.json();
        form.elements.base.value = said.base;
        for (const kept of said.kept) house.add(kept);
        // What was typed since it went out is not in the house.
        if (JSON.stringify(drafts[code]?.said) === JSON.stringify(draft.said)) delete drafts[code];
        refused(form, "");
      } else if (answer.status === 422 || answer.status === 409) {
        const problem = await answer.json();
        if (drafts[code]) drafts[code].wrong = true;
        refused(form, [problem.detail, ...Object.values(problem.fields || {})].join(" "));
        location.hash = code;
      } else break;
      write(drafts);
    }
    sending = false;
    tell();
  };

  const keep = (form, done) => {
    const drafts = read();
    drafts[form.dataset.block] = { said: typed(form), done, at: Date.now() };
    return write(drafts);
  };

  // The blocks of which nothing was kept, here or in the house; and on to the first of them after this one.
  const silent = () => [...forms.keys()].filter((code) => !house.has(code) && !read()[code]?.done);
  const go = (code) => {
    const codes = [...forms.keys()];
    const at = codes.indexOf(code) + 1;
    const open = new Set(silent());
    location.hash = [...codes.slice(at), ...codes.slice(0, at)].find((other) => open.has(other)) || "start";
    scrollTo(0, 0);
  };
  // What was kept here is in the house: it says now what it found.
  const link = blocks.querySelector("[data-check]");
  const check = () => { if (!Object.values(read()).some((draft) => draft.done)) location.assign(link.href); };

  let pause = 0;
  for (const [code, form] of forms) {
    form.addEventListener("input", () => { clearTimeout(pause); pause = setTimeout(() => { keep(form, false); tell(); }, 400); });
    form.addEventListener("submit", (event) => {
      clearTimeout(pause);
      if (!keep(form, true)) return;
      event.preventDefault();
      if (event.submitter?.matches("[data-more]")) another(form).querySelector("input, select, textarea")?.focus();
      else go(code);
      tell();
      const sent = send();
      if (location.hash === "#start" && silent().length === 0) sent.then(check);
    });
    const draft = read()[code];
    if (draft) fill(form, draft.said);
  }

  // "Check and send" asks the house what stands there: first what waits here.
  link.addEventListener("click", (event) => {
    if (!Object.values(read()).some((draft) => draft.done)) return;
    event.preventDefault();
    send().then(check);
  });

  // A row that is begun gets the time and the place of now where these are empty; both are free to be changed.
  const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
  const now = () => {
    const at = new Date();
    const two = (n) => String(n).padStart(2, "0");
    return `${two(at.getUTCDate())}${two(at.getUTCHours())}${two(at.getUTCMinutes())}Z${MONTHS[at.getUTCMonth()]}${two(at.getUTCFullYear() % 100)}`;
  };
  blocks.addEventListener("input", ({ target }) => {
    const row = target.closest("[data-row]");
    if (!row || row.dataset.filled) return;
    row.dataset.filled = "1";
    const at = row.querySelector('[data-fill="moment"][name$=".at"]');
    if (at && !at.value) at.value = now();
    const place = row.querySelector('[data-fill="place"][name$=".place"]');
    if (!place || place.value || place === target) return;
    navigator.geolocation?.getCurrentPosition(({ coords }) => {
      if (!place.value) place.value = `${coords.latitude.toFixed(5)}, ${coords.longitude.toFixed(5)}`;
    }, () => {}, { enableHighAccuracy: true, timeout: 15000, maximumAge: 30000 });
  });

  addEventListener("online", send);
  setInterval(() => { if (Object.values(read()).some((draft) => draft.done && !draft.wrong)) send(); }, 20000);
  tell();
  send();
})();
