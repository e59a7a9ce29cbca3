"""What says who a child is never comes in, in either language; a place that is called after somebody is not somebody.

Every person, number and address here is invented: the telephone numbers are Ofcom's for drama, the others are made up.
"""

from __future__ import annotations

import gzip

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spaces import intake, personal

NAMES = [
    "Kayleigh Price", "KAYLEIGH PRICE", "kayleigh price", "Price, Kayleigh", "PRICE, Kayleigh J", "Kayleigh J. Price",
    "Kayleigh-Ann Price was there",
    "outside the shop with Kayleigh Price and others", "Grace Jones was robbed by the underpass", "Kayleigh said it was by the canal",
    "with Kayleigh by the bins",
    "Owain Pritchard", "Mr Testperson", "near Miss Zyxwell's car", "Mrs. A. Testperson", "a girl named Zyxa Testperson",
    "victim Zyxo Qwertyman",
    "girlfriend Zyxa Qwerty", "Kayleigh O'Connor", "Aaliyah Begum", "Mohammed Khan near the bus stop", "Kacper Nowak", "Grace Jones's",
    "Kayleigh",
    "merch o'r enw Cerys Testperson", "bachgen Rhodri Qwertyman", "dywedodd Rhodri", "gyda Cerys ger yr afon", "Llinos Pugh ger y bont",
    "enw: Zyxa Testperson",
    "T. Begum, by the bins", "with T. Begum", "victim = Kacey B", "Victim: Zyxa Q.", "yp: Zyxa Q",
    "Tom Price", "seen by Ruby Patel", "PRICE KAYLEIGH", "Kayleigh's house",
]  # fmt: skip
BORN = [
    "dob 03/04/2010", "DOB: 3.4.10", "D.O.B. 3 April 2010", "date of birth 2010-04-03", "born 3rd April 2010", "born on 03/04/2010",
    "birthday 3 April",
    "b. 01/02/2010", "a boy (b. 1.2.10)", "aged 14 (01.02.10)", "age 14 (b. 01/02/2010)",
    "dyddiad geni 03/04/2010", "ganwyd 3 Ebrill 2010", "penblwydd ar 3 Ebrill", "d.o.b - 030410",
]  # fmt: skip
PHONES = [
    "07700900123", "07700 900123", "07700 900 123", "07700-900-123", "07700.900.123", "(07700) 900123", "+447700900123", "+44 7700 900123",
    "+44 (0)7700 900123", "+44(0)7700900123", "0044 7700 900123", "00447700900123", "447700900123", "7700900123", "7700 900 123",
    "07700\u00a0900123", "07700–900–123", "O7700 900123",
    "020 7946 0123", "(020) 7946 0123", "0113 496 0123", "01632 960123", "01632960123", "0 7 7 0 0 9 0 0 1 2 3",
    "ring 07700 900123 after six", "tel:07700900123",
    "ffôn 01632 960 123",
]  # fmt: skip
EMAILS = [
    "k.price@example.org", "KPRICE@EXAMPLE.ORG", "write to kp+x@mail.example.co.uk please", "k.price (at) example.org",
    "k.price[at]example[dot]org",
    "k.price @ example.org",
]  # fmt: skip
NHS = [
    "943 476 5919",
    "9434765919",
    "943-476-5919",
    "no. 943 476 5919 on the card",
    "NHS number 943 476 5918",
    "NHS no: 9434765918",
    "rhif GIG 943 476 5918",
]
INSURANCE = ["AB123456C", "AB 12 34 56 C", "ab123456c", "AB-12-34-56-C", "NI AB 123456 C"]
HANDLES = ["@kayleigh.x", "on insta as @zyxa_q", "insta: kaylp", "snap kayx", "Snapchat name: zyxa99", "ig @zyxaq"]
HOMES = [
    "lives Flat 3 Mill Court", "living in flat 12", "her nans on Elm Road", "his dads place",
    "lives at the top of the hill", "living at number 14", "resides at 14 Marsh Lane", "home address 14 Marsh Lane", "outside his house",
    "her flat", "in their home",
    "victim's address", "mum's flat by the park", "at her boyfriend's house", "nan's house", "c/o 14 Marsh Lane", "h/addr 14 Marsh Lane",
    "yn byw yn Heol Fawr", "mae'n byw ar Heol Fawr", "ei gartref", "tŷ ei nain", "cyfeiriad cartref 14 Heol Fawr", "ger ei chartref",
]  # fmt: skip
PLANTED = {
    personal.NAME: NAMES, personal.BORN: BORN, personal.PHONE: PHONES, personal.EMAIL: EMAILS, personal.NHS_NUMBER: NHS,
    personal.INSURANCE_NUMBER: INSURANCE,
    personal.HOME: HOMES, personal.HANDLE: HANDLES,
}  # fmt: skip

