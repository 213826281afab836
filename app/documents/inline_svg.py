"""Matplotlib's SVG made fit to stand inline: no style attributes, no style element, ids of its own.

A strict Content-Security-Policy drops inline styles silently: the drawing would lose its colours.
Everything that Matplotlib styles is a presentation attribute too, so it is written as one.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_FONT = re.compile(r"^(?:(?P<style>italic|oblique)\s+)?(?:(?P<weight>bold|\d{3})\s+)?(?P<size>[\d.]+px)\s")
# SVG needs no blank beside the letter of a path's command.
_AROUND_LETTER = re.compile(r" ?([MLHVCSQTAZz]) ?")
_URL = re.compile(r"url\(#([^)]+)\)")


def _presentation(style: str) -> dict[str, str]:
    """`fill: #fff; font: 700 8px 'DejaVu Sans'` → attributes of the same effect."""
    found: dict[str, str] = {}
    for declaration in style.split(";"):
        prop, colon, value = declaration.partition(":")
        prop, value = prop.strip(), value.strip()
        if not colon:
            continue
        if prop == "font":
            match = _FONT.match(value)
            if match is None:
                raise ValueError(f"a font shorthand that is not understood: {value}")
            found["font-size"] = match["size"]
            found["font-family"] = "DejaVu Sans, sans-serif"
            if match["weight"]:
                found["font-weight"] = match["weight"]
            if match["style"]:
                found["font-style"] = match["style"]
        else:
            found[prop] = value
    return found


def _shorter(value: str) -> str:
    """Coordinates to a hundredth of a point: a drawing of half the size, and no visible difference."""
    shorter = _NUMBER.sub(lambda m: f"{float(m.group()):.2f}".rstrip("0").rstrip("."), value)
    return _AROUND_LETTER.sub(r"\1", " ".join(shorter.split()))


def _lean(root: ElementTree.Element) -> None:
    """Take out what draws nothing: Matplotlib names and groups each part, and says for each text what holds for all."""
    named = {m for e in root.iter() for value in e.attrib.values() for m in _URL.findall(value)}
    named |= {e.attrib["href"][1:] for e in root.iter() if "href" in e.attrib}
    for element in root.iter():
        if element.get("id") not in named:
            element.attrib.pop("id", None)
        if element.get("transform", "").startswith("rotate(-0 "):
            del element.attrib["transform"]
        if element.get("text-anchor") == "start":
            del element.attrib["text-anchor"]
        # Line breaks between elements; those of texts stand in no drawing.
        element.tail = None
        if not (element.text or "").strip():
            element.text = None
    families = {e.attrib["font-family"] for e in root.iter() if "font-family" in e.attrib}
    if len(families) == 1:
        for element in root.iter():
            element.attrib.pop("font-family", None)
        root.set("font-family", families.pop())
    _unwrap(root)


def _unwrap(parent: ElementTree.Element) -> None:
    kept: list[ElementTree.Element] = []
    for child in parent:
        _unwrap(child)
        if child.tag not in (f"{{{_SVG}}}g", f"{{{_SVG}}}defs") or child.attrib:
            kept.append(child)
        elif child.tag == f"{{{_SVG}}}g":
            kept.extend(child)
        elif len(child):
            kept.append(child)
    parent[:] = kept


def without_styles(document: str, name: str) -> str:
    """The `<svg>` element of a document, its ids prefixed with `name`; ValueError for an unknown style."""
    # The document is Matplotlib's own output, never a file from outside.
    root = ElementTree.fromstring(document)  # noqa: S314
    for parent in root.iter():
        for child in list(parent):
            if child.tag in {f"{{{_SVG}}}style", f"{{{_SVG}}}metadata"}:
                parent.remove(child)
    root.set("stroke-linejoin", "round")
    for group in root.iter(f"{{{_SVG}}}g"):
        if group.get("id") == "halo":
            del group.attrib["id"]
            for text in group.iter(f"{{{_SVG}}}text"):
                text.attrib.update({"stroke": "#fff", "stroke-width": "2", "paint-order": "stroke"})
    for element in root.iter():
        for key, value in _presentation(element.attrib.pop("style", "")).items():
            element.set(key, value)
        for key, value in list(element.attrib.items()):
            if key == "id":
                element.set(key, f"{name}-{value}")
            elif key in {f"{{{_XLINK}}}href", "href"} and value.startswith("#"):
                element.attrib.pop(key)
                element.set("href", f"#{name}-{value[1:]}")
            elif key in {"d", "x", "y", "transform", "points"}:
                element.set(key, _shorter(value))
            elif "url(#" in value:
                element.set(key, _URL.sub(rf"url(#{name}-\1)", value))
    _lean(root)
    # Size is the page's business; the view box keeps the proportions.
    root.attrib.pop("width", None)
    root.attrib.pop("height", None)
    # Only now: serialising under the default prefix keeps `<svg>` free of `ns0:`.
    ElementTree.register_namespace("", _SVG)
    return ElementTree.tostring(root, encoding="unicode")
