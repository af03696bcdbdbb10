"""
Finds messages by parts of their words.

A message is found if each word of the query is part of its text, whatever the case and the accents.
Triggers of the database note which messages are new or changed, and a job adds their folded texts to an
index: see `messaging.models.search`. A search reads the index and, for what is not in it yet, the
messages themselves, so it depends on no job. ADR 40 has the reasons and the measurements.
"""
