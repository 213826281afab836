// Symbols of units as officers know them (APP-6 D / MIL-STD-2525 D), by milsymbol. It weighs 200 kB, so it comes after
// everything else and on a quick line only; until then, and without it, marks.js draws the plain frames.
const ENTITY = { infantry: "121100", police: "141200", observers: "121200", medical: "161300", engineer: "140700", aviation: "120600", reserve: "121100", headquarters: "000000" };
const ECHELON = { SEC: "13", PL: "14", COY: "15", BN: "16", SHQ: "18", FHQ: "22" };
let loading = null;

export const ready = () => typeof window.ms?.Symbol === "function";

export function load() {
  loading ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = "/static/vendor/milsymbol.js";
    script.addEventListener("load", done);
    script.addEventListener("error", failed);
    document.head.append(script);
  });
  return loading;
}

// {element, size: [w, h], anchor: [x, y]} of a friendly land unit. Codes are ours; nothing that a person wrote goes in.
export function unitSymbol(arm, echelon) {
  const quarters = arm === "headquarters" ? "2" : "0";
  // version 10, reality, friend, land unit, present, headquarters or none, echelon, entity, no modifiers
  const code = `1003100${quarters}${ECHELON[echelon] ?? "00"}${ENTITY[arm] ?? "000000"}0000`;
  // The standard's shapes in the map's own quiet colours, which have a twin for the night.
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--v-${name}`).trim();
  const all = (colour) => Object.fromEntries(["Civilian", "Friend", "Hostile", "Neutral", "Unknown", "Suspect"].map((kind) => [kind, colour]));
  const ink = token("text");
  const symbol = new window.ms.Symbol(code, { size: 16, colorMode: all(token("unit-fill")), frameColor: all(ink), iconColor: all(ink) });
  const element = document.createElement("img"); // the mark's name is its title; letters in the symbol are a drawing
  element.alt = "";
  element.src = `data:image/svg+xml,${encodeURIComponent(symbol.asSVG().replaceAll('"black"', `"${ink}"`))}`;
  const [size, anchor] = [symbol.getSize(), symbol.getAnchor()];
  return { element, size: [size.width, size.height], anchor: [anchor.x, anchor.y] };
}
