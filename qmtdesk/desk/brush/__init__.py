"""What every panel paints with: tokens, fonts, numbers, strokes, controls."""
