"""Data that layouts must cope with: long names, long words, other scripts, and 200 people."""

# ruff: noqa: RUF001 - people's own letters
COUNT = 200
UNREAD = 120
"""Unread messages of the newest conversation: more than a badge shows."""

TRAINER = "Alexandria-Josephine Featherstonehaugh-Cholmondeley"
CHRISTOPHER = ("Christopher", "Montgomery-Smith")
NAMES = (
    CHRISTOPHER,
    ("Maximiliana Josephine", "Oberhauser-Lindner"),
    ("W" * 60, ""),
    ("عبد الرحمن محمد", "بن سلمان آل الشيخ التميمي"),
    ("שלומית אביגיל", "בן-דוד הכהן מירושלים"),
    ("👩‍👩‍👧‍👦🏋️‍♀️💪🏽", "🇧🇷🥇" * 12),
    ("Donaudampfschifffahrtselektrizitätenhauptbetriebswerk", "Bauunterbeamtengesellschaft"),
    ("Ng", "O"),
)
WORD = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"
TEXTS = (
    "How are you today, and did you sleep well after the long ride to the lake and back again?",
    WORD,
    "مرحبا، انتهيت من التمرين اليوم، 5 × 60 kg. See https://example.com/plan?week=2",
    "🏋️‍♀️" * 40,
    "https://example.com/" + "a-very-long-address/" * 12,
    "שלום, the squats: 5 × 65 kg, ואחר כך נחתי",
    "Yes",
)
