"""The API's types: those derived from the kinds, and those of the questions' answers."""
