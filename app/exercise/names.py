"""Invented names. Places are built from syllables of no one language; codenames from words for things."""

from __future__ import annotations

import numpy as np

from app.exercise.chance import one

COUNTRY_NAME = "Republic of Talvara (EXERCISE)"
COUNTRY_CODE = "TV"
MISSION_NAME = "United Mission in Talvara (EXERCISE)"
MISSION_CODE = "UMITAL"


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_STARTS = _words(
    "Ab An Ar Be Bro Ca Cor Da Del Do El Es Fa Fen Ga Gor Ha Hel Il Is Ja Jor Ka Kel Ko La Lem Lo Ma Mer "
    "Mo Na Nel Or Os Pa Per Qui Ra Ren Ro Sa Sel Sor Ta Tel Tor Ul Va Vel Vo Wa Wen Ya Yel Za Zel"
)
_MIDDLES = _words(
    "ba da dra fe ga gri ko la le li lo ma me mi mo na ne ni no ra re ri ro ru sa se so ta te ti va ve vi"
)
_ENDS = _words(
    "bal bera dal dara den dora gan ghal hara ket lan lem lia lor mar mera mond nar neth nis nor ra ram "
    "ren ria rin ros san sel shan tal tara ten thal tor tova vara ven vik vor wen zan"
)
_VILLAGE_ADDITIONS = (
    "Ford",
    "Wells",
    "Crossing",
    "Landing",
    "Market",
    "Old Town",
    "Quarry",
    "Mill",
    "Bridge",
)

#: Both lists name things, never people, peoples, places, creeds, or anything of a defender's work.
CODE_ADJECTIVES = _words(
    "Amber Ashen Autumn Azure Brass Bright Bronze Calm Cedar Clear Cobalt Copper Coral Crimson Dappled "
    "Distant Early Ember Even Fallow Gentle Gilded Glass Golden Granite Hazel Hidden Hollow Indigo Iron "
    "Ivory Jade Late Lilac Linen Lunar Marble Mellow Misty Mossy Olive Opal Pale Pearl Plain Polar Quiet "
    "Russet Sable Scarlet Silent Silver Slate Steady Still Sunlit Tidal Velvet Walnut Willow"
)
CODE_NOUNS = _words(
    "Acorn Anchor Arch Badger Basin Beacon Bell Birch Bramble Brook Canyon Cloud Comet Compass Cricket "
    "Curlew Delta Dune Feather Fern Finch Harbour Heron Horizon Ibis Juniper Kettle Kite Lantern Lark "
    "Ledger Lynx Maple Meadow Meteor Orchard Osprey Otter Parasol Pebble Petrel Pine Plover Prism Quill "
    "Raven Reed Ripple Sail Sparrow Spire Spruce Swift Teapot Thicket Thimble Thistle Tulip Wagtail Wren"
)

#: First words of call signs; companies and platoons add numbers to their battalion's word.
CALL_WORDS = _words(
    "Anvil Bastion Castle Drummer Falconer Gauntlet Hammer Javelin Keystone Lancer Mariner Nomad Outrider "
    "Pathway Quarterdeck Rampart Sabre Tempest Umbra Vanguard Warden Yeoman Zenith Bulwark Citadel Drover "
    "Freight Glider"
)


class Namer:
    """Gives each place name once."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._given = {
            "Talvara",
            "Natal",
            "Calan",
            "Malmo",
            "Taran",
            "Moran",
            "Koran",
            "Loren",
            "Doran",
            "Karan",
        }

    def root(self) -> str:
        """A bare name such as "Kelmoran"."""
        while True:
            middle = one(self._rng, _MIDDLES) if self._rng.random() < 0.45 else ""
            name = one(self._rng, _STARTS) + middle + one(self._rng, _ENDS)
            run = any(a == b == c for a, b, c in zip(name, name[1:], name[2:], strict=False))
            if len(name) >= 5 and not run and name not in self._given:
                self._given.add(name)
                return name

    def village(self) -> str:
        """A village's name; one in eight says what the place is for."""
        name = self.root()
        return f"{name} {one(self._rng, _VILLAGE_ADDITIONS)}" if self._rng.random() < 0.125 else name


def codenames(rng: np.random.Generator, count: int) -> list[str]:
    """`count` different codenames of two words. Drawn by chance alone: nothing of the person enters."""
    every = len(CODE_ADJECTIVES) * len(CODE_NOUNS)
    drawn = rng.choice(every, size=count, replace=False)
    return [
        f"{CODE_ADJECTIVES[int(n) // len(CODE_NOUNS)]} {CODE_NOUNS[int(n) % len(CODE_NOUNS)]}" for n in drawn
    ]