HARMLESS = [
    "Lockside Park", "Victoria Road", "St James Park", "Victoria Park, by the pond", "King Edward VII Avenue", "Queen Elizabeth Hospital",
    "William Hill Way",
    "George Street car park", "outside Tesco on Grace Hill", "Jack Straw's Lane", "The Prince of Wales", "Prince William Court",
    "Rose and Crown", "Rose & Crown",
    "Holly Lodge", "Ivy Cottage Surgery", "Mark Rutherford Upper School", "Mr Kebab House", "Mrs Miggins Tea Room", "Heol Dewi Sant",
    "Maes Owain Glyndwr",
    "Ysgol Gwyn Jones", "Stryd Mair", "Capel Mair", "24 hour shop", "Platform 2", "M4 J6", "2 Rivers Retail Park",
    "bus 58 towards Marlhaven",
    "alley behind Golden Fry", "Dyers Yard multi-storey", "Children's home", "care home car park", "home ground of the football club",
    "Elin Way", "Sara's Cafe", "@ the bus stop", "@Lidl", "@M4 J6", "Snap Fitness", "filmed on snapchat by others",
    "W. H. Smith, High Street",
    "with his friends in the park", "Phone box", "victim: Child B", "Block B. 01/02", "aged 14, 12/03/2025",
    "St. John Street", "T. Begum Butchers",
    "incident 4820017734", "grid ref 497000 180000", "02-03-2025 14:30", "01/02/2024 10:30", "UPRN 100012345678", "51.5074, -0.1278",
    "0113 bus", "999 call",
    "born again church", "NHS walk-in centre", "Scout hut", "known as the Cut", "friends of Lockside Park", "girl guides hall",
    "boy racers on the retail park",
    "On or near Victoria Grove", "Canolfan Hamdden", "Sgwâr y Bont", "ger yr afon", "number 14 bus stop", "will be by the mark",
    "Jordan Hill", "Chelsea",
    "between the Grange and Kelly Street", "Ruby Nails, Marsh Lane", "Ali's Barbers", "Mohammed's Kebab House", "opposite Charlotte Court",
]  # fmt: skip


def _kind(text, **how):
    return personal.personal_content(pl.Series([text]), **how)[0]


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in PLANTED.items() for text in texts])
def test_what_says_who_a_child_is_is_found_alone_and_among_other_words(kind, text):
    assert _kind(text) == kind
    assert _kind(f"Lockside Park, {text}, after dark") is not None or text in (
        "Kayleigh",
        "Grace Jones's",
        "PRICE, Kayleigh J",
        "Price, Kayleigh",
        "PRICE KAYLEIGH",
        "Kayleigh's house",
    )


@pytest.mark.parametrize("text", HARMLESS)
def test_a_place_is_not_a_person(text):
    assert _kind(text) is None


def test_no_kind_says_what_was_written():
    for texts in PLANTED.values():
        kinds = personal.personal_content(pl.Series(texts)).unique().to_list()
        assert not [text for text in texts for kind in kinds if text.casefold() in kind.casefold()]


