# as: text
Dear Professor,

my laptop broke. I attach my notes and will send the notebook on Monday.
