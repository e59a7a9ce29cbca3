"""What workers write about places is kept; what says who somebody is is not, in either language, and however it is hidden.

Every person, number and address here is invented.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spaces import free_text, goals, personal, prompts

SOMEBODY = [
    "Jayden, 14, comes here", "Jayden (14) comes here", "jayden from year 9", "Tyler deals", "Callum and Tyler hang round here",
    "kayleigh by the bins", "Muhammad A sits here with friends", "Jordan said it is dark", "Tyler and his friends",
    "with Tyler by the bins", "Grace, 14, comes here", "Everyone is afraid of Tyler from year 9", "We saw Kian there", "It was Callum.",
    "Ella, aged 13, waits here", "Tyler, Jordan and others", "Jayden's mates sit here", "Ffion's corner is by the wall",
    "Tyler's house is behind it", "Ella M waits for the bus", "Will Jones waits here", "Ask for Zainab, who knows",
    "the girl named Zyxa Testperson", "PC Davies", "PCSO Pugh walks here", "Sgt. Zyxwell came", "DC Jones was told",
    "the boy at 14 Elm Grove", "14 Elm Grove, Marlhaven", "14 elm grove", "They meet at 14a Marsh Lane", "outside 3 St James Court",
    "Flat 2, 14 Marsh Lane", "the twins at number 9", "the family in no. 12 complains", "SL1 2AB", "they come from sl1 2ab",
    "he lives with his nan", "she lives near the park", "my snap is jayd3n_x", "insta is kay.price", "her tiktok is kaydances",
    "Kay\u200bleigh Price was there", "her number is 0770\u200b0900123", "ＫＡＹＬＥＩＧＨ Price was there", "Kay\u00adleigh Price",
    "Kay\u034fleigh Price was there", "Kay\ufe0fleigh Price was there", "k.price＠example.org", "Ffion yw ei henw", "Zyxa yw ei henw hi",
    "ei enw yw Zyxo", "Enw'r ferch yw Ffion", "Enw’r bachgen yw Zyxo", "Gwen sy'n dod yma", "Gwen sy’n dod yma",
    "Mae Siân a Megan yn dod yma", "Mae Sia\u0302n yn dod yma", "mae hi'n byw ar Stryd y Bont", "mae o'n byw gyda'i nain",
    "Mae Tyler yn gwerthu yma", "9 Stryd y Bont", "y teulu yn rhif 9", "Osian a'i ffrindiau", "Dafydd ac Owain", "Ffion, 14 oed",
    "PC Pugh a ddaeth",
]  # fmt: skip
"""Ways in which people name a child, an officer or a home."""

CALLED = [
    "Jordan", "Tyler's flat", "14 Elm Grove", "Ffion's corner", "Jayden and Tyler", "Jayden's mates", "Kayleigh", "Kayleigh Price",
    "Ella Jordan", "Siân", "Mates of Callum", "Criw Osian", "Tyler and Ella", "Jordan's bench",
]  # fmt: skip
"""What a place or a group is not called."""

NAMES = [
    "The Cut", "Grace Road steps", "Jack's Lane", "Heather Lane", "The Rock", "River walk", "Oak corner", "Heath", "May Street garages",
    "Victoria", "Chelsea Road", "Wednesday photo group", "Clwb nos Fercher", "Girls' group", "Year 9 girls", "Group 2", "Gwenfro",
    "Ysgol Dewi Sant", "Y Bont", "The George", "Rose garden", "St Michael's steps", "Rowan Close shops", "The Loft", "Cae Dewi",
    "Sgwâr y Bont", "Parc Gwen", "Summer scheme", "Trinity", "Robin Hood", "Dan y Bont", "Boxing club juniors", "Ali's Barbers",
    "Elm Grove", "The 14 bus shelter", "Platform 2", "Thomas Hill", "Frances Lane", "Bro Gwen", "Craig y Llety",
]  # fmt: skip
"""What a place or a group is called, with nobody in it."""

PLACES = frozenset({"gwenfro", "callum cut", "rosie's", "sophie", "10 elm grove"})

OF_A_PLACE = [
    # English: names that are words.
    "In the summer they sit by the lock", "Summer is when it fills up", "Will the lights come back?", "Will they mend it before May?",
    "May and June are busy", "It opens in June, and July is full", "At dawn nobody is there", "Dawn and dusk are the worst",
    "The rose beds are overgrown", "Rose bushes hide the path", "Lily pads cover the pond", "We hope that it is lit by Christmas",
    "Hope was what they asked for", "Robins nest there", "A robin sings at the gate", "Mark the broken lamps on the map",
    "Marks on the wall are new", "Bill posters cover the windows", "The bill was paid by the council", "Penny sweets are sold there",
    "On the eve of the match it is full", "New Year's Eve is loud here", "Rowan trees stand along the path", "Heather Lane is dark",
    "Jack's Lane is where they walk", "Grace Road is lit to the bridge", "Say grace and eat: the church hall feeds them",
    "The forest edge is out of sight", "River water floods the steps", "The rock is slippery when wet", "Oak trees shade the lamps",
    "Ash, oak and rowan hide the lamps", "Hazel bushes grow over the fence", "Holly hedges grow over the lamps", "Ivy covers the camera",
    "Joy riders come after ten", "Faith groups open the hall", "Sky lanterns were let off", "Sandy ground, no path",
    "The star on the chapel is lit", "Frank talk helped", "Max. 30 people in the hall", "Young people pat the dogs there",
    "The red lamp is broken", "Rocky steps lead down", "A dean of the church has the key", "The porter locks up at ten",
    "April 2026 was quiet", "Autumn leaves cover the drain", "A junior football match ends at six",
    "Christian youth group opens on Fridays", "Said to be safer by day", "As they said, it is dark", "Amber light flickers",
    "Miles from the last bus", "A mile of dark road",
    # English: places that are called after people.
    "St Michael's church hall is open", "Outside St. Mary's school at three", "St John and St Andrew share a hall",
    "Ysgol Dewi Sant closes at three", "Gwenfro is quiet on Sundays", "Near Gwenfro the lamps are out", "The George shuts at eleven",
    "The Victoria is loud on Fridays", "Victoria and Albert Roads meet here", "William Street and George Street are lit",
    "Kelly Street is dark", "Martin's newsagent lets them wait", "Ali's Barbers keeps an eye out", "Mohammed's Kebab House is open late",
    "Outside Sara's Cafe", "Between Lewis Road and Thomas Street", "Charlotte Court residents complain", "Behind Megan Close",
    "Alexandra Park gates are shut at dusk", "Callum Cut is dark", "Beside Callum Cut and the weir", "They wait at Sophie for the bus",
    "Rosie's sells hot chocolate", "The Prince of Wales is shut", "Jubilee gardens are lit", "Kent Police walk there",
    "York and Lincoln trains stop here", "Chelsea play at home on Saturday", "Queen Elizabeth Hospital is near",
    # English: numbers that are no homes.
    "3 of 14 lamps are out", "14 Lamps on Elm Grove are out", "14 lamps on Elm Grove are out", "under-18s meet here",
    "14-17-year-olds wait for the bus", "It is for over 16s", "bus 14 stops at Elm Grove", "Route 14, Elm Grove", "10 lamps each side",
    "15 new street lights", "5 minutes' drive from town", "2 main road crossings", "The 2 lamps in the road are out",
    "12 young people came on Friday", "Lamp post 14, Elm Grove", "Platform 2 is empty", "Lamp 12 on Marsh Lane",
    "On 12 May Elm Road was shut", "6 benches in the park", "20 parking places", "9 Fridays out of 10", "Open 24 hours", "Number 9 bus",
    "At number 14 bus stop", "Half past 9 at the lock", "Year 9 girls stay away", "The M4 6pm queue", "On the A4 1st bus",
    "Every 3rd street light works", "10 Elm Grove", "The shop at 14 High Street lets them wait", "3 lamps close to the gate",
    "1 way in and 1 way out", "In year 9 and year 10", "2 Rivers Retail Park", "B4 the bridge", "Level 3 is dark", "£50 notes were seen",
    "Open 9.30pm to 11pm",
    # English: other things that have the shape.
    "Snapchat is how they find each other", "TikTok is where they saw it", "Insta posts show the wall", "PC World car park is empty",
    "PCSO patrols end at eight", "The DC Comics shop is friendly", "A PC was there at ten", "Nobody lives here",
    "Families live above the shops", "Their names are on the wall", "The name of the place is the Cut", "Young people name it the Cut",
    "Twins' club is on Tuesdays", "Friends look after each other", "The owner is kind", "With friends by the canal",
    "Police and wardens walk there", "Adults greet them", "The group is called after the river", "A caretaker lives on site",
    "A girl asked for a light here", "Somebody sells from a car", "The driver knows them all", "Stanley knives were found",
    "Jordan trainers hang from the wires", "Poppy wreaths at the memorial", "He gives lifts to the match", "Roger that, they said",
    "gruff voices shout", "The last train leaves by ten",
    # Welsh.
    "Yn yr haf maen nhw'n eistedd wrth yr afon", "Mae hi'n dywyll iawn", "Beth sy'n dda yma?", "Beth mae pobl ifanc yn ei hoffi",
    "Beth yw'r enw?", "Enw'r lle yw Y Bont", "Enw'r parc yw Parc y Bont", "Does neb yma ar ôl y bws olaf", "Ar ben y bryn mae mainc",
    "Dan y bont mae'n dywyll", "Dan y coed nid oes golau", "Pen y bryn sy'n oer", "Mae'r seren ar y capel wedi torri",
    "Eira ar y llwybr yn y gaeaf", "Celyn sy'n tyfu dros y lamp", "Mae gwên ar bob wyneb", "Mae'r bobl ifanc yn hoffi'r lle",
    "Mae'r ysgol yn cau am dri", "Ysgol Dewi Sant sydd ger y parc", "Stryd Mair sy'n dywyll", "Heol Dewi a Heol Llanfair",
    "Mae Parc Gwen yn dawel", "Eglwys Sant Mihangel", "Capel Mair yw'r neuadd", "Gwenfro sy'n dawel ar y Sul",
    "Mae 3 o 14 lamp wedi torri", "14 lamp ar Stryd y Bont", "Bws 9 Stryd y Bont", "3 maes parcio", "Mae'n oer yn y gaeaf",
    "Mae bws rhif 9 yn hwyr", "Pobl ifanc dan 18 oed", "Bechgyn 14 i 17 oed", "Mai a Mehefin sy'n brysur", "Mae'r mwyafrif yn byw yma",
    "Tîm ieuenctid sydd yma", "Tîm pêl-droed", "Eira a rhew ar y llwybr", "Mae Tîm Dewi yn chwarae yma", "Bryn serth iawn",
    "Mae elan newydd yma", "Nid yw'n ddilys", "Mae'r bws olaf yn hwyr", "Olaf i adael", "Mae ei enw ar y map",
    "Mae croeso i ni yn y llyfrgell", "Da yn y dydd, ond nid gyda'r nos", "Mae angen golau ar y llwybr", "Maen nhw'n dod yma gyda'r nos",
]  # fmt: skip
"""What workers write about places: none of it is anybody's."""


