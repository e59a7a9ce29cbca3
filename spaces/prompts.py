"""What is asked about a place: our own prompts, under the three headings of a contextual neighbourhood assessment."""

from __future__ import annotations

from dataclasses import dataclass

from words import N_

YOUNG_PEOPLE, GUARDIANSHIP, SURROUNDINGS = "young_people", "guardianship", "surroundings"
HEADINGS = {
    YOUNG_PEOPLE: N_("Young people's strengths and needs"),
    GUARDIANSHIP: N_("Guardianship"),
    SURROUNDINGS: N_("Environment, resources and systems"),
}
ABOUT = {
    YOUNG_PEOPLE: N_("Begin with what is good. Say what young people as a group have and lack here, never what one of them did."),
    GUARDIANSHIP: N_("Count only adults with a caring intention: a camera, or somebody who only moves young people on, is no guardian."),
    SURROUNDINGS: N_("The ground, the light, the buildings, and the rules and services that decide how they are used."),
}
"""What a heading is about, in two sentences at most."""


@dataclass(frozen=True)
class Prompt:
    """One question about a place, with what to look for in a sentence. Its id is kept with the answers and is never used again."""

    prompt_id: str
    heading: str
    question: str
    guidance: str


_WRITTEN = (
    ("good", YOUNG_PEOPLE, N_("What do young people like about this place?"),
     N_("Ask them before anybody else: friends, food, shelter, a signal, being left alone.")),
    ("come_for", YOUNG_PEOPLE, N_("What do they come here for, and when?"),
     N_("Write the days and hours, and what would be missed if the place were closed to them.")),
    ("feel", YOUNG_PEOPLE, N_("Where do they feel safe here, and where not?"),
     N_("Walk it with them: a corner, a bench and the way home can each feel different.")),
    ("who_is_left_out", YOUNG_PEOPLE, N_("Who does not come, or came once and stopped?"),
     N_("Think of girls, of disabled young people, of those who are called names, and of where they go instead.")),
    ("look_after", YOUNG_PEOPLE, N_("How do they look after each other here?"),
     N_("Waiting together, walking home in pairs and a group chat are strengths to build on.")),
    ("need", YOUNG_PEOPLE, N_("What do they say they need here?"),
     N_("In their own words where they agree to it, and without anything that says who said it.")),
    ("who_cares", GUARDIANSHIP, N_("Which adults are here who would step in because they care?"),
     N_("By what they do, not by name: the kiosk, the caretaker, the dog walkers, the driver at the stop.")),
    ("when_here", GUARDIANSHIP, N_("At which hours is no caring adult here?"),
     N_("Set it beside the hours at which harm is recorded, and beside when shops shut and buses stop.")),
    ("would_tell", GUARDIANSHIP, N_("Whom would young people tell, and what happened when somebody did?"),
     N_("Trust is shown by what came of it: an answer, nothing, or being blamed.")),
    ("staff_know", GUARDIANSHIP, N_("What do those who work here know about harm to young people, and whom do they call?"),
     N_("Ask door staff, cleaners, security and shop staff; note who was ever trained or told.")),
    ("treated", GUARDIANSHIP, N_("How are young people treated by adults here?"),
     N_("Greeted, ignored, filmed, searched or sent away: and whether that differs with who they are.")),
    ("could_be", GUARDIANSHIP, N_("Who else could look out for young people here, and what would they need?"),
     N_("Time, a key, a light, a telephone number, or only to be asked.")),
    ("light_and_sight", SURROUNDINGS, N_("What can be seen here after dark, and from where?"),
     N_("Go and look after dark: what nobody went to see is not known, and is not unlit.")),
    ("ways", SURROUNDINGS, N_("How do people get in, through and home?"),
     N_("Entrances, dead ends, the last bus, and the way that is taken when the short one feels wrong.")),
    ("to_do", SURROUNDINGS, N_("What is there to do and to use without paying?"),
     N_("Seats, shelter, toilets, water, charging, a court, and who decides when each is open.")),
    ("kept_up", SURROUNDINGS, N_("How is the place kept, and who answers for it?"),
     N_("Name the owner by office; note broken things, how long they have been so, and whether anybody was told.")),
    ("trade", SURROUNDINGS, N_("What do the businesses here bring, and on what terms do they trade?"),
     N_("Licences, hours, delivery, rooms to let and vaping or alcohol sales are levers that somebody holds.")),
    ("rules", SURROUNDINGS, N_("Which rules and services shape it, and do they help young people?"),
     N_("Orders and exclusions, school hours, thresholds, waiting lists: a system can keep harm going as a dark path can.")),
)  # fmt: skip

PROMPTS = {row[0]: Prompt(*row) for row in _WRITTEN}
"""Every prompt by its id, in the order in which they are asked."""

VOICES, OBSERVATION, PARTNER, RECORD = "voices", "observation", "partner", "record"
SOURCES = {
    VOICES: N_("Young people's voices"),
    OBSERVATION: N_("Observation"),
    PARTNER: N_("A partner"),
    RECORD: N_("A record"),
}
"""Where an answer comes from."""
