"""The slides: slides/deck.md filled with what the demo really printed, and made into pages by Marp."""
