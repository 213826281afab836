// On a phone the map is whole and the rest comes as a sheet from below, by tabs. Elsewhere the tabs don't show.
const frame = document.querySelector(".picture");
const tabs = [...document.querySelectorAll("[data-sheet-tab]")];
const layers = document.getElementById("layers");

function show(name) {
  frame.dataset.sheet = name;
}
function tell() {
  for (const tab of tabs) tab.setAttribute("aria-pressed", String(tab.dataset.sheetTab === frame.dataset.sheet));
}
for (const tab of tabs) {
  tab.addEventListener("click", () => show(tab.getAttribute("aria-pressed") === "true" ? "map" : tab.dataset.sheetTab));
}
new MutationObserver(tell).observe(frame, { attributes: true, attributeFilter: ["data-sheet"] });
tell();

if (matchMedia("(max-width: 1500px)").matches) layers.open = false;
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  if (frame.dataset.sheet !== "map") show("map");
  document.getElementById("hover").hidden = true;
});