def test_missing_is_nothing_and_alike_texts_are_told_alike():
    found = personal.personal_content(pl.Series(["her flat", None, "Lockside Park", "her flat"]))
    assert found.to_list() == [personal.HOME, None, None, personal.HOME]
    assert personal.personal_content(pl.Series([None, None], dtype=pl.String)).to_list() == [None, None]
    assert personal.personal_content(pl.Series([], dtype=pl.String)).to_list() == []


def test_a_shop_that_the_map_knows_is_not_a_person():
    assert _kind("William Jones") == personal.NAME
    assert _kind("William Jones", places=frozenset({"william jones"})) is None


@given(st.integers(100_000_000, 999_999_999))
def test_ten_digits_are_an_nhs_number_by_their_last(nine):
    weighted = sum(int(digit) * weight for digit, weight in zip(str(nine), range(10, 1, -1), strict=True))
    check = (11 - weighted % 11) % 11
    for last in range(10):
        assert personal.nhs_numbers(f"a {nine}{last} b") == (
            [f"{nine}{last}"] if last == check and len({*str(nine), str(last)}) > 1 else []
        )


@given(st.text(max_size=60))
def test_any_text_at_all_can_be_looked_at(text):
    assert _kind(text) in {None, *PLANTED}
    assert isinstance(personal.without_house(pl.Series([text]))[0], str)


# By what a column is called.

COLUMNS = {
    personal.NAME: [
        "Name", "Names", "Forename", "Surname", "First name", "first_name", "FirstName", "Last Name", "Full name", "Child name",
        "Child's name", "Victim Name", "Pupil name",
        "Young person's name", "Patient Name", "Known as name", "Alias", "Initials", "Mother", "Parent / Carer", "Next of kin",
        "Social worker name", "Name of child", "Young Person", "YP", "Victim", "Pupil",
        "Enw", "Enw llawn", "Cyfenw", "Enw'r plentyn", "Enw plentyn", "Enw / Name", "Witness name",
    ],
    personal.BORN: ["DOB", "D.O.B.", "Date of birth", "date_of_birth", "DateOfBirth", "VictimDOB", "Birth date", "Birthday",
    "Year of birth", "Dyddiad geni", "Dyddiad geni / Date of birth"],
    personal.HANDLE: ["Social media handle", "Insta", "Snap", "Username"],
    personal.PHONE: ["Contact details",
    "Phone", "Telephone", "Mobile", "Mobile No", "Tel", "Tel no", "Home tel no", "Contact number", "Ffôn",
    "Rhif ffôn / Phone number"],
    personal.EMAIL: ["Email", "E-mail", "E-mail address", "Parent email", "E-bost"],
    personal.NHS_NUMBER: ["NHS", "NHS No", "NHS number", "nhs_number", "Rhif GIG"],
    personal.INSURANCE_NUMBER: ["NI number", "N.I. No", "NINO", "National Insurance", "Rhif Yswiriant Gwladol"],
    personal.HOME: ["Placement address",
    "Home address", "home_address", "Home postcode", "Victim address", "Child's postcode", "Address of victim",
    "Cyfeiriad cartref", "Residence", "Cyfeiriad y plentyn"],
}  # fmt: skip


@pytest.mark.parametrize(("kind", "column"), [(kind, column) for kind, columns in COLUMNS.items() for column in columns])
def test_a_column_for_who_a_child_is_is_known_by_its_name(kind, column):
    assert personal.personal_columns([column, "Date"]) == {column: kind}


@pytest.mark.parametrize(
    "column",
    [
        "Phone box", "Contact date", "Victim type", "Pupil referral unit",
        "Place name", "School name", "Street name", "LSOA name", "Ward name", "Site name", "Name of place", "File name", "Enw lle",
        "Enw'r ysgol / School name", "Enw stryd",
        "Address", "Postcode", "Location address", "Child ID", "Victim URN", "Patient pseudonym", "Pupil ref", "Plentyn / Child", "Age",
        "Date", "Date recorded", "Hotel",
        "Victim Age", "Victim Sex", "Party Role", "Telling", "Time told", "NHS Trust", "Home visit", "Mode", "Motel", "Who said it",
        "Reported by",
    ],
)  # fmt: skip
def test_a_column_about_a_place_is_not(column):
    assert personal.personal_columns([column]) == {}


