// "Print this view": what is seen now goes into the form when it is sent. Layers that may not travel are left out.
import { period } from "./time.js";

const TRAVELS = ["alerts", "incidents", "threats", "patrols", "havens", "units", "places", "roads"];
const form = document.getElementById("print-view");
form.hidden = false;
form.addEventListener("submit", () => {
  const bounds = window.vigilMap.getBounds();
  const edge = (value, most) => Math.max(-most, Math.min(most, value)).toFixed(5);
  form.elements.box.value = [
    edge(bounds.getWest(), 180), edge(Math.max(bounds.getSouth(), -80), 84), edge(bounds.getEast(), 180), edge(bounds.getNorth(), 84),
  ].join(",");
  Object.assign(form.elements.since, { value: period().since });
  Object.assign(form.elements.until, { value: period().until });
  for (const old of form.querySelectorAll("[name=layers]")) old.remove();
  for (const box of document.querySelectorAll("input[data-layer]:checked")) {
    if (!TRAVELS.includes(box.dataset.layer)) continue;
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "layers", value: box.dataset.layer });
    form.append(field);
  }
});
