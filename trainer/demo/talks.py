"""
The conversations of the demo trainer, which the README's screenshots show, too.

A line is `days ago, time, direction, text`. The direction is `<` for a message from the trainee and
`>` for one from the trainer, followed by `!` if the other person has not read it yet. There are no
emoji, because not every machine has a font for them.
"""

# ruff: noqa: RUF001 - people's own letters

MAYA, TARIQ, NOOR, AMELIE, JONAS, LI = (
    "Maya Lindholm",
    "Tariq Haddad",
    "Noor Rahman",
    "Amélie Durand",
    "Jonas Weber",
    "Li Wei",
)
PLAN = (
    r"Here is the plan for the next four weeks.\n\n"
    r"Monday: squats 4 × 6, lunges 3 × 10, plank 3 × 40 s.\n"
    r"Wednesday: an easy run of 30 minutes. You should be able to talk all the way.\n"
    r"Friday: deadlifts 4 × 5, rows 3 × 10, stairs.\n\n"
    r"Add two kilos a week, and only if the last two repetitions of the last set were clean."
    r" In the fourth week we halve everything: that is when you get stronger."
)

TALKS = {
    MAYA: rf"""
6 09:12 > Morning Maya! How did the first week feel?
6 09:40 < Good, but my legs are on fire.
6 09:41 > That is what week one is for. Did you sleep well?
6 09:58 < Seven hours, most nights.
4 12:30 > {PLAN}
4 12:51 < Looks tough. I like it.
4 12:52 < Two questions: is the run before breakfast fine? And can I swap Friday and Saturday?
4 13:10 > Both fine. Eat something small before you run, a banana will do.
1 18:04 < Run done! 5.2 km in 31 minutes
1 18:05 < My best so far
1 18:20 > That is great, and the pace is even from start to end. Well done.
1 18:22 > Have a look at how she lands on the ball of the foot: https://example.com/running-form
1 18:41 < Oh, I do land on my heels. I will watch that on Sunday.
0 07:15 < Slept badly, my left knee is a bit sore. Should I skip the squats today?
0 07:32 > Skip the squats, do the hip bridges instead. No pain, no jumps.
0 07:33 > Does it hurt on the stairs?
0 12:08 < No, only when I kneel. Better already after the walk.
0 12:20 > Good sign. Ice it tonight for ten minutes.
0 16:02 < Bridges done, 3 × 12. Knee is fine!
0 16:05 > Perfect. Then we go on as planned on Wednesday.
0 16:06 >! I moved our call to 6 pm, is that all right?
""",
    TARIQ: """
2 10:00 > Hi Tariq, how was the first session with the new weights?
2 10:30 < الحمد لله، كان التمرين ممتازاً اليوم. شكراً لك!
2 10:31 < مرحبا, see https://example.com/plan?week=2 and tell me what you think
2 10:40 > Good choice: https://example.com/2026/strength/a-very-long-address-that-has-to-break-somewhere-on-a-phone
2 11:02 < Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaah, legs!
2 11:03 > שלום, and the same in another script, from right to left
1 11:05 < 5 × 60 kg < 5 × 65 kg & counting. <b>Bold</b>, eh?
0 15:10 > How much do you lift now?
0 15:31 < 5 × 65 kg, and it felt easy
""",
    NOOR: """
1 20:10 > Rest day tomorrow, please.
0 16:31 < Can we move Thursday to the evening? I have a late meeting
0 16:32 <! Around seven would be perfect
0 16:33 <! If that is too late, Friday morning works as well
""",
    JONAS: """
3 08:00 < Here is the video of my last set: https://example.com/deadlift.mp4
3 08:30 > Hips a little lower, and look three metres ahead. The rest is good.
0 14:45 <! Better now? I filmed it from the side this time.
""",
    AMELIE: """
1 17:00 > New plan is in your mail.
1 17:45 < Merci ! Dimanche je cours avec Élodie, ça te va ?
1 17:50 > Bien sûr. Easy pace, both of you.
""",
    LI: """
1 08:10 < I am travelling until Sunday, the hotel has no gym
1 08:30 > Then bands and stairs. I will write something up tonight.
1 08:31 < Thank you!
""",
    "Sofia Rossi": """
1 19:20 < Day 30 without a cigarette
1 19:25 <! and 400 m in the pool without a break
1 19:26 <! I still cannot believe it
1 19:27 <! Same time on Friday?
1 19:30 <! I would bring my sister, if that is all right
""",
    "Daniel Okafor": """
2 18:00 < Shoulder is better. No pain when I lift my arm.
2 18:10 > Then we start with light presses. Five kilos each side, not more.
2 18:12 < Five. Understood.
""",
    "Hannah Schmidt": """
3 07:00 > Weigh-in today?
3 07:20 < 68.4, down 0.6
""",
    "Igor Petrov": """
5 21:00 < I will be ten minutes late tomorrow
5 21:04 >! No problem, warm up in the hall.
""",
    "Clara Nunes": """
9 10:00 > How was the half marathon?
9 14:30 < 1:58:40! I wanted to be under two hours and I was!
9 14:35 > Congratulations. Now three days off, no discussion.
""",
    "Oskar Petersen": """
12 16:00 < Back from holiday. Where do we start?
12 16:20 > With a walk. Then we talk on Monday.
""",
    "Yusuf Demir": """
40 09:00 > All the best for the new city, Yusuf!
40 09:30 < Thank you for everything. I will miss the stairs. A little.
""",
}
REMOVED = "Yusuf Demir"
"""A trainee who has been removed, so the conversation is archived."""

NEWCOMER = "Emma Evans"
WITHOUT_A_TALK = (
    "Ana Almeida",
    "Boris Ivanov",
    "Chloé Martin",
    NEWCOMER,
    "Farid Aziz",
    "Greta Lang",
    "Hugo Castillo",
    "Inés Fernández-Montenegro",
    "Katarzyna Nowak",
    "Liam O’Connor",
    "Mei Tanaka",
    "Olga Sokolova",
    "Pedro Quiroga",
    "Rosa Bianchi",
    "Søren Dahl",
    "Uma Patel",
    "Viktor Horvat",
    "Ximena Cruz",
)
"""Trainees without a conversation."""
