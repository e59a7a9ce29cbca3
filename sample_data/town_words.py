"""The invented names of Marlhaven: quarters, streets, parks, alleys and venues. None is meant to be a real place."""

# Row by row from the south-west: name, street pattern, residents, aged 10 to 25.
QUARTERS: tuple[tuple[str, str, int, int], ...] = (
    ("Saltmarsh", "fields", 60, 9), ("South Fields", "fields", 140, 22), ("Quarryside", "suburb", 2900, 560),
    ("Lower Quarry", "estate", 3300, 760), ("Tealby", "suburb", 2700, 480), ("Eastmarsh", "fields", 90, 14),
    ("Saltings", "fields", 420, 70), ("Westholme", "suburb", 3100, 590), ("Railside", "terrace", 4200, 830),
    ("Station Quarter", "terrace", 4400, 920), ("Weavers", "terrace", 3900, 720), ("Heronsgate", "suburb", 2600, 450),
    ("Dockside", "industry", 380, 60), ("Tannery", "terrace", 4100, 790), ("Civic Quarter", "centre", 3600, 820),
    ("Market Quarter", "centre", 3500, 860), ("Eastgate", "terrace", 3800, 700), ("Priory", "suburb", 2800, 500),
    ("Wharfside", "industry", 460, 80), ("Lockside", "terrace", 3700, 760), ("Canal Basin", "centre", 3000, 640),
    ("Old Town", "centre", 3400, 690), ("Foundry", "terrace", 3900, 770), ("Larkrise", "estate", 3500, 840),
    ("Northmere", "suburb", 2700, 470), ("Millbank", "suburb", 3100, 560), ("Chapelfield", "terrace", 3800, 700),
    ("Marl Park", "terrace", 3300, 580), ("Brackenhill", "suburb", 2900, 520), ("Far Brackens", "fields", 110, 17),
    ("Beacon West", "fields", 80, 12), ("Beacon Hill", "fields", 350, 55), ("Overmere", "suburb", 2600, 440),
    ("Northgate", "suburb", 2500, 430), ("Ravenscroft", "estate", 3200, 740), ("North Fields", "fields", 70, 10),
)

# The roads that part the quarters, one name per stretch: six running east, five running north (see town.py).
EAST_ROADS: tuple[tuple[str, ...], ...] = (
    ("Marsh Lane", "Marsh Lane", "Quarry Road", "Quarry Road", "Teal Road", "Teal Road"),
    ("Saltings Road", "Saltings Road", "Station Road", "Station Road", "Weavers Road", "Weavers Road"),
    ("Harbour Road", "Harbour Road", "West Street", "High Street", "Eastgate", "Priory Road"),
    ("Wharf Road", "Wharf Road", "Kingsway", "Kingsway", "Foundry Road", "Foundry Road"),
    ("Mere Road", "Millbank Road", "Chapel Road", "Park Road", "Bracken Road", "Bracken Road"),
)
NORTH_ROADS: tuple[tuple[str, ...], ...] = (
    ("Saltmarsh Road", "Saltmarsh Road", "Dock Road", "Dock Road", "Northmere Road", "Beacon Road"),
    ("South Lane", "Westholme Road", "Tannery Road", "Lock Road", "Mill Road", "Beacon Road"),
    ("South Road", "South Road", "Bridge Street", "Bridge Street", "North Road", "North Road"),
    ("Quarry Hill", "Railway Street", "Corn Street", "Castle Street", "Park Lane", "Northgate"),
    ("Teal Lane", "Heron Road", "Priory Street", "Priory Street", "Larkrise Road", "Raven Road"),
)
ROOTS = (
    "Alder", "Amberley", "Anchor", "Arkwood", "Ashby", "Bakewell", "Barley", "Basket", "Birch", "Blackthorn", "Bramble", "Brewer's",
    "Brindle", "Burdock", "Caldbeck", "Carrow", "Cedar", "Chandler", "Cinder", "Clover", "Cobbler's", "Cooper", "Coppice", "Cordwain",
    "Cornflower", "Crane", "Curlew", "Damson", "Dovecote", "Drover's", "Dunlin", "Elder", "Elmstead", "Fallow", "Farrier", "Fennel",
    "Fernhill", "Fletcher", "Foxglove", "Furze", "Gannet", "Garland", "Glover", "Gorse", "Grebe", "Hallow", "Harrier", "Hawthorn",
    "Hazel", "Heather", "Hollin", "Hopfield", "Hurdle", "Ivydene", "Juniper", "Kestrel", "Kiln", "Lapwing", "Larch", "Lavender",
    "Linnet", "Loomfield", "Maltby", "Maple", "Marram", "Mason", "Meadow", "Merlin", "Millrace", "Moorhen", "Mulberry", "Nettle",
    "Oakham", "Orchard", "Osier", "Otter", "Paddock", "Pippin", "Plover", "Poplar", "Potter's", "Primrose", "Quince", "Reed",
    "Ropewalk", "Rowan", "Rushey", "Saddler", "Sandpiper", "Sedge", "Shearman", "Silver", "Skylark", "Sorrel", "Spindle", "Starling",
    "Sycamore", "Tansy", "Teasel", "Thistle", "Thornbury", "Tiller", "Turner", "Vetch", "Wagtail", "Walnut", "Warren", "Wheelwright",
    "Willow", "Winnow", "Woodlark", "Wren", "Yarrow", "Yewtree",
)
KINDS = {
    "terrace": ("Street", "Terrace", "Street", "Row", "Road"),
    "suburb": ("Avenue", "Drive", "Road", "Crescent", "Grove"),
    "estate": ("Way", "Walk", "Close", "Court", "Drive"),
    "centre": ("Street", "Lane", "Street", "Row"),
    "industry": ("Way", "Road"),
    "fields": ("Lane", "Road"),
}
ALLEYS = (
    "Tanner's Ginnel", "Chandler's Cut", "Bell Passage", "Cooper's Entry", "Lamb Alley", "Pump Court", "Weaver's Snicket", "Fish Row Passage",
    "Clerk's Alley", "Hatter's Ginnel", "Cross Keys Passage", "Nailmaker's Yard", "Old Sack Entry", "Sexton's Path", "Turnstile Alley",
)
SCHOOLS = ("Northmere High", "Tannery Lane Academy", "Heron Academy", "Quarryside High", "Larkrise College", "St Brannock's")
