"""Codenames: random words, never derived from the person, so that they tell nothing when overheard.

The words are plain things and qualities, with no names, places, faiths, weapons or sides among them, easy to say
on the radio. Some 23,000 pairs; where two defenders would draw the same, the second draws again.
"""

from __future__ import annotations

import secrets

_ADJECTIVES = """
    amber ample apt autumn azure balmy beige bold brass breezy bright brisk broad bronze calm candid
    careful cedar cheery chestnut civil clear clever cobalt cool copper coral cosy cotton crimson crisp crystal curly
    dapper dewy distant dusky eager early earthy easy elder ember even fabled fair fern firm fleet floral fluent
    frosty gentle gilded glad glossy golden grand granite grassy hardy hidden honest humble indigo
    ivory jolly keen kind lavender leafy lemon level light lilac lively lofty loyal lucid lunar maple marble
    mellow merry mild mint misty modest mossy neat nimble noble nutmeg oaken olive opal orderly pale paper
    patient pearl pine placid plain plum prompt proud quick quiet rapid ready round royal russet rustic
    saffron sage sandy scarlet sepia serene silent silver simple sleek smooth snowy solar solid spring steady stellar
    summer sunny swift tall tawny teal tidal tidy topaz tranquil velvet vivid walnut warm wheaten
    winter wise woven
"""

_NOUNS = """
    acorn almond anchor anvil apple apron arch atlas aurora badger bamboo banjo barley basket beacon bell birch blossom
    boulder bramble branch breeze brook bucket button cabin candle canoe canvas canyon carrot castle cello chalk cherry
    chisel cinder clover comet compass cork cradle crane cricket cup daisy dolphin dome drum dune easel echo elm falcon
    feather fennel fiddle finch flute forest fountain garden glacier goblet grove hammock harbour harp heron
    hill honey horizon inkwell island jug juniper kettle kite ladder lagoon lake lantern lark laurel
    leaf ledger linen lotus lute magnet mango maple marigold meadow melon mitten moon moss mural needle nest nutshell
    oak oar orchard otter owl paddle pebble pelican pepper piano pillow pilot pine pond poplar prairie quarry quill
    quilt raft rain raven reed ribbon ridge river rope rudder saddle sail satchel seashell shuttle sparrow spindle
    spruce stream sundial swallow tambourine teapot thimble thistle timber trellis tulip turnip valley vessel viola
    walnut waterfall wave weaver wharf whistle window wren yarn
"""

ADJECTIVES = tuple(_ADJECTIVES.split())
NOUNS = tuple(_NOUNS.split())


def draw() -> str:
    """A random pair such as 'quiet harbour'. Uniqueness is the database's to say."""
    return f"{secrets.choice(ADJECTIVES)} {secrets.choice(NOUNS)}"