def sample_texts():
    """Return what the samples say of their places, and what the prompts and the goals to choose from say."""
    folder = Path(__file__).parents[2] / "sample_data"
    written = re.findall(r'"([^"\n]*\s[^"\n]*)"', "".join((folder / name).read_text() for name in ("voices.py", "rural_voices.py")))
    asked = [text for one in prompts.PROMPTS.values() for text in (one.question, one.guidance)]
    return [*written, *asked, *(text for pair in goals.BANK for text in pair)]


def refused(text, *, called=False, places=PLACES):
    label = {"Name": (text, 1_000)}
    return bool(list(free_text.problems(label, places=places, of_a_place=frozenset({"Name"} if called else ()))))


UNSEEN = "\u00ad\u034f\u061c\u180e\u200b\u200d\u200f\u202e\u2060\u2066\u3164\ufe0f\ufeff\U000e0041"


@given(st.text(max_size=60))
def test_what_is_kept_hides_nothing_and_is_tidied_once(text):
    kept = free_text.tidy(text)
    assert not [sign for sign in kept if unicodedata.category(sign) in ("Cc", "Cs", "Cf")]
    assert free_text.tidy(kept) == kept


@given(st.text(st.sampled_from("abcŵŷâéÑ ß3-"), max_size=40), st.sampled_from(UNSEEN), st.integers(0, 40))
def test_what_nobody_sees_goes_and_every_letter_stays(text, sign, at):
    assert free_text.tidy(text[:at] + sign + text[at:]) == free_text.tidy(text)
    assert free_text.tidy("Tŷ’r Ŵyn, Llŷn – 5½") == "Tŷ’r Ŵyn, Llŷn – 5½"


