"""The question as English, whatever the schema: words, idioms, dates, units, names, follow-ups."""