def test_no_built_in_profile_maps_a_personal_column():
    for profile in intake.profiles():
        mapped = [*profile.header, *profile.columns.values(), *(how["column"] for how in profile.times.values())]
        assert personal.personal_columns(mapped) == {}, profile.name


@pytest.mark.parametrize(
    ("reference", "is_somebody"),
    [
        ("Kayleigh Price", True), ("PRICE, Kayleigh", True), ("kayleigh price", True), ("Kayleigh", True), ("owen.jones", True),
        ("Zyxa Testperson", True), ("k.price@example.org", True),
        ("07700 900123", True), ("03/04/2010", True), ("2010-04-03", True), ("DOB 3.4.10", True), ("P-1234", False), ("PL3594", False),
        ("UPN-9705", False), ("Child A", False),
        ("Child One", False), ("943 476 5919", False), ("V004100", False), ("aXkTq", False), ("2648", False), ("Case Two", False),
    ],
)  # fmt: skip
def test_a_reference_that_is_a_person_is_none(reference, is_somebody):
    assert personal.names_for_references(pl.Series([reference, None])).to_list() == [is_somebody, False]


@pytest.mark.parametrize(("heading", "is_somebody"), [
    ("Kayleigh Price", True), ("kayleigh", True), ("PRICE, Owen", True), ("Victim Age Band", False), ("Ward", False), ("Date", False),
    ("May", False), ("Grace Road", False), ("Place", False), ("Youth Club", False), ("", False),
])  # fmt: skip
def test_a_heading_is_a_name_or_says_what_a_column_holds(heading, is_somebody):
    assert personal.names_for_headings(heading) is is_somebody


@pytest.mark.parametrize(
    ("name", "is_somebody"),
    [
        ("Kayleigh Price referral.csv", True), ("kayleigh_price.xlsx", True), ("kayleigh referral.csv", True),
        ("Price, Kayleigh.csv", True),
        ("dob 03-04-2010.csv", True), ("police.csv", False), ("childrens services Oct 2025.xlsx", False), ("boxing club log.csv", False),
        ("April 2025 incidents.csv", False), ("St Marys school.csv", False), ("mps_07_2025_10_09.csv", False), ("01022025.csv", False),
        ("2024-05-kent-street.csv", False), ("Ysgol Dewi Sant 2025.csv", False), ("George Green School log.csv", False),
    ],
)  # fmt: skip
def test_a_file_is_called_after_somebody_or_after_a_partner(name, is_somebody):
    assert personal.names_for_files(name) is is_somebody


# On real places, which are full of people's names.


def _share(texts):
    return personal.personal_content(texts).is_not_null().mean()


def test_no_police_uk_place_is_a_person(shared_data):
    for file in (shared_data / "police_uk").glob("*.csv"):
        places = pl.read_csv(file, columns=["Location"])["Location"].unique()
        assert _share(places) == 0
        assert _share(places.str.strip_prefix("On or near ").drop_nulls()) < 0.001
        assert personal.without_house(places).to_list() == places.str.strip_chars().to_list()


def test_next_to_no_name_on_the_map_is_a_person(shared_data):
    names = set()
    folder = shared_data / "os_open_names"
    for file in [*folder.glob("[ST]*.csv"), *folder.glob("west-wales/*.csv.gz")]:
        content = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        table = pl.read_csv(content, has_header=False, infer_schema=False)
        names |= {*table["column_2"].drop_nulls(), *table["column_4"].drop_nulls()}
    assert len(names) > 40_000
    assert _share(pl.Series(sorted(names))) < 0.001


def test_few_addresses_of_shops_are_a_person(shared_data):
    file = shared_data / "addresses" / "food-hygiene-addresses-east-of-england.csv"
    addresses = pl.read_csv(file)["address_concat"].str.to_lowercase()
    assert _share(addresses.str.to_titlecase()) < 0.01
    assert _share(addresses.str.to_uppercase()) < 0.01
    assert _share(addresses) < 0.01