@pytest.mark.parametrize("sign", UNSEEN)
def test_no_sign_that_nobody_sees_hides_a_number_or_a_name(sign):
    texts = [f"Kay{sign}leigh Price was there", f"her number is 0770{sign}0900123", f"k.price@exam{sign}ple.org", f"d{sign}ob 03/04/2010"]
    assert all(map(refused, texts))
    assert personal.personal_content(pl.Series(texts)).is_not_null().all(), "in a partner's file as well"
    assert personal.names_for_references(pl.Series([f"Kay{sign}leigh Price", "Ｋａｙｌｅｉｇｈ Price"])).all()


@pytest.mark.parametrize("text", SOMEBODY)
def test_who_somebody_is_is_not_written(text):
    assert refused(text)


@pytest.mark.parametrize("text", OF_A_PLACE)
def test_what_a_place_is_like_is_written(text):
    assert not refused(text)


def test_nothing_that_the_samples_the_prompts_and_the_goals_say_is_refused():
    texts = sample_texts()
    assert len(texts) > 150
    assert [text for text in texts if refused(text)] == []


@pytest.mark.parametrize("name", CALLED)
def test_no_place_and_no_group_is_called_after_somebody(name):
    assert refused(name, called=True)
    assert not refused(name, called=True, places=frozenset({name.casefold()})), "unless it is a place of the map"


@pytest.mark.parametrize("name", NAMES)
def test_a_place_or_a_group_has_a_name(name):
    assert not refused(name, called=True)
